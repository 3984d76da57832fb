//! Code in colours: which words of it are keywords, texts, numbers and comments.
//!
//! One pass from the beginning to the end, whatever the code: no step looks at the same character twice more than a few times, so that no message
//! can keep a reader waiting. It knows the words of a language and not its grammar, which is as much as a chat needs.

mod languages;

use pulldown_cmark_escape::escape_html_body_text;

use languages::{Habit, Language, Style};

/// What a piece of code is. The style sheet has a colour for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Keyword,
    Type,
    Function,
    Text,
    Number,
    Comment,
    Added,
    Removed,
}

impl Kind {
    const fn class(self) -> &'static str {
        match self {
            Self::Keyword => "code-keyword",
            Self::Type => "code-type",
            Self::Function => "code-function",
            Self::Text => "code-text",
            Self::Number => "code-number",
            Self::Comment => "code-comment",
            Self::Added => "code-added",
            Self::Removed => "code-removed",
        }
    }
}

/// The classes of the HTML made here, and no others.
pub const CLASSES: [&str; 8] = [
    Kind::Keyword.class(),
    Kind::Type.class(),
    Kind::Function.class(),
    Kind::Text.class(),
    Kind::Number.class(),
    Kind::Comment.class(),
    Kind::Added.class(),
    Kind::Removed.class(),
];

/// Coloured pieces in one message; what follows stays plain. More is no code that anybody reads, and each is an element of the page.
pub const MOST_PIECES: usize = 4000;

/// The code as HTML with its pieces in `<span class>`, everything escaped; those that are coloured are taken off `left`. `None` when `language`, as it
/// stands behind the fence, is not known.
#[must_use]
pub fn to_html(code: &str, language: &str, left: &mut usize) -> Option<String> {
    let language = languages::find(language)?;
    let mut html = String::with_capacity(code.len() * 2);
    let (mut rest, mut plain_from) = (code, 0);
    let mut scanner = Scanner { language, in_tag: false };
    while !rest.is_empty() && *left > 0 {
        let (length, kind) = scanner.next(rest);
        let at = code.len() - rest.len();
        rest = &rest[length..];
        if let Some(kind) = kind {
            escape_into(&mut html, &code[plain_from..at]);
            html.push_str("<span class=\"");
            html.push_str(kind.class());
            html.push_str("\">");
            escape_into(&mut html, &code[at..at + length]);
            html.push_str("</span>");
            *left -= 1;
            plain_from = at + length;
        }
    }
    escape_into(&mut html, &code[plain_from..]);
    Some(html)
}

fn escape_into(html: &mut String, text: &str) {
    // Writing into a string does not fail.
    let _ = escape_html_body_text(&mut *html, text);
}

struct Scanner {
    language: &'static Language,
    in_tag: bool,
}

type Piece = (usize, Option<Kind>);

impl Scanner {
    /// How long the next piece is, and what it is. `code` is not empty.
    fn next(&mut self, code: &str) -> Piece {
        match self.language.style {
            Style::Diff => diff_line(code),
            Style::Tags => self.tag_piece(code),
            Style::Words => self.word_piece(code),
        }
    }

    fn word_piece(&self, code: &str) -> Piece {
        let language = self.language;
        if let Some(length) = self.comment(code) {
            return (length, Some(Kind::Comment));
        }
        let first = first_char(code);
        if let Some(length) = self.text(code) {
            let kind = if language.has(Habit::TextKeys) && next_is(&code[length..], ':') { Kind::Function } else { Kind::Text };
            return (length, Some(kind));
        }
        if first.is_ascii_digit() {
            return (length_while(code, |c| c.is_alphanumeric() || c == '.' || c == '_'), Some(Kind::Number));
        }
        if !is_word_start(first) && !language.sigils.contains(first) {
            return (first.len_utf8(), None);
        }
        let length = first.len_utf8()
            + length_while(&code[first.len_utf8()..], |c| c.is_alphanumeric() || c == '_' || language.in_words.contains(c));
        (length, self.word(&code[..length], &code[length..]))
    }

