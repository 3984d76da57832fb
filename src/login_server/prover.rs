//! Checks credentials against stored proofs: slow by design, so off the arbiters and only a few at a time.

use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use actix_web::rt::time::timeout;
use actix_web::web;
use argon2::password_hash;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use super::proof::StoredProof;
use crate::protocol::login_server::Credential;

/// At 20 ms each, as many as two cores can check within the time that a caller waits.
const MAX_WAITING: usize = 512;

/// Callers of the protocol give up after a few seconds.
const MAX_WAIT: Duration = Duration::from_secs(5);

/// Too many credentials wait to be checked.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("too many passwords to check")]
pub(super) struct ProverBusy;

pub(super) struct Prover {
    /// Stands in for the proof of accounts that do not exist, so that asking for them takes as long.
    decoy: StoredProof,
    /// One permit a core: each check takes 19 MiB.
    running: Arc<Semaphore>,
    waiting: Semaphore,
}

impl Prover {
    /// Hashes once, so it blocks for some 20 ms.
    pub(super) fn new() -> Result<Self, password_hash::Error> {
        let nobodys = Credential::of(&hex::encode(rand::random::<[u8; 32]>()), "");
        let cores = available_parallelism().map_or(1, usize::from);
        Ok(Self { decoy: StoredProof::of(&nobodys)?, running: Arc::new(Semaphore::new(cores)), waiting: Semaphore::new(MAX_WAITING) })
    }

    /// Waits until there is room for one more check.
    pub(super) async fn turn(&self) -> Result<Turn<'_>, ProverBusy> {
        let place = self.waiting.try_acquire().map_err(|_| ProverBusy)?;
        let permit = timeout(MAX_WAIT, Arc::clone(&self.running).acquire_owned()).await;
        let permit = permit.map_err(|_| ProverBusy)?.map_err(|_| ProverBusy)?;
        Ok(Turn { prover: self, permit, _place: place })
    }
}

/// Room for one check.
pub(super) struct Turn<'a> {
    prover: &'a Prover,
    permit: OwnedSemaphorePermit,
    _place: SemaphorePermit<'a>,
}

impl Turn<'_> {
    /// Whether `credential` fits `proof`. Takes as long where one of them is missing.
    pub(super) async fn check(self, credential: Option<Credential>, proof: Option<StoredProof>) -> Result<bool, ProverBusy> {
        let known = credential.is_some() && proof.is_some();
        let proof = proof.unwrap_or_else(|| self.prover.decoy.clone());
        let credential = credential.unwrap_or_else(|| Credential::of("", ""));
        let permit = self.permit;
        let check = move || {
            // Held until the work is done, also when the caller has hung up.
            let _permit = permit;
            proof.fits(&credential)
        };
        web::block(check).await.map(|fits| fits && known).map_err(|_| ProverBusy)
    }
}
