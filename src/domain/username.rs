//! The name of an account at the login server.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A login name: 1 to 32 ASCII letters, digits, `-` or `_`, kept in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Username(String);

/// The longest name that is taken, in bytes.
pub const MAX_USERNAME_BYTES: usize = 32;

/// A name with a character, or a length, that no account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a user name has 1 to 32 letters, digits, '-' or '_'")]
pub struct InvalidUsername;

impl Username {
    /// Takes `raw` as a name, in lower case.
    ///
    /// # Errors
    /// [`InvalidUsername`] when `raw` is empty, too long, or has another character.
    pub fn parse(raw: &str) -> Result<Self, InvalidUsername> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let fits = (1..=MAX_USERNAME_BYTES).contains(&raw.len()) && raw.chars().all(allowed);
        if fits { Ok(Self(raw.to_ascii_lowercase())) } else { Err(InvalidUsername) }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Username {
    type Error = InvalidUsername;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

impl From<Username> for String {
    fn from(name: Username) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_could_be_markup_or_paths_are_refused() {
        for raw in ["", "a/b", "<b>", "../x", "a b", "ana\0", "é", &"x".repeat(33), &"x".repeat(300)] {
            assert_eq!(Username::parse(raw), Err(InvalidUsername), "{raw:?}");
        }
    }

    proptest! {
        #[test]
        fn an_accepted_name_parses_to_itself(raw in "[A-Za-z0-9_-]{1,32}") {
            let name = Username::parse(&raw).unwrap();
            prop_assert_eq!(Username::parse(name.as_str()).unwrap(), name);
        }
    }
}
