//! What can be asked, on a real database file.

use kith::db::queries::messages::{self, StoredMessage};
use kith::db::queries::search::{self, Bounds, Found};
use kith::domain::file::FileName;
use kith::domain::message::{Attachment, Content, Markup};
use kith::domain::search::Query;
use kith::domain::stamp::Stamp;
use proptest::prelude::*;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::support::{open_database, username};

/// 2026-03-01, 0:00 UTC.
const MARCH: f64 = 1_772_323_200.0;

const DAY: f64 = 86_400.0;

struct Archive {
    database: Connection,
    _folder: TempDir,
}

impl Archive {
    /// Ana's messages to Ben, one a day in March.
    fn of(texts: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let archive = Self { database: open_database(folder.path()), _folder: folder };
        for (day, text) in (0_u32..).zip(texts) {
            archive.keep("ana", "ben", day, Content::Text { text: (*text).to_owned(), markup: Markup::Plain });
        }
        archive.index();
        archive
    }

    fn keep(&self, from: &str, to: &str, day: u32, content: Content) {
        let at = Stamp::from_seconds(MARCH + f64::from(day) * DAY).unwrap();
        if let Content::File(file) = &content {
            let sql = "INSERT OR IGNORE INTO files VALUES (?, ?, '', 0)";
            self.database.execute(sql, (&file.sha256, file.size)).unwrap();
        }
        self.database.execute("INSERT OR IGNORE INTO accounts (username, proof, added_at) VALUES (?, '', 0)", [from]).unwrap();
        messages::write(&self.database, &username(from), &username(to), content, at).unwrap();
    }

    fn index(&self) {
        while !search::index(&self.database, 3).unwrap().caught_up {}
    }

    fn found(&self, line: &str, before: Option<i64>, bounds: Bounds) -> Found {
        let asker = username("ana");
        let query = Query::parse(line, &asker, jiff::tz::Offset::UTC);
        search::messages(&self.database, &asker, &query, before, bounds).unwrap()
    }

    fn finds(&self, line: &str) -> Vec<String> {
        self.found(line, None, Bounds { hits: 50, look_at: 5000 }).messages.iter().map(text).collect()
    }
}

fn text(message: &StoredMessage) -> String {
    match &message.content {
        Content::Text { text, .. } => text.clone(),
        Content::File(file) => file.name.to_string(),
    }
}

fn file(name: &str) -> Content {
    Content::File(Attachment {
        sha256: hex::encode(name),
        name: FileName::from_sent(name),
        content_type: "application/pdf".to_owned(),
        size: 3,
    })
}

#[test]
fn words_are_found_in_every_script_and_anywhere() {
    let texts = ["Die Fähre nach Malmö", "Прилив в полдень", "明日は東京で会いましょう", "merci 🙏🏽 et 🐚🐚🐚", "Low water at 06:40"];
    let archive = Archive::of(&texts);
    for (line, expected) in [
        ("fähre", 0),
        ("FAHRE", 0),
        ("ähr", 0),
        ("hr", 0),
        ("ПОЛД", 1),
        ("лив", 1),
        ("в", 1),
        ("東京", 2),
        ("会いましょう", 2),
        ("明", 2),
        ("🐚🐚🐚", 3),
        ("🐚", 3),
        ("🙏🏽", 3),
        ("water low", 4),
        ("\"low water\"", 4),
        ("06:40", 4),
        ("wat at", 4),
    ] {
        assert_eq!(archive.finds(line), [texts[expected]], "{line}");
    }
    for line in ["\"water low\"", "wasser", "low high", "北京", "x"] {
        assert_eq!(archive.finds(line), [""; 0], "{line}");
    }
}

