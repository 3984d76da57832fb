//! A peer's JSON object, whose values may have any type.
//!
//! Protocol section 1: every call but the simplest carries "one JSON **object**". Section 11: "numbers as strings and back, for stamp,
//! markdown, encryption, hashing, attendance, port: coerce; null and "" mean absent"; "misspelt or extra keys: ignore or alias";
//! "`content_type` array or bare: take first element".
//!
//! Only the protocol's own keys are kept, so a body costs no more than its own length, however many keys it makes up and however
//! deep it is nested.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::error::{BodyError, WireError};
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// Every key that some call or answer reads.
const KEYS: [&str; 37] = [
    "attendance",
    "content_type",
    "decryptionKey",
    "description",
    "destination",
    "encryption",
    "end_time",
    "error",
    "event_description",
    "event_location",
    "event_name",
    "event_picture",
    "file",
    "filename",
    "fullname",
    "hash",
    "hashing",
    "ip",
    "location",
    "markdown",
    "message",
    "passphrase",
    "picture",
    "port",
    "position",
    "profile_username",
    "pubKey",
    "publicKey",
    "pubkey",
    "recipient",
    "requestor",
    "sender",
    "signature",
    "stamp",
    "start_time",
    "status",
    "username",
];

/// A number is kept up to here: no number that means anything is longer, and a stamp is echoed.
const MAX_NUMBER_CHARS: usize = 64;

/// Only a signature is longer: the digits of an RSA number.
const MAX_SIGNATURE_CHARS: usize = 640;

/// A value as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// A string.
    Text(String),
    /// A number, in the digits of its sender.
    Number(String),
    /// `true` or `false`.
    Flag(bool),
    /// `null`, an object, or an array without a first element that is one of the above.
    Nothing,
}

/// The fields of a body that the protocol knows.
#[derive(Clone, Debug, Default)]
pub struct Body {
    fields: Vec<(&'static str, Field)>,
}

impl Body {
    /// Reads a JSON object. Of a key that comes twice the last one counts; a lone surrogate (`\ud800`) becomes U+FFFD.
    ///
    /// # Errors
    /// [`BodyError`] when `bytes` are not a JSON object in UTF-8.
    pub fn parse(bytes: &[u8]) -> Result<Self, BodyError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mended = without_lone_surrogates(bytes);
        let mut reader = serde_json::Deserializer::from_slice(&mended);
        let fields =
            reader.deserialize_map(Fields).map_err(|error| if error.is_data() { BodyError::NotAnObject } else { BodyError::NotJson })?;
        reader.end().map_err(|_| BodyError::NotJson)?;
        Ok(Self { fields }.with_aliases())
    }

    /// The fields as they came, to be decrypted in place.
    pub(super) fn fields_mut(&mut self) -> impl Iterator<Item = (&'static str, &mut Field)> {
        self.fields.iter_mut().map(|(key, field)| (*key, field))
    }

    /// One node of 2018 says `recipient`; where it says both, they agree.
    fn with_aliases(mut self) -> Self {
        if !self.has("destination") {
            self.fields.iter_mut().filter(|(key, _)| *key == "recipient").for_each(|(key, _)| *key = "destination");
        }
        self
    }

    fn get(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|(known, _)| *known == key).map(|(_, field)| field)
    }

    /// Whether the key is there at all, be it null.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// A value as text; a number in its sender's digits. `None` when absent, null or empty.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Field::Text(text) | Field::Number(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// A value as text, taken out. An empty string is one: that is how an empty message and an empty file come.
    ///
    /// # Errors
    /// [`WireError::Missing`] when it is absent or null.
    pub fn take(&mut self, key: &'static str) -> Result<String, WireError> {
        let field = self.fields.iter_mut().find(|(known, _)| *known == key).map(|(_, field)| std::mem::replace(field, Field::Nothing));
        match field {
            Some(Field::Text(text) | Field::Number(text)) => Ok(text),
            Some(Field::Flag(_)) => Err(WireError::Invalid(key)),
            Some(Field::Nothing) | None => Err(WireError::Missing(key)),
        }
    }

    /// A value as an integer, `true` and `false` as 1 and 0. `Ok(None)` when absent, null or blank.
    ///
    /// # Errors
    /// [`NotAnInteger`] when there is something else.
    pub fn integer(&self, key: &str) -> Result<Option<i64>, NotAnInteger> {
        match self.get(key) {
            Some(Field::Text(text) | Field::Number(text)) if !text.trim().is_empty() => parse_integer(text.trim()).map(Some),
            Some(Field::Flag(flag)) => Ok(Some(i64::from(*flag))),
            _ => Ok(None),
        }
    }

    /// A compulsory name, looked for under each of `keys` in turn: some nodes call it otherwise.
    ///
    /// # Errors
    /// [`WireError`] with the first of `keys` when there is none, or one that no account has.
    pub fn username(&self, keys: &[&'static str]) -> Result<Username, WireError> {
        let field = keys.first().copied().unwrap_or_default();
        let raw = keys.iter().find_map(|key| self.text(key)).ok_or(WireError::Missing(field))?;
        Username::parse(raw.trim()).map_err(|_| WireError::Invalid(field))
    }

    /// A compulsory time, and how its sender wrote it.
    ///
    /// # Errors
    /// [`WireError`] when there is none, or one that is no time.
    pub fn stamp(&self, key: &'static str) -> Result<(Stamp, String), WireError> {
        let text = self.text(key).ok_or(WireError::Missing(key))?.trim();
        let stamp = Stamp::parse(text).map_err(|_| WireError::Invalid(key))?;
        if text.len() > MAX_NUMBER_CHARS { Err(WireError::Invalid(key)) } else { Ok((stamp, text.to_owned())) }
    }
}

