//! Putting messages into the index, and looking through it.

use std::time::Duration;

use divan::Bencher;
use divan::counter::ItemsCount;
use kith::db::queries::search::{self, Bounds};
use kith::db::{connection, filling};
use kith::domain::search::Query;
use kith::domain::username::Username;
use rusqlite::Connection;
use tempfile::TempDir;

fn filled(count: u64) -> (TempDir, Connection) {
    let folder = tempfile::tempdir().unwrap();
    filling::fill(folder.path(), &Username::parse("ana").unwrap(), count).unwrap();
    let database = connection::open_writer(&folder.path().join("kith.db"), Duration::from_secs(1)).unwrap();
    (folder, database)
}

/// Each time a hundred messages, in a transaction that is rolled back.
#[divan::bench]
fn index_a_hundred(bencher: Bencher<'_, '_>) {
    let (_folder, database) = filled(2000);
    database.execute_batch("DELETE FROM search WHERE rowid > 1900; UPDATE search_progress SET indexed_up_to = 1900").unwrap();
    bencher.counter(ItemsCount::new(100_u64)).bench_local(|| {
        let transaction = database.unchecked_transaction().unwrap();
        assert_eq!(search::index(&transaction, 100).unwrap().count, 100);
    });
}

/// Among twenty thousand messages.
#[divan::bench(args = ["tide", "reef buoy", "marker 471", "zebra", "from:stored-3 tide", "at"])]
fn find(bencher: Bencher<'_, '_>, line: &str) {
    let (_folder, database) = filled(20_000);
    let ana = Username::parse("ana").unwrap();
    bencher.bench_local(|| {
        let query = Query::parse(line, &ana, jiff::tz::Offset::UTC);
        search::messages(&database, &ana, &query, None, Bounds { hits: 20, look_at: 5000 }).unwrap()
    });
}
