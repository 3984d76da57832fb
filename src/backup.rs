//! `kith backup`, `kith restore`, `kith export`: a node's data taken out and put back.
//!
//! A backup is a tar file with `kith.db`, a snapshot by SQLite's online backup, `files/`, the bytes that it names, and `held/`, what is large of that
//! which is held for others. Files are written before the rows that name them and never change, so copying them after the snapshot misses none. What is
//! held may go meanwhile: then its addressee has it, or its time was over. The node may run.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::actors::event::{EventView, MessageView};
use crate::db::queries::{conversations, events, files, held, messages};
use crate::db::{FileStore, HeldBodies, connection};
use crate::domain::clock;
use crate::domain::message::{Content, MessageId};
use crate::domain::username::Username;

const DATABASE: &str = "kith.db";
const FILES: &str = "files";
const HELD: &str = "held";

/// More events than anybody has.
const ALL_EVENTS: usize = usize::MAX >> 1;

/// Messages that are read at a time for an export.
const PAGE: usize = 500;

/// What was taken or put back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Messages.
    pub messages: u64,
    /// Files.
    pub files: u64,
}

/// Writes a backup of the node in `data` to the new file `to`.
///
/// # Errors
/// When there is no node's data, when `to` exists, or when it cannot be written; then nothing is left there.
pub fn backup(data: &Path, to: &Path) -> Result<Counted> {
    ensure!(!to.exists(), "{} exists; a backup wants a new file", to.display());
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let snapshot = tempfile::NamedTempFile::new_in(folder).with_context(|| format!("write to {}", folder.display()))?;
    let mut copy = Connection::open(snapshot.path()).context("open the snapshot")?;
    Backup::new(&open(data)?, &mut copy).and_then(|backup| backup.step(-1)).context("copy the database")?;

    let archive = tempfile::NamedTempFile::new_in(folder).with_context(|| format!("write to {}", folder.display()))?;
    let mut tar = tar::Builder::new(BufWriter::new(archive.as_file()));
    tar.append_path_with_name(snapshot.path(), DATABASE).context("write the database into the backup")?;
    let store = FileStore::open_existing(&data.join(FILES));
    let mut counted = Counted { messages: messages::count(&copy)?, files: 0 };
    for sha256 in files::all(&copy)? {
        let path = store.locate(&sha256).with_context(|| format!("find the file {sha256}"))?;
        tar.append_path_with_name(&path, format!("{FILES}/{sha256}")).with_context(|| format!("read {}", path.display()))?;
        counted.files += 1;
    }
    let bodies = HeldBodies::open_existing(&data.join(HELD));
    for name in held::files(&copy)? {
        let path = bodies.path_of(&name);
        match tar.append_path_with_name(&path, format!("{HELD}/{name}")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("read {}", path.display()));
            }
            _ => {}
        }
    }
    tar.into_inner().and_then(|mut out| out.flush()).context("write the backup")?;
    archive.as_file().sync_all().context("write the backup")?;
    archive.persist_noclobber(to).with_context(|| format!("name the backup {}", to.display()))?;
    Ok(counted)
}

/// Puts a backup back into `data`, which must not exist or be empty. All of it is checked before it gets its name.
///
/// # Errors
/// When `from` is no whole backup, or `data` is in use; then `data` is as it was.
pub fn restore(from: &Path, data: &Path) -> Result<Counted> {
    let is_free = !data.exists() || data.read_dir().is_ok_and(|mut entries| entries.next().is_none());
    ensure!(is_free, "{} is not empty; restore wants a new folder, so that nothing is overwritten", data.display());
    let parent = data.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).with_context(|| format!("make {}", parent.display()))?;
    let workshop = tempfile::tempdir_in(parent).with_context(|| format!("write to {}", parent.display()))?;
    let restored = workshop.path().join("data");
    let counted = unpack(from, &restored)?;
    if data.exists() {
        fs::remove_dir(data).with_context(|| format!("replace the empty folder {}", data.display()))?;
    }
    fs::rename(&restored, data).with_context(|| format!("move the data to {}", data.display()))?;
    Ok(counted)
}