/// Something else where an integer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnInteger;

/// `2`, and also `2.0` as some nodes write it.
fn parse_integer(text: &str) -> Result<i64, NotAnInteger> {
    if let Ok(integer) = text.parse() {
        return Ok(integer);
    }
    let number: f64 = text.parse().map_err(|_| NotAnInteger)?;
    let small = number.fract() == 0.0 && number.abs() < 1e9;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and below a milliard")]
    if small { Ok(number as i64) } else { Err(NotAnInteger) }
}

/// Reads an object into the fields that the protocol knows.
struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Vec<(&'static str, Field)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields: Self::Value = Vec::new();
        while let Some(key) = map.next_key_seed(KnownKey)? {
            let Some(key) = key else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let field = Field::read(key, map.next_value::<&RawValue>()?.get()).map_err(A::Error::custom)?;
            fields.retain(|(earlier, _)| *earlier != key);
            fields.push((key, field));
        }
        Ok(fields)
    }
}

impl Field {
    /// Reads one value, given as the JSON that it is.
    fn read(key: &str, json: &str) -> serde_json::Result<Self> {
        Ok(match json.as_bytes().first() {
            Some(b'"') => Self::Text(serde_json::from_str(json)?),
            Some(b'-' | b'0'..=b'9') => {
                let longest = if key == "signature" { MAX_SIGNATURE_CHARS } else { MAX_NUMBER_CHARS };
                Self::Number(json.chars().take(longest).collect())
            }
            Some(b't') => Self::Flag(true),
            Some(b'f') => Self::Flag(false),
            // H sends the pair that Python's guess of a MIME type returns; in it no first element is an array again.
            // A signature that Python's library made is a tuple of one.
            Some(b'[') if key == "content_type" || key == "signature" => match first_element(json)? {
                Some(first) if first.starts_with('[') => Self::Nothing,
                Some(first) => Self::read(key, first)?,
                None => Self::Nothing,
            },
            _ => Self::Nothing,
        })
    }
}

/// The first element of a JSON array, as the JSON that it is.
fn first_element(json: &str) -> serde_json::Result<Option<&str>> {
    struct First;
    impl<'de> Visitor<'de> for First {
        type Value = Option<&'de str>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
            let first = array.next_element::<&RawValue>()?.map(RawValue::get);
            while array.next_element::<IgnoredAny>()?.is_some() {}
            Ok(first)
        }
    }
    serde_json::Deserializer::from_str(json).deserialize_seq(First)
}

/// Reads a key, which is one of [`KEYS`] or of no interest.
struct KnownKey;

impl<'de> DeserializeSeed<'de> for KnownKey {
    type Value = Option<&'static str>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for KnownKey {
    type Value = Option<&'static str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(KEYS.into_iter().find(|known| *known == key))
    }
}

/// The bytes with each escaped surrogate that has no partner replaced by U+FFFD: no text of ours can hold one, and refusing the whole
/// message would lose the rest of it.
fn without_lone_surrogates(json: &[u8]) -> Cow<'_, [u8]> {
    const ESCAPE_BYTES: usize = br"\u0000".len();
    let mut mended = Cow::Borrowed(json);
    let mut at = 0;
    while let Some(offset) = json.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        let here = at + offset;
        let next = here + ESCAPE_BYTES;
        at = match (escaped_unit(json, here), escaped_unit(json, next)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => next + ESCAPE_BYTES,
            (Some(0xd800..=0xdfff), _) => {
                mended.to_mut()[here..next].copy_from_slice(br"\ufffd");
                next
            }
            (Some(_), _) => next,
            // Another escape: the byte after the backslash is part of it.
            (None, _) => here + 2,
        };
    }
    mended
}

