//! Filling a database with messages, for measurements. Not for the database of a node that runs.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use rusqlite::Connection;

use super::connection;
use super::queries::messages::{self, Incoming, Mark};
use super::queries::{accounts, search};
use crate::domain::clock;
use crate::domain::message::{Content, Markup};
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// Names that messages are from: `stored-0` and so on.
const PEERS: u64 = 20;

/// Messages of one transaction.
const BATCH: u64 = 20_000;

/// Seconds between two messages: a million of them take two and a half years.
const APART_S: f64 = 80.0;

/// What people write, a word here and a word there.
const WORDS: &str = "the tide turns at noon bring long line and two lamps reef buoy leans battery housing leaks spare saturday drawer under \
    compressor treasure morning low water good walk whole pack headlamps cells drop camera blue plan six stations before brisk bell shallow \
    marker hear fog lovely sounds church gulls steady log says jetty picture time place scale bar sunset chiton transect knows ask float \
    instrument photograph darkroom station upper floor lagoon anchor rope knot harbour weather forecast wind north easterly swell report";

/// Makes the database in `folder`, which is new, with `count` messages for `reader`, and the index of search for them. It is the same each time but
/// for the days.
///
/// # Errors
/// When the folder or the database cannot be made.
pub fn fill(folder: &Path, reader: &Username, count: u64) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("make the folder {}", folder.display()))?;
    let path = folder.join("kith.db");
    let database = connection::open_writer(&path, Duration::from_secs(1))?;
    // Nothing of it is worth keeping before all of it is there.
    database.pragma_update(None, "synchronous", "OFF")?;
    let now = clock::now();
    accounts::logged_in(&database, reader, "", now)?;
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut dice = Dice(1);
    for begin in (0..count).step_by(usize::try_from(BATCH)?) {
        in_transaction(&database, || {
            for number in begin..(begin + BATCH).min(count) {
                #[expect(clippy::cast_precision_loss, reason = "numbers below 2^52")]
                let stamp = Stamp::from_seconds(now.seconds() - (count - number) as f64 * APART_S)?;
                let mut text: String = (0..=dice.below(16)).map(|_| words[dice.index(words.len())]).collect::<Vec<_>>().join(" ");
                text.extend([" ", &number.to_string()]);
                receive(&database, reader, &format!("stored-{}", dice.below(PEERS)), text, stamp)?;
            }
            Ok(())
        })?;
    }
    let mut caught_up = false;
    while !caught_up {
        in_transaction(&database, || {
            caught_up = search::index(&database, usize::try_from(BATCH)?)?.caught_up;
            Ok(())
        })?;
    }
    database.pragma_update(None, "wal_checkpoint", "TRUNCATE")?;
    drop(database);
    // Whoever opens it is not to wait until the system has written all of this.
    std::fs::File::open(&path).and_then(|file| file.sync_all()).context("write the database to the disk")
}

fn receive(database: &Connection, reader: &Username, sender: &str, text: String, stamp: Stamp) -> Result<()> {
    let incoming = Incoming {
        sender: Username::parse(sender)?,
        destination: reader.clone(),
        stamp,
        content: Content::Text { text, markup: Markup::Plain },
        file: None,
        from: [127, 0, 0, 1].into(),
        encryption: 0,
        mark: Mark::default(),
        arrived_at: stamp,
    };
    messages::receive(database, &incoming)?;
    Ok(())
}

fn in_transaction(database: &Connection, work: impl FnOnce() -> Result<()>) -> Result<()> {
    let transaction = database.unchecked_transaction()?;
    work()?;
    Ok(transaction.commit()?)
}

/// Numbers that look like chance, and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn index(&mut self, end: usize) -> usize {
        usize::try_from(self.below(end as u64)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_messages_are_there_and_in_the_index() {
        let folder = tempfile::tempdir().unwrap();
        fill(&folder.path().join("node"), &Username::parse("ana").unwrap(), 300).unwrap();
        let database = Connection::open(folder.path().join("node/kith.db")).unwrap();
        assert_eq!((messages::count(&database).unwrap(), search::lag(&database).unwrap()), (300, 0));
    }
}
