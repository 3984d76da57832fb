//! What other nodes answer, however they spell it (protocol sections 3 and 11). See also `reply_code`.

use super::body::Body;
use super::encryption;
use super::reply_code::parse_reply;
use super::rsa_key::KeyPair;
use crate::domain::presence::Status;
use crate::domain::profile::Profile;

/// A peer's answer to `/getProfile`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileAnswer {
    /// The texts, cut to their bounds; empty where absent or null.
    pub profile: Profile,
    /// The address of a picture, with `http` or `https`; empty where there is none.
    pub picture: String,
}

/// Longest address of a picture that is kept, in bytes.
const MAX_PICTURE_BYTES: usize = 2048;

impl ProfileAnswer {
    /// Reads the answer; `None` when it is no profile: an error text, HTML, or a refusal as an object.
    ///
    /// "profile fields missing, null, HTML, non-http picture, error text instead of JSON: default, escape, ignore"
    #[must_use]
    pub fn read(answer: &[u8]) -> Option<Self> {
        Self::read_with(answer, None)
    }

    /// Reads an answer whose values may be encrypted for the asker ("J for known standards").
    #[must_use]
    pub fn read_with(answer: &[u8], keys: Option<&KeyPair>) -> Option<Self> {
        let body = encryption::open(Body::parse(answer).ok()?, keys).ok()?;
        let text = |key: &str| body.text(key).unwrap_or_default().to_owned();
        let is_profile = ["fullname", "position", "description", "location", "picture"].into_iter().any(|key| body.has(key));
        // V's words for a sender that it does not know.
        let refused = body.has("error") || text("fullname") == "invalid sender";
        if !is_profile || refused {
            return None;
        }
        let profile = Profile {
            fullname: text("fullname"),
            position: text("position"),
            description: text("description"),
            location: text("location"),
        };
        let picture = text("picture").trim().to_owned();
        let fetchable = picture.len() <= MAX_PICTURE_BYTES && has_web_scheme(&picture) && !picture.contains(char::is_control);
        Some(Self { profile: profile.tidied(), picture: if fetchable { picture } else { String::new() } })
    }
}

fn has_web_scheme(address: &str) -> bool {
    let scheme = address.split_once("://").map_or("", |(scheme, _)| scheme);
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

/// Reads a peer's answer to `/getStatus`: "status unknown word or null: Online". `None` when it is no status at all.
#[must_use]
pub fn read_status(answer: &[u8]) -> Option<Status> {
    let body = Body::parse(answer).ok()?;
    let known = body.has("status") && !body.has("error");
    known.then(|| body.text("status").and_then(Status::parse).unwrap_or_default())
}

/// Reads a peer's answer to `/getPublicKey`, in either spelling. `None` when it is a refusal.
#[must_use]
pub fn read_public_key(answer: &[u8]) -> Option<String> {
    let body = Body::parse(answer).ok()?;
    let refused = body.text("error").is_some_and(|error| parse_reply(error) != Some(0));
    let key = ["pubKey", "pubkey", "publicKey"].into_iter().find_map(|key| body.text(key))?;
    (!refused).then(|| key.trim().to_owned())
}

/// Whether a peer's answer to `/handshake` proves that it decrypted `message`.
///
/// "T echoes the message unchanged for an unknown standard, so a caller must compare the text": the code alone
/// proves nothing, and a missing one is forgiven.
#[must_use]
pub fn handshake_proves(answer: &[u8], message: &str) -> bool {
    Body::parse(answer)
        .is_ok_and(|body| body.text("message") == Some(message) && body.text("error").is_none_or(|error| parse_reply(error) == Some(0)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_profile_is_read_with_what_it_has() {
        let read =
            ProfileAnswer::read(br#"{"fullname": "Ana", "position": null, "location": 7, "picture": "javascript:alert(1)"}"#).unwrap();
        assert_eq!((read.profile.fullname.as_str(), read.profile.location.as_str(), read.picture.as_str()), ("Ana", "7", ""));
        let read = ProfileAnswer::read(br#"{"picture": "HTTP://example.org/a.png", "encryption": "0"}"#).unwrap();
        assert_eq!(read.picture, "HTTP://example.org/a.png");
    }

    #[test]
    fn a_refusal_is_no_profile() {
        let refusals =
            ["", "1: Missing", "\"1: Missing\"", "{\"error\": 4}", "{}", "{\"fullname\": \"invalid sender\"}", "<html></html>", "[]"];
        for answer in refusals {
            assert_eq!(ProfileAnswer::read(answer.as_bytes()), None, "{answer}");
        }
    }

    #[test]
    fn a_status_is_a_known_word_or_online() {
        let cases = [
            ("\"Idle\"", Status::Idle),
            ("\"do not disturb\"", Status::DoNotDisturb),
            ("null", Status::Online),
            ("\"(None,)\"", Status::Online),
        ];
        for (word, status) in cases {
            assert_eq!(read_status(format!("{{\"status\": {word}}}").as_bytes()), Some(status), "{word}");
        }
        for answer in ["", "3", "\"1: Missing\"", "{}", "Sorry, I do not know", "{\"error\": 4}"] {
            assert_eq!(read_status(answer.as_bytes()), None, "{answer}");
        }
    }

    #[test]
    fn a_public_key_is_read_in_both_spellings() {
        assert_eq!(read_public_key(br#"{"error": 0, "pubKey": "30"}"#).as_deref(), Some("30"));
        assert_eq!(read_public_key(br#"{"error": "0: ok", "pubkey": "30"}"#).as_deref(), Some("30"));
        assert_eq!(read_public_key(br#"{"error": 3, "pubkey": "30"}"#), None);
        assert_eq!(read_public_key(b"3: Client Currently Unavailable"), None);
    }

    #[test]
    fn only_the_text_itself_proves_a_handshake() {
        assert!(handshake_proves(br#"{"error": 0, "message": "shake"}"#, "shake"));
        assert!(handshake_proves(br#"{"error": "0: ok", "message": "shake"}"#, "shake"));
        assert!(!handshake_proves(br#"{"error": 0, "message": "4359505b54"}"#, "shake"));
        assert!(!handshake_proves(br#"{"error": "9: no"}"#, "shake"));
        assert!(!handshake_proves(b"9", "shake"));
    }

    proptest! {
        #[test]
        fn no_answer_panics(answer in any::<Vec<u8>>()) {
            let _ = (ProfileAnswer::read(&answer), read_status(&answer), read_public_key(&answer), handshake_proves(&answer, ""));
        }
    }
}
