//! The encryption standards of 2017 (protocol section 4).
//!
//! | no | algorithm | wire form |
//! | --- | --- | --- |
//! | 0 | none | |
//! | 1 | XOR with repeating ASCII key `01101001` | hex |
//! | 2 | AES-256-CBC, key = ASCII `41fb5b5ae4d57c5ee528adb078ac3b2e` | hex(iv + ciphertext) |
//! | 3 | RSA-1024, **no padding**, with the receiver's key | hex of the number |
//! | 4 | AES as 2 with a fresh key; that key RSA-wrapped as 3 in `decryptionKey` | as 2 |
//!
//! "Encrypted fields: **every key except `sender`, `destination`, `encryption`, `decryptionKey`**, [...] each turned into a string first."
//! Section 11: "hashing in clear inside an encrypted body; only some fields encrypted: decrypt fields that are hex strings, keep others".
//!
//! A file of 5 MB takes long enough, either way, for others to notice: off the arbiter with it.

use super::aes_text::{self, Key};
use super::body::{Body, Field};
use super::error::WireError;
use super::rsa_key::{KeyPair, PublicKey};

/// How the fields of a body are encrypted. A later one is stronger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encryption {
    /// 0: in clear.
    #[default]
    None = 0,
    /// 1: XOR with a key that everybody knows.
    Xor = 1,
    /// 2: AES with a key that everybody knows.
    Aes = 2,
    /// 3: raw RSA with the receiver's key; each field on its own, at most 128 bytes.
    Rsa = 3,
    /// 4: AES with a fresh key, which goes along under the receiver's RSA key.
    Hybrid = 4,
}

impl Encryption {
    /// All of them, by number.
    pub const ALL: [Self; 5] = [Self::None, Self::Xor, Self::Aes, Self::Rsa, Self::Hybrid];

    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The standard of this number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|standard| i64::from(standard.number()) == number)
    }

    /// Reads the standard that a body names: 0 when it names none.
    ///
    /// # Errors
    /// [`WireError::EncryptionUnsupported`] when it is none of 2017.
    pub fn read(body: &Body) -> Result<Self, WireError> {
        let number = body.integer("encryption").map_err(|_| WireError::EncryptionUnsupported)?;
        Self::from_number(number.unwrap_or(0)).ok_or(WireError::EncryptionUnsupported)
    }

    /// Whether it takes the receiver's own key, and so keeps out everybody but the receiver.
    #[must_use]
    pub fn needs_key(self) -> bool {
        matches!(self, Self::Rsa | Self::Hybrid)
    }
}

/// The keys of standard 1: that of 2017, and that of 2018 (section 12).
const XOR_KEYS: [&[u8]; 2] = [b"01101001", b"10010110"];

/// The key of standard 2.
const AES_KEY: &Key = b"41fb5b5ae4d57c5ee528adb078ac3b2e";

/// Fields that are in clear whatever the standard.
pub(super) const CLEAR_KEYS: [&str; 4] = ["sender", "destination", "encryption", "decryptionKey"];

/// Fields that hold a number: what decrypts to none was not encrypted.
const NUMBER_KEYS: [&str; 6] = ["stamp", "markdown", "hashing", "attendance", "start_time", "end_time"];

/// Fields that are what the call is for. In these, hex that does not decrypt is a ciphertext which we cannot read, and storing it as
/// though it were the text would be the worst answer.
const PAYLOAD_KEYS: [&str; 3] = ["message", "file", "event_name"];

/// Decrypts a body with the keys of the user whom it is for, and leaves one that is in clear as it is.
///
/// # Errors
/// [`WireError::EncryptionUnsupported`] for a standard that is none of 2017, or without the `keys` that it takes;
/// [`WireError::Missing`] when the key of standard 4 is; [`WireError::Undecryptable`] when nothing decrypts, or the text itself does not.
pub fn open(mut body: Body, keys: Option<&KeyPair>) -> Result<Body, WireError> {
    let opener = match (Encryption::read(&body)?, keys) {
        (Encryption::None, _) => return Ok(body),
        (Encryption::Xor, _) => Opener::Xor(xor_key_of(&body)),
        (Encryption::Aes, _) => Opener::Aes(*AES_KEY),
        (Encryption::Rsa, Some(keys)) => Opener::Rsa(keys),
        (Encryption::Hybrid, Some(keys)) => Opener::Aes(unwrap_key(&body, keys)?),
        (Encryption::Rsa | Encryption::Hybrid, None) => return Err(WireError::EncryptionUnsupported),
    };
    let mut decrypted = 0;
    for (key, field) in body.fields_mut() {
        let Field::Text(text) = field else { continue };
        if CLEAR_KEYS.contains(&key) {
            continue;
        }
        match opener.open(text).filter(|plain| !NUMBER_KEYS.contains(&key) || plain.trim().parse::<f64>().is_ok()) {
            Some(plain) => {
                *text = plain;
                decrypted += 1;
            }
            None if PAYLOAD_KEYS.contains(&key) && is_hex(text) => return Err(WireError::Undecryptable(key)),
            None => {}
        }
    }
    if decrypted == 0 { Err(WireError::Undecryptable("message")) } else { Ok(body) }
}

