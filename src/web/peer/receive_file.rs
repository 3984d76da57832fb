//! `/receiveFile` (protocol section 3).

use actix_web::{HttpRequest, web};

use super::sealed::{self, Opened};
use super::{PeerResult, State, charged_body, json_limit, mark, take_in};
use crate::actors::rate_limiter::Charge;
use crate::db::queries::messages::Incoming;
use crate::domain::clock;
use crate::domain::message::{Attachment, Content};
use crate::protocol::peer::ReceiveFile;
use crate::web::auth;

/// A peer hands us a file for one of our users. The bytes are on disk before the message is.
pub(super) async fn receive_file(request: HttpRequest, payload: web::Payload, state: State) -> PeerResult {
    let limit = state.settings.limits.file_bytes;
    let charge = Charge::PeerFile(auth::caller(&request));
    // Base64 takes four characters for three bytes, and encrypted each of these is two; others have line breaks, or escape `/`.
    let body = charged_body(&request, payload, &state, charge, json_limit(&state, "a file", limit / 2)).await?;
    let Opened { call, encryption } = sealed::read::<ReceiveFile>(&state, body).await?;
    let (files, claim) = (state.files.clone(), call.claim.clone());
    let check_and_put = move || {
        call.check_hash()?;
        let file = files.put(&call.decode(limit)?)?;
        Ok((call, file))
    };
    let (call, file) = sealed::checked(&state, &claim, false, check_and_put).await?;

    let mark = mark(call.stamp_text, call.claim);
    let (from, encryption) = (auth::caller(&request), encryption.number());
    let ReceiveFile { sender, destination, stamp, name, content_type, .. } = call;
    let content = Content::File(Attachment { sha256: file.sha256.clone(), name, content_type, size: file.size });
    let file = Some(file);
    Ok(take_in(&state, Incoming { sender, destination, stamp, content, file, from, encryption, mark, arrived_at: clock::now() }).await?)
}
