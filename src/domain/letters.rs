//! Characters with which a name is made to look like another, or like none.

/// Whether `c` changes the direction of the text round it, with which `exe.gpj` is made to look like a picture, or takes no room and joins
/// nothing. The two joiners (U+200C, U+200D) are not among them: Persian words and many emoji need them.
pub(super) fn misleads(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0001}')
}

/// Whether `text` would show as nothing: it has only spaces, joiners, and letters that are drawn as blanks.
pub(super) fn is_blank(text: &str) -> bool {
    let blank = |c: char| {
        c.is_whitespace()
            || misleads(c)
            || matches!(c, '\u{200c}' | '\u{200d}' | '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
            || matches!(c, '\u{fe00}'..='\u{fe0f}')
    };
    text.chars().all(blank)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_left_alone() {
        for text in [
            "Ana Ribeiro",
            "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
            "\u{1f469}\u{200d}\u{1f52c}",
            "\u{5d0}\u{5d1}",
            "e\u{301}",
        ] {
            assert!(!is_blank(text) && !text.chars().any(misleads), "{text}");
        }
    }

    #[test]
    fn what_shows_as_nothing_is_blank() {
        for text in ["", " \n", "\u{200b}", "\u{200d}\u{fe0f}", "\u{3164}", "\u{2800} \u{2060}"] {
            assert!(is_blank(text), "{text:?}");
        }
    }
}
