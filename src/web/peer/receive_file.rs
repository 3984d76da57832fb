//! `/receiveFile` (protocol section 3).

use actix_web::{HttpRequest, web};

use super::{PeerResult, State, charged_body, json_limit, take_in};
use crate::actors::rate_limiter::Charge;
use crate::db::files::StoredFile;
use crate::db::queries::messages::Incoming;
use crate::domain::clock;
use crate::domain::message::{Attachment, Content};
use crate::protocol::peer::{self, ReceiveFile};
use crate::web::auth;
use crate::web::error::Failure;

/// A peer hands us a file for one of our users. The bytes are on disk before the message is.
pub(super) async fn receive_file(request: HttpRequest, payload: web::Payload, state: State) -> PeerResult {
    let limit = state.settings.limits.file_bytes;
    let charge = Charge::PeerFile(auth::caller(&request));
    // Base64 takes four characters for three bytes, and may have line breaks; other nodes escape `/` besides.
    let body = charged_body(&request, payload, &state, charge, json_limit(&state, "a file", limit / 3)).await?;
    let files = state.files.clone();
    let (call, file) = web::block(move || -> Result<(ReceiveFile, StoredFile), Failure> {
        let call: ReceiveFile = peer::read(&body)?;
        call.check_hash()?;
        let file = files.put(&call.decode(limit)?)?;
        Ok((call, file))
    })
    .await
    .map_err(Failure::internal)??;

    let ReceiveFile { sender, destination, stamp, name, content_type, .. } = call;
    let content = Content::File(Attachment { sha256: file.sha256.clone(), name, content_type, size: file.size });
    let from = auth::caller(&request);
    let incoming = Incoming { sender, destination, stamp, content, file: Some(file), from, encryption: 0, arrived_at: clock::now() };
    Ok(take_in(&state, incoming).await?)
}
