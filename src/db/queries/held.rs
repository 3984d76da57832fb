//! What this node holds for users of other nodes, within quotas. How much it is of whom is kept beside (`held_shares`), by triggers.

use std::collections::HashSet;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::db::DbError;
use crate::domain::relay::{Deposit, HandOver, HeldBody, Quotas};
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

/// What became of a deposit, and the names of files that no deposit has any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// What became of it.
    pub holding: Holding,
    /// Bodies of those that made room, or its own when it is not held.
    pub left_over: Vec<String>,
}

/// Holds a deposit, if the quotas allow. Its depositor's oldest ones make room for it; nobody else's do.
pub fn hold(connection: &Connection, deposit: &Deposit, quotas: &Quotas, now: Stamp) -> Result<Settled, DbError> {
    let mut left_over = drop_older_than(connection, quotas.oldest(now))?;
    let holding = if let Some(refusal) = refusal(connection, deposit, quotas)? {
        refusal
    } else {
        left_over.extend(make_room(connection, deposit, quotas)?);
        if share(connection, Side::All, "")?.bytes + deposit.size > quotas.total_bytes { Holding::Full } else { Holding::Held }
    };
    if holding == Holding::Held {
        insert(connection, deposit, now)?;
    } else if let HeldBody::File(name) = &deposit.body {
        left_over.push(name.clone());
    }
    Ok(Settled { holding, left_over })
}

/// Why a deposit would not be held, whatever its depositor's earlier ones do. By the unique index of `identity`.
pub fn refusal(connection: &Connection, deposit: &Deposit, quotas: &Quotas) -> Result<Option<Holding>, DbError> {
    if connection.prepare_cached("SELECT 1 FROM held WHERE identity = ?")?.exists([&deposit.id])? {
        return Ok(Some(Holding::Repeat));
    }
    let of_addressee = share(connection, Side::Addressee, deposit.addressee.as_str())?.bytes;
    let is_full = deposit.size > quotas.depositor_bytes || of_addressee + deposit.size > quotas.addressee_bytes;
    Ok(is_full.then_some(Holding::Full))
}

fn insert(connection: &Connection, deposit: &Deposit, now: Stamp) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO held (identity, depositor, addressee, call, body, file, size_bytes, held_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    let Deposit { id, depositor, addressee, call, body, size } = deposit;
    let (body, file) = match body {
        HeldBody::Inline(body) => (body.as_str(), None),
        HeldBody::File(name) => ("", Some(name)),
    };
    statement.execute((id, depositor, addressee, call.as_str(), body, file, size, now))?;
    Ok(())
}

/// Whose share of what is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// That of one who brings it.
    Depositor,
    /// That of one for whom it is.
    Addressee,
    /// All of it.
    All,
}

impl Side {
    fn as_str(self) -> &'static str {
        match self {
            Self::Depositor => "depositor",
            Self::Addressee => "addressee",
            Self::All => "all",
        }
    }
}

/// How much is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Messages and files.
    pub count: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// How much is held of, or for, somebody. By the key of `held_shares`.
pub fn share(connection: &Connection, side: Side, who: &str) -> Result<Share, DbError> {
    let mut statement = connection.prepare_cached("SELECT count, bytes FROM held_shares WHERE side = ? AND who = ?")?;
    let share = statement.query_row((side.as_str(), who), |row| Ok(Share { count: row.get(0)?, bytes: row.get(1)? })).optional()?;
    Ok(share.unwrap_or_default())
}

/// Drops the depositor's oldest until the new one fits into their share. Says which files are left over.
fn make_room(connection: &Connection, deposit: &Deposit, quotas: &Quotas) -> Result<Vec<String>, DbError> {
    let mut oldest = connection.prepare_cached(
        "DELETE FROM held WHERE seq = (SELECT seq FROM held WHERE depositor = ? ORDER BY seq LIMIT 1) RETURNING size_bytes, file",
    )?;
    let Share { mut count, mut bytes } = share(connection, Side::Depositor, &deposit.depositor)?;
    let mut left_over = Vec::new();
    while count >= quotas.depositor_count || bytes + deposit.size > quotas.depositor_bytes {
        let dropped = oldest.query_row([&deposit.depositor], |row| Ok((row.get::<_, u64>(0)?, row.get(1)?))).optional()?;
        let Some((size, file)) = dropped else { break };
        count -= 1;
        bytes -= size;
        left_over.extend::<Option<String>>(file);
    }
    Ok(left_over)
}

