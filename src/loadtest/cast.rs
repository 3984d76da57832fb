//! The cast: everybody who has a part in a load test, by their index.

use std::net::SocketAddr;

use serde::Deserialize;

use super::ledger::PersonIndex;
use super::scenario::Scenario;

/// Everybody's password.
pub(super) const PASSWORD: &str = "a password for load";

/// Names under which each thread brings messages from other nodes.
const PEERS_OF_ONE_THREAD: usize = 16;

/// Names that the messages of a filled database are from.
pub(super) const STORED_PEERS: usize = 20;

/// People to whom each one writes.
const FRIENDS: usize = 4;

/// Somebody who lives on a node.
#[derive(Clone, Debug)]
pub(super) struct Resident {
    pub(super) password: String,
    /// Which of the nodes.
    pub(super) node: usize,
    /// Whether they log in at the end alone.
    pub(super) away: bool,
    /// To whom they write, and whose pages they open.
    pub(super) friends: Vec<PersonIndex>,
}

/// What somebody is.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// Has an account and lives on a node.
    Resident(Resident),
    /// Has an account, and a node that answers badly.
    Strange,
    /// A name under which messages are brought.
    Peer,
}

#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) part: Part,
}

/// A running network, as `kith demo --json` prints it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Running {
    pub(super) nodes: Vec<RunningNode>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct RunningNode {
    pub(super) username: String,
    pub(super) password: String,
    pub(super) url: String,
}

/// Everybody, and where the nodes are.
#[derive(Clone, Debug)]
pub(super) struct Cast {
    pub(super) people: Vec<Person>,
    pub(super) threads: usize,
    /// Base addresses of the nodes, without a slash at the end.
    pub(super) nodes: Vec<String>,
    residents: usize,
    peers_from: usize,
}

impl Cast {
    /// Those of a scenario, on nodes of which nobody knows yet where they are.
    pub(super) fn of(scenario: &Scenario, threads: usize) -> Self {
        let residents = (0..scenario.users).map(|at| {
            let resident = Resident {
                password: PASSWORD.to_owned(),
                node: at % scenario.nodes,
                away: at >= scenario.users - scenario.away,
                friends: Vec::new(),
            };
            Person { name: format!("load-{at}"), part: Part::Resident(resident) }
        });
        let mut cast = Self::assemble(residents.collect(), scenario, threads);
        if scenario.stored > 0
            && let Some(Person { part: Part::Resident(first), .. }) = cast.people.first_mut()
        {
            first.friends.clear();
        }
        cast.nodes = vec![String::new(); scenario.nodes];
        cast
    }

    /// Those of a network that runs already.
    pub(super) fn of_running(running: &Running, scenario: &Scenario, threads: usize) -> Self {
        let mut nodes: Vec<String> = running.nodes.iter().map(|node| node.url.trim_end_matches('/').to_owned()).collect();
        nodes.dedup();
        let residents = running.nodes.iter().map(|user| {
            let node = nodes.iter().position(|url| url == user.url.trim_end_matches('/')).unwrap_or_default();
            let resident = Resident { password: user.password.clone(), node, away: false, friends: Vec::new() };
            Person { name: user.username.clone(), part: Part::Resident(resident) }
        });
        let mut cast = Self::assemble(residents.collect(), scenario, threads);
        cast.nodes = nodes;
        cast
    }

    fn assemble(mut people: Vec<Person>, scenario: &Scenario, threads: usize) -> Self {
        let residents = people.len();
        people.extend((0..scenario.strange).map(|at| Person { name: format!("strange-{at}"), part: Part::Strange }));
        for (at, person) in people.iter_mut().enumerate() {
            if let Part::Resident(resident) = &mut person.part {
                resident.friends = friends_of(at, residents, scenario.strange);
            }
        }
        let peers_from = people.len();
        let peers = threads * PEERS_OF_ONE_THREAD;
        people.extend((0..peers).map(|at| Person { name: format!("peer-{at}"), part: Part::Peer }));
        Self { people, threads, nodes: Vec::new(), residents, peers_from }
    }

    pub(super) fn person(&self, index: PersonIndex) -> &Person {
        &self.people[index as usize]
    }

    pub(super) fn resident(&self, index: PersonIndex) -> Option<&Resident> {
        match &self.people.get(index as usize)?.part {
            Part::Resident(resident) => Some(resident),
            Part::Strange | Part::Peer => None,
        }
    }

    /// The residents whom this thread plays.
    pub(super) fn residents_of(&self, thread: usize) -> impl Iterator<Item = (PersonIndex, &Resident)> {
        let own = (0..self.residents).skip(thread).step_by(self.threads);
        own.filter_map(|at| PersonIndex::try_from(at).ok()).filter_map(|at| Some((at, self.resident(at)?)))
    }

    /// One of the names under which this thread brings messages.
    pub(super) fn peer_of(&self, thread: usize, at: usize) -> PersonIndex {
        let index = self.peers_from + thread * PEERS_OF_ONE_THREAD + at % PEERS_OF_ONE_THREAD;
        PersonIndex::try_from(index).unwrap_or_default()
    }

    pub(super) fn strange(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(|person| matches!(person.part, Part::Strange))
    }

    /// Where the node of a resident listens.
    pub(super) fn address_of(&self, resident: &Resident) -> Option<SocketAddr> {
        self.nodes.get(resident.node)?.strip_prefix("http://")?.parse().ok()
    }
}

/// Some spread over all, so that they live on other nodes too; and for every fourth one of those with a strange node.
fn friends_of(at: usize, residents: usize, strange: usize) -> Vec<PersonIndex> {
    let stride = (residents / FRIENDS).max(1);
    let mut friends: Vec<usize> = (0..FRIENDS).map(|k| (at + 1 + k * stride) % residents).filter(|friend| *friend != at).collect();
    friends.dedup();
    if strange > 0 && at.is_multiple_of(4) {
        friends.push(residents + (at / 4) % strange);
    }
    friends.into_iter().filter_map(|friend| PersonIndex::try_from(friend).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::scenario::Overrides;
    use super::*;

    #[test]
    fn everybody_has_friends_and_is_played_by_one_thread() {
        let scenario = Scenario::load("mixed", &Overrides::default()).unwrap();
        let cast = Cast::of(&scenario, 3);
        let mut played: Vec<PersonIndex> = (0..3).flat_map(|thread| cast.residents_of(thread).map(|(at, _)| at)).collect();
        played.sort_unstable();
        assert_eq!(played, (0..40).collect::<Vec<_>>());
        for (at, resident) in cast.residents_of(0) {
            assert!(resident.friends.len() >= FRIENDS && !resident.friends.contains(&at), "{at}: {resident:?}");
        }
        assert!(cast.resident(39).unwrap().away && !cast.resident(0).unwrap().away);
        assert_eq!(cast.person(cast.peer_of(2, 17)).name, "peer-33");
        assert_eq!(cast.strange().count(), 4);
    }
}
