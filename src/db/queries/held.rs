//! What this node holds for users of other nodes, within quotas.

use rusqlite::{Connection, OptionalExtension};

use crate::db::DbError;
use crate::domain::message::MessageId;
use crate::domain::relay::{Deposit, HandOver, Quotas};
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// What became of a deposit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holding {
    /// It is held from now on.
    Held,
    /// It was held already.
    Repeat,
    /// There is no room for it.
    Full,
}

/// Holds a deposit, if the quotas allow. Its depositor's oldest ones make room for it; nobody else's do.
pub fn hold(connection: &Connection, deposit: &Deposit, quotas: &Quotas, now: Stamp) -> Result<Holding, DbError> {
    drop_older_than(connection, quotas.oldest(now))?;
    if find(connection, &deposit.id)? {
        return Ok(Holding::Repeat);
    }
    let size = deposit.body.len() as u64;
    let of_addressee = bytes(connection, "SELECT coalesce(sum(size_bytes), 0) FROM held WHERE addressee = ?", deposit.addressee.as_str())?;
    if size > quotas.depositor_bytes || of_addressee + size > quotas.addressee_bytes {
        return Ok(Holding::Full);
    }
    make_room(connection, deposit, size, quotas)?;
    let held = connection.prepare_cached("SELECT coalesce(sum(size_bytes), 0) FROM held")?.query_row([], |row| row.get::<_, u64>(0))?;
    if held + size > quotas.total_bytes {
        return Ok(Holding::Full);
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO held (identity, depositor, addressee, call, body, size_bytes, held_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )?;
    let Deposit { id, depositor, addressee, call, body } = deposit;
    statement.execute((id, depositor, addressee, call.as_str(), body, size, now))?;
    Ok(Holding::Held)
}

fn find(connection: &Connection, id: &MessageId) -> Result<bool, DbError> {
    Ok(connection.prepare_cached("SELECT 1 FROM held WHERE identity = ?")?.exists([id])?)
}

fn bytes(connection: &Connection, sql: &str, whose: &str) -> Result<u64, DbError> {
    Ok(connection.prepare_cached(sql)?.query_row([whose], |row| row.get(0))?)
}

/// Drops the depositor's oldest until the new one fits into their share.
fn make_room(connection: &Connection, deposit: &Deposit, size: u64, quotas: &Quotas) -> Result<(), DbError> {
    let mut share = connection.prepare_cached("SELECT count(*), coalesce(sum(size_bytes), 0) FROM held WHERE depositor = ?")?;
    let mut oldest = connection.prepare_cached(
        "DELETE FROM held WHERE seq = (SELECT seq FROM held WHERE depositor = ? ORDER BY seq LIMIT 1) RETURNING size_bytes",
    )?;
    let (mut count, mut held): (u64, u64) = share.query_row([&deposit.depositor], |row| Ok((row.get(0)?, row.get(1)?)))?;
    while count >= quotas.depositor_count || held + size > quotas.depositor_bytes {
        let Some(dropped) = oldest.query_row([&deposit.depositor], |row| row.get::<_, u64>(0)).optional()? else { break };
        count -= 1;
        held -= dropped;
    }
    Ok(())
}

fn drop_older_than(connection: &Connection, oldest: Stamp) -> Result<(), DbError> {
    connection.prepare_cached("DELETE FROM held WHERE held_at < ?")?.execute([oldest])?;
    Ok(())
}

/// What is held for `addressee` after the deposit `after`, oldest first, up to `limit`. By index `held_by_addressee`.
pub fn for_addressee(connection: &Connection, addressee: &Username, after: i64, limit: usize) -> Result<Vec<HandOver>, DbError> {
    let mut statement =
        connection.prepare_cached("SELECT seq, call, body FROM held WHERE addressee = ? AND seq > ? ORDER BY seq LIMIT ?")?;
    let rows =
        statement.query_map((addressee, after, limit), |row| Ok(HandOver { seq: row.get(0)?, call: row.get(1)?, body: row.get(2)? }))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Drops a deposit: its addressee's node has it.
pub fn taken(connection: &Connection, seq: i64) -> Result<(), DbError> {
    connection.prepare_cached("DELETE FROM held WHERE seq = ?")?.execute([seq])?;
    Ok(())
}

/// What is held for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldFor {
    /// For whom.
    pub addressee: Username,
    /// How many messages and files.
    pub count: u64,
    /// How many bytes.
    pub bytes: u64,
}

/// What is held, by addressee.
pub fn summary(connection: &Connection) -> Result<Vec<HeldFor>, DbError> {
    let mut statement =
        connection.prepare_cached("SELECT addressee, count(*), sum(size_bytes) FROM held GROUP BY addressee ORDER BY addressee")?;
    let rows = statement.query_map([], |row| Ok(HeldFor { addressee: row.get(0)?, count: row.get(1)?, bytes: row.get(2)? }))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::relay::HeldCall;

    const QUOTAS: Quotas =
        Quotas { total_bytes: 1000, depositor_bytes: 300, depositor_count: 5, addressee_bytes: 600, age: Duration::from_secs(100) };

    fn deposit(number: u8, depositor: &str, addressee: &str, size: usize) -> Deposit {
        let addressee = Username::parse(addressee).unwrap();
        Deposit {
            id: MessageId::from_bytes([number; 16]),
            depositor: depositor.to_owned(),
            addressee,
            call: HeldCall::Message,
            body: "x".repeat(size),
        }
    }

    fn at(seconds: f64) -> Stamp {
        Stamp::from_seconds(seconds).unwrap()
    }

    fn held_for(connection: &Connection, addressee: &str) -> Vec<usize> {
        let held = for_addressee(connection, &Username::parse(addressee).unwrap(), 0, 100).unwrap();
        held.iter().map(|deposit| deposit.body.len()).collect()
    }

    #[test]
    fn the_oldest_of_the_same_depositor_make_room_and_nobody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let connection = crate::db::connection::open_writer(&folder.path().join("kith.db"), Duration::from_secs(1)).unwrap();
        let hold = |deposit: &Deposit| hold(&connection, deposit, &QUOTAS, at(1000.0)).unwrap();

        assert_eq!(hold(&deposit(1, "ana", "zoe", 50)), Holding::Held);
        for number in 2..7 {
            assert_eq!(hold(&deposit(number, "ben", "zoe", 100)), Holding::Held);
        }
        assert_eq!(held_for(&connection, "zoe"), [50, 100, 100, 100], "ben's share is 300 bytes, ana's is untouched");
        assert_eq!(hold(&deposit(6, "ben", "zoe", 100)), Holding::Repeat);
        assert_eq!(hold(&deposit(7, "ben", "zoe", 301)), Holding::Full);
        assert_eq!(hold(&deposit(8, "cy", "zoe", 251)), Holding::Full, "zoe's share is 600 bytes");
    }

    #[test]
    fn what_is_too_old_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let connection = crate::db::connection::open_writer(&folder.path().join("kith.db"), Duration::from_secs(1)).unwrap();
        hold(&connection, &deposit(1, "ana", "zoe", 50), &QUOTAS, at(1000.0)).unwrap();
        hold(&connection, &deposit(2, "ana", "zoe", 60), &QUOTAS, at(1101.0)).unwrap();
        assert_eq!(held_for(&connection, "zoe"), [60]);
    }
}
