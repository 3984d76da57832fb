//! What other nodes call: one file a call. Answers are the protocol's `<code>: <text>`, with a fitting HTTP status.

mod get_profile;
mod get_status;
mod list_api;
mod picture;
mod ping;
mod receive_file;
mod receive_message;

use std::time::Duration;

use actix_web::http::header::ContentType;
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::auth;
use super::body::{self, BodyLimit};
use super::error::{Failure, PeerError};
use super::state::NodeState;
use crate::actors::database::Receive;
use crate::actors::rate_limiter::{Charge, Spend};
use crate::db::queries::messages::{Incoming, Reception};
use crate::protocol::list_api::Call;
use crate::protocol::reply_code::{Reply, ReplyCode};

/// The calls that this node answers, in the order in which it lists them.
pub const CALLS: [Call; 6] = [Call::ListApi, Call::Ping, Call::ReceiveMessage, Call::GetProfile, Call::ReceiveFile, Call::GetStatus];

/// The calls of other nodes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(resource("/listAPI").route(web::get().to(list_api::list_api)).route(web::post().to(list_api::list_api)))
        .service(resource("/ping").route(web::get().to(ping::ping)).route(web::post().to(ping::ping)))
        .service(resource("/receiveMessage").route(web::post().to(receive_message::receive_message)))
        .service(resource("/receiveFile").route(web::post().to(receive_file::receive_file)))
        .service(resource("/getProfile").route(web::post().to(get_profile::get_profile)))
        .service(resource("/getStatus").route(web::post().to(get_status::get_status)))
        .service(resource("/pictures/{username}").route(web::get().to(picture::picture)));
}

fn resource(path: &str) -> actix_web::Resource {
    web::resource(path).default_service(web::to(async || Err::<HttpResponse, _>(PeerError(Failure::WrongMethod))))
}

/// Reads the body of a call, charged to the caller.
async fn charged_body(
    request: &HttpRequest,
    payload: web::Payload,
    state: &NodeState,
    charge: Charge,
    limit: BodyLimit,
) -> Result<Bytes, Failure> {
    state.limiter.ask(Spend(charge)).await??;
    body::read(request, payload, limit).await
}

/// The limit of a body that holds `content_bytes` of content: in JSON each may take six characters, and the rest is small.
fn json_limit(state: &NodeState, what: &'static str, content_bytes: usize) -> BodyLimit {
    let within = Duration::from_millis(state.settings.http.body_timeout_ms);
    BodyLimit { what, bytes: content_bytes.saturating_mul(6).saturating_add(8 << 10), within }
}

/// The limit of a cheap question.
fn question_limit(state: &NodeState) -> BodyLimit {
    json_limit(state, "a question", 1 << 10)
}

fn charge_call(request: &HttpRequest) -> Charge {
    Charge::PeerCall(auth::caller(request))
}

/// Stores what a peer brings, and answers once it is on disk.
async fn take_in(state: &NodeState, incoming: Incoming) -> Result<HttpResponse, Failure> {
    match state.database.ask(Receive(incoming)).await?? {
        Reception::New(_) | Reception::Repeat => Ok(text(ReplyCode::Success.to_string())),
        Reception::Blocked => Err(Failure::Peer(ReplyCode::RateLimited.into())),
        Reception::NotOurs => Err(Failure::Peer(Reply::new(ReplyCode::Unavailable, "The addressee is no user of this node"))),
        Reception::Impersonation => Err(Failure::Peer(ReplyCode::Unauthenticated.into())),
    }
}

fn text(body: String) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::plaintext()).body(body)
}

fn json(body: String) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(body)
}

type PeerResult = Result<HttpResponse, PeerError>;
type State = Data<NodeState>;
