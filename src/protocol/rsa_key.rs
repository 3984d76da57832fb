//! The RSA-1024 keys of encryption standards 3 and 4, which are used without padding (protocol section 4).
//!
//! "plaintext bytes as a big-endian number, m^e mod n. At most 128 bytes and below n [...]. Leading zero bytes vanish both ways: ciphertext
//! hex can be under 256 digits, leading NULs of a plaintext are lost, an empty string becomes `00`". It decrypts to an empty string here;
//! in Python to one NUL.
//!
//! Weak by design: equal texts give equal numbers, and a guessed text can be tried. It keeps a message from those who only listen.

use std::fmt;

use rsa::hazmat::{rsa_decrypt, rsa_encrypt};
use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey};
use rsa::pkcs8::{DecodePublicKey, EncodePublicKey};
use rsa::rand_core::OsRng;
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, RsaPrivateKey, RsaPublicKey};

/// The size of our own keys, which is the only one that the protocol knows.
const KEY_BITS: usize = 1024;

/// Sizes of other nodes' keys that are taken: 2048 is what nodes of 2018 have, and more only costs us time.
const PEER_KEY_BITS: std::ops::RangeInclusive<usize> = 1024..=2048;

/// A key longer than this as hex is none, whatever it says.
const MAX_KEY_HEX: usize = 2048;

/// A number below a modulus of 2048 bits has fewer digits.
const MAX_SIGNATURE_DIGITS: usize = 640;

/// What is no key of a size that is taken, or a key that could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an RSA key of 1024 to 2048 bits")]
pub struct InvalidKey;

/// Another node's key, as the login server's list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    key: RsaPublicKey,
}

impl PublicKey {
    /// Reads the hex of a DER `SubjectPublicKeyInfo`, in either case.
    ///
    /// # Errors
    /// [`InvalidKey`] when it is something else, or not of 1024 to 2048 bits.
    pub fn parse(hex: &str) -> Result<Self, InvalidKey> {
        let hex = hex.trim();
        if hex.len() > MAX_KEY_HEX {
            return Err(InvalidKey);
        }
        let der = hex::decode(hex).map_err(|_| InvalidKey)?;
        let key = RsaPublicKey::from_public_key_der(&der).map_err(|_| InvalidKey)?;
        if PEER_KEY_BITS.contains(&key.n().bits()) { Ok(Self { key }) } else { Err(InvalidKey) }
    }

    /// The key as it is reported: lower-case hex of the DER `SubjectPublicKeyInfo`, 324 digits for 1024 bits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        self.key.to_public_key_der().map(|der| hex::encode(der.as_bytes())).unwrap_or_default()
    }

    /// Whether `signature`, as a number in decimal or in hex, is the signature of `digest` without any padding: `signature^e mod n` is the number
    /// that the digest's bytes are.
    #[must_use]
    pub fn has_signed(&self, signature: &str, digest: &[u8]) -> bool {
        let digits = signature.trim();
        if digits.is_empty() || digits.len() > MAX_SIGNATURE_DIGITS {
            return false;
        }
        let expected = BigUint::from_bytes_be(digest);
        let readings = [10, 16].into_iter().filter_map(|radix| BigUint::parse_bytes(digits.as_bytes(), radix));
        readings.filter(|number| number < self.key.n()).any(|number| rsa_encrypt(&self.key, &number).is_ok_and(|opened| opened == expected))
    }

    /// Encrypts `text`; `None` when it is too long, or as a number not below the modulus.
    #[must_use]
    pub fn encrypt(&self, text: &str) -> Option<String> {
        let number = (text.len() <= self.key.size()).then(|| BigUint::from_bytes_be(text.as_bytes()))?;
        let sealed = (&number < self.key.n()).then(|| rsa_encrypt(&self.key, &number))?.ok()?;
        Some(hex::encode(sealed.to_bytes_be()))
    }
}

/// A user's own key pair.
#[derive(Clone)]
pub struct KeyPair {
    private: RsaPrivateKey,
    public: PublicKey,
}

impl KeyPair {
    /// Makes a new pair of 1024 bits. Takes some hundredths of a second, and at times many more: off the arbiter with it.
    ///
    /// # Errors
    /// [`InvalidKey`] when none could be made.
    pub fn generate() -> Result<Self, InvalidKey> {
        RsaPrivateKey::new(&mut OsRng, KEY_BITS).map(Self::from).map_err(|_| InvalidKey)
    }

    /// Reads a pair that was kept as PKCS #1 DER.
    ///
    /// # Errors
    /// [`InvalidKey`] when it is something else.
    pub fn from_der(der: &[u8]) -> Result<Self, InvalidKey> {
        RsaPrivateKey::from_pkcs1_der(der).map(Self::from).map_err(|_| InvalidKey)
    }