#[test]
fn what_means_something_to_the_index_is_only_text() {
    let texts = ["say \"hi\" NEAR(the, reef)", "a*b^c:(d)-e {file} [ben] <ana>", "tide AND time OR text:tide NOT low + tall"];
    let archive = Archive::of(&texts);
    for (line, expected) in [
        ("NEAR(the", vec![0]),
        ("near", vec![0]),
        ("\"hi\"", vec![0]),
        ("y \"hi", vec![0]),
        ("a*b^c:(d)-e", vec![1]),
        ("*", vec![1]),
        ("[ben]", vec![1]),
        ("{file}", vec![1]),
        ("text:tide", vec![2]),
        ("AND OR NOT", vec![2]),
        ("\"*^:()-", vec![]),
        ("tid*", vec![]),
        ("'; DROP TABLE messages; --", vec![]),
        ("a\0b", vec![]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|at: usize| texts[at]).collect();
        assert_eq!(archive.finds(line), expected, "{line:?}");
    }
}

#[test]
fn filters_narrow_down_and_work_alone() {
    let archive = Archive::of(&["plan of the first day", "plan of the second day"]);
    archive.keep("ben", "ana", 2, Content::Text { text: "your plan, my boat".to_owned(), markup: Markup::Plain });
    archive.keep("ana", "chloe", 3, file("transect-plan.pdf"));
    archive.keep("ana", "bea", 4, Content::Text { text: "no plan for bea".to_owned(), markup: Markup::Plain });
    archive.index();
    for (line, expected) in [
        ("plan from:ben", vec!["your plan, my boat"]),
        ("plan with:ben", vec!["your plan, my boat", "plan of the second day", "plan of the first day"]),
        ("plan from:me with:ben", vec!["plan of the second day", "plan of the first day"]),
        ("with:be", vec![]),
        ("with:bea", vec!["no plan for bea"]),
        ("has:file", vec!["transect-plan.pdf"]),
        ("PLAN.pdf", vec!["transect-plan.pdf"]),
        ("plan has:file from:ben", vec![]),
        ("before:2026-03-02", vec!["plan of the first day"]),
        ("plan after:2026-03-04", vec!["no plan for bea", "transect-plan.pdf"]),
        ("after:2026-03-02 before:2026-03-03", vec!["plan of the second day"]),
        ("from:nobody", vec![]),
    ] {
        assert_eq!(archive.finds(line), expected, "{line}");
    }
}

#[test]
fn a_search_goes_on_where_it_stopped_and_says_when_it_looked_at_enough() {
    let texts: Vec<String> = (0..20).map(|number| format!("message number {number} {}", if number == 1 { "x" } else { "" })).collect();
    let archive = Archive::of(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let (mut before, mut all) = (None, Vec::new());
    loop {
        let found = archive.found("number", before, Bounds { hits: 6, look_at: 5000 });
        assert!(found.complete);
        all.extend(found.messages.iter().map(text));
        before = found.before;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(all, texts.iter().rev().cloned().collect::<Vec<_>>());

    let found = archive.found("x", None, Bounds { hits: 6, look_at: 10 });
    assert!(found.messages.is_empty() && !found.complete);
    let found = archive.found("x", found.before, Bounds { hits: 6, look_at: 10 });
    assert_eq!(found.messages.iter().map(text).collect::<Vec<_>>(), [texts[1].clone()]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_that_can_be_typed_fails(line in prop_oneof!["\\PC{0,30}", "[\"*^:(){}+ANDORTE -]{0,30}", any::<String>()]) {
        thread_local!(static ARCHIVE: Archive = Archive::of(&["say \"hi\" NEAR(the, reef)", "a*b^c:(d)-e"]));
        ARCHIVE.with(|archive| archive.finds(&line));
    }

    #[test]
    fn a_piece_of_a_message_finds_it(text in "[^\"]{3,30}", start in 0_usize..27, length in 1_usize..8) {
        let piece: String = text.chars().skip(start).take(length).collect();
        let archive = Archive::of(&[&text]);
        let searchable = kith::domain::search::word::Word::new(&piece).is_some();
        if searchable {
            prop_assert_eq!(archive.finds(&format!("\"{piece}\"")), [text]);
        }
    }
}
