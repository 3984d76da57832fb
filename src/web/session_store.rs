//! Where actix-session keeps browser sessions: in the node's database, so that signing out really revokes them.
//!
//! The cookie holds a random key; the database holds its SHA-256, so that a copy of the database signs nobody in.

use std::collections::HashMap;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time::Duration;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::actors::database::{Database, Write};
use crate::actors::supervise::Link;
use crate::db::queries::sessions::{self, KeyHash, SessionRow};
use crate::db::{DbError, Reader};
use crate::domain::clock;
use crate::domain::stamp::Stamp;

/// The key in the session's state under which the user's name is.
pub const USERNAME: &str = "username";

/// The key under which the anti-forgery token is.
pub const CSRF_TOKEN: &str = "csrf_token";

/// The key under which is by what the user tells this browser from their others.
pub const BROWSER: &str = "browser";

/// The key under which is what the browser calls itself.
pub const AGENT: &str = "agent";

/// Sessions in the database.
#[derive(Clone)]
pub struct DatabaseSessions {
    database: Link<Database>,
    reader: Reader,
}

impl DatabaseSessions {
    /// Keeps sessions through `database`, and reads them through `reader`.
    #[must_use]
    pub fn new(database: Link<Database>, reader: Reader) -> Self {
        Self { database, reader }
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, anyhow::Error> {
        Ok(self.database.ask(Write::new(work)).await??)
    }

    async fn keep(&self, key: KeyHash, state: &HashMap<String, String>, ttl: &Duration) -> Result<(), anyhow::Error> {
        let now = clock::now();
        let row = SessionRow {
            key,
            username: value(state, USERNAME),
            browser: value(state, BROWSER),
            agent: value(state, AGENT).unwrap_or_default(),
            state: serde_json::to_string(state)?,
            now,
            expires_at: end(now, ttl),
        };
        self.write(move |connection| sessions::save(connection, &row)).await
    }
}

/// A value of the state, which is JSON itself.
fn value<T: DeserializeOwned>(state: &HashMap<String, String>, key: &str) -> Option<T> {
    state.get(key).and_then(|json| serde_json::from_str(json).ok())
}

fn hash(key: &SessionKey) -> KeyHash {
    Sha256::digest(key.as_ref()).into()
}

fn end(now: Stamp, ttl: &Duration) -> Stamp {
    Stamp::from_seconds(now.seconds() + ttl.as_seconds_f64()).unwrap_or(now)
}

impl SessionStore for DatabaseSessions {
    async fn load(&self, session_key: &SessionKey) -> Result<Option<HashMap<String, String>>, LoadError> {
        let key = hash(session_key);
        let state = self.reader.read(move |connection| sessions::load(connection, &key, clock::now())).await;
        match state.map_err(|error| LoadError::Other(error.into()))? {
            Some(state) => serde_json::from_str(&state).map(Some).map_err(|error| LoadError::Deserialization(error.into())),
            None => Ok(None),
        }
    }

    async fn save(&self, session_state: HashMap<String, String>, ttl: &Duration) -> Result<SessionKey, SaveError> {
        let key: [u8; 32] = rand::random();
        let key = SessionKey::try_from(hex::encode(key)).map_err(|error| SaveError::Other(error.into()))?;
        self.keep(hash(&key), &session_state, ttl).await.map_err(SaveError::Other)?;
        Ok(key)
    }

    async fn update(
        &self,
        session_key: SessionKey,
        session_state: HashMap<String, String>,
        ttl: &Duration,
    ) -> Result<SessionKey, UpdateError> {
        self.keep(hash(&session_key), &session_state, ttl).await.map_err(UpdateError::Other)?;
        Ok(session_key)
    }

    async fn update_ttl(&self, session_key: &SessionKey, ttl: &Duration) -> Result<(), anyhow::Error> {
        let (key, expires_at) = (hash(session_key), end(clock::now(), ttl));
        self.write(move |connection| sessions::extend(connection, &key, expires_at)).await
    }

    async fn delete(&self, session_key: &SessionKey) -> Result<(), anyhow::Error> {
        let key = hash(session_key);
        self.write(move |connection| sessions::delete(connection, &key)).await
    }
}
