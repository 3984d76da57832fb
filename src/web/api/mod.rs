//! The node's own API: JSON and a WebSocket, for the pages, scripts and bots. `/api/openapi.json` describes it, made from the code here.

mod blocks;
mod conversations;
mod drafts;
mod events;
pub mod files;
mod health;
mod history;
mod messages;
mod node;
mod openapi;
mod preferences;
mod preview;
mod profile;
mod search;
mod session;
mod sessions;
mod users;
mod ws;

use std::time::Duration;

use actix_web::web::{self, Data, Json, ServiceConfig};
use actix_web::{FromRequest, HttpRequest, Resource, dev::Payload};
use serde::de::DeserializeOwned;

use super::auth::{CsrfChecked, SignedIn};
use super::body::{self, BodyLimit};
use super::error::{ApiError, Failure};
use super::state::NodeState;
use crate::domain::username::Username;

/// The calls under `/api`.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(
            resource("/session")
                .route(web::post().to(session::log_in))
                .route(web::get().to(session::who_am_i))
                .route(web::delete().to(session::sign_out)),
        )
        .service(resource("/sessions").route(web::get().to(sessions::list)))
        .service(resource("/sessions/{id}").route(web::delete().to(sessions::sign_out_there)))
        .service(resource("/users").route(web::get().to(users::list)))
        .service(resource("/users/{username}").route(web::get().to(users::one)))
        .service(resource("/users/{username}/profile").route(web::get().to(profile::read)))
        .service(resource("/users/{username}/picture").route(web::get().to(profile::picture)))
        .service(resource("/profile").route(web::put().to(profile::change)))
        .service(
            resource("/profile/picture").route(web::put().to(profile::change_picture)).route(web::delete().to(profile::remove_picture)),
        )
        .service(resource("/preferences").route(web::get().to(preferences::read)).route(web::put().to(preferences::change)))
        .service(resource("/activity").route(web::put().to(preferences::activity)))
        .service(resource("/status").route(web::put().to(users::change_status)))
        .service(resource("/conversations").route(web::get().to(conversations::list)))
        .service(
            resource("/conversations/{username}/messages")
                .route(web::get().to(conversations::page))
                .route(web::post().to(conversations::send)),
        )
        .service(resource("/conversations/{username}/files").route(web::post().to(files::send)))
        .service(resource("/conversations/{username}/read").route(web::post().to(conversations::mark_read)))
        .service(resource("/conversations/{username}/forward").route(web::post().to(conversations::forward)))
        .service(resource("/messages/{id}").route(web::get().to(messages::one)).route(web::delete().to(messages::delete)))
        .service(resource("/messages/{id}/retry").route(web::post().to(messages::retry)))
        .service(resource("/drafts").route(web::get().to(drafts::list)))
        .service(resource("/drafts/{username}").route(web::put().to(drafts::keep)))
        .service(resource("/preview").route(web::post().to(preview::show)))
        .service(resource("/files/{id}").route(web::get().to(files::read)).route(web::head().to(files::read)))
        .service(resource("/search").route(web::get().to(search::find)))
        .service(resource("/events").route(web::get().to(events::list)).route(web::post().to(events::make)))
        .service(resource("/events/{id}").route(web::get().to(events::one)))
        .service(resource("/events/{id}/guests").route(web::post().to(events::invite)))
        .service(resource("/events/{id}/answer").route(web::put().to(events::answer)))
        .service(resource("/node").route(web::get().to(node::standing)))
        .service(resource("/blocks").route(web::get().to(blocks::list)))
        .service(resource("/blocks/{username}").route(web::put().to(blocks::add)).route(web::delete().to(blocks::remove)))
        .service(resource("/mutes").route(web::get().to(preferences::muted)))
        .service(resource("/mutes/{username}").route(web::put().to(preferences::mute)).route(web::delete().to(preferences::unmute)))
        .service(resource("/node/history").route(web::get().to(history::last_hour)))
        .service(resource("/ws").route(web::get().to(ws::open)))
        .service(resource("/openapi.json").route(web::get().to(openapi::document)))
        .default_service(web::to(no_such_call));
}

/// `/healthz` and `/metrics`, which need no session.
pub fn health_routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/healthz").route(web::get().to(health::health)))
        .service(web::resource("/metrics").route(web::get().to(health::metrics)));
}

fn resource(path: &str) -> Resource {
    web::resource(path).default_service(web::to(wrong_method))
}

async fn wrong_method() -> Result<Json<()>, ApiError> {
    Err(Failure::WrongMethod.into())
}

async fn no_such_call() -> Result<Json<()>, ApiError> {
    Err(Failure::NotFound("call").into())
}

type State = Data<NodeState>;
type ApiResult<T> = Result<Json<T>, ApiError>;

/// Most bytes of JSON around the content of a call.
const JSON_OVERHEAD_BYTES: usize = 16 << 10;

/// Reads a JSON body with room for `content_bytes` of text: in JSON each byte may take six characters.
async fn read_json<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: web::Payload,
    state: &NodeState,
    what: &'static str,
    content_bytes: usize,
) -> Result<T, Failure> {
    let bytes = content_bytes.saturating_mul(6).saturating_add(JSON_OVERHEAD_BYTES);
    let body = body::read(request, payload, BodyLimit { what, bytes, within: body_timeout(state) }).await?;
    // serde takes an array for a struct as well, value by value, and an empty one for the defaults.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(Failure::BadRequest("this call takes a JSON object".to_owned()));
    }
    serde_json::from_slice(&body).map_err(|error| Failure::BadRequest(format!("that is not the JSON that this call takes: {error}")))
}

fn body_timeout(state: &NodeState) -> Duration {
    Duration::from_millis(state.settings.http.body_timeout_ms)
}

/// The user named in the path.
struct Named(Username);

impl FromRequest for Named {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let named = Username::parse(request.match_info().query("username")).map(Self);
        std::future::ready(named.map_err(|_| Failure::NotFound("user").into()))
    }
}
