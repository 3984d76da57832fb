//! Taking in what is for a user of another node: it is held until they come for it (protocol section 7).

use std::net::IpAddr;

use actix_web::{HttpRequest, HttpResponse, web};
use sha2::{Digest, Sha256};

use super::charging::read_no_file_for;
use super::receive_file::{attachment, content};
use super::{State, text};
use crate::actors::relay::{Admit, Hold, HoldError};
use crate::db::queries::messages::Incoming;
use crate::db::queries::people;
use crate::domain::message::{Content, MessageId};
use crate::domain::relay::{Deposit, HeldBody, HeldCall};
use crate::domain::username::Username;
use crate::metrics::Taken;
use crate::protocol::outgoing::{self, SentFile, SentHash};
use crate::protocol::peer::ReceiveFile;
use crate::protocol::reply_code::{HELD, Reply, ReplyCode};
use crate::web::auth;
use crate::web::error::Failure;
use crate::web::state::NodeState;

/// Holds a message.
pub(super) async fn message(state: &NodeState, incoming: &Incoming) -> Result<HttpResponse, Failure> {
    let Incoming { sender, destination, stamp, content, from, .. } = incoming;
    let Content::Text { text, markup } = content else { return Err(Failure::internal("a file came where a message was to be held")) };
    let id = MessageId::of(sender, destination, *stamp, content);
    let body = outgoing::receive_message(sender, destination, text, *markup, *stamp, &SentHash::default()).to_json();
    let depositor = depositor(state, sender, *from).await?;
    hold(state, depositor, id, destination, HeldCall::Message, body).await
}

/// Holds a file whose bytes are not in the store: they are in the body that hands it over. Nothing is made of them before it is clear that they may come;
/// from whoever does not wait when they are told to, no file is even read until then.
pub(super) async fn file(request: &HttpRequest, state: &State, call: ReceiveFile, limit: usize) -> Result<HttpResponse, Failure> {
    let depositor = depositor(state, &call.sender, auth::caller(request)).await?;
    let admit = Admit { depositor: depositor.clone(), bytes: call.base64.len() as u64 };
    if let Err(error) = state.relay.ask(admit).await? {
        if let HoldError::TooFast { retry_after, is_impatient: true } = error {
            read_no_file_for(request, retry_after);
        }
        return Err(refusal(error));
    }
    let (call, bytes) = content(state, call, limit).await?;
    let write = move || {
        let content = Content::File(attachment(&call, hex::encode(Sha256::digest(&bytes)), bytes.len() as u64));
        let id = MessageId::of(&call.sender, &call.destination, call.stamp, &content);
        let base64 = outgoing::file_base64(&bytes);
        let sent = SentFile { base64: &base64, name: call.name.as_str(), content_type: &call.content_type };
        let body = outgoing::receive_file(&call.sender, &call.destination, sent, call.stamp, &SentHash::default()).to_json();
        (id, call.destination, body)
    };
    let (id, addressee, body) = web::block(write).await.map_err(Failure::internal)?;
    hold(state, depositor, id, &addressee, HeldCall::File, body).await
}

async fn hold(
    state: &NodeState,
    depositor: String,
    id: MessageId,
    addressee: &Username,
    call: HeldCall,
    body: String,
) -> Result<HttpResponse, Failure> {
    let size = body.len() as u64;
    let deposit = Deposit { id, depositor, addressee: addressee.clone(), call, body: HeldBody::Inline(body), size };
    state.relay.ask(Hold(deposit)).await?.map_err(refusal)?;
    state.metrics.brought(Taken::Held);
    Ok(text(Reply::new(ReplyCode::Success, HELD).to_string()))
}

fn refusal(error: HoldError) -> Failure {
    match error {
        HoldError::Full => Failure::Peer(Reply::new(ReplyCode::Unavailable, "The addressee is away and this node holds as much as it may")),
        HoldError::TooFast { retry_after, .. } => Failure::RateLimited { retry_after },
        HoldError::Database(error) => error.into(),
        HoldError::Unanswered(error) => error.into(),
    }
}

/// Whose share it counts to: the sender's if the call comes from where they are listed. A name that is only claimed must not use up its owner's.
async fn depositor(state: &NodeState, sender: &Username, from: IpAddr) -> Result<String, Failure> {
    let name = sender.clone();
    let person = state.reader.read(move |connection| people::find(connection, &name)).await?;
    let verified = person.and_then(|person| person.address).is_some_and(|(ip, _)| ip == from);
    Ok(if verified { sender.to_string() } else { format!("somebody at {from}") })
}
