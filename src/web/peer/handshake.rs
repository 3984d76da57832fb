//! `/handshake` (protocol section 3): proves that this node can read what was encrypted for one of its users.
//!
//! It hands back what it decrypts to whoever asks, so it could be asked to decrypt what was overheard. The protocol has no guard against that;
//! here is one: under a user's own key only a short word is handed back. So the wrapped session keys of standard 4 (32 bytes), most
//! messages, and all files stay shut. The words that nodes shake hands with are `test`, `shake`, and the like.

use actix_web::{HttpRequest, web};

use super::{PeerResult, State, charge_call, charged_body, json, question_limit, sealed};
use crate::protocol::error::WireError;
use crate::protocol::outgoing::handshake_answer;
use crate::protocol::peer::Handshake;
use crate::web::error::Failure;

/// Longest word that is handed back, in bytes: shorter than a session key.
const MAX_WORD_BYTES: usize = 24;

/// Answers with the text that was sent encrypted.
pub(super) async fn handshake(request: HttpRequest, payload: web::Payload, state: State) -> PeerResult {
    let body = charged_body(&request, payload, &state, charge_call(&request), question_limit(&state)).await?;
    let opened = sealed::read::<Handshake>(&state, body).await?;
    let message = opened.call.message;
    if opened.encryption.needs_key() && !is_short_word(&message) {
        return Err(Failure::from(WireError::EncryptionUnsupported).into());
    }
    Ok(json(handshake_answer(&message)))
}

fn is_short_word(text: &str) -> bool {
    text.len() <= MAX_WORD_BYTES && text.chars().all(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_a_session_key_or_a_message_is_not_handed_back() {
        for word in ["test", "shake", "a1b2c3d4e5f60718"] {
            assert!(is_short_word(word), "{word}");
        }
        for text in ["0123456789abcdef0123456789abcdef", "see you at 5", "0123\u{0}", "a b"] {
            assert!(!is_short_word(text), "{text}");
        }
    }
}
