//! What other nodes call: one file a call. Answers are the protocol's `<code>: <text>`, with a fitting HTTP status.
//!
//! Every body may come under any of the five encryption standards of 2017, and with any of the nine of hashing; see `sealed`.

mod acknowledge;
mod acknowledge_event;
mod get_profile;
mod get_public_key;
mod get_status;
mod handshake;
mod hold;
mod list_api;
mod picture;
mod ping;
mod receive_event;
mod receive_file;
mod receive_message;
mod retrieve_messages;
mod sealed;

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::ContentType;
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};

use super::auth;
use super::body::{self, BodyLimit};
use super::error::{Failure, PeerError};
use super::state::NodeState;
use crate::actors::database::Receive;
use crate::actors::event::Event;
use crate::actors::node::Announce;
use crate::actors::rate_limiter::{Charge, Spend};
use crate::db::queries::invitations::Taken;
use crate::db::queries::messages::{Incoming, Mark, Reception};
use crate::protocol::hashing::HashClaim;
use crate::protocol::list_api::Call;
use crate::protocol::reply_code::{Reply, ReplyCode};

/// The calls that this node answers, in the order in which it lists them.
pub const CALLS: [Call; 12] = [
    Call::ListApi,
    Call::Ping,
    Call::ReceiveMessage,
    Call::Acknowledge,
    Call::GetPublicKey,
    Call::Handshake,
    Call::GetProfile,
    Call::ReceiveFile,
    Call::RetrieveMessages,
    Call::GetStatus,
    Call::ReceiveEvent,
    Call::AcknowledgeEvent,
];

/// The calls of other nodes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(resource("/listAPI").route(web::get().to(list_api::list_api)).route(web::post().to(list_api::list_api)))
        .service(resource("/ping").route(web::get().to(ping::ping)).route(web::post().to(ping::ping)))
        .service(resource("/receiveMessage").route(web::post().to(receive_message::receive_message)))
        .service(resource("/receiveFile").route(web::post().to(receive_file::receive_file)))
        .service(resource("/acknowledge").route(web::post().to(acknowledge::acknowledge)))
        .service(resource("/receiveEvent").route(web::post().to(receive_event::receive_event)))
        .service(resource("/acknowledgeEvent").route(web::post().to(acknowledge_event::acknowledge_event)))
        .service(resource("/getPublicKey").route(web::post().to(get_public_key::get_public_key)))
        .service(resource("/handshake").route(web::post().to(handshake::handshake)))
        .service(resource("/getProfile").route(web::post().to(get_profile::get_profile)))
        .service(resource("/getStatus").route(web::post().to(get_status::get_status)))
        .service(resource("/retrieveMessages").route(web::post().to(retrieve_messages::retrieve_messages)))
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
    require_json(request)?;
    body::read(request, payload, limit).await
}

/// Every node says that its JSON is JSON (protocol section 1: 12 of 12). A page elsewhere cannot, unless this node allows it: so no page can
/// make a browser deliver messages from the address of whoever looks at it.
fn require_json(request: &HttpRequest) -> Result<(), Failure> {
    let essence = request.content_type().trim();
    if essence.eq_ignore_ascii_case("application/json") { Ok(()) } else { Err(Failure::NotJson) }
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

/// Longest stamp that is echoed, in bytes: a time has fewer digits.
const MAX_STAMP_BYTES: usize = 40;

/// What a message with that stamp and hash is acknowledged by.
fn mark(stamp_text: String, claim: HashClaim) -> Mark {
    let hash = claim.hash.filter(|_| claim.hashing.number() > 0);
    Mark { stamp_text: Some(stamp_text).filter(|text| text.len() <= MAX_STAMP_BYTES), hashing: claim.hashing.number(), hash }
}

/// Stores what a peer brings, and answers once it is on disk. What is for a user of another node is held for them.
async fn take_in(state: &NodeState, incoming: Incoming) -> Result<HttpResponse, Failure> {
    let incoming = Arc::new(incoming);
    match state.database.ask(Receive(incoming.clone())).await?? {
        Reception::New(_) | Reception::Repeat => Ok(text(ReplyCode::Success.to_string())),
        Reception::NotOurs => hold::message(state, &incoming).await,
        Reception::Blocked => Err(Failure::Peer(ReplyCode::RateLimited.into())),
        Reception::Impersonation => Err(Failure::Peer(ReplyCode::Unauthenticated.into())),
    }
}

/// Answers what has to do with an event, and tells the user here whom it concerns.
fn taken_event(state: &NodeState, taken: Taken) -> Result<HttpResponse, Failure> {
    let refuse = |reply: Reply| Err(Failure::Peer(reply));
    match taken {
        Taken::News { id, of } => {
            if state.node.try_send(Announce { to: of, event: Event::Event { id: id.to_string() } }).is_err() {
                tracing::warn!("the node is too busy for news of an event; pages show it at their next load");
            }
            Ok(text(ReplyCode::Success.to_string()))
        }
        Taken::Known => Ok(text(ReplyCode::Success.to_string())),
        Taken::NoSuchUser => refuse(Reply::new(ReplyCode::Unavailable, "No such user on this node")),
        Taken::NotInvited => refuse(Reply::new(ReplyCode::Forbidden, "No such event here, or you are not invited to it")),
        Taken::Blocked => refuse(ReplyCode::RateLimited.into()),
        Taken::NotTheirs => refuse(ReplyCode::Unauthenticated.into()),
        Taken::Full => refuse(Reply::new(ReplyCode::Forbidden, "They have as many invitations as they can keep")),
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
