//! Everybody heard of: where they were last, and what they tell about themselves.

use std::collections::HashSet;
use std::net::IpAddr;

use rusqlite::{Connection, OptionalExtension, Row};

use super::accounts::SHOWN_STATUS;
use crate::db::DbError;
use crate::domain::presence::Status;
use crate::domain::profile::Profile;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// What is known of somebody, each part with its age.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who.
    pub username: Username,
    /// Where their node was when it was last listed.
    pub address: Option<(IpAddr, u16)>,
    /// Hex of their RSA key, as it was last listed.
    pub public_key: Option<String>,
    /// When they were last known to be there.
    pub last_seen: Option<Stamp>,
    /// The status that their node told last.
    pub status: Option<Status>,
    /// What they tell about themselves.
    pub profile: Profile,
    /// Where their picture is, as their node says.
    pub picture_url: Option<String>,
    /// Our copy of it, re-encoded.
    pub picture_sha256: Option<String>,
    /// When the profile was last asked for.
    pub profile_at: Option<Stamp>,
    /// Whether they log in on this node.
    pub has_account: bool,
}

const COLUMNS: &str = "p.username, ip, port, last_seen, fullname, position, description, profile_location,
    picture_url, picture_sha256, profile_at, a.username IS NOT NULL, p.public_key FROM people p LEFT JOIN accounts a USING (username)";

fn select(rest: &str) -> String {
    format!("SELECT coalesce({SHOWN_STATUS}, p.status), {COLUMNS} {rest}")
}

fn person(row: &Row<'_>) -> rusqlite::Result<Person> {
    let status: Option<String> = row.get(0)?;
    let ip: Option<String> = row.get(2)?;
    let port: Option<u16> = row.get(3)?;
    Ok(Person {
        username: row.get(1)?,
        address: ip.and_then(|ip| ip.parse().ok()).zip(port),
        last_seen: row.get(4)?,
        status: status.as_deref().and_then(Status::parse),
        profile: Profile { fullname: row.get(5)?, position: row.get(6)?, description: row.get(7)?, location: row.get(8)? },
        picture_url: row.get(9)?,
        picture_sha256: row.get(10)?,
        profile_at: row.get(11)?,
        has_account: row.get(12)?,
        public_key: row.get(13)?,
    })
}

/// Everybody, by name.
pub fn all(connection: &Connection) -> Result<Vec<Person>, DbError> {
    let mut statement = connection.prepare_cached(&select("ORDER BY p.username"))?;
    let people = statement.query_map([], person)?;
    Ok(people.collect::<rusqlite::Result<_>>()?)
}

/// Those with whom somebody has a conversation here, and those whose conversations are here.
pub fn talked_with(connection: &Connection) -> Result<HashSet<Username>, DbError> {
    let mut statement = connection.prepare_cached("SELECT DISTINCT username FROM members")?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

/// One person.
pub fn find(connection: &Connection, username: &Username) -> Result<Option<Person>, DbError> {
    let mut statement = connection.prepare_cached(&select("WHERE p.username = ?"))?;
    Ok(statement.query_row([username], person).optional()?)
}

/// A row of the login server's list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Who.
    pub username: Username,
    /// Where their node is.
    pub ip: IpAddr,
    /// Its port.
    pub port: u16,
    /// Where the login server files it.
    pub location: u8,
    /// Hex of their RSA key, if they reported one.
    pub public_key: Option<String>,
    /// When they last reported.
    pub last_seen: Stamp,
}

/// Keeps the login server's list, read at `now`.
pub fn keep_list(connection: &Connection, list: &[Listing], now: Stamp) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO people (username, ip, port, location, public_key, last_seen) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (username) DO UPDATE SET ip = excluded.ip, port = excluded.port, location = excluded.location,
         public_key = excluded.public_key, last_seen = max(excluded.last_seen, coalesce(last_seen, 0))",
    )?;
    for row in list {
        statement.execute((&row.username, row.ip.to_string(), row.port, row.location, &row.public_key, row.last_seen))?;
    }
    super::facts::set(connection, super::facts::LIST_READ_AT, now.to_string().as_bytes())
}

/// Makes sure that `username` has a row, as somebody heard of.
pub fn heard_of(connection: &Connection, username: &Username) -> Result<(), DbError> {
    connection.prepare_cached("INSERT OR IGNORE INTO people (username) VALUES (?)")?.execute([username])?;
    Ok(())
}

/// Keeps names that the login server knows, with nothing else known of them.
pub fn heard_of_all(connection: &Connection, names: &[Username]) -> Result<(), DbError> {
    names.iter().try_for_each(|name| heard_of(connection, name))
}

/// Keeps the status that somebody's node told.
pub fn set_status(connection: &Connection, username: &Username, status: Status, now: Stamp) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached("UPDATE people SET status = ?, status_at = ? WHERE username = ?")?;
    statement.execute((status, now, username))?;
    Ok(())
}

/// Keeps the texts of a profile, a user's own or one that a node told.
pub fn set_profile(connection: &Connection, username: &Username, profile: &Profile, now: Stamp) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached(
        "UPDATE people SET fullname = ?, position = ?, description = ?, profile_location = ?, profile_at = ? WHERE username = ?",
    )?;
    statement.execute((&profile.fullname, &profile.position, &profile.description, &profile.location, now, username))?;
    Ok(())
}

/// Keeps which file is somebody's picture, and where their node said that it is.
pub fn set_picture(connection: &Connection, username: &Username, url: Option<&str>, sha256: Option<&str>) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached("UPDATE people SET picture_url = ?, picture_sha256 = ? WHERE username = ?")?;
    statement.execute((url, sha256, username))?;
    Ok(())
}
