//! The key pairs of this node's users. The public keys of others come with the login server's list, and are kept with the people.

use rusqlite::{Connection, OptionalExtension};

use crate::db::DbError;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// What the keys of 2017 are for: the encryption standards 3 and 4, with RSA of 1024 bits.
const RSA_1024: &str = "rsa-1024";

/// A user's own key pair, as it is kept. Private: it prints nothing of itself.
#[derive(Clone)]
pub struct OwnKeys {
    /// The public half, in the hex that is reported to the login server.
    pub public_hex: String,
    /// Both halves, as PKCS #1 DER.
    pub private_der: Vec<u8>,
}

impl std::fmt::Debug for OwnKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OwnKeys")
    }
}

/// Finds the key pair of a user of this node. By primary key.
pub fn own(connection: &Connection, username: &Username) -> Result<Option<OwnKeys>, DbError> {
    let mut statement = connection.prepare_cached(
        "SELECT public_key, private_key FROM keys WHERE username = ? AND purpose = ? AND private_key IS NOT NULL
         ORDER BY added_at DESC LIMIT 1",
    )?;
    let keys = statement.query_row((username, RSA_1024), |row| {
        Ok(OwnKeys { public_hex: hex::encode(row.get::<_, Vec<u8>>(0)?), private_der: row.get(1)? })
    });
    Ok(keys.optional()?)
}

/// Keeps a new key pair for a user who has none, and says which pair they have then: of two made at once the first stays.
pub fn keep_own(connection: &Connection, username: &Username, keys: &OwnKeys, now: Stamp) -> Result<OwnKeys, DbError> {
    if let Some(kept) = own(connection, username)? {
        return Ok(kept);
    }
    let public_key = hex::decode(&keys.public_hex).unwrap_or_default();
    let mut statement =
        connection.prepare_cached("INSERT INTO keys (username, purpose, public_key, private_key, added_at) VALUES (?, ?, ?, ?, ?)")?;
    statement.execute((username, RSA_1024, public_key, &keys.private_der, now))?;
    Ok(keys.clone())
}

/// The one key pair of a node with one user: for a call under that user's key which names nobody in clear.
pub fn only(connection: &Connection) -> Result<Option<OwnKeys>, DbError> {
    let mut statement = connection
        .prepare_cached("SELECT DISTINCT username FROM keys WHERE purpose = ? AND private_key IS NOT NULL ORDER BY username LIMIT 2")?;
    let names = statement.query_map([RSA_1024], |row| row.get(0))?.collect::<rusqlite::Result<Vec<Username>>>()?;
    match names.as_slice() {
        [name] => own(connection, name),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::connection::open_writer;

    #[test]
    fn of_two_pairs_made_at_once_the_first_stays() {
        let folder = tempfile::tempdir().unwrap();
        let connection = open_writer(&folder.path().join("kith.db"), std::time::Duration::from_secs(1)).unwrap();
        let (ana, ben) = (Username::parse("ana").unwrap(), Username::parse("ben").unwrap());
        let pair = |byte: u8| OwnKeys { public_hex: hex::encode([byte]), private_der: vec![byte] };
        let now = crate::domain::clock::now();
        assert!(only(&connection).unwrap().is_none());
        keep_own(&connection, &ana, &pair(1), now).unwrap();
        assert_eq!(keep_own(&connection, &ana, &pair(2), now).unwrap().public_hex, "01");
        assert_eq!(own(&connection, &ana).unwrap().unwrap().private_der, [1]);
        assert_eq!(only(&connection).unwrap().unwrap().private_der, [1]);
        keep_own(&connection, &ben, &pair(3), now).unwrap();
        assert!(only(&connection).unwrap().is_none());
    }
}
