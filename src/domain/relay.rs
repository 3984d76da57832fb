//! Holding messages for people who are away: what is held, how much, and who is asked to hold it.

use std::net::SocketAddr;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::message::MessageId;
use super::stamp::Stamp;
use super::username::Username;

/// The call that hands a deposit over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldCall {
    /// `/receiveMessage`
    Message,
    /// `/receiveFile`
    File,
}

impl HeldCall {
    /// The call's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Message => "receiveMessage",
            Self::File => "receiveFile",
        }
    }

    /// The call of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Message, Self::File].into_iter().find(|call| call.as_str() == name)
    }
}

/// A message or file that somebody brings for a user of another node.
#[derive(Clone, Debug)]
pub struct Deposit {
    /// What makes a repeat the same.
    pub id: MessageId,
    /// Whose share it counts to: the sender when that is verified, else the address that it came from.
    pub depositor: String,
    /// For whom.
    pub addressee: Username,
    /// How it is handed over.
    pub call: HeldCall,
    /// The body of that call, in clear, as JSON.
    pub body: HeldBody,
    /// Its length in bytes.
    pub size: u64,
}

/// Where the body of a deposit is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeldBody {
    /// With the rest of it: this is the body.
    Inline(String),
    /// In a file of its own, for what is large: this is its name.
    File(String),
}

/// A deposit on its way to its addressee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// Which deposit.
    pub seq: i64,
    /// How it is handed over.
    pub call: HeldCall,
    /// The body of that call.
    pub body: HeldBody,
}

/// How much is held at most.
#[derive(Clone, Debug)]
pub struct Quotas {
    /// Bytes of all deposits.
    pub total_bytes: u64,
    /// Bytes of one depositor.
    pub depositor_bytes: u64,
    /// Deposits of one depositor.
    pub depositor_count: u64,
    /// Bytes for one addressee.
    pub addressee_bytes: u64,
    /// How long a deposit is held.
    pub age: Duration,
}

impl Quotas {
    /// Deposits from before this time are dropped.
    #[must_use]
    pub fn oldest(&self, now: Stamp) -> Stamp {
        Stamp::from_seconds((now.seconds() - self.age.as_secs_f64()).max(0.0)).unwrap_or(now)
    }
}

/// Orders `candidates` by how well they fit to hold messages for `addressee`: rendezvous hashing (Thaler and Ravishankar, 1998), so that
/// all senders choose the same few, and one that goes moves nobody else's.
#[must_use]
pub fn choose(addressee: &Username, candidates: &[SocketAddr]) -> Vec<SocketAddr> {
    let weight = |candidate: &SocketAddr| -> [u8; 32] {
        Sha256::new().chain_update(addressee.as_str()).chain_update(" ").chain_update(candidate.to_string()).finalize().into()
    };
    let mut chosen = candidates.to_vec();
    chosen.sort_by_cached_key(|candidate| std::cmp::Reverse(weight(candidate)));
    chosen.dedup();
    chosen
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn nodes(count: u16) -> Vec<SocketAddr> {
        (0..count).map(|n| SocketAddr::from(([10, 0, 0, 1], 10_000 + n))).collect()
    }

    proptest! {
        #[test]
        fn a_node_that_goes_moves_nobody_elses(name in "[a-z]{1,8}", gone in 0..20_usize) {
            let addressee = Username::parse(&name).unwrap();
            let before = choose(&addressee, &nodes(20));
            let mut fewer = nodes(20);
            let lost = fewer.remove(gone);
            let after = choose(&addressee, &fewer);
            prop_assert_eq!(after, before.into_iter().filter(|node| *node != lost).collect::<Vec<_>>());
        }

        #[test]
        fn the_order_of_the_list_does_not_matter(name in "[a-z]{1,8}", mut shuffled in Just(nodes(20)).prop_shuffle()) {
            let addressee = Username::parse(&name).unwrap();
            let chosen = choose(&addressee, &shuffled);
            shuffled.reverse();
            prop_assert_eq!(choose(&addressee, &shuffled), chosen);
        }
    }

    #[test]
    fn the_load_is_spread() {
        let mut first = std::collections::HashSet::new();
        for n in 0..100 {
            first.insert(choose(&Username::parse(&format!("user-{n}")).unwrap(), &nodes(10))[0]);
        }
        assert_eq!(first.len(), 10);
    }
}
