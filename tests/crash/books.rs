//! What was acknowledged, and the comparison with what a conversation shows.

use std::collections::{BTreeSet, HashMap};

/// Through which door a message comes into a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Door {
    /// The API of the pages.
    Browser,
    /// The calls of other nodes.
    Peer,
}

/// Who sends numbered messages: one after the other, so that they have an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Client {
    /// Its number among all clients.
    pub(crate) number: usize,
    /// The node that it calls.
    pub(crate) node: usize,
    pub(crate) door: Door,
    /// Whether it sends files.
    pub(crate) files: bool,
}

impl Client {
    /// What its message `n` says, or what its file is called.
    pub(crate) fn label(self, n: u64) -> String {
        format!("c{}-{n}", self.number)
    }

    /// The content of its file `n`: a few kilobytes, different for each.
    pub(crate) fn content(self, n: u64) -> Vec<u8> {
        let line = format!("file {n} of client {}\n", self.number);
        line.repeat(20 + usize::try_from(n % 150).unwrap()).into_bytes()
    }
}

/// A client and a number, from a label.
pub(crate) fn read_label(label: &str) -> Option<(usize, u64)> {
    let (client, n) = label.strip_prefix('c')?.split_once('-')?;
    Some((client.parse().ok()?, n.parse().ok()?))
}

/// What each client was told is kept, since the last comparison and in all.
#[derive(Default)]
pub(crate) struct Books {
    open: HashMap<usize, BTreeSet<u64>>,
    totals: HashMap<(Door, bool), u64>,
}

impl Books {
    /// A client was told that its message `n` is kept.
    pub(crate) fn acknowledged(&mut self, client: Client, n: u64) {
        self.open.entry(client.number).or_default().insert(n);
        *self.totals.entry((client.door, client.files)).or_default() += 1;
    }

    /// How many messages, or files, were acknowledged through a door.
    pub(crate) fn total(&self, door: Door, files: bool) -> u64 {
        self.totals.get(&(door, files)).copied().unwrap_or_default()
    }

    /// Compares with what a conversation shows of these clients, in its order.
    pub(crate) fn compare(&self, clients: &[Client], place: &str, shown: &[String]) -> Findings {
        let mut findings = Findings::default();
        let mut seen: HashMap<usize, Vec<u64>> = HashMap::new();
        for (client, n) in shown.iter().filter_map(|label| read_label(label)) {
            seen.entry(client).or_default().push(n);
        }
        for client in clients {
            let numbers = seen.remove(&client.number).unwrap_or_default();
            let distinct: BTreeSet<u64> = numbers.iter().copied().collect();
            findings.doubled += (numbers.len() - distinct.len()) as u64;
            for pair in numbers.windows(2).filter(|pair| pair[1] < pair[0]) {
                findings.out_of_order += 1;
                findings.say(format!("{place}: {} is shown before {}", client.label(pair[0]), client.label(pair[1])));
            }
            for n in self.open.get(&client.number).into_iter().flatten().filter(|n| !distinct.contains(n)) {
                findings.missing += 1;
                findings.say(format!("{place}: {} was acknowledged and is not there", client.label(*n)));
            }
        }
        findings
    }

    /// What was acknowledged so far has been compared, everywhere.
    pub(crate) fn close(&mut self) {
        self.open.clear();
    }
}

/// What is wrong. All of it has to stay 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    pub(crate) missing: u64,
    pub(crate) doubled: u64,
    pub(crate) out_of_order: u64,
    /// Ticks that say less or more than is true, and files with other bytes.
    pub(crate) wrong: u64,
    /// The first few, in words.
    pub(crate) notes: Vec<String>,
}

impl Findings {
    pub(crate) fn say(&mut self, note: String) {
        if self.notes.len() < 20 {
            self.notes.push(note);
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.missing += other.missing;
        self.doubled += other.doubled;
        self.out_of_order += other.out_of_order;
        self.wrong += other.wrong;
        other.notes.into_iter().for_each(|note| self.say(note));
    }
}

#[test]
fn the_books_find_what_is_missing_doubled_or_out_of_order() {
    let client = Client { number: 3, node: 0, door: Door::Peer, files: false };
    let mut books = Books::default();
    (0..4).for_each(|n| books.acknowledged(client, n));
    let found = |shown: &[&str]| {
        let shown: Vec<String> = shown.iter().map(ToString::to_string).collect();
        let findings = books.compare(&[client], "here", &shown);
        (findings.missing, findings.doubled, findings.out_of_order)
    };
    assert_eq!(found(&["c3-0", "c3-1", "c3-2", "c3-3", "c3-4", "another text"]), (0, 0, 0));
    assert_eq!(found(&["c3-0", "c3-1", "c3-3"]), (1, 0, 0));
    assert_eq!(found(&["c3-0", "c3-1", "c3-1", "c3-2", "c3-3"]), (0, 1, 0));
    assert_eq!(found(&["c3-1", "c3-0", "c3-2", "c3-3"]), (0, 0, 1));
    assert_eq!((books.total(Door::Peer, false), books.total(Door::Browser, false)), (4, 0));
}
