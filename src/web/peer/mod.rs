//! What other nodes call: one file a call. Answers are the protocol's `<code>: <text>`, with a fitting HTTP status.
//!
//! Every body may come under any of the five encryption standards of 2017, and with any of the nine of hashing; see `sealed`.

mod acknowledge;
mod acknowledge_event;
mod charging;
mod gate;
mod get_list;
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
mod report;
mod retrieve_messages;
mod sealed;

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::ContentType;
use actix_web::web::{self, Data, ServiceConfig};

use self::charging::{Refusals, charge, charge_call, charged_body};
use self::gate::resource;
use super::body::BodyLimit;
use super::error::{Failure, PeerError};
use super::state::NodeState;
use crate::actors::database::Receive;
use crate::actors::event::Event;
use crate::actors::node::Announce;
use crate::db::queries::invitations;
use crate::db::queries::messages::{Incoming, Mark, Reception};
use crate::metrics::Taken;
use crate::protocol::hashing::HashClaim;
use crate::protocol::list_api::Call;
use crate::protocol::reply_code::{Reply, ReplyCode};

/// The calls that this node lists, in this order: those of the recommended text (section 6). It answers those of events, `/getList` and `/report`, too.
pub const CALLS: [Call; 10] = [
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
];

/// The calls of other nodes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .app_data(Rc::new(Refusals::default()))
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
        .service(resource("/getList").route(web::get().to(get_list::get_list)))
        .service(resource("/report").route(web::post().to(report::report)))
        .service(resource("/pictures/{username}").route(web::get().to(picture::picture)));
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
    match state.database.ask(Receive::new(incoming.clone())).await?? {
        Reception::New(_) => Ok(taken(state, Taken::Stored)),
        Reception::Repeat => Ok(taken(state, Taken::Repeated)),
        Reception::NotOurs => hold::message(state, &incoming).await,
        Reception::Blocked => Err(refused(state, ReplyCode::RateLimited)),
        Reception::Impersonation => Err(refused(state, ReplyCode::Unauthenticated)),
    }
}

/// Answers what has to do with an event, and tells the user here whom it concerns.
fn taken_event(state: &NodeState, taken: invitations::Taken) -> Result<HttpResponse, Failure> {
    use invitations::Taken;

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

fn taken(state: &NodeState, how: Taken) -> HttpResponse {
    state.metrics.brought(how);
    text(ReplyCode::Success.to_string())
}

fn refused(state: &NodeState, code: ReplyCode) -> Failure {
    state.metrics.brought(Taken::Refused);
    Failure::Peer(code.into())
}

fn text(body: String) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::plaintext()).body(body)
}

fn json(body: String) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(body)
}

type PeerResult = Result<HttpResponse, PeerError>;
type State = Data<NodeState>;
