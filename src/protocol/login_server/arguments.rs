//! The arguments of a call as the server takes them: from a query or a form, in clear or each encrypted on its own.
//!
//! The parts are asked for in the order in which the server checks: reading finds what cannot be decrypted (6),
//! [`Arguments::claim`] what is missing (1), [`Arguments::details`] what is wrong (8, then 9).

use std::collections::BTreeMap;

use super::reply::Refusal;
use super::values::{Whereabouts, is_public_key, parse_ip, parse_location, parse_port};
use super::{ENC_KEY, aes_text};

/// The calls that take arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallName {
    /// `/report`
    Report,
    /// `/logoff`
    LogOff,
    /// `/getList`
    GetList,
}

/// What a call asks for beyond saying who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Details {
    /// To be listed there.
    Report(Whereabouts),
    /// To be listed no more.
    LogOff,
    /// The list, in one of its forms.
    GetList(ListFormat),
}

/// The forms of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFormat {
    /// Lines with commas.
    Text,
    /// `json=1`
    Json,
}

/// Who asks, as it was sent: not checked yet.
#[derive(Clone, Copy)]
pub struct Claim<'a> {
    /// Taken for a user name; not empty.
    pub username: &'a str,
    /// Taken for a credential; not empty.
    pub password: &'a str,
}

/// The arguments of one call, decrypted.
pub struct Arguments {
    values: BTreeMap<Name, String>,
}

/// The arguments that the protocol has. Others are ignored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Username,
    Password,
    Location,
    Ip,
    Port,
    Pubkey,
    Json,
    Enc,
}

impl Arguments {
    /// Reads what came as the query and as the body of a form (either may be empty), and decrypts it where `enc` is 1.
    ///
    /// # Errors
    /// [`Refusal::Undecryptable`], and [`Refusal::InvalidValue`] for an argument given twice: it has no one value.
    pub fn read(query: &[u8], form: &[u8]) -> Result<Self, Refusal> {
        let mut values = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(query).chain(form_urlencoded::parse(form)) {
            let Some(name) = Name::parse(&name) else { continue };
            if values.insert(name, value.into_owned()).is_some() {
                return Err(Refusal::InvalidValue);
            }
        }
        if values.get(&Name::Enc).is_some_and(|enc| enc == "1") {
            decrypt(&mut values)?;
        }
        Ok(Self { values })
    }

    /// Who calls `call`.
    ///
    /// # Errors
    /// [`Refusal::MissingField`] when it, or another argument that `call` needs, is absent or empty.
    pub fn claim(&self, call: CallName) -> Result<Claim<'_>, Refusal> {
        if call == CallName::Report {
            for name in [Name::Location, Name::Ip, Name::Port] {
                self.needed(name)?;
            }
        }
        Ok(Claim { username: self.needed(Name::Username)?, password: self.needed(Name::Password)? })
    }

    /// What `call` asks for.
    ///
    /// # Errors
    /// [`Refusal::InvalidValue`] or [`Refusal::InvalidKey`] when an argument is not what it should be.
    pub fn details(&self, call: CallName) -> Result<Details, Refusal> {
        // Not 0 and not 1: then nothing else can be relied on either.
        self.choice(Name::Enc)?;
        match call {
            CallName::Report => self.whereabouts().map(Details::Report),
            CallName::LogOff => Ok(Details::LogOff),
            CallName::GetList => Ok(Details::GetList(if self.choice(Name::Json)? { ListFormat::Json } else { ListFormat::Text })),
        }
    }

    fn whereabouts(&self) -> Result<Whereabouts, Refusal> {
        let location = parse_location(self.needed(Name::Location)?).ok_or(Refusal::InvalidValue)?;
        let ip = parse_ip(self.needed(Name::Ip)?).ok_or(Refusal::InvalidValue)?;
        let port = parse_port(self.needed(Name::Port)?).ok_or(Refusal::InvalidValue)?;
        let public_key = self.values.get(&Name::Pubkey).cloned();
        if public_key.as_deref().is_some_and(|key| !is_public_key(key)) {
            return Err(Refusal::InvalidKey);
        }
        Ok(Whereabouts { location, ip, port, public_key })
    }

    fn needed(&self, name: Name) -> Result<&str, Refusal> {
        self.values.get(&name).map(String::as_str).filter(|value| !value.is_empty()).ok_or(Refusal::MissingField)
    }

    /// An argument that is 0 or 1; absent and empty mean 0.
    fn choice(&self, name: Name) -> Result<bool, Refusal> {
        match self.values.get(&name).map_or("", String::as_str) {
            "" | "0" => Ok(false),
            "1" => Ok(true),
            _ => Err(Refusal::InvalidValue),
        }
    }
}

impl Name {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "username" => Self::Username,
            "password" => Self::Password,
            "location" => Self::Location,
            "ip" => Self::Ip,
            "port" => Self::Port,
            "pubkey" => Self::Pubkey,
            "json" => Self::Json,
            "enc" => Self::Enc,
            _ => return None,
        })
    }
}

