//! What is sent instead of a password: the SHA-256 of the password and a salt that the whole network shares.

use std::fmt;

use sha2::{Digest, Sha256};

/// The salt of 2017. It is the same for everybody, so whoever sees a credential may use it: treat it as the password.
pub const DEFAULT_SALT: &str = "COMPSYS302-2017";

/// A password as the protocol sends it: 64 lower-case hex digits. It stands in for the password, so it is never shown.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Credential(String);

/// Not 64 hex digits, so nobody's credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a credential is 64 hex digits")]
pub struct InvalidCredential;

const HEX_DIGITS: usize = 64;

impl Credential {
    /// The credential of `password` in a network with the salt `salt`, usually [`DEFAULT_SALT`].
    #[must_use]
    pub fn of(password: &str, salt: &str) -> Self {
        let digest = Sha256::new().chain_update(password).chain_update(salt).finalize();
        Self(hex::encode(digest))
    }

    /// Takes a credential as it was sent, in lower or upper case.
    ///
    /// # Errors
    /// [`InvalidCredential`] when `raw` is not 64 hex digits.
    pub fn parse(raw: &str) -> Result<Self, InvalidCredential> {
        let fits = raw.len() == HEX_DIGITS && raw.bytes().all(|byte| byte.is_ascii_hexdigit());
        if fits { Ok(Self(raw.to_ascii_lowercase())) } else { Err(InvalidCredential) }
    }

    /// The digits, to be sent or hashed; not for logs or pages.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(not shown)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_vectors_of_both_years_agree() {
        let vectors: serde_json::Value = serde_json::from_str(include_str!("../../../tests/fixtures/vectors.json")).unwrap();
        for section in ["login_password_hash", "login_password_hash_2018"] {
            for case in vectors[section].as_array().unwrap() {
                let credential = Credential::of(case["password"].as_str().unwrap(), case["salt"].as_str().unwrap());
                assert_eq!(credential.as_str(), case["sha256_hex"], "{case}");
            }
        }
    }

    #[test]
    fn what_is_no_credential_is_refused() {
        for raw in ["", "thisisapassword", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(Credential::parse(raw), Err(InvalidCredential), "{raw:?}");
        }
    }

    #[test]
    fn a_credential_does_not_show_itself() {
        let credential = Credential::of("thisisapassword", DEFAULT_SALT);
        assert!(!format!("{credential:?}").contains("e75e"));
    }

    proptest! {
        #[test]
        fn a_credential_reads_back_in_either_case(password in any::<String>()) {
            let credential = Credential::of(&password, DEFAULT_SALT);
            prop_assert_eq!(Credential::parse(credential.as_str()), Ok(credential.clone()));
            prop_assert_eq!(Credential::parse(&credential.as_str().to_uppercase()), Ok(credential));
        }
    }
}
