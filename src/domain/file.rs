//! What a file is called, and what may be done with it in a browser.

use std::fmt;

use super::letters::{is_blank, misleads};

/// A file's name as it is shown: never a path, never empty, no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName(String);

/// Longest name that is kept, in characters; the rest is cut before the ending.
const MAX_NAME_CHARS: usize = 200;

impl FileName {
    /// Makes a name that can be shown of whatever was sent: the last component, without what could mislead.
    #[must_use]
    pub fn from_sent(raw: &str) -> Self {
        let last = raw.rsplit(['/', '\\']).next().unwrap_or_default();
        let shown = |c: &char| !c.is_control() && !misleads(*c);
        let name: String = last.chars().filter(shown).collect();
        let name = name.trim_matches(|c: char| c.is_whitespace() || c == '.');
        if is_blank(name) { Self("file".to_owned()) } else { Self(shortened(name)) }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn shortened(name: &str) -> String {
    let length = name.chars().count();
    if length <= MAX_NAME_CHARS {
        return name.to_owned();
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.chars().count() <= 10);
    let ending = ending.map_or_else(|| "…".to_owned(), |ending| format!("….{ending}"));
    let stem = MAX_NAME_CHARS - ending.chars().count();
    name.chars().take(stem).chain(ending.chars()).collect()
}

/// What the page may do with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presentation {
    /// Shown or played in the page: it cannot run anything.
    Inline,
    /// Only ever saved.
    Attachment,
}

/// Types that a browser draws or plays without running anything. SVG and HTML are not among them.
const INLINE_IMAGES: [&str; 5] = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];

/// Says how a file of this (sniffed) type may be given to a browser.
#[must_use]
pub fn presentation(content_type: &str) -> Presentation {
    let plays = content_type.starts_with("audio/") || content_type.starts_with("video/");
    if plays || content_type == "application/pdf" || INLINE_IMAGES.contains(&content_type) {
        Presentation::Inline
    } else {
        Presentation::Attachment
    }
}

/// What is kept of a sent content type: a plain `type/subtype`, or the catch-all.
#[must_use]
pub fn tidy_content_type(raw: &str) -> String {
    let essence = raw.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let token = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "!#$&^_.+-".contains(c));
    let is_type = essence.len() <= 100 && essence.split_once('/').is_some_and(|(kind, sub)| token(kind) && token(sub));
    if is_type { essence } else { "application/octet-stream".to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_its_last_component_without_tricks() {
        let cases = [
            ("../../x", "x"),
            ("/etc/passwd", "passwd"),
            ("C:\\Users\\me\\cat.png", "cat.png"),
            ("..", "file"),
            ("", "file"),
            (". .", "file"),
            ("\u{2028}. notes.txt .", "notes.txt"),
            ("a\r\nb.txt", "ab.txt"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("photo\u{61c}gpj.exe", "photogpj.exe"),
        ];
        for (sent, shown) in cases {
            assert_eq!(FileName::from_sent(sent).as_str(), shown, "{sent:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = FileName::from_sent(&format!("{}.tar", "x".repeat(4000)));
        assert_eq!(name.as_str().chars().count(), MAX_NAME_CHARS);
        assert!(name.as_str().ends_with("….tar"));
        assert!(FileName::from_sent(&"x".repeat(4000)).as_str().ends_with("x…"));
    }

    #[test]
    fn what_could_run_is_only_saved() {
        for kind in ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "application/octet-stream", "text/plain"] {
            assert_eq!(presentation(kind), Presentation::Attachment, "{kind}");
        }
        assert_eq!(presentation("image/png"), Presentation::Inline);
    }

    proptest! {
        #[test]
        fn no_sent_name_becomes_a_path(raw in any::<String>()) {
            let name = FileName::from_sent(&raw);
            prop_assert!(!name.as_str().is_empty() && !name.as_str().contains(['/', '\\', '\0', '\n']));
            prop_assert!(name.as_str().chars().count() <= MAX_NAME_CHARS);
        }

        #[test]
        fn a_kept_content_type_can_stand_in_a_header(raw in any::<String>()) {
            let kept = tidy_content_type(&raw);
            prop_assert!(kept.is_ascii() && !kept.contains([' ', '\r', '\n', '"', ';']));
        }
    }
}
