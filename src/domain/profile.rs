//! What a user tells about themselves.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::letters::{is_blank, misleads};

/// The texts of a profile; empty when unset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Profile {
    /// Name as people write it.
    pub fullname: String,
    /// What they do.
    pub position: String,
    /// Anything they want to say of themselves.
    pub description: String,
    /// Where they usually are.
    pub location: String,
}

/// Longest text of a profile, in characters: room for a paragraph, not for a book.
pub const MAX_PROFILE_CHARS: usize = 1000;

impl Profile {
    /// The profile with each text cut to [`MAX_PROFILE_CHARS`], without control characters and such as make a name look like another or like
    /// none: what a peer sends has no bounds.
    #[must_use]
    pub fn tidied(self) -> Self {
        let shown = |c: &char| (!c.is_control() || *c == '\n') && !misleads(*c);
        let tidy = |text: String| -> String {
            if is_blank(&text) {
                return String::new();
            }
            let text: String = text.chars().filter(shown).collect();
            let cut: String = text.trim().chars().take(MAX_PROFILE_CHARS).collect();
            cut.trim_end().to_owned()
        };
        Self {
            fullname: tidy(self.fullname),
            position: tidy(self.position),
            description: tidy(self.description),
            location: tidy(self.location),
        }
    }

    /// The first of its texts that is over [`MAX_PROFILE_CHARS`], by name.
    #[must_use]
    pub fn overlong_field(&self) -> Option<&'static str> {
        let texts =
            [("fullname", &self.fullname), ("position", &self.position), ("description", &self.description), ("location", &self.location)];
        texts.into_iter().find(|(_, text)| text.chars().count() > MAX_PROFILE_CHARS).map(|(name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tidied_is_tidy() {
        let spaced = format!("{} {}", "x".repeat(MAX_PROFILE_CHARS - 1), "y");
        for (sent, kept) in [("\u{1} Ana\u{7} \u{1}", "Ana"), ("a\nb", "a\nb"), (&spaced, &"x".repeat(MAX_PROFILE_CHARS - 1))] {
            let profile = Profile { fullname: sent.to_owned(), ..Profile::default() }.tidied();
            assert_eq!(profile.fullname, kept);
            assert_eq!(profile.clone().tidied(), profile);
        }
    }
}