/// What decrypts the fields of one body.
enum Opener<'a> {
    Xor(&'static [u8]),
    Aes(Key),
    Rsa(&'a KeyPair),
}

impl Opener<'_> {
    fn open(&self, wire: &str) -> Option<String> {
        match self {
            Self::Xor(key) => String::from_utf8(xor(key, &hex::decode(wire.trim()).ok()?)).ok(),
            Self::Aes(key) => aes_text::decrypt(key, wire).ok(),
            Self::Rsa(keys) => keys.decrypt(wire),
        }
    }
}

fn is_hex(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The session key of standard 4: "16 random bytes written as 32 hex **characters**; these characters are the AES-256 key and the RSA
/// plaintext".
fn unwrap_key(body: &Body, keys: &KeyPair) -> Result<Key, WireError> {
    let wrapped = body.text("decryptionKey").ok_or(WireError::Missing("decryptionKey"))?;
    let key = keys.decrypt(wrapped).ok_or(WireError::Undecryptable("decryptionKey"))?;
    Key::try_from(key.as_bytes()).map_err(|_| WireError::Undecryptable("decryptionKey"))
}

/// The XOR key under which the stamp reads as a number. The two keys differ in one bit of each character, which makes other digits of the
/// digits, but no stop of a stop; a whole stamp is taken to be of 2017.
fn xor_key_of(body: &Body) -> &'static [u8] {
    let [of_2017, of_2018] = XOR_KEYS;
    let reads = |key| {
        let plain = body.text("stamp").and_then(|stamp| Opener::Xor(key).open(stamp));
        plain.is_some_and(|plain| plain.parse::<f64>().is_ok())
    };
    if !reads(of_2017) && reads(of_2018) { of_2018 } else { of_2017 }
}

/// XOR with a repeating key; its own inverse.
fn xor(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    bytes.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect()
}

/// What encrypts the fields of one body.
pub(super) enum Sealer<'a> {
    /// Standard 1.
    Xor,
    /// Standards 2 and 4.
    Aes(Key),
    /// Standard 3.
    Rsa(&'a PublicKey),
}

impl<'a> Sealer<'a> {
    /// The sealer for a standard, and what goes along as `decryptionKey`. `None` for clear text, or without the key that it takes.
    pub(super) fn new(encryption: Encryption, key: Option<&'a PublicKey>) -> Option<(Self, Option<String>)> {
        match encryption {
            Encryption::None => None,
            Encryption::Xor => Some((Self::Xor, None)),
            Encryption::Aes => Some((Self::Aes(*AES_KEY), None)),
            Encryption::Rsa => Some((Self::Rsa(key?), None)),
            Encryption::Hybrid => {
                let session = hex::encode(rand::random::<[u8; 16]>());
                let wrapped = key?.encrypt(&session)?;
                Some((Self::Aes(Key::try_from(session.as_bytes()).ok()?), Some(wrapped)))
            }
        }
    }

