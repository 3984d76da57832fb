//! What is kept of a password: argon2id of the credential that the protocol sends for it.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use sha2::{Digest, Sha256};

use crate::protocol::login_server::Credential;

/// An argon2id hash with its salt and costs, as a PHC string.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredProof(String);

/// Names one credential checked against one stored proof. A new password makes a new proof, so an old fingerprint no longer fits.
pub(super) type Fingerprint = [u8; 32];

impl StoredProof {
    /// Hashes `credential` with a new salt: 19 MiB and some 20 ms.
    ///
    /// # Errors
    /// When the system gives no random salt.
    pub fn of(credential: &Credential) -> Result<Self, password_hash::Error> {
        let hash: PasswordHash = Argon2::default().hash_password(credential.as_str().as_bytes())?;
        Ok(Self(hash.to_string()))
    }

    pub(super) fn from_stored(phc: String) -> Self {
        Self(phc)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is a proof of `credential`; as slow as [`StoredProof::of`]. A damaged proof is one of nothing.
    #[must_use]
    pub fn fits(&self, credential: &Credential) -> bool {
        let verify = |hash| Argon2::default().verify_password(credential.as_str().as_bytes(), &hash);
        PasswordHash::new(&self.0).is_ok_and(|hash| verify(hash).is_ok())
    }

    pub(super) fn fingerprint(&self, credential: &Credential) -> Fingerprint {
        Sha256::new().chain_update(&self.0).chain_update([0]).chain_update(credential.as_str()).finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::login_server::DEFAULT_SALT;

    #[test]
    fn a_proof_fits_its_credential_alone_and_is_argon2id() {
        let [right, wrong] = ["right password", "wrong password"].map(|password| Credential::of(password, DEFAULT_SALT));
        let proof = StoredProof::of(&right).unwrap();
        assert!(proof.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", proof.as_str());
        assert!(proof.fits(&right) && !proof.fits(&wrong));
        assert!(!StoredProof::from_stored("damaged".into()).fits(&right));
    }

    #[test]
    fn two_proofs_of_one_password_have_different_fingerprints() {
        let credential = Credential::of("right password", DEFAULT_SALT);
        let [first, second] = [(); 2].map(|()| StoredProof::of(&credential).unwrap());
        assert_ne!(first.fingerprint(&credential), second.fingerprint(&credential));
    }
}
