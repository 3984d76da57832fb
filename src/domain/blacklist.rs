//! Whom a node has nothing to do with: the choice of its operator. What its users choose for themselves is in `db::queries::blocks`.

use std::collections::HashSet;
use std::net::IpAddr;

use serde::Deserialize;

use super::network::AddressRange;
use super::username::Username;

/// `[blacklist]`: addresses and names whose calls are refused, and to whom nothing is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blacklist {
    addresses: Vec<AddressRange>,
    users: HashSet<Username>,
}

impl Blacklist {
    /// A list of these.
    #[must_use]
    pub fn new(addresses: Vec<AddressRange>, users: impl IntoIterator<Item = Username>) -> Self {
        Self { addresses, users: users.into_iter().collect() }
    }

    /// Whether a call from `address` is refused.
    #[must_use]
    pub fn bars_address(&self, address: IpAddr) -> bool {
        self.addresses.iter().any(|range| range.holds(address))
    }

    /// Whether a call in the name of `user` is refused.
    #[must_use]
    pub fn bars_user(&self, user: &Username) -> bool {
        self.users.contains(user)
    }

    /// Whether any name is on it, so that names are worth a look.
    #[must_use]
    pub fn has_users(&self) -> bool {
        !self.users.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_and_names_are_barred_and_others_are_not() {
        let list = Blacklist::new(vec![AddressRange::parse("10.1.0.0/16").unwrap()], [Username::parse("Mallory").unwrap()]);
        assert!(list.bars_address([10, 1, 2, 3].into()) && !list.bars_address([10, 2, 0, 1].into()));
        assert!(list.bars_user(&Username::parse("mallory").unwrap()) && !list.bars_user(&Username::parse("ana").unwrap()));
        assert!(list.has_users() && !Blacklist::default().has_users());
    }
}
