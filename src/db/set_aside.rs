//! A database that cannot be read is set aside under another name, together with its log: never deleted, never written over.
//!
//! Only what SQLite calls damaged or no database counts. A file that is locked, may not be opened, or is of a newer kith is fine where it is:
//! the start is refused and it is left alone.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::connection::{self, OpenError};
use crate::domain::clock;

/// What all databases of SQLite begin with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// What is added to the name, before the time.
const MARK: &str = ".unreadable-";

/// The files that belong to a database, the database last: as long as it has its name, a start that is broken off here is repeated.
const PARTS: [&str; 4] = ["-wal", "-shm", "-journal", ""];

/// Opens the database at `path` for writing, as [`connection::open_writer`] does. One that cannot be read is set aside, and an empty one begun.
///
/// # Errors
/// [`OpenError`] when it cannot be opened for another reason, or cannot be set aside.
pub fn open_writer(path: &Path, lock_timeout: Duration) -> Result<Connection, OpenError> {
    if begins_as_a_database(path) {
        match connection::open_writer(path, lock_timeout) {
            Err(error) if error.is_damage() => tracing::error!(?error, "the database {} is damaged", path.display()),
            opened => return opened,
        }
    }
    let aside = rename(path).map_err(|source| OpenError::SetAside { path: path.display().to_string(), source })?;
    tracing::error!(
        "the database {} cannot be read. It is kept as {} with nothing changed, and the node goes on with an empty one. To bring it back, stop \
         the node and restore a backup into another folder, or repair the file; the pages say so until it is moved away",
        path.display(),
        aside.display()
    );
    connection::open_writer(path, lock_timeout)
}

/// Looks at the first bytes alone, since SQLite may fold a log into what it takes for a database. A file that is not there, or cannot be opened, is
/// for SQLite to judge; but where there is a log without a database, something is lost.
fn begins_as_a_database(path: &Path) -> bool {
    let mut begin = Vec::new();
    match File::open(path).and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut begin)) {
        Ok(0) => !has_log(path),
        Ok(_) => begin == MAGIC,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => !has_log(path),
        Err(_) => true,
    }
}

fn has_log(path: &Path) -> bool {
    fs::metadata(with(path, "-wal")).is_ok_and(|log| log.len() > 0)
}

fn with(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Gives the database and what belongs to it a name that nothing has yet.
fn rename(path: &Path) -> std::io::Result<PathBuf> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole seconds since 1970")]
    let second = clock::now().seconds() as u64;
    let names = (second..).map(|time| with(path, &format!("{MARK}{time}")));
    let free = |name: &PathBuf| PARTS.iter().all(|part| !with(name, part).exists());
    let name = names.take(3600).find(free).ok_or_else(|| std::io::Error::other("there is no free name"))?;
    for part in PARTS {
        match fs::rename(with(path, part), with(&name, part)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(name)
}

/// The names of the databases in `folder` that were set aside, oldest first. Blocks: call it from `web::block`.
///
/// # Errors
/// When the folder cannot be read.
pub fn list(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.split_once(MARK).is_some_and(|(_, time)| !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit())) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(50);

    fn database(folder: &Path) -> PathBuf {
        let path = folder.join("kith.db");
        let connection = open_writer(&path, SOON).unwrap();
        connection.execute("INSERT INTO facts VALUES ('kept', x'00')", []).unwrap();
        path
    }

    fn facts(path: &Path) -> u64 {
        open_writer(path, SOON).unwrap().query_row("SELECT count(*) FROM facts", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn what_is_no_database_or_damaged_is_kept_under_another_name() {
        let garbage: fn(&Path) = |path| fs::write(path, "a letter to my aunt ".repeat(500)).unwrap();
        let truncated: fn(&Path) = |path| File::options().write(true).open(path).unwrap().set_len(6000).unwrap();
        let torn: fn(&Path) = |path| {
            let mut bytes = fs::read(path).unwrap();
            bytes[100..4096].fill(0xff);
            fs::write(path, bytes).unwrap();
        };
        let emptied: fn(&Path) = |path| {
            fs::write(path, "").unwrap();
            fs::write(with(path, "-wal"), "frames").unwrap();
        };
        for (what, damage) in [("garbage", garbage), ("truncated", truncated), ("torn", torn), ("emptied", emptied)] {
            let folder = tempfile::tempdir().unwrap();
            let path = database(folder.path());
            damage(&path);
            let before = fs::read(&path).unwrap();
            let log_of = |path: &Path| fs::read(with(path, "-wal")).unwrap_or_default();
            let log = log_of(&path);
            assert_eq!(facts(&path), 0, "{what}");
            let aside = list(folder.path()).unwrap();
            assert_eq!(aside.len(), 1, "{what}: {aside:?}");
            let aside = folder.path().join(&aside[0]);
            assert_eq!((fs::read(&aside).unwrap(), log_of(&aside)), (before, log), "{what}");
        }
    }

    #[test]
    fn each_is_kept_for_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kith.db");
        for text in ["first", "second", "third"] {
            fs::write(&path, text.repeat(100)).unwrap();
            drop(open_writer(&path, SOON).unwrap());
        }
        let mut kept: Vec<String> =
            list(folder.path()).unwrap().iter().map(|name| fs::read_to_string(folder.path().join(name)).unwrap()).collect();
        kept.sort();
        assert_eq!(kept, ["first".repeat(100), "second".repeat(100), "third".repeat(100)]);
    }

    #[test]
    fn what_is_sound_but_cannot_be_used_now_stays_where_it_is() {
        let newer: fn(&Path) -> Option<Connection> = |path| {
            Connection::open(path).unwrap().pragma_update(None, "user_version", 9999).unwrap();
            None
        };
        let locked: fn(&Path) -> Option<Connection> = |path| {
            let other_program = Connection::open(path).unwrap();
            other_program.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").unwrap();
            Some(other_program)
        };
        let not_a_file: fn(&Path) -> Option<Connection> = |path| {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
            None
        };
        for (what, hinder) in [("newer", newer), ("locked", locked), ("not a file", not_a_file)] {
            let folder = tempfile::tempdir().unwrap();
            let path = database(folder.path());
            let _held = hinder(&path);
            let error = open_writer(&path, SOON).unwrap_err();
            assert!(error.to_string().contains("kith.db") && path.exists(), "{what}: {error}");
            assert_eq!(list(folder.path()).unwrap(), [""; 0], "{what}");
        }
    }
}
