//! Writing a message as the body of a call, in the manner that its receiver takes.

use actix_web::web::{self, Bytes};

use crate::db::queries::messages::StoredMessage;
use crate::domain::message::Content;
use crate::protocol::encryption::Encryption;
use crate::protocol::hashing::Hashing;
use crate::protocol::outgoing::{self, Outgoing, SealError, SentFile, SentHash};
use crate::protocol::rsa_key::PublicKey;

/// How to write to a peer.
#[derive(Clone, Debug, Default)]
pub struct Manner {
    /// The encryption standard.
    pub encryption: Encryption,
    /// The hashing standard.
    pub hashing: Hashing,
    /// The receiver's key, where the encryption takes one.
    pub key: Option<PublicKey>,
}

/// A message that is ready to be posted.
#[derive(Clone, Debug)]
pub struct Written {
    /// The call.
    pub path: &'static str,
    /// Its body.
    pub body: String,
    /// The standard that it is encrypted under.
    pub encryption: Encryption,
    /// The hash that is in it.
    pub hash: SentHash,
}

/// A message that cannot be written in this manner.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The bytes of the file are not there.
    #[error("the file could not be read")]
    NoFile,
    /// It does not fit the standard, or there is no key for it.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A fault of ours.
    #[error("the message could not be prepared")]
    Failed,
}

/// Writes `message`; `bytes` are the content of its file, if it is one. Short text in clear is written here and now, and the rest on a
/// thread for slow work.
///
/// # Errors
/// [`WriteError`].
pub async fn write(message: &StoredMessage, bytes: Option<Bytes>, manner: Manner) -> Result<Written, WriteError> {
    let is_text = matches!(message.content, Content::Text { .. });
    if is_text && manner.encryption == Encryption::None {
        return write_now(message, None, &manner);
    }
    let message = message.clone();
    web::block(move || write_now(&message, bytes.as_deref(), &manner)).await.map_err(|_| WriteError::Failed)?
}

/// Encrypts a body that carries no message, on a thread for slow work where it is to be encrypted.
///
/// # Errors
/// [`WriteError`].
pub async fn seal(body: Outgoing, manner: &Manner) -> Result<String, WriteError> {
    if manner.encryption == Encryption::None {
        return Ok(body.to_json());
    }
    let Manner { encryption, key, .. } = manner.clone();
    let sealed = web::block(move || body.sealed(encryption, key.as_ref()).map(|body| body.to_json()));
    Ok(sealed.await.map_err(|_| WriteError::Failed)??)
}

fn write_now(message: &StoredMessage, bytes: Option<&[u8]>, manner: &Manner) -> Result<Written, WriteError> {
    let (path, body, hash) = match (&message.content, bytes) {
        (Content::Text { text, markup }, _) => {
            let hash = SentHash::of(manner.hashing, text, &message.sender);
            let body = outgoing::receive_message(&message.sender, &message.destination, text, *markup, message.stamp, &hash);
            ("/receiveMessage", body, hash)
        }
        (Content::File(file), Some(bytes)) => {
            let base64 = outgoing::file_base64(bytes);
            let hash = SentHash::of(manner.hashing, &base64, &message.sender);
            let sent = SentFile { base64: &base64, name: file.name.as_str(), content_type: &file.content_type };
            ("/receiveFile", outgoing::receive_file(&message.sender, &message.destination, sent, message.stamp, &hash), hash)
        }
        (Content::File(_), None) => return Err(WriteError::NoFile),
    };
    let body: Outgoing = body.sealed(manner.encryption, manner.key.as_ref())?;
    Ok(Written { path, body: body.to_json(), encryption: manner.encryption, hash })
}
