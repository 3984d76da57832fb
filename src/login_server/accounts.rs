//! The accounts, in a SQL database of one file. A running server only reads them; `kith account` writes, in the same file and at the same time.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use r2d2::Pool;
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, TransactionBehavior};
use rusqlite_migration::{M, Migrations};

use super::proof::StoredProof;
use crate::domain::clock;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// The file in the data folder.
const FILE_NAME: &str = "accounts.db";

const MIGRATIONS: Migrations<'_> = Migrations::from_slice(MIGRATION_STEPS);

const MIGRATION_STEPS: &[M<'_>] = &[M::up(include_str!("migrations/0001_accounts.sql"))];

/// Longer than any write here takes; who waits this long is told.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A read takes microseconds, so a few serve many callers.
const READERS: u32 = 4;

// Each finds its row, or all of them in order, by the primary key.
const ADD: &str = "INSERT INTO accounts (username, proof, created_at, changed_at) VALUES (?1, ?2, ?3, ?3) ON CONFLICT DO NOTHING";
const CHANGE: &str = "UPDATE accounts SET proof = ?2, changed_at = ?3 WHERE username = ?1";
const REMOVE: &str = "DELETE FROM accounts WHERE username = ?1";
const FIND: &str = "SELECT proof FROM accounts WHERE username = ?1";
const LIST: &str = "SELECT username, created_at, changed_at FROM accounts ORDER BY username";
const NAMES: &str = "SELECT username FROM accounts ORDER BY username";

/// Why accounts could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The name is taken.
    #[error("there is already an account {0}")]
    AlreadyExists(Username),
    /// Nobody has that name.
    #[error("there is no account {0}")]
    NoSuchAccount(Username),
    /// The folder holds no accounts.
    #[error("there are no accounts in {}", .0.display())]
    NoAccounts(PathBuf),
    /// The folder or the file could not be made.
    #[error("cannot make {}", .path.display())]
    Create {
        /// What was to be made.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The database refused.
    #[error("cannot use the accounts in {}", .path.display())]
    Open {
        /// The database file.
        path: PathBuf,
        /// What the database says.
        #[source]
        source: rusqlite::Error,
    },
    /// The database is from a newer kith, or damaged.
    #[error("cannot bring the accounts up to date")]
    Migrate(#[source] rusqlite_migration::Error),
    /// A statement failed.
    #[error("cannot read or write the accounts")]
    Sql(#[from] rusqlite::Error),
    /// No reader was free, or none could be opened.
    #[error("cannot reach the accounts")]
    Pool(#[from] r2d2::Error),
}

/// An account as it is listed.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Its name.
    pub username: Username,
    /// When it was made.
    pub created_at: Stamp,
    /// When its password was last set.
    pub changed_at: Stamp,
}

/// The accounts for one who changes them.
pub struct AccountBook {
    connection: Connection,
}

/// The accounts for those who look them up. Clones share their connections.
#[derive(Clone)]
pub struct AccountReader {
    pool: Pool<SqliteConnectionManager>,
}

impl AccountBook {
    /// Opens the accounts in the folder `data`, and makes both where there are none.
    ///
    /// # Errors
    /// [`AccountsError`] when they cannot be made, opened or brought up to date.
    pub fn create(data: &Path) -> Result<Self, AccountsError> {
        let path = data.join(FILE_NAME);
        create_private(data, &path)?;
        Self::open_file(&path)
    }

    /// Opens the accounts in the folder `data`.
    ///
    /// # Errors
    /// [`AccountsError::NoAccounts`] where there are none, and as for [`AccountBook::create`].
    pub fn open(data: &Path) -> Result<Self, AccountsError> {
        let path = data.join(FILE_NAME);
        if path.is_file() { Self::open_file(&path) } else { Err(AccountsError::NoAccounts(data.to_owned())) }
    }

    fn open_file(path: &Path) -> Result<Self, AccountsError> {
        let open = || -> rusqlite::Result<Connection> {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let mut connection = Connection::open_with_flags(path, flags)?;
            connection.busy_timeout(BUSY_TIMEOUT)?;
            // Readers go on reading while an account is changed.
            connection.pragma_update(None, "journal_mode", "WAL")?;
            // "Changed" means that it is on disk.
            connection.pragma_update(None, "synchronous", "FULL")?;
            // A write asks for its lock at once, so that waiting for it is up to the busy timeout.
            connection.set_transaction_behavior(TransactionBehavior::Immediate);
            Ok(connection)
        };
        let mut connection = open().map_err(|source| AccountsError::Open { path: path.to_owned(), source })?;
        // When two programs come first, the second reads the version before the first has made the table. It looks once more.
        MIGRATIONS.to_latest(&mut connection).or_else(|_| MIGRATIONS.to_latest(&mut connection)).map_err(AccountsError::Migrate)?;
        Ok(Self { connection })
    }

    /// Adds an account.
    ///
    /// # Errors
    /// [`AccountsError::AlreadyExists`], or when the database refuses.
    pub fn add(&mut self, username: &Username, proof: &StoredProof) -> Result<(), AccountsError> {
        let added = self.change(ADD, (username.as_str(), proof.as_str(), clock::now().seconds()))?;
        if added { Ok(()) } else { Err(AccountsError::AlreadyExists(username.clone())) }
    }

    /// Gives an account another password.
    ///
    /// # Errors
    /// [`AccountsError::NoSuchAccount`], or when the database refuses.
    pub fn set_proof(&mut self, username: &Username, proof: &StoredProof) -> Result<(), AccountsError> {
        let changed = self.change(CHANGE, (username.as_str(), proof.as_str(), clock::now().seconds()))?;
        if changed { Ok(()) } else { Err(AccountsError::NoSuchAccount(username.clone())) }
    }

    /// Removes an account.
    ///
    /// # Errors
    /// [`AccountsError::NoSuchAccount`], or when the database refuses.
    pub fn remove(&mut self, username: &Username) -> Result<(), AccountsError> {
        let removed = self.change(REMOVE, (username.as_str(),))?;
        if removed { Ok(()) } else { Err(AccountsError::NoSuchAccount(username.clone())) }
    }

    /// Every account, by name.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn list(&self) -> Result<Vec<Account>, AccountsError> {
        let mut statement = self.connection.prepare(LIST)?;
        let rows = statement
            .query_map((), |row| Ok(Account { username: username(row)?, created_at: stamp(row, 1)?, changed_at: stamp(row, 2)? }))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether `sql` changed a row.
    fn change(&mut self, sql: &str, arguments: impl rusqlite::Params) -> rusqlite::Result<bool> {
        let transaction = self.connection.transaction()?;
        let changed = transaction.execute(sql, arguments)?;
        transaction.commit()?;
        Ok(changed > 0)
    }
}

impl AccountReader {
    /// Opens the accounts in the folder `data`, which [`AccountBook::create`] has made.
    ///
    /// # Errors
    /// [`AccountsError`] when they cannot be opened.
    pub fn open(data: &Path) -> Result<Self, AccountsError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let readers = SqliteConnectionManager::file(data.join(FILE_NAME))
            .with_flags(flags)
            .with_init(|connection| connection.busy_timeout(BUSY_TIMEOUT));
        let pool = Pool::builder().max_size(READERS).min_idle(Some(1)).connection_timeout(BUSY_TIMEOUT).build(readers)?;
        Ok(Self { pool })
    }

    /// What is kept of the password of `username`, if there is such an account. Blocks.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn find(&self, username: &Username) -> Result<Option<StoredProof>, AccountsError> {
        let connection = self.pool.get()?;
        let mut statement = connection.prepare_cached(FIND)?;
        Ok(statement.query_row((username.as_str(),), |row| row.get(0)).optional()?.map(StoredProof::from_stored))
    }

    /// Every name, in order. Blocks.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn usernames(&self) -> Result<Vec<Username>, AccountsError> {
        let connection = self.pool.get()?;
        let mut statement = connection.prepare_cached(NAMES)?;
        Ok(statement.query_map((), username)?.collect::<rusqlite::Result<_>>()?)
    }
}

