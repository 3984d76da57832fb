//! People who log in on this node.

use rusqlite::{Connection, OptionalExtension};

use crate::db::DbError;
use crate::domain::presence::Status;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// Records that `username` has logged in, with the proof (argon2id, a PHC string) that lets them in while the login server is away.
pub fn logged_in(connection: &Connection, username: &Username, proof: &str, now: Stamp) -> Result<Status, DbError> {
    let mut person = connection.prepare_cached("INSERT OR IGNORE INTO people (username) VALUES (?)")?;
    person.execute([username])?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO accounts (username, proof, added_at) VALUES (?, ?, ?)
         ON CONFLICT (username) DO UPDATE SET proof = excluded.proof, idle = 0 RETURNING status",
    )?;
    Ok(statement.query_row((username, proof, now), |row| row.get(0))?)
}

/// What is kept of a user of this node.
#[derive(Clone, Debug)]
pub struct Account {
    /// argon2id of the credential, as a PHC string.
    pub proof: String,
    /// The status that others see.
    pub status: Status,
}

/// Finds a user of this node.
pub fn find(connection: &Connection, username: &Username) -> Result<Option<Account>, DbError> {
    let mut statement = connection.prepare_cached(&format!("SELECT proof, {SHOWN_STATUS} FROM accounts a WHERE username = ?"))?;
    let account = statement.query_row([username], |row| Ok(Account { proof: row.get(0)?, status: row.get(1)? }));
    Ok(account.optional()?)
}

/// What others see of the user `a`: who has chosen Online and is idle shows as Idle.
pub(super) const SHOWN_STATUS: &str = "CASE WHEN a.idle AND a.status = 'Online' THEN 'Idle' ELSE a.status END";

/// Keeps whether a user is idle; says whether that changes what others see.
pub fn set_idle(connection: &Connection, username: &Username, idle: bool) -> Result<bool, DbError> {
    let mut statement = connection.prepare_cached("UPDATE accounts SET idle = ?2 WHERE username = ?1 AND idle <> ?2 RETURNING status")?;
    let chosen = statement.query_row((username, idle), |row| row.get::<_, Status>(0)).optional()?;
    Ok(chosen == Some(Status::Online))
}

/// Sets the status that a user shows.
pub fn set_status(connection: &Connection, username: &Username, status: Status) -> Result<(), DbError> {
    connection.prepare_cached("UPDATE accounts SET status = ? WHERE username = ?")?.execute((status, username))?;
    Ok(())
}

/// Takes the next stamp for a message that `username` writes at `now`: no two of theirs are alike.
pub fn next_stamp(connection: &Connection, username: &Username, now: Stamp) -> Result<Stamp, DbError> {
    let mut last = connection.prepare_cached("SELECT last_stamp FROM accounts WHERE username = ?")?;
    let last: Option<Stamp> = last.query_row([username], |row| row.get(0)).optional()?.flatten();
    let next = Stamp::next(now, last);
    connection.prepare_cached("UPDATE accounts SET last_stamp = ? WHERE username = ?")?.execute((next, username))?;
    Ok(next)
}
