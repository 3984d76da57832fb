//! The bytes of files, on disk by the SHA-256 of their content: `files/ab/ab12...`.
//!
//! A name that a peer sent is never part of a path. A file is whole and on the disk before its name exists.

use std::fs::{self, File};
use std::io::{BufReader, Cursor, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::DbError;
use crate::crash::{self, Point};
use crate::domain::picture::PictureSize;

/// The folder of files. Its methods block: call them from `web::block`.
#[derive(Clone, Debug)]
pub struct FileStore {
    root: PathBuf,
}

/// A file that is in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// Lower-case hex of the SHA-256 of the content.
    pub sha256: String,
    /// Length in bytes.
    pub size: u64,
    /// What the first bytes say that it is, or the catch-all type.
    pub content_type: String,
    /// How large it is, if that is a picture.
    pub picture: Option<PictureSize>,
}

impl FileStore {
    /// Opens the store in `folder`, making it when it is not there, and clears what a crash left half-written.
    ///
    /// # Errors
    /// When the folder cannot be made or read.
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        let store = Self { root: folder.to_owned() };
        fs::create_dir_all(store.half_written())?;
        for entry in fs::read_dir(store.half_written())? {
            fs::remove_file(entry?.path())?;
        }
        Ok(store)
    }

    /// The store in `folder`, to read from; nothing is made or cleared.
    #[must_use]
    pub fn open_existing(folder: &Path) -> Self {
        Self { root: folder.to_owned() }
    }

    /// Stores `bytes`. Storing the same twice takes no room.
    ///
    /// # Errors
    /// [`DbError::DiskFull`] or [`DbError::StorageFails`]; nothing half-written is left behind.
    pub fn put(&self, bytes: &[u8]) -> Result<StoredFile, DbError> {
        let sha256 = hex::encode(Sha256::digest(bytes));
        let path = self.path_of(&sha256);
        let folder = path.parent().unwrap_or(&self.root);
        if !path.exists() {
            self.write(bytes, &path, folder)?;
        }
        // The name is on the disk only once its folder is; another caller who wrote it may not have come so far.
        File::open(folder)?.sync_all()?;
        crash::reach(Point::FileStored);
        let content_type = infer::get(bytes).map_or("application/octet-stream", |kind| kind.mime_type());
        let picture = content_type.starts_with("image/").then(|| PictureSize::measure(Cursor::new(bytes)));
        Ok(StoredFile { sha256, size: bytes.len() as u64, content_type: content_type.to_owned(), picture })
    }

    fn write(&self, bytes: &[u8], path: &Path, folder: &Path) -> std::io::Result<()> {
        let mut temporary = tempfile::NamedTempFile::new_in(self.half_written())?;
        temporary.write_all(bytes)?;
        crash::reach(Point::FileHalfWritten);
        temporary.as_file().sync_all()?;
        fs::create_dir_all(folder)?;
        // A folder that is new has a name too.
        File::open(&self.root)?.sync_all()?;
        temporary.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Where the file with this hash is, if it is a hash at all.
    #[must_use]
    pub fn locate(&self, sha256: &str) -> Option<PathBuf> {
        let is_hash = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        is_hash.then(|| self.path_of(sha256))
    }

    /// Reads a whole file.
    ///
    /// # Errors
    /// [`DbError::File`] when it is not there or cannot be read.
    pub fn read(&self, sha256: &str) -> Result<Vec<u8>, DbError> {
        let path = self.locate(sha256).ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotFound))?;
        Ok(fs::read(path)?)
    }

    /// Measures a picture that is here; what is not, or is none, has no known size.
    #[must_use]
    pub fn measure(&self, sha256: &str) -> PictureSize {
        let file = self.locate(sha256).and_then(|path| File::open(path).ok());
        file.map_or(PictureSize::UNKNOWN, |file| PictureSize::measure(BufReader::new(file)))
    }

    fn path_of(&self, sha256: &str) -> PathBuf {
        self.root.join(&sha256[..2]).join(sha256)
    }

    fn half_written(&self) -> PathBuf {
        self.root.join("half-written")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comes_back_and_is_stored_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = FileStore::open(folder.path()).unwrap();
        let first = store.put(b"\x89PNG\r\n\x1a\n and so on").unwrap();
        assert_eq!(store.put(b"\x89PNG\r\n\x1a\n and so on").unwrap(), first);
        assert_eq!(first.content_type, "image/png");
        assert_eq!(store.read(&first.sha256).unwrap(), b"\x89PNG\r\n\x1a\n and so on");
    }

    #[test]
    fn what_is_no_hash_is_no_path() {
        let folder = tempfile::tempdir().unwrap();
        let store = FileStore::open(folder.path()).unwrap();
        for name in ["", "..", "../../etc/passwd", &"é".repeat(32), &"A".repeat(64)] {
            assert_eq!(store.locate(name), None, "{name}");
        }
    }
}
