//! What is known of one peer's node: what it offers, what has proven to work, and what has not.
//!
//! A standard is used only if the node lists it, and then the strongest that fits. It is given up for this node, until the offer is asked again,
//! when a handshake under it does not bring the word back, or when the node answers 9 (10 for hashing), or 1 with a word about its key. A
//! standard that takes the receiver's key is given up, or proven, for that key alone: a new key is a new try.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use crate::domain::username::Username;
use crate::protocol::encryption::Encryption;
use crate::protocol::hashing::Hashing;
use crate::protocol::list_api::{Call, Offer, RECOMMENDED_HASHING};

/// What is to be sent, as far as it decides on the standard: raw RSA takes no long text and no file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// A text of so many bytes.
    Text(usize),
    /// A file.
    File,
}

/// A standard together with the key that it is used with, in hex, where it takes one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Way {
    pub(super) encryption: Encryption,
    pub(super) key: Option<String>,
}

impl Way {
    pub(super) fn new(encryption: Encryption, key: Option<&str>) -> Self {
        Self { encryption, key: key.filter(|_| encryption.needs_key()).map(str::to_ascii_lowercase) }
    }
}

/// The next step with a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Write like this.
    Write(Encryption),
    /// Try this with a handshake first.
    Prove(Way),
}

/// A node that did not say what it offers, or did not answer a handshake, is asked again after this.
const ASK_AGAIN_AFTER: Duration = Duration::from_mins(1);

/// What is known of a node.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    offer: Offer,
    pub(super) is_kith: bool,
    /// Whether it answered all that it was asked. If not, a stronger standard may be found later.
    pub(super) is_certain: bool,
    ask_again_at: Instant,
    ways: HashMap<Way, bool>,
    refused_hashing: HashSet<Hashing>,
    /// Keys that the node told of users whose key is not listed; `None` when it told none.
    told_keys: HashMap<Username, Option<String>>,
}

impl Standing {
    /// Of a node that said what it offers.
    pub(super) fn told(offer: Offer, is_kith: bool, now: Instant, age: Duration) -> Self {
        Self {
            offer,
            is_kith,
            is_certain: true,
            ask_again_at: now + age,
            ways: HashMap::new(),
            refused_hashing: HashSet::new(),
            told_keys: HashMap::new(),
        }
    }

    /// Of a node that did not say: what it said before stands a little longer; without that, it gets clear text.
    pub(super) fn untold(before: Option<Self>, now: Instant) -> Self {
        let before = before.unwrap_or_else(|| Self { is_certain: false, ..Self::told(Offer::default(), false, now, ASK_AGAIN_AFTER) });
        Self { ask_again_at: now + ASK_AGAIN_AFTER, ..before }
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        now >= self.ask_again_at
    }

    /// The peer has come back, maybe as another make of node: ask again before the next message.
    pub(super) fn expire(&mut self, now: Instant) {
        self.ask_again_at = now;
    }

    /// What to do for a message of this `load`, to a user with this `key`.
    pub(super) fn next_step(&self, load: Load, key: Option<&str>) -> Step {
        let open = |standard: &Encryption| {
            let usable = !standard.needs_key() || key.is_some();
            usable && self.ways.get(&Way::new(*standard, key)) != Some(&false)
        };
        let ours: Vec<Encryption> = Encryption::ALL.into_iter().filter(open).collect();
        let encryption = match load {
            Load::Text(bytes) => self.offer.message_encryption(&ours, bytes),
            Load::File => self.offer.file_encryption(&ours),
        };
        let way = Way::new(encryption, key);
        let unproven = encryption != Encryption::None && self.offer.calls.contains(&Call::Handshake) && !self.ways.contains_key(&way);
        if unproven { Step::Prove(way) } else { Step::Write(encryption) }
    }

    /// The hashing to go with `encryption`. Raw RSA takes no field of the length of a SHA-512.
    pub(super) fn hashing(&self, encryption: Encryption) -> Hashing {
        let fits = |hashing: &Hashing| encryption != Encryption::Rsa || *hashing <= Hashing::Sha256Sender;
        let ours: Vec<Hashing> =
            RECOMMENDED_HASHING.into_iter().filter(|hashing| fits(hashing) && !self.refused_hashing.contains(hashing)).collect();
        self.offer.best_hashing(&ours)
    }

    /// Notes whether a standard works there.
    pub(super) fn note(&mut self, way: Way, works: bool) {
        self.ways.insert(way, works);
    }