/// The UTF-16 unit of the `\uXXXX` at `at`, if there is one.
fn escaped_unit(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..)?.strip_prefix(br"\u")?.get(..4)?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn body(json: &str) -> Body {
        Body::parse(json.as_bytes()).unwrap()
    }

    #[test]
    fn only_an_object_is_a_body() {
        for json in ["[1, 2]", "1", "\"x\"", "null", "true"] {
            assert_eq!(Body::parse(json.as_bytes()).unwrap_err(), BodyError::NotAnObject, "{json}");
        }
        for json in ["", " ", "{", "{]", "{\"sender\": }", "{} {}", "{\"sender\": \"a}", "sender=ana", "<html>"] {
            assert_eq!(Body::parse(json.as_bytes()).unwrap_err(), BodyError::NotJson, "{json}");
        }
        assert_eq!(Body::parse(b"{\"sender\": \"\xff\"}").unwrap_err(), BodyError::NotJson);
    }

    #[test]
    fn of_a_repeated_key_the_last_counts() {
        assert_eq!(body(r#"{"sender": "ana", "sender": "ben"}"#).text("sender"), Some("ben"));
        assert_eq!(body(r#"{"sender": "ana", "sender": null}"#).text("sender"), None);
    }

    #[test]
    fn a_number_is_an_integer_in_each_dress() {
        let cases = [
            ("2", Some(2)),
            ("\"2\"", Some(2)),
            ("2.0", Some(2)),
            ("\" 2 \"", Some(2)),
            ("true", Some(1)),
            ("null", None),
            ("\"\"", None),
            ("\" \"", None),
            ("{}", None),
        ];
        for (json, expected) in cases {
            assert_eq!(body(&format!("{{\"hashing\": {json}}}")).integer("hashing"), Ok(expected), "{json}");
        }
        for json in ["\"abc\"", "2.5", "1e300", &"9".repeat(3000), "\"NaN\"", "\"None\""] {
            assert_eq!(body(&format!("{{\"hashing\": {json}}}")).integer("hashing"), Err(NotAnInteger), "{json}");
        }
    }

    #[test]
    fn a_stamp_keeps_the_digits_of_its_sender() {
        for (json, text) in
            [("1497225143.500", "1497225143.500"), ("\"1497225147.500\"", "1497225147.500"), ("1497225154.0", "1497225154.0")]
        {
            assert_eq!(body(&format!("{{\"stamp\": {json}}}")).stamp("stamp").unwrap().1, text);
        }
        for json in ["\"NaN\"", "1e300", "-1", "\"inf\"", "\"soon\"", "true"] {
            assert!(body(&format!("{{\"stamp\": {json}}}")).stamp("stamp").is_err(), "{json}");
        }
    }

    #[test]
    fn a_lone_surrogate_becomes_a_replacement_character() {
        let cases = [
            (r"\ud800", "\u{fffd}"),
            (r"a\uDC00b", "a\u{fffd}b"),
            (r"\ud83d\ude00", "😀"),
            (r"\\ud800", r"\ud800"),
            (r"\ud800\ud83d\ude00", "\u{fffd}😀"),
        ];
        for (json, text) in cases {
            assert_eq!(body(&format!("{{\"message\": \"{json}\"}}")).text("message"), Some(text), "{json}");
        }
    }

    #[test]
    fn depth_and_number_of_keys_cost_nothing() {
        let deep = format!("{{\"extra\": {}{}, \"sender\": \"ana\"}}", "[".repeat(20_000), "]".repeat(20_000));
        assert_eq!(body(&deep).text("sender"), Some("ana"));
        let deep = format!("{{\"content_type\": {}{}}}", "[".repeat(20_000), "]".repeat(20_000));
        assert_eq!(body(&deep).text("content_type"), None);
        let many = (0..100_000).fold(String::new(), |keys, n| keys + format!("\"k{n}\": 0, ").as_str());
        assert_eq!(body(&format!("{{{many}\"sender\": \"ana\"}}")).fields.len(), 1);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in any::<Vec<u8>>()) {
            let _ = Body::parse(&bytes);
            let _ = without_lone_surrogates(&bytes);
        }

        #[test]
        fn any_text_comes_through(text in any::<String>()) {
            let json = serde_json::json!({ "message": text }).to_string();
            prop_assert_eq!(body(&json).take("message").unwrap(), text);
        }
    }
}
