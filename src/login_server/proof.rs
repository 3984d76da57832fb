//! What is kept of a password: argon2id of the credential that the protocol sends for it.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};

use crate::protocol::login_server::Credential;

/// An argon2id hash with its salt and costs, as a PHC string.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredProof(String);

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
}