fn unpack(from: &Path, data: &Path) -> Result<Counted> {
    let store = FileStore::open(&data.join(FILES)).context("make the folder of files")?;
    let archive = File::open(from).with_context(|| format!("open {}", from.display()))?;
    fs::create_dir(data.join(HELD)).context("make the folder of what is held")?;
    let mut counted = Counted::default();
    for entry in tar::Archive::new(archive).entries().with_context(|| format!("read {}", from.display()))? {
        let mut entry = entry.context("read the backup: it is damaged or was cut off")?;
        let name = entry.path().context("read the backup")?.to_string_lossy().into_owned();
        match name.split_once('/') {
            None if name == DATABASE => {
                let mut out = File::create(data.join(DATABASE)).context("write the database")?;
                std::io::copy(&mut entry, &mut out).context("write the database")?;
            }
            Some((HELD, body)) if body.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                let mut out = File::create(data.join(HELD).join(body)).context("write what is held for others")?;
                std::io::copy(&mut entry, &mut out).and_then(|_| out.sync_all()).context("write what is held for others")?;
            }
            Some((FILES, sha256)) => {
                let mut bytes = Vec::new();
                std::io::copy(&mut entry, &mut bytes).context("read a file of the backup")?;
                ensure!(hex::encode(Sha256::digest(&bytes)) == sha256, "the file {sha256} of the backup is damaged");
                store.put(&bytes)?;
                counted.files += 1;
            }
            _ => anyhow::bail!("{} is no backup of kith: it holds {name:?}", from.display()),
        }
    }
    let restored = open(data).with_context(|| format!("{} holds no database", from.display()))?;
    ensure!(connection::integrity(&restored)? == "ok", "the database of the backup is damaged");
    for sha256 in files::all(&restored)? {
        ensure!(store.locate(&sha256).is_some_and(|path| path.exists()), "the backup misses the file {sha256}");
    }
    counted.messages = messages::count(&restored)?;
    Ok(counted)
}

/// Writes what `user` may see into the new folder `to`: `messages.json` with their conversations and events, and the files beside it.
///
/// # Errors
/// When there is no such data, or `to` is not empty or cannot be written.
pub fn export(data: &Path, user: &Username, to: &Path) -> Result<Counted> {
    let is_free = !to.exists() || to.read_dir().is_ok_and(|mut entries| entries.next().is_none());
    ensure!(is_free, "{} is not empty; an export wants a new folder", to.display());
    let database = open(data)?;
    let store = FileStore::open_existing(&data.join(FILES));
    fs::create_dir_all(to.join(FILES)).with_context(|| format!("make {}", to.display()))?;
    let mut counted = Counted::default();
    let mut all = Vec::new();
    for conversation in conversations::list(&database, user)? {
        let messages = whole_conversation(&database, user, &conversation.with)?;
        for message in &messages {
            counted.messages += 1;
            if let Content::File(file) = &message.content {
                let name = exported_name(&message.id, file.name.as_str());
                let source = store.locate(&file.sha256).with_context(|| format!("find the file {}", file.sha256))?;
                fs::copy(&source, to.join(FILES).join(&name)).with_context(|| format!("copy {name}"))?;
                counted.files += 1;
            }
        }
        let views: Vec<_> = messages.iter().map(|message| MessageView::of(message, user)).collect();
        all.push(json!({ "with": conversation.with.to_string(), "messages": views }));
    }
    let events: Vec<_> = events::list(&database, user, clock::now(), ALL_EVENTS)?.iter().map(|event| EventView::of(event, user)).collect();
    let everything = json!({ "user": user.to_string(), "conversations": all, "events": events });
    let text = serde_json::to_string_pretty(&everything).context("write JSON")?;
    fs::write(to.join("messages.json"), text).context("write messages.json")?;
    Ok(counted)
}

/// Oldest first.
fn whole_conversation(database: &Connection, user: &Username, with: &Username) -> Result<Vec<messages::StoredMessage>> {
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let page = messages::page(database, user, with, before, PAGE)?;
        let Some(last) = page.last() else { break };
        before = Some(messages::Cursor { stamp: last.stamp, seq: last.seq });
        all.extend(page);
    }
    all.reverse();
    Ok(all)
}

/// The message's id first, so that no two are alike and none is a name that a system minds.
fn exported_name(id: &MessageId, name: &str) -> String {
    format!("{id}-{name}")
}

fn open(data: &Path) -> Result<Connection> {
    let path = data.join(DATABASE);
    ensure!(path.is_file(), "there is no node's data in {}; --data names the folder", data.display());
    // Reading a database that is being written to needs its shared-memory file, so not even a reader opens it read-only.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut database = Connection::open_with_flags(&path, flags).with_context(|| format!("open {}", path.display()))?;
    connection::prepare_reader(&mut database).with_context(|| format!("open {}", path.display()))?;
    Ok(database)
}
