//! What somebody looks for: words and filters, read from one line of text.
//!
//! A word is found anywhere, also inside another, whatever its case and accents. `"two words"` are one. The filters are `from:NAME`,
//! `with:NAME`, `before:YYYY-MM-DD`, `after:YYYY-MM-DD` and `has:file`; `me` is whoever asks. Nothing that can be typed is an error.

pub mod excerpt;
pub mod word;

use jiff::civil::Date;
use jiff::tz::Offset;

use self::word::Word;
use super::stamp::Stamp;
use super::username::Username;

/// Longest line that is read, in characters: a sentence or two.
pub const MAX_QUERY_CHARS: usize = 200;

/// What is looked for. All of it must fit a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// Words that the text or the file's name must hold.
    pub words: Vec<Word>,
    /// Who must have written it.
    pub from: Option<Username>,
    /// Who must be the other side.
    pub with: Option<Username>,
    /// It must be older than this.
    pub before: Option<Stamp>,
    /// It must be this old at most.
    pub after: Option<Stamp>,
    /// It must be a file.
    pub has_file: bool,
    /// Filters whose value could not be read, as they were written. They were not applied.
    pub not_understood: Vec<String>,
}

impl Query {
    /// Reads what `asker` wrote, in a place where the clock is `offset` from UTC: there the days of `before:` and `after:` begin.
    #[must_use]
    pub fn parse(line: &str, asker: &Username, offset: Offset) -> Self {
        let mut query = Self::default();
        for token in tokens(line) {
            match token {
                Token::Quoted(text) => query.words.extend(Word::new(text)),
                Token::Bare(text) => query.take(text, asker, offset),
            }
        }
        query
    }

    fn take(&mut self, token: &str, asker: &Username, offset: Offset) {
        let name = |value: &str| if value.eq_ignore_ascii_case("me") { Some(asker.clone()) } else { Username::parse(value).ok() };
        let understood = match token.split_once(':') {
            Some(("from", value)) => fill(&mut self.from, name(value)),
            Some(("with", value)) => fill(&mut self.with, name(value)),
            Some(("before", value)) => fill(&mut self.before, start_of_day(value, offset)),
            Some(("after", value)) => fill(&mut self.after, start_of_day(value, offset)),
            Some(("has", value)) => {
                self.has_file |= value == "file";
                value == "file"
            }
            _ => {
                self.words.extend(Word::new(token));
                true
            }
        };
        if !understood {
            self.not_understood.push(token.to_owned());
        }
    }

    /// Whether there is a filter, which speaks of messages.
    #[must_use]
    pub fn has_filter(&self) -> bool {
        self.has_file || self.from.is_some() || self.with.is_some() || self.before.is_some() || self.after.is_some()
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && !self.has_filter()
    }
}

/// Keeps a value that could be read, and says whether it could.
fn fill<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    let readable = value.is_some();
    *slot = value.or(slot.take());
    readable
}

/// The first moment of a day written as `YYYY-MM-DD`.
fn start_of_day(text: &str, offset: Offset) -> Option<Stamp> {
    let date: Date = Some(text).filter(|text| text.len() == "2026-03-31".len())?.parse().ok()?;
    let begins = offset.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
    // Days before 1970 are before every stamp.
    Stamp::from_seconds(begins.as_duration().as_secs_f64().max(0.0)).ok()
}

enum Token<'a> {
    Bare(&'a str),
    Quoted(&'a str),
}

/// The parts of a line: what stands between quotes, or between spaces. A quote that is not closed goes to the end.
fn tokens(line: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = line;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        if let Some(quoted) = rest.strip_prefix('"') {
            let (text, after) = quoted.split_once('"').unwrap_or((quoted, ""));
            rest = after;
            return Some(Token::Quoted(text));
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (token, after) = rest.split_at(end);
        rest = after;
        Some(Token::Bare(token))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(line: &str) -> Query {
        Query::parse(line, &Username::parse("ana").unwrap(), Offset::UTC)
    }

    fn words(query: &Query) -> Vec<&str> {
        query.words.iter().map(Word::as_str).collect()
    }

    #[test]
    fn words_and_filters_are_told_apart() {
        let query = parse("low  water from:BEN with:me has:file before:2026-03-31 \"two words\"");
        assert_eq!(words(&query), ["low", "water", "two words"]);
        assert_eq!(query.from, Some(Username::parse("ben").unwrap()));
        assert_eq!(query.with, Some(Username::parse("ana").unwrap()));
        assert_eq!(query.before, Some(Stamp::from_seconds(1_774_915_200.0).unwrap()));
        assert!(query.has_file && query.after.is_none() && query.not_understood.is_empty());
    }

    #[test]
    fn a_day_begins_where_the_asker_is() {
        let auckland = Query::parse("after:2026-03-31", &Username::parse("ana").unwrap(), Offset::constant(12));
        assert_eq!(auckland.after, Some(Stamp::from_seconds(1_774_915_200.0 - 12.0 * 3600.0).unwrap()));
        assert_eq!(parse("after:1066-10-14").after, Some(Stamp::from_seconds(0.0).unwrap()));
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_named_and_not_applied() {
        let query = parse("from: before:yesterday after:2026-02-30 has:wings with:a/b tide");
        assert_eq!(query.not_understood, ["from:", "before:yesterday", "after:2026-02-30", "has:wings", "with:a/b"]);
        assert_eq!(words(&query), ["tide"]);
        assert!(!query.has_filter());
    }

    #[test]
    fn what_only_looks_like_a_filter_is_a_word() {
        assert_eq!(
            words(&parse("http://kith.example 06:40 :) NEAR(a b) \"from:ben\"")),
            ["http://kith.example", "06:40", ":)", "NEAR(a", "b)", "from:ben"]
        );
    }

    #[test]
    fn quotes_that_are_left_open_or_empty_do_no_harm() {
        assert_eq!(words(&parse("\"*^:()-")), ["*^:()-"]);
        assert_eq!(words(&parse("a\"b \"\" \"")), ["a\"b"]);
        assert!(parse(" \t ").is_empty());
    }

    proptest! {
        #[test]
        fn nothing_that_can_be_typed_is_an_error(line in "\\PC{0,80}") {
            let query = parse(&line);
            for word in &query.words {
                prop_assert!(line.contains(word.as_str()) && !word.as_str().trim().is_empty());
            }
        }

        #[test]
        fn every_word_is_read_back_from_its_quotes(texts in prop::collection::vec("[^\"\\p{M}\\p{C}]{0,6}\\p{L}[^\"\\p{M}\\p{C}]{0,6}", 1..5)) {
            let line: Vec<_> = texts.iter().map(|text| format!("\"{text}\"")).collect();
            let query = parse(&line.join(" "));
            prop_assert_eq!(words(&query), texts.iter().map(|text| text.trim()).collect::<Vec<_>>());
        }

        #[test]
        fn every_day_is_read(year in 1970_i16..2200, month in 1_i8..=12, day in 1_i8..=28) {
            let query = parse(&format!("before:{year:04}-{month:02}-{day:02}"));
            prop_assert!(query.before.is_some() && query.not_understood.is_empty());
        }
    }
}
