//! Scenarios: who is there and what they do, as the files of `config/loadtest` say.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use figment::Figment;
use figment::providers::{Format, Toml};
use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};

/// The scenarios that come with the program.
#[derive(RustEmbed)]
#[folder = "config/loadtest/"]
struct Files;

/// What a scenario file says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    /// Its name, from that of the file.
    #[serde(skip)]
    pub(super) name: String,
    /// What it is for.
    pub(super) about: String,
    /// Nodes that are started.
    #[serde(default = "one")]
    pub(super) nodes: usize,
    /// People with an account, who live on the nodes in turn.
    pub(super) users: usize,
    /// WebSockets of each.
    pub(super) tabs: usize,
    /// How many of them log in only when everything was sent.
    #[serde(default)]
    pub(super) away: usize,
    /// People besides, whose nodes answer badly.
    #[serde(default)]
    pub(super) strange: usize,
    /// Messages that the first node holds before it starts.
    #[serde(default)]
    pub(super) stored: u64,
    /// Seconds that are played before each stage and do not count.
    pub(super) warm_up_s: u64,
    /// Longest time in seconds after which everything that was acknowledged has to have arrived.
    #[serde(default = "half_a_minute")]
    pub(super) settle_s: u64,
    /// Settings of the nodes that differ from `config/kith.toml`.
    pub(super) settings: BTreeMap<String, String>,
    /// What happens, one after the other.
    pub(super) stages: Vec<Stage>,
}

/// A part of a scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stage {
    pub(super) name: String,
    pub(super) seconds: u64,
    /// Actions of people a second, which begin when it is their time, whether the earlier ones are done or not.
    #[serde(default)]
    pub(super) rate: f64,
    /// How often each action comes, in proportion.
    #[serde(default)]
    pub(super) mix: BTreeMap<Action, u32>,
    /// Connections of other nodes.
    #[serde(default)]
    pub(super) connections: usize,
    /// What they call: as fast as they are answered, unless there is a `rate_of`.
    #[serde(default)]
    pub(super) call: Call,
    /// The earlier stage whose calls a second count.
    #[serde(default)]
    pub(super) rate_of: Option<String>,
    /// How much of it.
    #[serde(default)]
    pub(super) rate_times: f64,
}

/// Something that somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Action {
    /// Writes to a friend.
    Text,
    /// Sends a file to a friend.
    File,
    /// Opens the page of a conversation, with its newest messages.
    Page,
    /// Opens the list of conversations and of people.
    List,
    /// Marks a conversation as read.
    Read,
    /// Looks at a profile.
    Profile,
    /// Changes their own profile.
    Introduce,
    /// Changes their status.
    Status,
    /// Searches.
    Search,
    /// Another node brings a message.
    Message,
    /// Another node brings what is no message.
    Nonsense,
}

/// A call of another node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Call {
    /// `/ping`.
    #[default]
    Ping,
    /// `/receiveMessage`, each time with another one.
    Message,
}

/// What the command line says instead of the file.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Overrides {
    pub(super) users: Option<usize>,
    pub(super) nodes: Option<usize>,
    pub(super) tabs: Option<usize>,
    pub(super) seconds: Option<u64>,
    pub(super) rate: Option<f64>,
    pub(super) stored: Option<u64>,
}

fn one() -> usize {
    1
}

fn half_a_minute() -> u64 {
    30
}

/// The names of those that come with the program, and what each is for.
pub(super) fn list() -> Result<Vec<(String, String)>> {
    let names = Files::iter().filter_map(|file| file.strip_suffix(".toml").map(ToOwned::to_owned));
    names.map(|name| Scenario::load(&name, &Overrides::default()).map(|scenario| (name, scenario.about))).collect()
}

