//! Reading a call under whatever encryption and hashing it comes with.
//!
//! What is short and in clear is read on the spot. The rest goes to a thread for slow work: RSA, and AES or JSON of megabytes. The hashes
//! made to be slow (bcrypt, scrypt) are checked a few at a time besides, since each takes up to 64 MB.

use actix_web::web::{self, Bytes};

use super::State;
use super::gate::check_user;
use crate::db::queries::keys::{self, OwnKeys};
use crate::protocol::body::Body;
use crate::protocol::encryption::{self, Encryption};
use crate::protocol::error::WireError;
use crate::protocol::hashing::HashClaim;
use crate::protocol::peer::{self, Request};
use crate::protocol::rsa_key::KeyPair;
use crate::web::error::Failure;

/// A call as it was meant, and the standard that it came under.
pub(super) struct Opened<R> {
    pub(super) call: R,
    pub(super) encryption: Encryption,
}

/// A body up to here is parsed faster than it would be handed to another thread.
const SHORT_BYTES: usize = 16 << 10;

/// Reads a call; under standards 3 and 4 with the key pair of the user whom it is for.
pub(super) async fn read<R: Request + Send + 'static>(state: &State, bytes: Bytes) -> Result<Opened<R>, Failure> {
    let short = bytes.len() <= SHORT_BYTES;
    let (body, encryption) =
        if short { parse::<R>(&bytes)? } else { web::block(move || parse::<R>(&bytes)).await.map_err(Failure::internal)?? };
    check_sender(state, &body)?;
    if short && encryption == Encryption::None {
        return Ok(Opened { call: R::read(body)?, encryption });
    }
    let keys = if encryption.needs_key() { keys_for(state, &body).await? } else { None };
    let call = web::block(move || open(body, keys)).await.map_err(Failure::internal)??;
    Ok(Opened { call, encryption })
}

/// The name that every call gives for its caller, and never encrypted, is `sender`; see `retrieve_messages` for the one that does not.
fn check_sender(state: &State, body: &Body) -> Result<(), Failure> {
    if !state.settings.blacklist.has_users() {
        return Ok(());
    }
    // A name that makes no sense is on no list, and is refused where it is read.
    body.username(&["sender"]).map_or(Ok(()), |sender| check_user(state, &sender))
}

/// In the order in which other nodes look: what is missing (1) before what is not supported (9).
fn parse<R: Request>(bytes: &[u8]) -> Result<(Body, Encryption), WireError> {
    let body = Body::parse(bytes)?;
    peer::require::<R>(&body)?;
    let encryption = Encryption::read(&body)?;
    Ok((body, encryption))
}

fn open<R: Request>(body: Body, keys: Option<OwnKeys>) -> Result<R, Failure> {
    let pair = keys.map(|keys| KeyPair::from_der(&keys.private_der)).transpose().map_err(Failure::internal)?;
    Ok(R::read(encryption::open(body, pair.as_ref())?)?)
}

/// The keys of the addressee. Calls such as `/getProfile` name theirs under the encryption: where one user lives here, it is theirs.
async fn keys_for(state: &State, body: &Body) -> Result<Option<OwnKeys>, Failure> {
    let addressee = if body.has("destination") { Some(body.username(&["destination"])?) } else { None };
    let find = move |connection: &rusqlite::Connection| match addressee {
        Some(addressee) => keys::own(connection, &addressee),
        None => keys::only(connection),
    };
    Ok(state.reader.read(find).await?)
}

/// Runs `check`, which checks `claim`: on the spot when that is quick and the text `is_short`, else on a thread for slow work.
pub(super) async fn checked<T: Send + 'static>(
    state: &State,
    claim: &HashClaim,
    is_short: bool,
    check: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    if is_short && !claim.is_costly() {
        return check();
    }
    let _slot = if claim.is_costly() { Some(slot(state).await?) } else { None };
    web::block(check).await.map_err(Failure::internal)?
}

/// Waits for one of the few places in which a costly hash may be checked.
async fn slot(state: &State) -> Result<tokio::sync::OwnedSemaphorePermit, Failure> {
    let waiting = state.costly_checks.clone().acquire_owned();
    match actix::clock::timeout(state.settings.actors.answer_timeout(), waiting).await {
        Ok(Ok(slot)) => Ok(slot),
        // Only closing the semaphore fails otherwise, which nobody does.
        Ok(Err(_)) | Err(_) => Err(Failure::Busy),
    }
}