    /// Encrypts one field; `None` when it does not fit.
    pub(super) fn seal(&self, text: &str) -> Option<String> {
        match self {
            Self::Xor => Some(hex::encode(xor(XOR_KEYS[0], text.as_bytes()))),
            Self::Aes(key) => Some(aes_text::encrypt(key, rand::random(), text)),
            Self::Rsa(key) => key.encrypt(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static PAIR: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate().unwrap());

    fn open_json(json: &str) -> Result<Body, WireError> {
        open(Body::parse(json.as_bytes()).unwrap(), Some(&PAIR))
    }

    fn xored(text: &str) -> String {
        Sealer::Xor.seal(text).unwrap()
    }

    #[test]
    fn a_body_in_clear_is_left_alone() {
        for encryption in ["0", "\"0\"", "null", "\"\""] {
            let body = open_json(&format!(r#"{{"message": "00", "encryption": {encryption}}}"#)).unwrap();
            assert_eq!(body.text("message"), Some("00"));
        }
    }

    #[test]
    fn an_unknown_standard_is_unsupported() {
        for encryption in ["5", "9", "-1", "\"abc\"", "1e300", "2.5"] {
            let error = open_json(&format!(r#"{{"message": "00", "encryption": {encryption}}}"#)).unwrap_err();
            assert_eq!(error, WireError::EncryptionUnsupported, "{encryption}");
        }
        let body = Body::parse(br#"{"message": "00", "encryption": 3}"#).unwrap();
        assert_eq!(open(body, None).unwrap_err(), WireError::EncryptionUnsupported);
    }

    #[test]
    fn a_ciphertext_that_does_not_open_is_never_taken_for_the_text() {
        let stamp = aes_text::encrypt(AES_KEY, [0; 16], "1.5");
        for message in ["00".repeat(32), "zz".to_owned()] {
            let json = format!(r#"{{"message": "{message}", "encryption": 2}}"#);
            assert_eq!(open_json(&json).unwrap_err(), WireError::Undecryptable("message"), "{message}");
        }
        let json = format!(r#"{{"message": "{}", "stamp": "{stamp}", "encryption": 2}}"#, "00".repeat(32));
        assert_eq!(open_json(&json).unwrap_err(), WireError::Undecryptable("message"));
    }

    #[test]
    fn standard_4_needs_its_key() {
        for key in ["null", "\"\""] {
            let json = format!(r#"{{"message": "00", "encryption": 4, "decryptionKey": {key}}}"#);
            assert_eq!(open_json(&json).unwrap_err(), WireError::Missing("decryptionKey"));
        }
        for key in ["0", "zz", &PAIR.public().encrypt("too short").unwrap()] {
            let json = format!(r#"{{"message": "00", "encryption": 4, "decryptionKey": "{key}"}}"#);
            assert_eq!(open_json(&json).unwrap_err(), WireError::Undecryptable("decryptionKey"));
        }
    }

    #[test]
    fn a_number_in_clear_inside_an_encrypted_body_stays() {
        // These digits are hex, and under XOR even text; but no number.
        let json = format!(r#"{{"message": "{}", "stamp": "1512345612", "hashing": "2", "encryption": 1}}"#, xored("hi"));
        let body = open_json(&json).unwrap();
        assert_eq!((body.text("message"), body.text("stamp"), body.text("hashing")), (Some("hi"), Some("1512345612"), Some("2")));
    }

    #[test]
    fn the_xor_key_of_2018_is_known_by_the_stamp() {
        let sealed = |text: &str| hex::encode(xor(XOR_KEYS[1], text.as_bytes()));
        let json = format!(r#"{{"message": "{}", "stamp": "{}", "encryption": 1}}"#, sealed("hi"), sealed("1512345612.5"));
        let body = open_json(&json).unwrap();
        assert_eq!((body.text("message"), body.text("stamp")), (Some("hi"), Some("1512345612.5")));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_body_panics(wire in "[0-9a-f]{0,80}|\\PC{0,20}", encryption in 0..6, key in "[0-9a-f]{0,256}") {
            let json = serde_json::json!({ "message": wire, "stamp": wire, "encryption": encryption, "decryptionKey": key });
            let _ = open_json(&json.to_string());
        }

        #[test]
        fn what_is_sealed_opens(inner in any::<String>(), number in 1..5_i64) {
            // Trailing spaces are lost under AES, and leading NULs under RSA.
            let text = format!("<{inner}>");
            let encryption = Encryption::from_number(number).unwrap();
            let (sealer, decryption_key) = Sealer::new(encryption, Some(PAIR.public())).unwrap();
            let Some(message) = sealer.seal(&text) else { return Ok(()) };
            let json = serde_json::json!({ "message": message, "encryption": number, "decryptionKey": decryption_key });
            let body = open_json(&json.to_string()).unwrap();
            prop_assert_eq!(body.text("message"), Some(text.as_str()));
        }
    }
}