fn username(row: &Row<'_>) -> rusqlite::Result<Username> {
    let text: String = row.get(0)?;
    Username::parse(&text).map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into()))
}

fn stamp(row: &Row<'_>, column: usize) -> rusqlite::Result<Stamp> {
    let seconds: f64 = row.get(column)?;
    Stamp::from_seconds(seconds)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Real, error.into()))
}

/// Makes the folder and the file for their owner alone: whoever reads the proofs can try passwords on them in peace.
fn create_private(folder: &Path, file: &Path) -> Result<(), AccountsError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| AccountsError::Create { path, source }
    };
    let (mut folders, mut options) = (fs::DirBuilder::new(), OpenOptions::new());
    folders.recursive(true);
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        folders.mode(0o700);
        options.mode(0o600);
    }
    folders.create(folder).map_err(failed(folder))?;
    // SQLite takes an empty file for a new database, and gives its other files the same rights.
    options.open(file).map_err(failed(file))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn name(text: &str) -> Username {
        Username::parse(text).unwrap()
    }

    fn proof(text: &str) -> StoredProof {
        StoredProof::from_stored(text.to_owned())
    }

    #[test]
    fn the_migrations_are_valid() {
        MIGRATIONS.validate().unwrap();
    }

    #[test]
    fn an_open_reader_sees_every_change_at_once() {
        let data = tempfile::tempdir().unwrap();
        let mut book = AccountBook::create(data.path()).unwrap();
        let reader = AccountReader::open(data.path()).unwrap();
        let find = || reader.find(&name("ana")).unwrap().map(|proof| proof.as_str().to_owned());
        assert_eq!(find(), None);
        book.add(&name("ana"), &proof("first")).unwrap();
        assert_eq!(find().as_deref(), Some("first"));
        book.set_proof(&name("ana"), &proof("second")).unwrap();
        assert_eq!(find().as_deref(), Some("second"));
        book.remove(&name("ana")).unwrap();
        assert_eq!(find(), None);
    }

    #[test]
    fn a_reader_cannot_write() {
        let data = tempfile::tempdir().unwrap();
        AccountBook::create(data.path()).unwrap();
        let reader = AccountReader::open(data.path()).unwrap();
        assert!(reader.pool.get().unwrap().execute(REMOVE, ("ana",)).is_err());
    }

    #[test]
    fn an_account_is_added_once_and_only_changed_while_it_is_there() {
        let data = tempfile::tempdir().unwrap();
        let mut book = AccountBook::create(data.path()).unwrap();
        book.add(&name("Ana"), &proof("first")).unwrap();
        assert!(matches!(book.add(&name("ana"), &proof("second")), Err(AccountsError::AlreadyExists(_))));
        assert!(matches!(book.set_proof(&name("bob"), &proof("x")), Err(AccountsError::NoSuchAccount(_))));
        assert!(matches!(book.remove(&name("bob")), Err(AccountsError::NoSuchAccount(_))));
        assert_eq!(book.list().unwrap().into_iter().map(|account| account.username).collect::<Vec<_>>(), [name("ana")]);
    }

    #[test]
    fn programs_that_start_and_write_together_do_not_get_in_each_others_way() {
        let data = tempfile::tempdir().unwrap();
        let add = |number: usize| {
            let mut book = AccountBook::create(data.path()).unwrap();
            book.add(&name(&format!("user{number}")), &proof("x")).unwrap();
        };
        thread::scope(|scope| {
            for number in 0..16 {
                scope.spawn(move || add(number));
            }
        });
        assert_eq!(AccountReader::open(data.path()).unwrap().usernames().unwrap().len(), 16);
    }

    #[test]
    fn looking_for_accounts_does_not_make_a_database() {
        let data = tempfile::tempdir().unwrap();
        assert!(matches!(AccountBook::open(data.path()), Err(AccountsError::NoAccounts(_))));
        assert_eq!(data.path().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn a_file_that_is_no_database_or_from_a_newer_kith_is_left_alone() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join(FILE_NAME);
        fs::write(&path, "something else entirely, long enough to be looked at as a database header of a hundred bytes or more").unwrap();
        assert!(matches!(AccountBook::open(data.path()), Err(AccountsError::Open { .. })));
        assert!(fs::read(&path).unwrap().starts_with(b"something else"));
        fs::remove_file(&path).unwrap();
        AccountBook::create(data.path()).unwrap().connection.pragma_update(None, "user_version", 1000).unwrap();
        assert!(matches!(AccountBook::open(data.path()), Err(AccountsError::Migrate(_))));
    }

    #[test]
    #[cfg(unix)]
    fn nobody_else_may_read_the_accounts() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("new").join("data");
        let mut book = AccountBook::create(&folder).unwrap();
        book.add(&name("ana"), &proof("x")).unwrap();
        for entry in folder.read_dir().unwrap().map(Result::unwrap) {
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.path());
        }
        assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o077, 0);
    }
}
