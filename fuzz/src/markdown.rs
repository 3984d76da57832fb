//! The text of a message as HTML.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use kith::domain::highlight;
use kith::domain::markup::{to_html, to_words};
use kith::domain::message::Markup;

/// Makes HTML of any text, and looks at it as a browser does.
pub fn target(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let plain = to_html(&text, Markup::Plain);
    assert_eq!(seen(&plain), as_browsers_read(&text), "{plain}");
    let html = to_html(&text, Markup::Markdown);
    assert!(html.len() <= most_bytes(text.len()), "{} bytes of HTML for {}", html.len(), text.len());
    seen(&html);
    let words = to_words(&text, Markup::Markdown);
    assert!(words.len() <= 2 * text.len() + 2, "{} bytes of words for {}", words.len(), text.len());
}

/// A quotation mark is one byte, and an element with its end 27; links are given their `rel`, and some pieces of code their class.
fn most_bytes(text_bytes: usize) -> usize {
    32 * text_bytes + (384 << 10)
}

/// Browsers take each kind of line end for a line feed.
fn as_browsers_read(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The text that a browser shows for `html`, in which nothing may be that runs or fetches.
fn seen(html: &str) -> String {
    let tokenizer = Tokenizer::new(Inspector::default(), TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() });
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.text.into_inner()
}

/// Gathers text, and panics at anything but the tags and attributes that messages may have.
#[derive(Default)]
struct Inspector {
    text: RefCell<String>,
}

impl TokenSink for Inspector {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(text) => self.text.borrow_mut().push_str(&text),
            Token::NullCharacterToken => self.text.borrow_mut().push('\0'),
            Token::TagToken(tag) => {
                check_tag(&tag);
                if &*tag.name == "br" {
                    self.text.borrow_mut().push('\n');
                }
            }
            Token::CommentToken(_) | Token::DoctypeToken(_) => panic!("a comment or a doctype"),
            // A byte order mark and the like; what matters is what comes of it.
            Token::ParseError(_) | Token::EOFToken => {}
        }
        TokenSinkResult::Continue
    }
}

const TAGS: &str = " a b blockquote br code del em h1 h2 h3 h4 h5 h6 hr i li ol p pre s span strong table tbody td th thead tr ul ";

fn check_tag(tag: &Tag) {
    assert!(TAGS.contains(&format!(" {} ", &*tag.name)), "<{}>", &*tag.name);
    if tag.kind == TagKind::EndTag {
        return;
    }
    for attribute in &tag.attrs {
        let (name, value) = (&*attribute.name.local, &*attribute.value);
        let allowed = match (&*tag.name, name) {
            ("a", "href") => leads_out(value),
            ("a", "rel") => value == "noopener noreferrer nofollow",
            ("a", "target") => value == "_blank",
            ("a", "title") => true,
            ("span", "class") => highlight::CLASSES.contains(&value),
            ("ol", "start") => value.bytes().all(|byte| byte.is_ascii_digit()),
            _ => false,
        };
        assert!(allowed, "<{} {name}={value:?}>", &*tag.name);
    }
}

/// Whether a browser takes the address for one of another site or a mail: it skips white space and control characters before it, and line
/// breaks and tabs inside.
fn leads_out(address: &str) -> bool {
    let address: String = address.trim_start_matches(|c: char| c <= ' ').chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let scheme = address.split_once(':').map_or("", |(scheme, _)| scheme);
    ["http", "https", "mailto"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}
