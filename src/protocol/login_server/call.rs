//! Calls as a node writes them. The same text serves as the query of a GET and as the body of a POST.

use std::fmt;

use super::arguments::ListFormat;
use super::credential::Credential;
use super::values::Whereabouts;
use super::{ENC_KEY, aes_text};
use crate::domain::username::Username;

/// Who calls, and the proof of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The account.
    pub username: Username,
    /// Its password, as the protocol sends it.
    pub credential: Credential,
}

/// How arguments travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `enc=0`: as they are.
    Clear,
    /// `enc=1`: each one encrypted, under a key that every client has.
    Encrypted,
}

/// A call ready to be sent to a login server.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingCall {
    /// What to append to the server's address, from the slash on.
    pub path: &'static str,
    /// Its arguments, percent-encoded. They hold the credential: not for logs.
    pub arguments: String,
}

impl fmt::Debug for OutgoingCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingCall").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Login {
    /// Says where this user can be reached from now on.
    #[must_use]
    pub fn report(&self, at: &Whereabouts, encoding: Encoding) -> OutgoingCall {
        let mut values = vec![("location", at.location.to_string()), ("ip", at.ip.to_string()), ("port", at.port.to_string())];
        values.extend(at.public_key.clone().map(|key| ("pubkey", key)));
        self.call("/report", values, encoding)
    }

    /// Says that this user is no longer there.
    #[must_use]
    pub fn log_off(&self, encoding: Encoding) -> OutgoingCall {
        self.call("/logoff", vec![], encoding)
    }

    /// Asks who is there.
    #[must_use]
    pub fn get_list(&self, format: ListFormat, encoding: Encoding) -> OutgoingCall {
        let json = if format == ListFormat::Json { "1" } else { "0" };
        self.call("/getList", vec![("json", json.to_owned())], encoding)
    }

    fn call(&self, path: &'static str, values: Vec<(&'static str, String)>, encoding: Encoding) -> OutgoingCall {
        let who = [("username", self.username.to_string()), ("password", self.credential.as_str().to_owned())];
        OutgoingCall { path, arguments: write(who.into_iter().chain(values), encoding, rand::random) }
    }
}

fn write(
    values: impl Iterator<Item = (&'static str, String)>,
    encoding: Encoding,
    mut random_iv: impl FnMut() -> [u8; aes_text::BLOCK_BYTES],
) -> String {
    let mut text = form_urlencoded::Serializer::new(String::new());
    for (name, value) in values {
        match encoding {
            Encoding::Clear => text.append_pair(name, &value),
            Encoding::Encrypted => text.append_pair(name, &aes_text::encrypt(ENC_KEY, random_iv(), &value)),
        };
    }
    text.append_pair("enc", if encoding == Encoding::Encrypted { "1" } else { "0" });
    text.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::arguments::{Arguments, CallName, Details};
    use super::super::credential::DEFAULT_SALT;
    use super::super::values::tests::any_whereabouts;
    use super::*;

    #[test]
    fn a_report_is_written_as_in_the_encrypted_vector() {
        let vectors: serde_json::Value = serde_json::from_str(include_str!("../../../tests/fixtures/vectors.json")).unwrap();
        let case = &vectors["login_enc1"];
        let iv: [u8; 16] = hex::decode(case["iv_hex"].as_str().unwrap()).unwrap().try_into().unwrap();
        let names = ["username", "password", "location", "ip", "port", "pubkey"];
        let plaintext = |name| case["parameters"].as_array().unwrap().iter().find(|p| p["parameter"] == name).unwrap()["plaintext"].clone();
        let values = names.map(|name| (name, plaintext(name).as_str().unwrap().to_owned()));
        let written = write(values.into_iter(), Encoding::Encrypted, || iv);
        assert_eq!(format!("/report?{written}"), case["sample_query"].as_str().unwrap());
    }

    #[test]
    fn a_call_does_not_show_its_arguments() {
        let login = Login { username: Username::parse("ana").unwrap(), credential: Credential::of("secret", DEFAULT_SALT) };
        let call = login.log_off(Encoding::Clear);
        assert!(call.arguments.contains(login.credential.as_str()) && !format!("{call:?}{login:?}").contains(login.credential.as_str()));
    }

    proptest! {
        #[test]
        fn the_server_reads_what_a_node_writes(
            name in "[a-zA-Z0-9_-]{1,32}", password in any::<String>(), at in any_whereabouts(), encrypted in any::<bool>(), json in any::<bool>(),
        ) {
            let login = Login { username: Username::parse(&name).unwrap(), credential: Credential::of(&password, DEFAULT_SALT) };
            let encoding = if encrypted { Encoding::Encrypted } else { Encoding::Clear };
            let format = if json { ListFormat::Json } else { ListFormat::Text };
            let calls = [
                (CallName::Report, login.report(&at, encoding), Details::Report(at)),
                (CallName::LogOff, login.log_off(encoding), Details::LogOff),
                (CallName::GetList, login.get_list(format, encoding), Details::GetList(format)),
            ];
            for (name, call, details) in calls {
                let arguments = Arguments::read(call.arguments.as_bytes(), b"").unwrap();
                let claim = arguments.claim(name).unwrap();
                prop_assert_eq!((claim.username, claim.password), (login.username.as_str(), login.credential.as_str()));
                prop_assert_eq!(arguments.details(name), Ok(details));
            }
        }
    }
}