fn decrypt(values: &mut BTreeMap<Name, String>) -> Result<(), Refusal> {
    for (_, value) in values.iter_mut().filter(|(name, _)| **name != Name::Enc) {
        // A client that has nothing to say in an argument may send it empty; there is nothing to decrypt then.
        if !value.is_empty() {
            *value = aes_text::decrypt(ENC_KEY, value).map_err(|_| Refusal::Undecryptable)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: &str = "username=bob002&password=ab&location=2&ip=203.0.113.7&port=10001";

    fn report(extra: &str) -> Result<Details, Refusal> {
        let arguments = Arguments::read(format!("{ALL}{extra}").as_bytes(), b"")?;
        arguments.claim(CallName::Report)?;
        arguments.details(CallName::Report)
    }

    fn with(name: &str, value: &str) -> Result<Details, Refusal> {
        let changed: Vec<_> = ALL.split('&').filter(|argument| !argument.starts_with(&format!("{name}="))).collect();
        let arguments = Arguments::read(changed.join("&").as_bytes(), format!("{name}={value}").as_bytes())?;
        arguments.claim(CallName::Report)?;
        arguments.details(CallName::Report)
    }

    #[test]
    fn arguments_may_be_split_between_query_and_form() {
        let arguments = Arguments::read(b"username=bob002", b"password=a%62&extra=1").unwrap();
        let claim = arguments.claim(CallName::LogOff).unwrap();
        assert_eq!((claim.username, claim.password), ("bob002", "ab"));
    }

    #[test]
    fn an_argument_that_is_absent_or_empty_is_missing() {
        for name in ["username", "password", "location", "ip", "port"] {
            assert_eq!(with(name, ""), Err(Refusal::MissingField), "{name}");
        }
        let only_who = Arguments::read(b"username=bob002&password=ab", b"").unwrap();
        assert_eq!(only_who.claim(CallName::Report).err(), Some(Refusal::MissingField));
        assert!(only_who.claim(CallName::GetList).is_ok());
    }

    #[test]
    fn a_value_outside_its_range_is_invalid() {
        let wrong =
            [("location", "3"), ("location", "-1"), ("ip", "nowhere"), ("ip", "0.0.0.0"), ("port", "0"), ("port", "65536"), ("enc", "2")];
        for (name, value) in wrong {
            assert_eq!(with(name, value), Err(Refusal::InvalidValue), "{name}={value}");
        }
    }

    #[test]
    fn a_key_that_is_empty_or_malformed_is_an_invalid_key() {
        for key in ["", "abcd", "zz"] {
            assert_eq!(report(&format!("&pubkey={key}")), Err(Refusal::InvalidKey), "{key:?}");
        }
    }

    #[test]
    fn a_wrong_place_is_named_before_a_wrong_key() {
        assert_eq!(report("&pubkey=&enc=x"), Err(Refusal::InvalidValue));
    }

    #[test]
    fn an_argument_given_twice_has_no_value() {
        assert_eq!(report("&port=10001"), Err(Refusal::InvalidValue));
        assert_eq!(Arguments::read(b"username=ann", b"username=bob").err(), Some(Refusal::InvalidValue));
    }

    #[test]
    fn arguments_that_nobody_knows_are_ignored() {
        assert!(report("&extra=1&extra=2&&=&x").is_ok());
    }

    #[test]
    fn an_absent_or_empty_json_asks_for_text() {
        let format = |query: &str| Arguments::read(query.as_bytes(), b"").unwrap().details(CallName::GetList);
        for query in ["", "json=", "json=0", "enc=0"] {
            assert_eq!(format(query), Ok(Details::GetList(ListFormat::Text)), "{query}");
        }
        assert_eq!(format("json=1"), Ok(Details::GetList(ListFormat::Json)));
        assert_eq!(format("json=true"), Err(Refusal::InvalidValue));
    }

    #[test]
    fn one_argument_in_clear_under_enc_is_undecryptable() {
        assert_eq!(report("&enc=1"), Err(Refusal::Undecryptable));
    }

    #[test]
    fn the_encrypted_vector_is_read() {
        let vectors: serde_json::Value = serde_json::from_str(include_str!("../../../tests/fixtures/vectors.json")).unwrap();
        let query = vectors["login_enc1"]["sample_query"].as_str().unwrap().strip_prefix("/report?").unwrap();
        let arguments = Arguments::read(query.as_bytes(), b"").unwrap();
        let claim = arguments.claim(CallName::Report).unwrap();
        assert_eq!((claim.username, &claim.password[..8]), ("bob002", "e75e8e9e"));
        let Ok(Details::Report(whereabouts)) = arguments.details(CallName::Report) else { panic!("a report") };
        assert_eq!((whereabouts.location, whereabouts.ip.to_string().as_str(), whereabouts.port), (2, "203.0.113.7", 10001));
        assert_eq!(whereabouts.public_key.as_deref().map(str::len), Some(324));
    }

    #[test]
    fn ciphertext_made_by_another_node_is_read_whatever_its_iv() {
        let vectors: serde_json::Value = serde_json::from_str(include_str!("../../../tests/fixtures/vectors.json")).unwrap();
        for case in vectors["login_enc1"]["extra_decrypt"].as_array().unwrap() {
            let query = format!("enc=1&username={}&password=", case["ciphertext_hex"].as_str().unwrap());
            let arguments = Arguments::read(query.as_bytes(), b"").unwrap();
            assert_eq!(arguments.needed(Name::Username), Ok(case["plaintext"].as_str().unwrap()));
        }
    }

    proptest! {
        #[test]
        fn no_arguments_are_too_strange_to_read(query in any::<Vec<u8>>(), form in "(username|ip|port|enc|[&=%a-f0-9])*") {
            if let Ok(arguments) = Arguments::read(&query, form.as_bytes()) {
                for call in [CallName::Report, CallName::LogOff, CallName::GetList] {
                    let _ = (arguments.claim(call).is_ok(), arguments.details(call));
                }
            }
        }
    }
}
