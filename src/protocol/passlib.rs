//! Hashes as Python's passlib writes them: hashing standards 5 to 8 (protocol section 5).
//!
//! "5-8 are passlib strings: `$2b$12$...` and `$scrypt$ln=16,r=8,p=1$...`; verify, do not compare." The writer of such a string chooses
//! what checking it costs. More than what is seen in the wild is refused.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use scrypt::{Params, scrypt};

use super::error::WireError;

/// passlib's own cost, and the highest that is checked: about a quarter of a second.
pub(super) const BCRYPT_COST: u32 = 12;

/// passlib's own `ln`, and with `r=8,p=1` the highest cost that is checked: 64 MB and 0.15 s.
const SCRYPT_LOG_N: u8 = 16;
const SCRYPT_BLOCKS: u32 = 8;

/// Bytes of the hash that passlib makes, and the most that is checked of another's.
const SCRYPT_HASH_BYTES: usize = 32;
const MAX_SCRYPT_HASH_BYTES: usize = 64;

/// Checks `text` against `$2b$12$...`. What is no such string does not match.
pub(super) fn verify_bcrypt(text: &str, hash: &str) -> Result<bool, WireError> {
    match hash.parse::<bcrypt::HashParts>() {
        Ok(parts) if parts.get_cost() > BCRYPT_COST => Err(WireError::HashingUnsupported),
        Ok(_) => Ok(bcrypt::verify(text, hash).unwrap_or(false)),
        Err(_) => Ok(false),
    }
}

/// Hashes `text`, of which bcrypt takes the first 72 bytes.
pub(super) fn make_bcrypt(text: &str, cost: u32) -> Option<String> {
    bcrypt::hash(text, cost).ok()
}

/// Checks `text` against `$scrypt$ln=16,r=8,p=1$...`. What is no such string does not match.
pub(super) fn verify_scrypt(text: &str, hash: &str) -> Result<bool, WireError> {
    let Some(claimed) = ScryptHash::parse(hash) else { return Ok(false) };
    let params = claimed.params().ok_or(WireError::HashingUnsupported)?;
    let mut computed = vec![0; claimed.hash.len()];
    Ok(scrypt(text.as_bytes(), &claimed.salt, &params, &mut computed).is_ok() && computed == claimed.hash)
}

/// Hashes `text` with a fresh salt.
pub(super) fn make_scrypt(text: &str) -> Option<String> {
    let salt: [u8; 16] = rand::random();
    let params = Params::new(SCRYPT_LOG_N, SCRYPT_BLOCKS, 1).ok()?;
    let mut hash = [0; SCRYPT_HASH_BYTES];
    scrypt(text.as_bytes(), &salt, &params, &mut hash).ok()?;
    Some(format!("$scrypt$ln={SCRYPT_LOG_N},r={SCRYPT_BLOCKS},p=1${}${}", STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash)))
}

/// Hashing 5 as one node of 2018 makes it: "raw scrypt, N=16384 r=8 p=1, 64 bytes, salt = sender, hex".
pub(super) fn raw_scrypt_of_2018(text: &str, sender: &str) -> String {
    let mut hash = [0; 64];
    let computed = Params::new(14, 8, 1).is_ok_and(|params| scrypt(text.as_bytes(), sender.as_bytes(), &params, &mut hash).is_ok());
    if computed { hex::encode(hash) } else { String::new() }
}

/// The parts of `$scrypt$ln=16,r=8,p=1$salt$hash`.
struct ScryptHash {
    log_n: u8,
    blocks: u32,
    lanes: u32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl ScryptHash {
    fn parse(text: &str) -> Option<Self> {
        let (settings, rest) = text.strip_prefix("$scrypt$")?.split_once('$')?;
        let (salt, hash) = rest.split_once('$')?;
        let setting = |name: &str| settings.split(',').find_map(|setting| setting.strip_prefix(name)?.strip_prefix('='));
        let decode = |part: &str| (part.len() <= 2 * MAX_SCRYPT_HASH_BYTES).then(|| STANDARD_NO_PAD.decode(part).ok())?;
        let hash = decode(hash).filter(|hash| (1..=MAX_SCRYPT_HASH_BYTES).contains(&hash.len()))?;
        Some(Self {
            log_n: setting("ln")?.parse().ok()?,
            blocks: setting("r")?.parse().ok()?,
            lanes: setting("p")?.parse().ok()?,
            salt: decode(salt)?,
            hash,
        })
    }

    /// The parameters, if they cost no more than passlib's own.
    fn params(&self) -> Option<Params> {
        let cost = |log_n: u8, blocks: u32, lanes: u32| u64::from(blocks).checked_mul(u64::from(lanes))?.checked_mul(1 << log_n);
        let bound = cost(SCRYPT_LOG_N, SCRYPT_BLOCKS, 1)?;
        let affordable = self.log_n <= SCRYPT_LOG_N && cost(self.log_n, self.blocks, self.lanes)? <= bound;
        affordable.then(|| Params::new(self.log_n, self.blocks, self.lanes).ok())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_that_costs_more_than_is_seen_in_the_wild_is_refused_unchecked() {
        let bcrypt = "$2b$31$abcdefghijklmnopqrstuu.npw/WlebMRzQ2NxAz3JS0dbcT05.xy";
        assert_eq!(verify_bcrypt("x", bcrypt), Err(WireError::HashingUnsupported));
        for settings in
            ["ln=17,r=8,p=1", "ln=255,r=8,p=1", "ln=16,r=9,p=1", "ln=16,r=8,p=2", "ln=1,r=4294967295,p=4294967295", "ln=1,r=8,p=99999999"]
        {
            let hash = format!("$scrypt${settings}$MDEyMzQ1Njc4OWFiY2RlZg$E0kEk+Sv1kcd6NQxNPVQpPySuQjb517218OYDwzd2KM");
            assert_eq!(verify_scrypt("x", &hash), Err(WireError::HashingUnsupported), "{settings}");
        }
    }

    #[test]
    fn what_is_no_such_string_does_not_match() {
        for hash in [
            "",
            "$",
            "$scrypt$",
            "$scrypt$ln=4,r=8,p=1$$",
            "$scrypt$ln=4,r=8$MDEy$MDEy",
            "$scrypt$ln=x,r=8,p=1$MDEy$MDEy",
            &"$".repeat(3_000_000),
        ] {
            assert_eq!(verify_scrypt("x", hash), Ok(false));
            assert_eq!(verify_bcrypt("x", hash), Ok(false));
        }
        assert_eq!(verify_scrypt("x", "$scrypt$ln=4,r=0,p=1$MDEy$MDEy"), Err(WireError::HashingUnsupported));
    }
}
