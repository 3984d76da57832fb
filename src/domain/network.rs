//! Ranges of addresses, as settings write them, and what counts as one caller.

use std::net::IpAddr;

use serde::Deserialize;

/// Addresses from a first to a last one: written `10.103.0.0/16`, `172.23.0.0-172.24.255.255` or as a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct AddressRange {
    first: IpAddr,
    last: IpAddr,
}

/// What is no range of addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no range of addresses like 10.103.0.0/16, 172.23.0.0-172.24.255.255 or 203.0.113.7")]
pub struct InvalidAddressRange(String);

impl AddressRange {
    /// Reads one of the forms above.
    ///
    /// # Errors
    /// [`InvalidAddressRange`] for anything else, and for a range whose ends are of two families or in the wrong order.
    pub fn parse(text: &str) -> Result<Self, InvalidAddressRange> {
        let range = match (text.split_once('/'), text.split_once('-')) {
            (Some((address, length)), None) => Self::prefix(address, length),
            (None, Some((first, last))) => Self::between(first, last),
            _ => Self::between(text, text),
        };
        range.ok_or_else(|| InvalidAddressRange(text.to_owned()))
    }

    fn between(first: &str, last: &str) -> Option<Self> {
        let (first, last): (IpAddr, IpAddr) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        (first.is_ipv4() == last.is_ipv4() && first <= last).then_some(Self { first, last })
    }

    fn prefix(address: &str, length: &str) -> Option<Self> {
        let length: u32 = length.trim().parse().ok()?;
        let host_bits = |width: u32| width.checked_sub(length);
        Some(match address.trim().parse().ok()? {
            IpAddr::V4(ip) => {
                let hosts = u32::MAX.checked_shr(32 - host_bits(32)?).unwrap_or(0);
                Self { first: IpAddr::V4((ip.to_bits() & !hosts).into()), last: IpAddr::V4((ip.to_bits() | hosts).into()) }
            }
            IpAddr::V6(ip) => {
                let hosts = u128::MAX.checked_shr(128 - host_bits(128)?).unwrap_or(0);
                Self { first: IpAddr::V6((ip.to_bits() & !hosts).into()), last: IpAddr::V6((ip.to_bits() | hosts).into()) }
            }
        })
    }

    /// Whether `ip` is in the range. An address of the other family never is.
    #[must_use]
    pub fn holds(&self, ip: IpAddr) -> bool {
        self.first.is_ipv4() == ip.is_ipv4() && (self.first..=self.last).contains(&ip)
    }
}

/// The unit to which addresses are given out, so that one caller is one: an IPv6 subscriber has a whole /64 to call from.
#[must_use]
pub fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
    }
}

impl TryFrom<String> for AddressRange {
    type Error = InvalidAddressRange;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holds(range: &str, ip: &str) -> bool {
        AddressRange::parse(range).unwrap().holds(ip.parse().unwrap())
    }

    #[test]
    fn the_addresses_of_one_subscriber_are_one_caller() {
        assert_eq!(network_of("2001:db8::1".parse().unwrap()), network_of("2001:db8::ffff".parse().unwrap()));
        assert_eq!(network_of("::ffff:10.0.0.1".parse().unwrap()), network_of("10.0.0.1".parse().unwrap()));
    }

    #[test]
    fn the_ends_of_a_prefix_belong_to_it() {
        assert!(holds("10.103.0.0/16", "10.103.0.0") && holds("10.103.7.7/16", "10.103.255.255"));
        assert!(!holds("10.103.0.0/16", "10.102.255.255") && !holds("10.103.0.0/16", "10.104.0.0"));
        assert!(holds("203.0.113.7/32", "203.0.113.7") && !holds("203.0.113.7/32", "203.0.113.8"));
        assert!(holds("2001:db8::/32", "2001:db8:ffff::1") && !holds("::/0", "10.0.0.1"));
    }

    #[test]
    fn what_is_no_range_is_refused_and_named() {
        for text in ["", "10.103", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.2-10.0.0.1", "10.0.0.1-::1", "a/b", "1.2.3.4/8-1.2.3.5"]
        {
            assert!(AddressRange::parse(text).unwrap_err().to_string().contains(&format!("{text:?}")), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_prefix_holds_its_own_address(ip in any::<IpAddr>(), length in 0..=32_u8) {
            let prefix = format!("{ip}/{length}");
            prop_assert!(holds(&prefix, &ip.to_string()));
        }

        #[test]
        fn no_text_is_too_strange_to_refuse(text in any::<String>()) {
            let _ = AddressRange::parse(&text);
        }
    }
}
