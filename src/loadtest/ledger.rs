//! The ledger: what was acknowledged, and what became of it. Nothing here knows of the network.

use std::collections::{BTreeMap, HashMap};

/// Somebody's place in the cast.
pub(super) type PersonIndex = u32;

/// Messages from one to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sent {
    /// Those that the node has said to be on its disk.
    pub(super) acknowledged: Vec<u64>,
    /// Those without a clear answer: they may have arrived, but not twice.
    pub(super) unclear: Vec<u64>,
}

/// Everything that was sent, by sender and addressee.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger(HashMap<(PersonIndex, PersonIndex), Sent>);

impl Ledger {
    pub(super) fn acknowledge(&mut self, from: PersonIndex, to: PersonIndex, number: u64) {
        self.0.entry((from, to)).or_default().acknowledged.push(number);
    }

    pub(super) fn leave_unclear(&mut self, from: PersonIndex, to: PersonIndex, number: u64) {
        self.0.entry((from, to)).or_default().unclear.push(number);
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (pair, sent) in other.0 {
            let own = self.0.entry(pair).or_default();
            own.acknowledged.extend(sent.acknowledged);
            own.unclear.extend(sent.unclear);
        }
    }

    pub(super) fn acknowledged(&self) -> usize {
        self.0.values().map(|sent| sent.acknowledged.len()).sum()
    }

    /// How many acknowledged messages are for `person`.
    pub(super) fn acknowledged_for(&self, person: PersonIndex) -> usize {
        self.0.iter().filter(|((_, to), _)| *to == person).map(|(_, sent)| sent.acknowledged.len()).sum()
    }

    /// What each of those of whom `reads` is true has to see, by the one with whom they talk: what either of them wrote.
    pub(super) fn conversations(&self, reads: impl Fn(PersonIndex) -> bool) -> Vec<Expected> {
        let mut all: BTreeMap<(PersonIndex, PersonIndex), Sent> = BTreeMap::new();
        for ((from, to), sent) in &self.0 {
            for (reader, with) in [(*from, *to), (*to, *from)] {
                if reads(reader) {
                    let both = all.entry((reader, with)).or_default();
                    both.acknowledged.extend(&sent.acknowledged);
                    both.unclear.extend(&sent.unclear);
                }
            }
        }
        all.into_iter().map(|((reader, with), sent)| Expected { reader, with, sent }).collect()
    }
}

/// A conversation as its reader has to see it.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    pub(super) reader: PersonIndex,
    pub(super) with: PersonIndex,
    pub(super) sent: Sent,
}

/// What is wrong with a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Acknowledged messages that are not there.
    pub(super) missing: usize,
    /// Messages that are there more than once.
    pub(super) doubled: usize,
}

impl Verdict {
    pub(super) fn plus(self, other: Self) -> Self {
        Self { missing: self.missing + other.missing, doubled: self.doubled + other.doubled }
    }
}

impl Expected {
    /// Compares with the numbers that were seen.
    pub(super) fn judge(&self, seen: &[u64]) -> Verdict {
        let mut times: HashMap<u64, usize> = HashMap::with_capacity(seen.len());
        for number in seen {
            *times.entry(*number).or_default() += 1;
        }
        Verdict {
            missing: self.sent.acknowledged.iter().filter(|number| !times.contains_key(number)).count(),
            doubled: times.values().filter(|times| **times > 1).count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_have_to_see_what_either_wrote() {
        let mut ledger = Ledger::default();
        ledger.acknowledge(0, 1, 10);
        ledger.acknowledge(1, 0, 11);
        ledger.leave_unclear(1, 0, 12);
        ledger.acknowledge(2, 0, 13);
        let all = ledger.conversations(|person| person < 2);
        assert_eq!(all.iter().map(|one| (one.reader, one.with)).collect::<Vec<_>>(), [(0, 1), (0, 2), (1, 0)]);
        assert_eq!(all[0].judge(&[10, 11]), Verdict::default());
        assert_eq!(all[0].judge(&[11, 12, 12]), Verdict { missing: 1, doubled: 1 });
        assert_eq!((ledger.acknowledged(), ledger.acknowledged_for(0)), (3, 2));
    }
}
