//! `/receiveFile` (protocol section 3).

use actix_web::{HttpRequest, web};

use super::charging::charge_claim;
use super::hold;
use super::sealed::{self, Opened};
use super::{PeerResult, State, charged_body, json_limit, mark, take_in};
use crate::actors::rate_limiter::Charge;
use crate::db::queries::accounts;
use crate::db::queries::messages::Incoming;
use crate::domain::clock;
use crate::domain::message::{Attachment, Content};
use crate::protocol::peer::ReceiveFile;
use crate::web::auth;
use crate::web::error::Failure;

/// By default files of 5 MiB less 2 bytes are sent, since S takes no more; but 5 MiB is the protocol's limit, so they may come.
const MORE_THAN_IS_SENT: usize = 2;

/// A peer hands us a file for one of our users. The bytes are on disk before the message is.
pub(super) async fn receive_file(request: HttpRequest, payload: web::Payload, state: State) -> PeerResult {
    let limit = state.settings.limits.file_bytes.saturating_add(MORE_THAN_IS_SENT);
    let charge = Charge::PeerFile(auth::caller(&request));
    // Base64 takes four characters for three bytes, and encrypted each of these is two; others have line breaks, or escape `/`.
    let body = charged_body(&request, payload, &state, charge, json_limit(&state, "a file", limit / 2)).await?;
    let Opened { call, encryption } = sealed::read::<ReceiveFile>(&state, body).await?;
    charge_claim(&request, &state, (&call.sender, &call.destination), Charge::ClaimedFile).await?;
    let addressee = call.destination.clone();
    let ours = state.reader.read(move |connection| Ok(accounts::find(connection, &addressee)?.is_some())).await?;
    if !ours {
        // Held bytes count to a quota, so they do not go to where the files of our users are.
        return Ok(hold::file(&request, &state, call, limit).await?);
    }
    let (call, bytes) = content(&state, call, limit).await?;
    let files = state.files.clone();
    let file = web::block(move || files.put(&bytes)).await.map_err(Failure::internal)??;
    let content = Content::File(attachment(&call, file.sha256.clone(), file.size));
    let encryption = encryption.number();
    let ReceiveFile { sender, destination, stamp, stamp_text, claim, .. } = call;
    let mark = mark(stamp_text, claim);
    let (file, from) = (Some(file), auth::caller(&request));
    Ok(take_in(&state, Incoming { sender, destination, stamp, content, file, from, encryption, mark, arrived_at: clock::now() }).await?)
}

/// The content of a file, if it is what its sender says.
pub(super) async fn content(state: &State, call: ReceiveFile, limit: usize) -> Result<(ReceiveFile, Vec<u8>), Failure> {
    let claim = call.claim.clone();
    let check = move || {
        call.check_hash()?;
        let bytes = call.decode(limit)?;
        Ok((call, bytes))
    };
    sealed::checked(state, &claim, false, check).await
}

/// What a message says of a file.
pub(super) fn attachment(call: &ReceiveFile, sha256: String, size: u64) -> Attachment {
    Attachment { sha256, name: call.name.clone(), content_type: call.content_type.clone(), size }
}
