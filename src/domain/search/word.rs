//! A word that is looked for, and where a text holds it. Case and accents do not count, as in the index of `db::queries::search`.

use std::ops::Range;

use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};

/// Something to find in a text: not empty, with no space around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    text: String,
    folded: Vec<char>,
}

/// The index knows runs of this many characters.
const INDEXED_CHARS: usize = 3;

impl Word {
    /// Takes `text`; `None` when it holds nothing that could be found.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let folded: Vec<char> = text.chars().filter_map(fold).collect();
        (!folded.is_empty()).then(|| Self { text: text.to_owned(), folded })
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is too short for the index.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.folded.len() < INDEXED_CHARS
    }
}

/// A text, ready to be looked through.
pub struct Folded {
    chars: Vec<char>,
    /// Where in the text each of `chars` begins, and at last where the text ends.
    places: Vec<usize>,
}

impl Folded {
    /// Folds `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let (chars, mut places): (Vec<char>, Vec<usize>) =
            text.char_indices().filter_map(|(place, c)| fold(c).map(|folded| (folded, place))).unzip();
        places.push(text.len());
        Self { chars, places }
    }

    /// Whether `word` is in it.
    #[must_use]
    pub fn contains(&self, word: &Word) -> bool {
        self.find(word).next().is_some()
    }

    /// Whether it begins with `word`.
    #[must_use]
    pub fn starts_with(&self, word: &Word) -> bool {
        self.chars.starts_with(&word.folded)
    }

    /// Where `words` are in the text, in bytes: in order, and apart from each other.
    #[must_use]
    pub fn hits(&self, words: &[Word]) -> Vec<Range<usize>> {
        let mut found: Vec<_> = words.iter().flat_map(|word| self.find(word)).collect();
        found.sort_by_key(|range| (range.start, range.end));
        let mut apart: Vec<Range<usize>> = Vec::with_capacity(found.len());
        for range in found {
            match apart.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => apart.push(range),
            }
        }
        apart
    }

    fn find<'a>(&'a self, word: &'a Word) -> impl Iterator<Item = Range<usize>> + 'a {
        let length = word.folded.len();
        let windows = self.chars.windows(length).enumerate();
        windows.filter(|(_, window)| *window == word.folded).map(move |(start, _)| self.places[start]..self.places[start + length])
    }
}

/// A character without case and accent; `None` for a mark that only changes the letter before it.
fn fold(c: char) -> Option<char> {
    match c {
        'a'..='z' | ' '..='@' => Some(c),
        'A'..='Z' => Some(c.to_ascii_lowercase()),
        // The marks that combine, and what no reader sees.
        '\0' | '\u{300}'..='\u{36f}' => None,
        _ => Some(without_accent(c.to_lowercase().next().unwrap_or(c))),
    }
}

/// The Latin letter under one or more accents; other scripts keep theirs, where they make another letter.
fn without_accent(c: char) -> char {
    let decomposition = CanonicalDecompositionBorrowed::new();
    let mut base = c;
    while let Decomposed::Expansion(first, _) = decomposition.decompose(base) {
        base = first;
    }
    if base.is_ascii_alphabetic() { base.to_ascii_lowercase() } else { c }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found<'a>(text: &'a str, words: &[&str]) -> Vec<&'a str> {
        let words: Vec<Word> = words.iter().filter_map(|word| Word::new(word)).collect();
        Folded::new(text).hits(&words).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn case_and_accents_do_not_count_and_the_hit_is_as_it_was_written() {
        assert_eq!(found("Die Fähre nach Malmö", &["fahre", "MALMO"]), ["Fähre", "Malmö"]);
        assert_eq!(found("Cafe\u{301} Việt", &["café", "viet"]), ["Cafe\u{301}", "Việt"]);
        assert_eq!(found("Прилив в ПОЛДЕНЬ", &["прил", "полд"]), ["Прил", "ПОЛД"]);
        assert_eq!(found("明日は東京で会いましょう", &["東京"]), ["東京"]);
        assert_eq!(found("merci 🙏🏽!", &["🙏"]), ["🙏"]);
    }

    #[test]
    fn hits_that_touch_are_one() {
        assert_eq!(found("abcabc", &["abc"]), ["abcabc"]);
        assert_eq!(found("banana", &["ana", "ban"]), ["banana"]);
    }

    #[test]
    fn marks_alone_are_no_word() {
        assert_eq!(Word::new(" \u{301} "), None);
        assert!(Word::new("u\u{308}ber").is_some_and(|word| !word.is_short()));
        assert!(Word::new("u\u{308}b").is_some_and(|word| word.is_short()));
    }

    proptest! {
        #[test]
        fn what_was_cut_out_of_a_text_is_found_in_it(text in "\\PC{1,40}", start in 0_usize..40, length in 1_usize..6) {
            let part: String = text.chars().skip(start).take(length).collect();
            if let Some(word) = Word::new(&part) {
                prop_assert!(Folded::new(&text).contains(&word));
                prop_assert!(Folded::new(&text.to_lowercase()).contains(&Word::new(&part.to_lowercase()).unwrap()));
            }
        }
    }
}