    /// Notes that a handshake got no answer: not to be used, and to be looked at again soon.
    pub(super) fn note_unanswered(&mut self, way: Way, now: Instant) {
        self.ways.insert(way, false);
        self.is_certain = false;
        self.ask_again_at = self.ask_again_at.min(now + ASK_AGAIN_AFTER);
    }

    pub(super) fn refuse_hashing(&mut self, hashing: Hashing) {
        self.refused_hashing.insert(hashing);
    }

    /// Whether the node has this call, as far as it said.
    pub(super) fn offers(&self, call: Call) -> bool {
        self.offer.calls.contains(&call)
    }

    /// Whether the node has this call; `None` as long as it did not say what it has.
    pub(super) fn lists(&self, call: Call) -> Option<bool> {
        if self.offers(call) { Some(true) } else { self.is_certain.then_some(false) }
    }

    /// Whether to ask the node for the key of `username`, which is not listed.
    pub(super) fn lacks_key_of(&self, username: &Username) -> bool {
        let takes_keys = self.offer.encryption.iter().any(|standard| standard.needs_key());
        takes_keys && self.offers(Call::GetPublicKey) && !self.told_keys.contains_key(username)
    }

    pub(super) fn note_key(&mut self, username: Username, key: Option<String>) {
        self.told_keys.insert(username, key);
    }

    pub(super) fn told_key(&self, username: &Username) -> Option<&str> {
        self.told_keys.get(username)?.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGE: Duration = Duration::from_mins(10);

    fn standing(text: &str) -> Standing {
        Standing::told(Offer::read(text), false, Instant::now(), AGE)
    }

    #[test]
    fn the_strongest_listed_standard_is_used_and_lowered_step_by_step() {
        let mut standing = standing("/receiveMessage\nEncryption 0 1 2 4\nHashing 0 1");
        for expected in [Encryption::Hybrid, Encryption::Aes, Encryption::Xor] {
            assert_eq!(standing.next_step(Load::Text(9), Some("k")), Step::Write(expected));
            standing.note(Way::new(expected, Some("k")), false);
        }
        assert_eq!(standing.next_step(Load::Text(9), Some("k")), Step::Write(Encryption::None));
        assert_eq!(standing.next_step(Load::Text(9), Some("new key")), Step::Write(Encryption::Hybrid));
    }

    #[test]
    fn a_handshake_comes_first_where_there_is_one() {
        let mut standing = standing("/handshake\nEncryption 0 2\nHashing 0");
        let way = Way::new(Encryption::Aes, None);
        assert_eq!(standing.next_step(Load::File, None), Step::Prove(way.clone()));
        standing.note(way, true);
        assert_eq!(standing.next_step(Load::File, Some("any")), Step::Write(Encryption::Aes));
    }

    #[test]
    fn without_a_key_no_standard_that_takes_one_is_used() {
        let standing = standing("Encryption 0 1 3 4\nHashing 0");
        assert_eq!(standing.next_step(Load::Text(9), None), Step::Write(Encryption::Xor));
    }

    #[test]
    fn raw_rsa_takes_short_texts_with_short_hashes_only() {
        let standing = standing("Encryption 0 3\nHashing 0 1 3");
        assert_eq!(standing.next_step(Load::Text(127), Some("k")), Step::Write(Encryption::Rsa));
        assert_eq!(standing.next_step(Load::Text(128), Some("k")), Step::Write(Encryption::None));
        assert_eq!(standing.next_step(Load::File, Some("k")), Step::Write(Encryption::None));
        assert_eq!((standing.hashing(Encryption::Rsa), standing.hashing(Encryption::None)), (Hashing::Sha256, Hashing::Sha512));
    }

    #[test]
    fn silence_is_clear_text_for_a_stranger_and_changes_nothing_for_one_who_spoke() {
        let now = Instant::now();
        let stranger = Standing::untold(None, now);
        assert_eq!(stranger.next_step(Load::Text(9), Some("k")), Step::Write(Encryption::None));
        assert!(!stranger.is_certain && stranger.is_due(now + ASK_AGAIN_AFTER));
        let known = Standing::untold(Some(standing("Encryption 0 2\nHashing 0")), now);
        assert_eq!(known.next_step(Load::Text(9), None), Step::Write(Encryption::Aes));
        assert!(known.is_certain);
    }

    #[test]
    fn a_refused_hashing_is_left_out() {
        let mut standing = standing("Encryption 0\nHashing 0 1 4");
        standing.refuse_hashing(Hashing::Sha512Sender);
        assert_eq!(standing.hashing(Encryption::None), Hashing::Sha256);
    }
}