fn drop_older_than(connection: &Connection, oldest: Stamp) -> Result<Vec<String>, DbError> {
    let mut statement = connection.prepare_cached("DELETE FROM held WHERE held_at < ? RETURNING file")?;
    let files = statement.query_map([oldest], |row| row.get::<_, Option<String>>(0))?;
    Ok(files.filter_map(Result::transpose).collect::<rusqlite::Result<_>>()?)
}

/// What is held for `addressee` after the deposit `after`, oldest first, up to `limit`. By index `held_by_addressee`.
pub fn for_addressee(connection: &Connection, addressee: &Username, after: i64, limit: usize) -> Result<Vec<HandOver>, DbError> {
    let mut statement =
        connection.prepare_cached("SELECT seq, call, file, body FROM held WHERE addressee = ? AND seq > ? ORDER BY seq LIMIT ?")?;
    let rows =
        statement.query_map((addressee, after, limit), |row| Ok(HandOver { seq: row.get(0)?, call: row.get(1)?, body: body(row)? }))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn body(row: &Row<'_>) -> rusqlite::Result<HeldBody> {
    if let ValueRef::Null = row.get_ref(2)? { row.get(3).map(HeldBody::Inline) } else { row.get(2).map(HeldBody::File) }
}

/// Drops a deposit: its addressee's node has it.
pub fn taken(connection: &Connection, seq: i64) -> Result<(), DbError> {
    connection.prepare_cached("DELETE FROM held WHERE seq = ?")?.execute([seq])?;
    Ok(())
}

/// The names of the files in which bodies are.
pub fn files(connection: &Connection) -> Result<HashSet<String>, DbError> {
    let mut statement = connection.prepare("SELECT file FROM held WHERE file IS NOT NULL")?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

/// Everybody for whom something is held, by name.
pub fn addressees(connection: &Connection) -> Result<Vec<Username>, DbError> {
    let mut statement = connection.prepare_cached("SELECT who FROM held_shares WHERE side = 'addressee' ORDER BY who")?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

/// What is held of, or for, somebody.
#[derive(Clone, Debug, PartialEq)]
pub struct Holder {
    /// Whose it is: a user, or for a depositor who is not known the address that it came from.
    pub who: String,
    /// How much.
    pub share: Share,
    /// Since when the oldest of it is held.
    pub oldest_at: Stamp,
}

/// Those with the largest shares first, up to `limit`. Their oldest by the indexes `held_by_depositor` and `held_by_addressee`.
pub fn largest(connection: &Connection, side: Side, limit: usize) -> Result<Vec<Holder>, DbError> {
    let by = side.as_str();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT who, count, bytes, held_at FROM (
             SELECT who, count, bytes, (SELECT min(seq) FROM held WHERE {by} = who) AS oldest
             FROM held_shares WHERE side = '{by}' ORDER BY bytes DESC, who LIMIT ?
         ) JOIN held ON seq = oldest ORDER BY bytes DESC, who"
    ))?;
    let rows = statement.query_map([limit], |row| {
        Ok(Holder { who: row.get(0)?, share: Share { count: row.get(1)?, bytes: row.get(2)? }, oldest_at: row.get(3)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How many have a share.
pub fn how_many(connection: &Connection, side: Side) -> Result<u64, DbError> {
    let mut statement = connection.prepare_cached("SELECT count(*) FROM held_shares WHERE side = ?")?;
    Ok(statement.query_row([side.as_str()], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::message::MessageId;
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
            body: HeldBody::Inline("x".repeat(size)),
            size: size as u64,
        }
    }

    fn at(seconds: f64) -> Stamp {
        Stamp::from_seconds(seconds).unwrap()
    }

    fn held_for(connection: &Connection, addressee: &str) -> Vec<usize> {
        let held = for_addressee(connection, &Username::parse(addressee).unwrap(), 0, 100).unwrap();
        let length = |body: &HeldBody| if let HeldBody::Inline(body) = body { body.len() } else { 0 };
        held.iter().map(|deposit| length(&deposit.body)).collect()
    }

    #[test]
    fn the_oldest_of_the_same_depositor_make_room_and_nobody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let connection = crate::db::connection::open_writer(&folder.path().join("kith.db"), Duration::from_secs(1)).unwrap();
        let hold = |deposit: &Deposit| hold(&connection, deposit, &QUOTAS, at(1000.0)).unwrap().holding;

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
    fn the_shares_agree_with_what_is_held_whatever_happens() {
        let folder = tempfile::tempdir().unwrap();
        let connection = crate::db::connection::open_writer(&folder.path().join("kith.db"), Duration::from_secs(1)).unwrap();
        for number in 0..40 {
            let (from, to) = (["ana", "ben", "cy"][usize::from(number % 3)], ["zoe", "yan"][usize::from(number % 2)]);
            hold(&connection, &deposit(number, from, to, 20 + usize::from(number) * 3), &QUOTAS, at(f64::from(number) * 4.0)).unwrap();
            if number % 5 == 0 {
                taken(&connection, i64::from(number) / 2).unwrap();
            }
            for side in [Side::Depositor, Side::Addressee] {
                let by = side.as_str();
                let counted: Vec<(String, Share)> = connection
                    .prepare(&format!("SELECT {by}, count(*), sum(size_bytes) FROM held GROUP BY {by} ORDER BY sum(size_bytes) DESC, {by}"))
                    .unwrap()
                    .query_map([], |row| Ok((row.get(0)?, Share { count: row.get(1)?, bytes: row.get(2)? })))
                    .unwrap()
                    .collect::<rusqlite::Result<_>>()
                    .unwrap();
                let kept: Vec<_> = largest(&connection, side, 10).unwrap().into_iter().map(|holder| (holder.who, holder.share)).collect();
                assert_eq!(kept, counted, "{number}");
                assert_eq!(how_many(&connection, side).unwrap(), counted.len() as u64);
                let all = counted
                    .iter()
                    .fold(Share::default(), |sum, (_, share)| Share { count: sum.count + share.count, bytes: sum.bytes + share.bytes });
                assert_eq!(share(&connection, Side::All, "").unwrap(), all);
            }
        }
    }

    #[test]
    fn a_file_that_no_deposit_names_any_more_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let connection = crate::db::connection::open_writer(&folder.path().join("kith.db"), Duration::from_secs(1)).unwrap();
        let in_file =
            |number: u8, size: usize| Deposit { body: HeldBody::File(format!("file-{number}")), ..deposit(number, "ben", "zoe", size) };
        let left_over = |deposit: &Deposit, now: f64| hold(&connection, deposit, &QUOTAS, at(now)).unwrap().left_over;
        assert_eq!(left_over(&in_file(1, 200), 1000.0), [""; 0]);
        let repeat = Deposit { body: HeldBody::File("again".to_owned()), ..in_file(1, 200) };
        assert_eq!(left_over(&repeat, 1000.0), ["again"], "a repeat does not need the file that it came with");
        assert_eq!(left_over(&in_file(2, 301), 1000.0), ["file-2"], "it is more than ben's share");
        assert_eq!(left_over(&in_file(3, 150), 1000.0), ["file-1"], "the older made room");
        assert_eq!(files(&connection).unwrap(), HashSet::from(["file-3".to_owned()]));
        assert_eq!(left_over(&deposit(4, "ana", "zoe", 10), 1101.0), ["file-3"], "it was too old");
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