    fn word(&self, word: &str, after: &str) -> Option<Kind> {
        let language = self.language;
        let any_case = language.has(Habit::AnyCase);
        let known = |words: &str| words.split(' ').any(|known| if any_case { known.eq_ignore_ascii_case(word) } else { known == word });
        let first = first_char(word);
        if known(language.keywords) || language.sigils.contains(first) {
            Some(Kind::Keyword)
        } else if language.key_before.is_some_and(|mark| next_is(after, mark)) || after.starts_with('(') {
            Some(Kind::Function)
        } else {
            (first.is_uppercase() && language.has(Habit::BigTypes)).then_some(Kind::Type)
        }
    }

    fn comment(&self, code: &str) -> Option<usize> {
        if let Some((open, close)) = self.language.block_comments.iter().find(|(open, _)| code.starts_with(open)) {
            let inside = &code[open.len()..];
            return Some(inside.find(close).map_or(code.len(), |end| open.len() + end + close.len()));
        }
        let begins = self.language.line_comments.iter().any(|mark| code.starts_with(mark));
        begins.then(|| code.find('\n').unwrap_or(code.len()))
    }

    /// The length of a text in quotes, if one begins here; without an end it goes to the end of the line, or of the code if it may have many.
    fn text(&self, code: &str) -> Option<usize> {
        let quote = self.language.quotes.iter().find(|quote| code.starts_with(*quote))?;
        if self.language.has(Habit::QuoteIsAlsoAMark) && *quote == "'" {
            return character(code);
        }
        let many_lines = quote.len() > 1 || *quote == "`" || self.language.has(Habit::LongTexts);
        let mut at = quote.len();
        while let Some(c) = code[at..].chars().next() {
            if code[at..].starts_with(quote) {
                return Some(at + quote.len());
            }
            if c == '\n' && !many_lines {
                return Some(at);
            }
            at += c.len_utf8();
            if c == '\\' {
                at += code[at..].chars().next().map_or(0, char::len_utf8);
            }
        }
        Some(code.len())
    }

    fn tag_piece(&mut self, code: &str) -> Piece {
        if let Some(length) = self.comment(code) {
            return (length, Some(Kind::Comment));
        }
        let first = first_char(code);
        if !self.in_tag {
            self.in_tag = first == '<';
            let mark = length_while(code, |c| "</!?".contains(c));
            if self.in_tag {
                let name = length_while(&code[mark..], |c| c.is_alphanumeric() || "-_:".contains(c));
                return (mark + name, Some(Kind::Keyword));
            }
            return (length_while(code, |c| c != '<').max(first.len_utf8()), None);
        }
        if let Some(length) = self.text(code) {
            return (length, Some(Kind::Text));
        }
        self.in_tag = first != '>';
        if is_word_start(first) {
            return (length_while(code, |c| c.is_alphanumeric() || "-_:".contains(c)), Some(Kind::Function));
        }
        (first.len_utf8(), None)
    }
}

/// A character in single quotes; in Rust a single quote may as well begin the name of a lifetime.
fn character(code: &str) -> Option<usize> {
    let inside = code.strip_prefix('\'')?;
    let mut chars = inside.char_indices();
    let (_, first) = chars.next()?;
    if first == '\\' {
        // The longest is '\u{10ffff}'.
        return inside.char_indices().skip(2).take(10).find(|(_, c)| *c == '\'').map(|(at, _)| at + 2);
    }
    chars.next().filter(|(_, second)| *second == '\'' && first != '\'').map(|(at, _)| at + 2)
}

fn diff_line(code: &str) -> Piece {
    let length = code.find('\n').map_or(code.len(), |end| end + 1);
    let kind = match first_char(code) {
        '+' => Some(Kind::Added),
        '-' => Some(Kind::Removed),
        '@' => Some(Kind::Keyword),
        _ => None,
    };
    (length, kind)
}

fn first_char(code: &str) -> char {
    code.chars().next().unwrap_or('\n')
}

fn is_word_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn length_while(code: &str, fits: impl Fn(char) -> bool) -> usize {
    code.find(|c| !fits(c)).unwrap_or(code.len())
}

