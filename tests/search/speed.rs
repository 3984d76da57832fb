//! How long a search takes among few and among many messages. By hand:
//! `cargo test --release --test search -- --ignored --nocapture how_long`, with `KITH_SEARCH_MESSAGES` for another number than a million.

use std::time::{Duration, Instant};

use kith::db::queries::search::{self, Bounds};
use kith::domain::search::Query;
use rusqlite::Connection;

use crate::support::{open_database, username};

const WORDS: &str = "the tide turns at noon bring long line and two lamps reef buoy leans battery housing leaks spare saturday drawer under \
    compressor treasure morning low water good walk whole pack headlamps cells drop camera blue plan six stations before brisk bell shallow \
    marker hear fog lovely sounds church gulls steady log says jetty picture time place scale bar sunset chiton transect knows ask float \
    instrument photograph darkroom station upper floor lagoon anchor rope knot harbour weather forecast wind north easterly swell report";

/// What people look for: common and rare, one word and several, filters, short ones, and nothing at all.
const SEARCHES: [&str; 16] = [
    "tide",
    "the",
    "lamp",
    "reef buoy",
    "\"low water\"",
    "harbour forecast easterly",
    "needle",
    "ogra",
    "zebra",
    "marker 4711",
    "from:ben tide",
    "with:chloe lagoon",
    "has:file plan",
    "before:2026-01-01 swell",
    "at",
    "東京",
];

/// A file with `count` messages: two users of the node, with twenty others, in an order that is the same each time.
fn fill(database: &Connection, count: u64) {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut state = 1_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    database.execute_batch("BEGIN; PRAGMA defer_foreign_keys = true").unwrap();
    let mut insert = database
        .prepare(
            "INSERT INTO messages (identity, conversation_id, sender, destination, stamp, text, markdown, file_sha256, file_name, file_type,
             file_size, origin, verified, arrived_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, 'application/pdf', 1, ?9, 1, ?5)",
        )
        .unwrap();
    database.execute("INSERT INTO files VALUES ('0', 1, '', 0)", []).unwrap();
    for number in 0..count {
        let peer = next(20);
        let other = ["ben", "chloe"].get(peer).map_or_else(|| format!("peer{peer}"), |name| (*name).to_owned());
        let user = if next(10) == 0 { "zoe" } else { "ana" };
        database.execute("INSERT OR IGNORE INTO conversations VALUES (?, 'direct', NULL, NULL, 0)", [peer]).unwrap();
        let mut text: String = (0..=next(16)).map(|_| words[next(words.len())]).collect::<Vec<_>>().join(" ");
        if number == count / 3 {
            text.push_str(" needle");
        }
        text.extend([" ", &number.to_string()]);
        let file = (next(50) == 0).then(|| format!("plan-{number}.pdf"));
        let (from, to, origin) = if next(2) == 0 { (user, other.as_str(), "here") } else { (other.as_str(), user, "peer") };
        #[expect(clippy::cast_precision_loss, reason = "numbers below 2^52")]
        let stamp = 1_700_000_000.0 + number as f64 * 80.0;
        let text = if file.is_some() { "" } else { text.as_str() };
        insert.execute((u128::from(number).to_be_bytes(), peer, from, to, stamp, text, file.as_ref().map(|_| "0"), &file, origin)).unwrap();
    }
    drop(insert);
    database.execute_batch("COMMIT").unwrap();
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The median of all searches, and each with its own.
fn medians(database: &Connection) -> (Duration, Vec<Duration>) {
    let asker = username("ana");
    let mut of_each = vec![Vec::new(); SEARCHES.len()];
    for _ in 0..25 {
        for (times, line) in of_each.iter_mut().zip(SEARCHES) {
            let query = Query::parse(line, &asker, jiff::tz::Offset::UTC);
            let begun = Instant::now();
            search::messages(database, &asker, &query, None, Bounds { hits: 20, look_at: 5000 }).unwrap();
            times.push(begun.elapsed());
        }
    }
    (median(of_each.concat()), of_each.into_iter().map(median).collect())
}

#[test]
#[ignore = "takes minutes; by hand"]
fn how_long_a_search_takes() {
    let many = std::env::var("KITH_SEARCH_MESSAGES").map_or(1_000_000, |count| count.parse().unwrap());
    let mut all = Vec::new();
    for count in [1000, many] {
        let folder = tempfile::tempdir().unwrap();
        let database = open_database(folder.path());
        fill(&database, count);
        let size = |database: &Connection| -> u64 {
            database.query_row("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", [], |row| row.get(0)).unwrap()
        };
        let (before, begun) = (size(&database), Instant::now());
        let mut longest = Duration::ZERO;
        loop {
            let begun = Instant::now();
            database.execute_batch("BEGIN IMMEDIATE").unwrap();
            let step = search::index(&database, 500).unwrap();
            database.execute_batch("COMMIT").unwrap();
            longest = longest.max(begun.elapsed());
            if step.caught_up {
                break;
            }
        }
        let took = begun.elapsed();
        eprintln!(
            "{count} messages: {before} bytes, index {} bytes more, made in {took:?}, longest batch of 500 {longest:?}",
            size(&database) - before
        );
        all.push(medians(&database));
    }
    eprintln!("{:<28} {:>12} {:>12}", "median of", "1000", many);
    eprintln!("{:<28} {:>12.2?} {:>12.2?}", "all", all[0].0, all[1].0);
    for (at, line) in SEARCHES.iter().enumerate() {
        eprintln!("{line:<28} {:>12.2?} {:>12.2?}", all[0].1[at], all[1].1[at]);
    }
}
