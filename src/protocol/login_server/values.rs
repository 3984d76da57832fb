//! The values that a report carries and a list returns, with the checks that both ends make.

use std::net::IpAddr;

use rsa::RsaPublicKey;
use rsa::pkcs8::DecodePublicKey;
use rsa::traits::PublicKeyParts;

/// Where a node says it can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whereabouts {
    /// 0 for the lab, 1 for the campus wireless network, 2 for the rest of the world.
    pub location: u8,
    /// The address at which the other nodes reach it.
    pub ip: IpAddr,
    /// The port there, not 0.
    pub port: u16,
    /// The hex of an RSA-1024 key, as it was reported.
    pub public_key: Option<String>,
}

/// The locations that the protocol knows.
const LOCATIONS: [(&str, u8); 3] = [("0", 0), ("1", 1), ("2", 2)];

/// The size of the protocol's keys.
const KEY_BITS: usize = 1024;

/// No RSA-1024 key needs more digits (those with the usual exponent have 324).
const MAX_KEY_DIGITS: usize = 1024;

pub(super) fn parse_location(text: &str) -> Option<u8> {
    LOCATIONS.into_iter().find(|(name, _)| *name == text).map(|(_, location)| location)
}

/// Reads an address that one host can have: not "any", not a group of hosts.
pub(super) fn parse_ip(text: &str) -> Option<IpAddr> {
    let ip = text.parse::<IpAddr>().ok()?.to_canonical();
    let of_one_host = match ip {
        IpAddr::V4(ip) => !ip.is_unspecified() && !ip.is_multicast() && !ip.is_broadcast(),
        IpAddr::V6(ip) => !ip.is_unspecified() && !ip.is_multicast(),
    };
    of_one_host.then_some(ip)
}

pub(super) fn parse_port(text: &str) -> Option<u16> {
    // The standard parser also takes "+80".
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port != 0)
}

/// Whether `text` is the hex of the DER of an RSA-1024 public key.
pub(super) fn is_public_key(text: &str) -> bool {
    let decoded = (text.len() <= MAX_KEY_DIGITS).then(|| hex::decode(text).ok()).flatten();
    let key = decoded.and_then(|der| RsaPublicKey::from_public_key_der(&der).ok());
    key.is_some_and(|key| key.n().bits() == KEY_BITS)
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(in super::super) const KEY: &str = "30819f300d06092a864886f70d010101050003818d0030818902818100b2c02026c1553ee4a29b9c48187bf5152d2b219c006a2dd699550fc1d5473f663c574290878066c6b024faaba361dd9a2400286b5ac156bd7367aa834a9adbd67d64494b5506c4011cbd806acf63575cbbdac34dfd71dc6ceda2598b32553f232842e0b85ca1e9b6269453476d893e63d23a7c442bd3b654ef5dee8348f31ce50203010001";

    pub(in super::super) fn any_whereabouts() -> impl Strategy<Value = Whereabouts> {
        let ip = any::<IpAddr>().prop_filter_map("an address of one host", |ip| parse_ip(&ip.to_string()));
        let key = prop::option::of(Just(KEY.to_owned()));
        (0..3_u8, ip, 1..=u16::MAX, key).prop_map(|(location, ip, port, public_key)| Whereabouts { location, ip, port, public_key })
    }

    #[test]
    fn an_address_that_no_single_host_has_is_refused() {
        for text in ["", "localhost", "10.0.0", "010.0.0.1", "1.2.3.4 ", "0.0.0.0", "255.255.255.255", "224.0.0.1", "::", "ff02::1"] {
            assert_eq!(parse_ip(text), None, "{text:?}");
        }
        assert_eq!(parse_ip("::ffff:10.1.2.3"), parse_ip("10.1.2.3"));
    }

    #[test]
    fn a_port_is_digits_between_1_and_65535() {
        for text in ["", "0", "65536", "-1", "+80", " 80", "80.0", "eighty"] {
            assert_eq!(parse_port(text), None, "{text:?}");
        }
        assert_eq!((parse_port("1"), parse_port("65535")), (Some(1), Some(65535)));
    }

    #[test]
    fn a_key_is_a_whole_rsa_1024_key_in_either_case() {
        assert!(is_public_key(KEY) && is_public_key(&KEY.to_uppercase()));
        for text in ["", "zz", "abcd", &KEY[..322], &format!("{KEY}00"), &KEY.replace("02818100b2", "0281810012"), &"3".repeat(1 << 20)] {
            assert!(!is_public_key(text), "{} digits", text.len());
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange_to_check(text in any::<String>()) {
            let _ = (parse_location(&text), parse_ip(&text), parse_port(&text), is_public_key(&text));
        }
    }
}