/// Whether `mark` comes next on this line, after spaces.
fn next_is(after: &str, mark: char) -> bool {
    // Further away it is no key, and looking for it would cost.
    after.chars().take(8).find(|c| *c != ' ') == Some(mark)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    /// The pieces of `code` that are coloured, as `(class, text)`.
    fn pieces(code: &str, language: &str) -> Vec<(String, String)> {
        let html = to_html(code, language, &mut 100).unwrap();
        html.split("<span class=\"code-")
            .skip(1)
            .map(|piece| {
                let (class, rest) = piece.split_once("\">").unwrap();
                (class.to_owned(), rest.split("</span>").next().unwrap().to_owned())
            })
            .collect()
    }

    fn assert_pieces(language: &str, code: &str, expected: &[(&str, &str)]) {
        let found = pieces(code, language);
        let found: Vec<_> = found.iter().map(|(class, text)| (class.as_str(), text.as_str())).collect();
        assert_eq!(found, expected, "{code}");
    }

    #[test]
    fn the_words_of_a_language_are_told_apart() {
        assert_pieces(
            "rust",
            "fn low<'a>(at: &'a Tide) -> char { '\\'' } // 12:02",
            &[("keyword", "fn"), ("type", "Tide"), ("keyword", "char"), ("text", "'\\''"), ("comment", "// 12:02")],
        );
        assert_pieces(
            "python",
            "def tide(n=12):  # when\n    return f\"{n} h\"",
            &[
                ("keyword", "def"),
                ("function", "tide"),
                ("number", "12"),
                ("comment", "# when"),
                ("keyword", "return"),
                ("text", "\"{n} h\""),
            ],
        );
        assert_pieces(
            "json",
            "{\"low\" : true, \"x\": \"y\"}",
            &[("function", "\"low\""), ("keyword", "true"), ("function", "\"x\""), ("text", "\"y\"")],
        );
        assert_pieces(
            "sql",
            "select 1 from Tides -- all",
            &[("keyword", "select"), ("number", "1"), ("keyword", "from"), ("comment", "-- all")],
        );
        assert_pieces(
            "html",
            "<a href=\"/x\">1 if</a><!-- x -->",
            &[("keyword", "&lt;a"), ("function", "href"), ("text", "\"/x\""), ("keyword", "&lt;/a"), ("comment", "&lt;!-- x --&gt;")],
        );
        assert_pieces("diff", "@@ 1 @@\n+new\n-old\n same", &[("keyword", "@@ 1 @@\n"), ("added", "+new\n"), ("removed", "-old\n")]);
        assert_eq!(to_html("x", "klingon", &mut 1), None);
    }

    #[test]
    fn what_does_not_end_goes_to_the_end() {
        assert_pieces("rust", "/* a \"b", &[("comment", "/* a \"b")]);
        assert_pieces("js", "let a = 'b\nlet", &[("keyword", "let"), ("text", "'b"), ("keyword", "let")]);
        assert_pieces("python", "\"\"\"a\nb", &[("text", "\"\"\"a\nb")]);
    }

    #[test]
    fn no_code_takes_long() {
        let openings = ["/*", "\"", "'", "`", "<", "<a ", "\\", "a(", "1", "'\\", "#", "\"\"\"", "@", "- ", "A", "a :", "((", "\n", "é"];
        for language in languages::all().filter_map(|language| language.names.split(' ').next()) {
            for opening in openings {
                let (began, mut left) = (Instant::now(), usize::MAX);
                to_html(&opening.repeat(65_536 / opening.len()), language, &mut left).unwrap();
                // It takes some milliseconds, and minutes if each step looks at all that follows.
                assert!(began.elapsed() < Duration::from_secs(5), "{language} {opening:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn the_code_stays_what_it_was(code in any::<String>(), lines in "[a-z'\"`/*#<>=:@\\\\\n 0-9-]{0,200}") {
            for code in [&code, &lines] {
                for language in languages::all() {
                    let mut left = 10;
                    let html = to_html(code, language.names.split(' ').next().unwrap(), &mut left).unwrap();
                    prop_assert_eq!(html.matches("<span").count(), 10 - left);
                    let mut plain = html.replace("</span>", "");
                    for class in CLASSES {
                        plain = plain.replace(&format!("<span class=\"{class}\">"), "");
                    }
                    let mut escaped = String::new();
                    escape_into(&mut escaped, code);
                    prop_assert_eq!(plain, escaped);
                }
            }
        }
    }
}
