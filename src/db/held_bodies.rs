//! The bodies of large deposits, each in a file of its own: `held/3f2a...`.
//!
//! In the database they would keep the writer, and with it everybody else, for as long as the disk takes for megabytes. A body has a name that nothing
//! else has or will have, so that none is taken away for the sake of another.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::DbError;

/// So much is given to the disk at a time: whoever waits for it meanwhile, the writer of the database above all, waits for no more than this.
const PIECE_BYTES: usize = 256 << 10;

/// The folder of bodies. Its methods block: call them from `web::block`.
#[derive(Clone, Debug)]
pub struct HeldBodies {
    root: PathBuf,
}

impl HeldBodies {
    /// Opens the folder, making it when it is not there, and clears what no deposit names: what a crash left, half-written or not needed any more.
    ///
    /// # Errors
    /// When the folder cannot be made or read.
    pub fn open(folder: &Path, named: &HashSet<String>) -> std::io::Result<Self> {
        fs::create_dir_all(folder)?;
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if !named.contains(entry.file_name().to_string_lossy().as_ref()) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(Self::open_existing(folder))
    }

    /// The folder, to read from; nothing is made or cleared.
    #[must_use]
    pub fn open_existing(folder: &Path) -> Self {
        Self { root: folder.to_owned() }
    }

    /// Stores a body under a new name. It is on the disk when this returns.
    ///
    /// # Errors
    /// [`DbError::DiskFull`] or [`DbError::StorageFails`]; nothing half-written is left behind.
    pub fn put(&self, body: &str) -> Result<String, DbError> {
        let name = hex::encode(rand::random::<[u8; 16]>());
        let mut temporary = tempfile::NamedTempFile::new_in(&self.root)?;
        for piece in body.as_bytes().chunks(PIECE_BYTES) {
            temporary.write_all(piece)?;
            temporary.as_file().sync_all()?;
        }
        temporary.persist(self.path_of(&name)).map_err(|error| error.error)?;
        // The name is on the disk only once its folder is.
        File::open(&self.root)?.sync_all()?;
        Ok(name)
    }

    /// Reads a body; `None` when it is not there.
    ///
    /// # Errors
    /// [`DbError`] when it is there and cannot be read.
    pub fn read(&self, name: &str) -> Result<Option<String>, DbError> {
        match fs::read_to_string(self.path_of(name)) {
            Ok(body) => Ok(Some(body)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes bodies that no deposit names any more. What cannot be removed is cleared at the next start.
    pub fn remove(&self, names: &[String]) {
        for name in names {
            if let Err(error) = fs::remove_file(self.path_of(name)) {
                tracing::warn!(name, %error, "could not remove the body of a deposit that is held no longer; the next start does");
            }
        }
    }

    /// Where a body is. The names are ours and in our database alone.
    #[must_use]
    pub fn path_of(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_deposit_names_is_cleared_at_the_start_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("held");
        let bodies = HeldBodies::open(&path, &HashSet::new()).unwrap();
        let (kept, left_over) = (bodies.put("kept").unwrap(), bodies.put("left over").unwrap());
        fs::write(path.join(".tmp123"), "half-wri").unwrap();
        let bodies = HeldBodies::open(&path, &HashSet::from([kept.clone()])).unwrap();
        assert_eq!(bodies.read(&kept).unwrap().as_deref(), Some("kept"));
        assert_eq!(bodies.read(&left_over).unwrap(), None);
        bodies.remove(std::slice::from_ref(&kept));
        assert_eq!(fs::read_dir(path).unwrap().count(), 0);
    }
}