impl Scenario {
    /// Reads the scenario of that name, or in that file.
    pub(super) fn load(name: &str, overrides: &Overrides) -> Result<Self> {
        let text = match Files::get(&format!("{name}.toml")) {
            Some(file) => String::from_utf8_lossy(&file.data).into_owned(),
            None if Path::new(name).extension().is_some() => std::fs::read_to_string(name).with_context(|| format!("read {name}"))?,
            None => bail!("no scenario {name:?}; kith loadtest --list names them, and a file of your own ends in .toml"),
        };
        let mut scenario: Self = Figment::from(Toml::string(&text)).extract().with_context(|| format!("read the scenario {name}"))?;
        scenario.name = Path::new(name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        scenario.change(overrides);
        scenario.check()?;
        Ok(scenario)
    }

    fn change(&mut self, overrides: &Overrides) {
        self.users = overrides.users.unwrap_or(self.users);
        self.nodes = overrides.nodes.unwrap_or(self.nodes);
        self.tabs = overrides.tabs.unwrap_or(self.tabs);
        self.stored = overrides.stored.unwrap_or(self.stored);
        self.away = self.away.min(self.users / 2);
        self.strange = self.strange.min(self.users);
        for stage in &mut self.stages {
            stage.seconds = overrides.seconds.unwrap_or(stage.seconds);
            if stage.rate > 0.0 {
                stage.rate = overrides.rate.unwrap_or(stage.rate);
            }
        }
    }

    fn check(&self) -> Result<()> {
        let Self { name, .. } = self;
        ensure!((1..=1000).contains(&self.nodes), "{name}: nodes = {}; there may be 1 to 1000", self.nodes);
        ensure!((1..=100_000).contains(&self.users), "{name}: users = {}; there may be 1 to 100000", self.users);
        ensure!(self.tabs <= 100_000, "{name}: tabs = {}; each user may have 0 to 100000", self.tabs);
        ensure!(self.stored <= 100_000_000, "{name}: stored = {}; there may be 0 to 100000000", self.stored);
        for (at, stage) in self.stages.iter().enumerate() {
            let of = format!("{name}: stage {}", stage.name);
            ensure!((1..=86_400).contains(&stage.seconds), "{of}: seconds = {}; it may take 1 to 86400", stage.seconds);
            ensure!((0.0..=100_000.0).contains(&stage.rate), "{of}: rate = {}; it may be 0 to 100000", stage.rate);
            ensure!(stage.connections <= 10_000, "{of}: connections = {}; there may be 0 to 10000", stage.connections);
            ensure!((stage.rate > 0.0) == (stage.mix.values().any(|weight| *weight > 0)), "{of}: a rate and a mix go together");
            let writes = stage.mix.keys().any(|action| matches!(action, Action::Text | Action::File));
            ensure!(!writes || self.users > 1, "{of}: nobody writes to themselves; it takes 2 users");
            if let Some(earlier) = &stage.rate_of {
                let is_earlier = self.stages[..at].iter().any(|stage| stage.name == *earlier);
                ensure!(is_earlier, "{of}: rate_of = {earlier:?}; it is the name of an earlier stage");
                ensure!(stage.rate_times > 0.0 && stage.connections > 0, "{of}: rate_of needs connections, and rate_times above 0");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_come_with_the_program_can_be_read() {
        let names: Vec<_> = list().unwrap().into_iter().map(|(name, _)| name).collect();
        for name in ["mixed", "town", "sockets", "fanout", "peers", "soak", "stored", "idle"] {
            assert!(names.iter().any(|known| known == name), "{name} is not in {names:?}");
        }
    }

    #[test]
    fn a_wrong_one_says_what_may_be() {
        let short = Overrides { seconds: Some(0), ..Overrides::default() };
        assert!(Scenario::load("mixed", &short).unwrap_err().to_string().contains("1 to 86400"));
        let alone = Overrides { users: Some(1), ..Overrides::default() };
        assert!(Scenario::load("mixed", &alone).unwrap_err().to_string().contains("takes 2 users"));
        assert!(Scenario::load("nothing", &Overrides::default()).unwrap_err().to_string().contains("--list"));
    }
}
