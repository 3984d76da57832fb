//! What somebody types to look for: the line as a query, in the index, and in the texts that are found.

use std::cell::OnceCell;
use std::time::Duration;

use jiff::tz::Offset;
use kith::db::connection::open_writer;
use kith::db::queries::{messages, search};
use kith::domain::message::{Content, Markup};
use kith::domain::search::excerpt::{excerpt, mark};
use kith::domain::search::word::{Folded, Word};
use kith::domain::search::{MAX_QUERY_CHARS, Query};
use kith::domain::stamp::Stamp;
use kith::domain::username::Username;

/// What was written to be found.
const TEXTS: [&str; 12] = [
    "Low water at noon, the tide turns at 06:40. See http://kith.example/a?b=c&d#e",
    "\"quoted\" *bold* ^caret -minus +plus (paren) NEAR(a b) AND OR NOT col:umn {brace} [bracket] <angle> back\\slash ; -- '",
    "Die Fähre nach Malmö, Straße, Ångström, İstanbul, ıssız, Ǆ ǆ",
    "Cafe\u{301} Việt naïve e\u{301}\u{300}\u{323}",
    "Прилив в ПОЛДЕНЬ, й и\u{306} ё",
    "Η ΠΑΛΊΡΡΟΙΑ ΓΥΡΊΖΕΙ ς Σ",
    "明日は東京で会いましょう、カ\u{3099} ガ ｶﾞ",
    "merci 🙏🏽! 👨\u{200d}👩\u{200d}👧 \u{fe0f}",
    "مرحبا بالعالم שלום\u{5b8}",
    "한국어 각 \u{1100}\u{1161}\u{11a8}",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
    "two\nlines\tand\u{a0}spaces  ﬁne K Å",
];

/// The first byte is the asker's clock, the rest the line.
pub fn target(data: &[u8]) {
    let Some((clock, line)) = data.split_first() else { return };
    let line = String::from_utf8_lossy(line);
    // The API refuses a longer one.
    if line.chars().count() > MAX_QUERY_CHARS {
        return;
    }
    let offset = Offset::constant(i8::try_from(*clock % 49).unwrap_or_default() - 24);
    let query = Query::parse(&line, &name("ana"), offset);
    for part in query.words.iter().map(Word::as_str).chain(query.not_understood.iter().map(String::as_str)) {
        assert!(!part.trim().is_empty() && line.contains(part), "{part:?}");
    }
    for text in TEXTS {
        shows(text, &query.words);
    }
    let found = FIND.with(|find| find.get_or_init(store)(&query));
    if line.is_ascii() {
        agrees(&query, &found);
    }
}

fn name(raw: &str) -> Username {
    Username::parse(raw).expect("a name")
}

/// What is marked in a text is the text, and an excerpt is short.
fn shows(text: &str, words: &[Word]) {
    let marked: String = mark(text, words).iter().map(|part| part.text.as_str()).collect();
    assert_eq!(marked, text);
    let parts = excerpt(text, words);
    assert!(parts.iter().map(|part| part.text.chars().count()).sum::<usize>() <= 162, "{parts:?}");
    let held = words.iter().any(|word| Folded::new(text).contains(word));
    assert!(!held || mark(text, words).iter().any(|part| part.hit), "{text}");
}

thread_local! {
    static FIND: OnceCell<Find> = const { OnceCell::new() };
}

/// Says which of [`TEXTS`] the database finds for ana.
type Find = Box<dyn Fn(&Query) -> Vec<String>>;

/// A database with [`TEXTS`] in it, from ana to ben.
fn store() -> Find {
    let folder = tempfile::tempdir().expect("a folder");
    let connection = open_writer(&folder.path().join("kith.db"), Duration::from_secs(1)).expect("a database");
    for text in TEXTS {
        let content = Content::Text { text: text.to_owned(), markup: Markup::Plain };
        messages::write(&connection, &name("ana"), &name("ben"), content, written_at()).expect("written");
    }
    search::index(&connection, TEXTS.len()).expect("indexed");
    Box::new(move |query| {
        let _folder = &folder;
        let bounds = search::Bounds { hits: 50, look_at: 1000 };
        let found = search::messages(&connection, &name("ana"), query, None, bounds).expect("any query can be asked");
        let text = |content| if let Content::Text { text, .. } = content { text } else { String::new() };
        let mut texts: Vec<String> = found.messages.into_iter().map(|message| text(message.content)).collect();
        texts.sort();
        texts
    })
}

fn written_at() -> Stamp {
    Stamp::from_seconds(1_774_915_200.0).expect("a time")
}

/// The index finds what the rules of `domain` find, as far as the words are of ASCII: for what other scripts do to case the two have tables of
/// their own.
fn agrees(query: &Query, found: &[String]) {
    let folded = |text: &&&str| {
        let text = Folded::new(text);
        query.words.iter().all(|word| text.contains(word))
    };
    let fits = query.from.as_ref().is_none_or(|from| from.as_str() == "ana")
        && query.with.as_ref().is_none_or(|with| with.as_str() == "ben")
        && query.after.is_none_or(|after| written_at() >= after)
        && query.before.is_none_or(|before| before > Stamp::next(written_at(), None))
        && !query.has_file;
    let mut expected: Vec<&str> = TEXTS.iter().filter(folded).filter(|_| fits).copied().collect();
    expected.sort_unstable();
    assert_eq!(found, expected, "{query:?}");
}
