//! The part of a text that shows why it was found.

use serde::Serialize;
use utoipa::ToSchema;

use super::word::{Folded, Word};

/// A run of an excerpt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Part {
    /// The text, never markup.
    pub text: String,
    /// Whether it was looked for.
    pub hit: bool,
}

/// Characters of an excerpt: about two lines.
const LENGTH: usize = 160;

/// Characters before the first hit, so that it is in the first line also on a phone.
const LEAD: usize = 24;

/// What stands for the text that is left out.
const CUT: &str = "…";

/// An excerpt of `text` round the first of `words` that it holds; its beginning when it holds none.
#[must_use]
pub fn excerpt(text: &str, words: &[Word]) -> Vec<Part> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let hits = Folded::new(&text).hits(words);
    let begin = hits.first().map_or(0, |hit| lead(&text, hit.start));
    let end = text[begin..].char_indices().nth(LENGTH).map_or(text.len(), |(at, _)| begin + at);

    let mut parts = Vec::new();
    let mut push = |run: &str, hit: bool| {
        if !run.is_empty() {
            parts.push(Part { text: run.to_owned(), hit });
        }
    };
    push(if begin > 0 { CUT } else { "" }, false);
    let mut done = begin;
    for hit in hits.into_iter().filter(|hit| hit.start < end) {
        push(&text[done..hit.start], false);
        done = hit.end.min(end);
        push(&text[hit.start..done], true);
    }
    push(&text[done..end], false);
    push(if end < text.len() { CUT } else { "" }, false);
    parts
}

/// Marks `words` in a short text, and leaves nothing out.
#[must_use]
pub fn mark(text: &str, words: &[Word]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut done = 0;
    for hit in Folded::new(text).hits(words) {
        parts.push(Part { text: text[done..hit.start].to_owned(), hit: false });
        parts.push(Part { text: text[hit.clone()].to_owned(), hit: true });
        done = hit.end;
    }
    parts.push(Part { text: text[done..].to_owned(), hit: false });
    parts.retain(|part| !part.text.is_empty());
    parts
}

/// Where to begin before a hit at `start`: at the beginning of a word if there is one near.
fn lead(text: &str, start: usize) -> usize {
    let before = &text[..start];
    let Some((at, _)) = before.char_indices().rev().nth(LEAD) else { return 0 };
    before[at..].find(' ').map_or(at, |space| at + space + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(texts: &[&str]) -> Vec<Word> {
        texts.iter().filter_map(|text| Word::new(text)).collect()
    }

    fn shown(parts: &[Part]) -> String {
        parts.iter().map(|part| if part.hit { format!("[{}]", part.text) } else { part.text.clone() }).collect()
    }

    #[test]
    fn a_short_text_is_shown_whole_in_one_line() {
        assert_eq!(shown(&excerpt("Low water\n\nat  noon", &words(&["WATER", "no"]))), "Low [water] at [no]on");
        assert_eq!(shown(&mark("reef-at-dawn.jpg", &words(&["dawn"]))), "reef-at-[dawn].jpg");
    }

    #[test]
    fn a_long_text_is_cut_round_the_first_hit() {
        let text = format!("{}the tide turns {}", "before it all ".repeat(20), "and after that ".repeat(20));
        let shown = shown(&excerpt(&text, &words(&["tide"])));
        assert!(shown.starts_with("…") && shown.ends_with('…') && shown.contains("the [tide] turns"), "{shown}");
        assert!(shown.chars().count() < 170, "{shown}");
    }

    proptest! {
        #[test]
        fn the_parts_together_are_a_piece_of_the_text(text in "\\PC{0,400}", word in "\\PC{1,3}") {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let words = words(&[&word]);
            let parts = excerpt(&text, &words);
            let whole: String = parts.iter().map(|part| part.text.as_str()).collect();
            prop_assert!(line.contains(whole.trim_matches('…')) || whole.contains('…'));
            prop_assert_eq!(mark(&line, &words).iter().map(|part| part.text.as_str()).collect::<String>(), line.clone());
            if words.first().is_some_and(|word| Folded::new(&line).contains(word)) {
                prop_assert!(parts.iter().any(|part| part.hit));
            }
        }
    }
}
