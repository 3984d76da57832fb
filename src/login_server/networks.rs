//! Which addresses belong to which location: what error 3 checks.

use std::net::IpAddr;

use serde::Deserialize;

use crate::domain::network::AddressRange;

/// The addresses of a location. One location may have several of these.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// 0, 1 or 2.
    pub location: Location,
    /// The addresses that may report it.
    pub addresses: Vec<AddressRange>,
    /// Those among them that may not.
    #[serde(default)]
    pub except: Vec<AddressRange>,
}

/// A location as the protocol counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u8")]
pub struct Location(u8);

/// A number that is no location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no location: they are 0 (lab), 1 (campus wireless) and 2 (rest of the world)")]
pub struct InvalidLocation(u8);

/// Whether `networks` let the host at `ip` say that it is at `location`. Where none are listed, everybody may say everything.
#[must_use]
pub fn believe(networks: &[Network], location: u8, ip: IpAddr) -> bool {
    networks.is_empty() || networks.iter().any(|network| network.location.0 == location && network.holds(ip))
}

impl Network {
    fn holds(&self, ip: IpAddr) -> bool {
        let among = |ranges: &[AddressRange]| ranges.iter().any(|range| range.holds(ip));
        among(&self.addresses) && !among(&self.except)
    }
}

impl TryFrom<u8> for Location {
    type Error = InvalidLocation;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        if number <= 2 { Ok(Self(number)) } else { Err(InvalidLocation(number)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_campus_of_2017_can_be_written_down() {
        let ranges = |texts: &[&str]| texts.iter().map(|text| AddressRange::parse(text).unwrap()).collect::<Vec<_>>();
        let (lab, wireless) = (ranges(&["10.103.0.0/16", "10.104.0.0/16"]), ranges(&["172.23.0.0-172.24.255.255", "202.36.244.0/24"]));
        let world =
            Network { location: Location(2), addresses: ranges(&["0.0.0.0/0", "::/0"]), except: ranges(&["10.0.0.0/8", "172.16.0.0/12"]) };
        let networks = [
            Network { location: Location(0), addresses: lab, except: vec![] },
            Network { location: Location(1), addresses: wireless, except: vec![] },
            world,
        ];
        let cases = [(0, "10.103.1.2", true), (0, "172.23.1.2", false), (1, "172.24.255.255", true), (1, "172.25.0.0", false)];
        for (location, ip, expected) in
            cases.into_iter().chain([(2, "203.0.113.7", true), (2, "2001:db8::1", true), (2, "10.103.1.2", false)])
        {
            assert_eq!(believe(&networks, location, ip.parse().unwrap()), expected, "{location} {ip}");
        }
    }

    #[test]
    fn without_networks_everybody_is_believed() {
        assert!(believe(&[], 0, "203.0.113.7".parse().unwrap()));
    }
}