    /// The pair as PKCS #1 DER, to be kept. It is a secret.
    ///
    /// # Errors
    /// [`InvalidKey`] when it cannot be written, which no pair of ours does.
    pub fn to_der(&self) -> Result<Vec<u8>, InvalidKey> {
        self.private.to_pkcs1_der().map(|der| der.as_bytes().to_vec()).map_err(|_| InvalidKey)
    }

    /// The half that others may have.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Decrypts the hex of a number: short, padded, upper-case, with an odd count of digits. `None` when it is none of these, not below
    /// the modulus, or does not decrypt to text.
    #[must_use]
    pub fn decrypt(&self, hex: &str) -> Option<String> {
        let digits = hex.trim();
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let significant = digits.trim_start_matches('0');
        if significant.len() > 2 * self.private.size() {
            return None;
        }
        let even = if significant.len().is_multiple_of(2) { significant.to_owned() } else { format!("0{significant}") };
        let number = BigUint::from_bytes_be(&hex::decode(even).ok()?);
        // Blinded, so that the time taken says nothing of the key.
        let opened = rsa_decrypt(Some(&mut OsRng), &self.private, &number).ok()?.to_bytes_be();
        let text = String::from_utf8(opened).ok()?;
        Some(if text == "\0" { String::new() } else { text })
    }
}

impl From<RsaPrivateKey> for KeyPair {
    fn from(private: RsaPrivateKey) -> Self {
        let public = PublicKey { key: private.to_public_key() };
        Self { private, public }
    }
}

/// Says nothing of the key.
impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyPair")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static PAIR: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate().unwrap());

    #[test]
    fn a_signature_counts_in_decimal_and_in_hex_and_for_its_own_digest_alone() {
        let digest = [7_u8; 64];
        let signature = rsa_decrypt(Some(&mut OsRng), &PAIR.private, &BigUint::from_bytes_be(&digest)).unwrap();
        for text in [signature.to_str_radix(10), signature.to_str_radix(16), signature.to_str_radix(16).to_uppercase()] {
            assert!(PAIR.public().has_signed(&text, &digest), "{text}");
            assert!(!PAIR.public().has_signed(&text, &[8; 64]), "{text}");
        }
        for text in ["", "0", "1", "-1", "x", &"9".repeat(640), &"f".repeat(100_000)] {
            assert!(!PAIR.public().has_signed(text, &digest), "{text}");
        }
    }

    #[test]
    fn a_key_is_spelt_as_the_login_server_wants_it() {
        let hex = PAIR.public().to_hex();
        assert_eq!(hex.len(), 324);
        assert!(hex.starts_with("30819f300d06092a864886f70d010101050003818d0030818902818100"), "{hex}");
        assert_eq!(PublicKey::parse(&hex.to_uppercase()).unwrap(), *PAIR.public());
    }

    #[test]
    fn a_kept_pair_is_the_same_pair() {
        let again = KeyPair::from_der(&PAIR.to_der().unwrap()).unwrap();
        assert_eq!(again.public(), PAIR.public());
        assert_eq!(again.decrypt(&PAIR.public().encrypt("x").unwrap()).as_deref(), Some("x"));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let zero_modulus = "301a300d06092a864886f70d01010105000309003006020100020103";
        for hex in ["", "zz", "30", zero_modulus, &"00".repeat(5_000_000), &PAIR.public().to_hex()[..322]] {
            assert_eq!(PublicKey::parse(hex), Err(InvalidKey));
        }
    }

    #[test]
    fn a_pair_does_not_print_its_secret() {
        assert_eq!(format!("{:?}", *PAIR), "KeyPair");
    }

    #[test]
    fn what_is_no_number_below_the_modulus_does_not_decrypt() {
        for hex in ["", "zz", "-1", "é", &"ff".repeat(128), &"f".repeat(3_000_000)] {
            assert_eq!(PAIR.decrypt(hex), None);
        }
        assert_eq!(PAIR.decrypt(&"0".repeat(3_000_000)).as_deref(), Some(""));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn short_text_comes_back(text in "[^\0]\\PC{0,20}") {
            let sealed = PAIR.public().encrypt(&text).unwrap();
            prop_assert_eq!(PAIR.decrypt(&sealed), Some(text.clone()));
            prop_assert_eq!(PAIR.decrypt(&format!("000{}", sealed.to_uppercase())), Some(text));
        }

        #[test]
        fn no_hex_panics(hex in "[0-9a-f]{0,300}") {
            let _ = PAIR.decrypt(&hex);
            let _ = PublicKey::parse(&hex);
        }
    }
}
