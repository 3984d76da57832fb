//! Settings: the compiled-in `config/kith.toml`, then a file, then `KITH_...` variables, then flags.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

use crate::crash;
use crate::db::queries::events::EventLimits;
use crate::domain::blacklist::Blacklist;
use crate::domain::event::EventSizes;
use crate::domain::network::AddressRange;
use crate::domain::relay::Quotas;
use crate::login_server::LoginServerSettings;

/// The file that documents every setting, and holds its default.
pub const DEFAULTS: &str = include_str!("../config/kith.toml");

/// A setting that cannot be used. The text names where it comes from, the key, and what it may be.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(String);

/// All settings of the program. `config/kith.toml` says what each is for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the node listens and keeps its data.
    pub node: NodeSettings,
    /// The login server that `kith login-server` runs.
    pub login_server: LoginServerSettings,
    /// How often the node reports and asks who is there.
    pub presence: PresenceSettings,
    /// Delivery and its retries.
    pub courier: CourierSettings,
    /// Holding messages for people who are away.
    pub relay: RelaySettings,
    /// How this node speaks with others.
    pub peers: PeerSettings,
    /// Sizes and rates.
    pub limits: LimitSettings,
    /// Events and their guests.
    pub events: EventSettings,
    /// Whom this node has nothing to do with.
    pub blacklist: Blacklist,
    /// Figures for operators.
    pub metrics: MetricsSettings,
    /// The HTTP server.
    pub http: HttpSettings,
    /// The writer and the readers.
    pub database: DatabaseSettings,
    /// The index of search, and how far one search goes.
    pub search: SearchSettings,
    /// Browser sessions.
    pub sessions: SessionSettings,
    /// Mailboxes.
    pub actors: ActorSettings,
    /// Logging.
    pub log: LogSettings,
}

/// `[node]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/kith.toml documents each key")]
pub struct NodeSettings {
    pub listen: SocketAddr,
    pub data: PathBuf,
    pub login_server: String,
    pub advertise: String,
    pub location: u8,
    pub password_salt: String,
}

/// `[presence]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/kith.toml documents each key")]
pub struct PresenceSettings {
    pub report_every_s: u64,
    pub list_every_s: u64,
    pub status_every_s: u64,
    pub statuses_per_minute: u32,
    pub profile_every_s: u64,
    pub stale_after_s: u64,
    pub settle_s: u64,
    pub concurrency: usize,
}

/// `[courier]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/kith.toml documents each key")]
pub struct CourierSettings {
    pub concurrency: usize,
    pub connect_timeout_ms: u64,
    pub timeout_ms: u64,
    pub retry_first_ms: u64,
    pub retry_longest_s: u64,
    pub give_up_after_h: u64,
}

/// `[relay]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/kith.toml documents each key")]
pub struct RelaySettings {
    pub hold_total_bytes: u64,
    pub hold_depositor_bytes: u64,
    pub hold_depositor_count: u64,
    pub hold_addressee_bytes: u64,
    pub hold_days: u64,
    pub copies: usize,
    pub offer_to_everybody: bool,
}

/// `[peers]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/kith.toml documents each key")]
pub struct PeerSettings {
    pub offer_age_s: u64,
    pub least_encryption: u8,
    pub calls_per_half_minute: usize,
}

/// `[limits]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/kith.toml documents each key")]
pub struct LimitSettings {
    pub enabled: bool,
    pub message_bytes: usize,
    pub file_bytes: usize,
    pub drafts: usize,
    pub peer_calls_per_minute: u32,
    pub peer_messages_per_minute: u32,
    pub peer_files_per_minute: u32,
    pub sender_messages_per_minute: u32,
    pub sender_files_per_minute: u32,
    pub unverified_messages_per_minute: u32,
    pub unverified_files_per_minute: u32,
    pub addressee_messages_per_minute: u32,
    pub addressee_files_per_minute: u32,
    pub node_messages_per_minute: u32,
    pub node_files_per_minute: u32,
    pub log_ins_per_minute: u32,
    pub user_calls_per_minute: u32,
    pub refusal_pause_ms: u64,
    pub tracked_callers: usize,
}

/// `[events]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/kith.toml documents each key")]
pub struct EventSettings {
    pub of_one_host: usize,
    pub unverified: usize,
    pub guests: usize,
    pub name_bytes: usize,
    pub text_bytes: usize,
    pub shown: usize,
}

/// `[metrics]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/kith.toml documents each key")]
pub struct MetricsSettings {
    pub addresses: Vec<AddressRange>,
    pub sample_every_s: u64,
    pub samples: usize,
}

/// `[http]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/kith.toml documents each key")]
pub struct HttpSettings {
    pub workers: usize,
    pub connections: usize,
    pub request_timeout_ms: u64,
    pub body_timeout_ms: u64,
    pub keep_alive_s: u64,
    pub shutdown_timeout_s: u64,
}

/// `[database]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/kith.toml documents each key")]
pub struct DatabaseSettings {
    pub queue: usize,
    pub batch: usize,
    pub readers: u32,
    pub lock_timeout_ms: u64,
}

/// `[search]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/kith.toml documents each key")]
pub struct SearchSettings {
    pub batch: usize,
    pub busy_batch: usize,
    pub share_percent: u32,
    pub linger_ms: u64,
    pub look_at: usize,
    pub at_once: usize,
}

/// `[sessions]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/kith.toml documents each key")]
pub struct SessionSettings {
    pub lifetime_h: i64,
    pub tab_queue: usize,
}

/// `[actors]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/kith.toml documents each key")]
pub struct ActorSettings {
    pub mailbox: usize,
    pub answer_timeout_ms: u64,
}

/// `[log]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/kith.toml documents each key")]
pub struct LogSettings {
    pub filter: String,
    pub format: LogFormat,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Settings {
    /// Reads the settings: defaults, then `file`, then variables, then `flags` (pairs of a key such as `node.listen` and its value).
    ///
    /// # Errors
    /// [`SettingsError`] for a file that cannot be read, an unknown key, a value of another type, or one out of its range.
    pub fn load(file: Option<&Path>, flags: &[(&str, String)]) -> Result<Self, SettingsError> {
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        if let Some(file) = file {
            if !file.is_file() {
                return Err(SettingsError(format!("{}: no such file; --config wants a TOML file like config/kith.toml", file.display())));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        figment = figment.merge(Env::prefixed("KITH_").ignore(crash::VARIABLES).split("__"));
        for (key, value) in flags {
            figment = figment.merge(Serialized::default(key, value));
        }
        let settings: Self = figment.extract().map_err(|error| SettingsError(explain(&error)))?;
        settings.check(&figment)?;
        Ok(settings)
    }

    /// The defaults alone, whatever the machine's variables say.
    ///
    /// # Errors
    /// [`SettingsError`] when the compiled-in file is wrong, which a test rules out.
    pub fn defaults() -> Result<Self, SettingsError> {
        Figment::from(Toml::string(DEFAULTS)).extract().map_err(|error| SettingsError(explain(&error)))
    }

    fn check(&self, figment: &Figment) -> Result<(), SettingsError> {
        for (key, value, least, most) in self.ranges() {
            if !(least..=most).contains(&value) {
                let source = source_of(figment, key);
                return Err(SettingsError(format!("{source}: {key} = {value} is out of range; it may be {least} to {most}")));
            }
        }
        let url = &self.node.login_server;
        if !url.starts_with("http://") || url.len() < 8 {
            let source = source_of(figment, "node.login_server");
            return Err(SettingsError(format!("{source}: node.login_server = {url:?} is no address; it may be http://HOST:PORT")));
        }
        if !self.node.advertise.is_empty() && self.node.advertise.parse::<SocketAddr>().is_err() {
            let (source, value) = (source_of(figment, "node.advertise"), &self.node.advertise);
            return Err(SettingsError(format!(
                "{source}: node.advertise = {value:?} is no address; it may be ADDR:PORT such as 192.168.1.5:8080"
            )));
        }
        Ok(())
    }

    /// Each number with the range in which the program works.
    fn ranges(&self) -> [(&'static str, u64, u64, u64); 68] {
        const DAY_S: u64 = 86_400;
        const MINUTES_MS: u64 = 600_000;
        let Self { presence, courier, relay, peers, limits, events, http, database, search, .. } = self;
        let size = |value: usize| value as u64;
        [
            ("node.location", self.node.location.into(), 0, 2),
            ("presence.report_every_s", presence.report_every_s, 1, 240),
            ("presence.list_every_s", presence.list_every_s, 1, DAY_S),
            ("presence.status_every_s", presence.status_every_s, 1, DAY_S),
            ("presence.statuses_per_minute", presence.statuses_per_minute.into(), 1, 1_000_000),
            ("presence.profile_every_s", presence.profile_every_s, 1, DAY_S),
            ("presence.stale_after_s", presence.stale_after_s, 1, DAY_S),
            ("presence.settle_s", presence.settle_s, 1, 3600),
            ("presence.concurrency", size(presence.concurrency), 1, 1000),
            ("courier.concurrency", size(courier.concurrency), 1, 1000),
            ("courier.connect_timeout_ms", courier.connect_timeout_ms, 10, MINUTES_MS),
            ("courier.timeout_ms", courier.timeout_ms, 10, MINUTES_MS),
            ("courier.retry_first_ms", courier.retry_first_ms, 10, MINUTES_MS),
            ("courier.retry_longest_s", courier.retry_longest_s, 1, DAY_S),
            ("courier.give_up_after_h", courier.give_up_after_h, 1, 24 * 365),
            ("relay.hold_total_bytes", relay.hold_total_bytes, 0, 1 << 50),
            ("relay.hold_depositor_bytes", relay.hold_depositor_bytes, 1, 1 << 50),
            ("relay.hold_depositor_count", relay.hold_depositor_count, 1, 1 << 50),
            ("relay.hold_addressee_bytes", relay.hold_addressee_bytes, 1, 1 << 50),
            ("relay.hold_days", relay.hold_days, 1, 3650),
            ("relay.copies", size(relay.copies), 0, 50),
            ("peers.offer_age_s", peers.offer_age_s, 1, DAY_S),
            ("peers.least_encryption", peers.least_encryption.into(), 0, 4),
            ("peers.calls_per_half_minute", size(peers.calls_per_half_minute), 1, 100_000),
            ("limits.message_bytes", size(limits.message_bytes), 1, 16 << 20),
            ("limits.file_bytes", size(limits.file_bytes), 1, 1 << 30),
            ("limits.drafts", size(limits.drafts), 1, 100_000),
            ("limits.peer_calls_per_minute", limits.peer_calls_per_minute.into(), 1, 10_000_000),
            ("limits.peer_messages_per_minute", limits.peer_messages_per_minute.into(), 1, 10_000_000),
            ("limits.peer_files_per_minute", limits.peer_files_per_minute.into(), 1, 10_000_000),
            ("limits.sender_messages_per_minute", limits.sender_messages_per_minute.into(), 1, 10_000_000),
            ("limits.sender_files_per_minute", limits.sender_files_per_minute.into(), 1, 10_000_000),
            ("limits.unverified_messages_per_minute", limits.unverified_messages_per_minute.into(), 1, 10_000_000),
            ("limits.unverified_files_per_minute", limits.unverified_files_per_minute.into(), 1, 10_000_000),
            ("limits.addressee_messages_per_minute", limits.addressee_messages_per_minute.into(), 2, 10_000_000),
            ("limits.addressee_files_per_minute", limits.addressee_files_per_minute.into(), 2, 10_000_000),
            ("limits.node_messages_per_minute", limits.node_messages_per_minute.into(), 2, 10_000_000),
            ("limits.node_files_per_minute", limits.node_files_per_minute.into(), 2, 10_000_000),
            ("limits.log_ins_per_minute", limits.log_ins_per_minute.into(), 1, 10_000_000),
            ("limits.user_calls_per_minute", limits.user_calls_per_minute.into(), 1, 10_000_000),
            ("limits.refusal_pause_ms", limits.refusal_pause_ms, 0, 10_000),
            ("limits.tracked_callers", size(limits.tracked_callers), 16, 10_000_000),
            ("events.of_one_host", size(events.of_one_host), 1, 100_000),
            ("events.unverified", size(events.unverified), 0, 100_000),
            ("events.guests", size(events.guests), 1, 10_000),
            ("events.name_bytes", size(events.name_bytes), 1, 1 << 16),
            ("events.text_bytes", size(events.text_bytes), 0, 1 << 20),
            ("events.shown", size(events.shown), 1, 100_000),
            ("metrics.sample_every_s", self.metrics.sample_every_s, 1, 3600),
            ("metrics.samples", size(self.metrics.samples), 2, 10_000),
            ("http.workers", size(http.workers), 1, 64),
            ("http.connections", size(http.connections), 1, 1_000_000),
            ("http.request_timeout_ms", http.request_timeout_ms, 10, MINUTES_MS),
            ("http.body_timeout_ms", http.body_timeout_ms, 10, MINUTES_MS),
            ("http.shutdown_timeout_s", http.shutdown_timeout_s, 0, 60),
            ("database.queue", size(database.queue), 1, 1 << 20),
            ("database.batch", size(database.batch), 1, 1 << 16),
            ("database.readers", database.readers.into(), 1, 64),
            ("database.lock_timeout_ms", database.lock_timeout_ms, 0, MINUTES_MS),
            ("search.batch", size(search.batch), 1, 10_000),
            ("search.busy_batch", size(search.busy_batch), 1, 10_000),
            ("search.share_percent", search.share_percent.into(), 1, 100),
            ("search.linger_ms", search.linger_ms, 0, MINUTES_MS),
            ("search.look_at", size(search.look_at), 100, 1_000_000),
            ("search.at_once", size(search.at_once), 1, 64),
            ("sessions.tab_queue", size(self.sessions.tab_queue), 1, 1 << 16),
            ("actors.mailbox", size(self.actors.mailbox), 16, 1 << 20),
            ("actors.answer_timeout_ms", self.actors.answer_timeout_ms, 100, MINUTES_MS),
        ]
    }
}

impl EventSettings {
    /// How many events and guests are kept.
    #[must_use]
    pub fn limits(&self) -> EventLimits {
        EventLimits { of_one_host: self.of_one_host, unverified: self.unverified, guests: self.guests }
    }

    /// How long the texts of an event may be.
    #[must_use]
    pub fn sizes(&self) -> EventSizes {
        EventSizes { name_bytes: self.name_bytes, text_bytes: self.text_bytes }
    }
}

impl RelaySettings {
    /// How much is held at most.
    #[must_use]
    pub fn quotas(&self) -> Quotas {
        Quotas {
            total_bytes: self.hold_total_bytes,
            depositor_bytes: self.hold_depositor_bytes,
            depositor_count: self.hold_depositor_count,
            addressee_bytes: self.hold_addressee_bytes,
            age: Duration::from_hours(24 * self.hold_days),
        }
    }
}

impl ActorSettings {
    /// How long one part of the node waits for another.
    #[must_use]
    pub fn answer_timeout(&self) -> Duration {
        Duration::from_millis(self.answer_timeout_ms)
    }
}

/// Says in one line what figment found wrong, and where.
fn explain(error: &figment::Error) -> String {
    let key = error.path.join(".");
    let source = error.metadata.as_ref().map_or_else(|| "settings".to_owned(), describe);
    let hint = "config/kith.toml lists every key with what it may be";
    if key.is_empty() { format!("{source}: {}; {hint}", error.kind) } else { format!("{source}: {key}: {}; {hint}", error.kind) }
}

fn source_of(figment: &Figment, key: &str) -> String {
    figment.find_metadata(key).map_or_else(|| "settings".to_owned(), describe)
}

fn describe(metadata: &figment::Metadata) -> String {
    match &metadata.source {
        Some(figment::Source::File(path)) => path.display().to_string(),
        _ if metadata.name.contains("environment") => "KITH_... variables".to_owned(),
        _ if metadata.name.contains("TOML") => "built-in defaults".to_owned(),
        _ => "command line".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load_text(text: &str) -> Result<Settings, SettingsError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Settings::load(Some(file.path()), &[])
    }

    #[test]
    fn the_documented_defaults_are_in_range() {
        let settings = Settings::load(None, &[]).unwrap();
        assert_eq!(settings.limits.file_bytes, 5_242_878);
        Settings::defaults().unwrap();
    }

    #[test]
    fn a_wrong_setting_names_file_key_and_allowed_values() {
        for (text, parts) in [
            ("[http]\nworkers = 0", vec!["http.workers = 0", "1 to 64", "/"]),
            ("[peers]\nleast_encryption = 5", vec!["peers.least_encryption = 5", "0 to 4", "/"]),
            ("[http]\nworkers = \"many\"", vec!["http.workers", "expected", "/"]),
            ("[http]\nworker = 2", vec!["worker", "workers", "/"]),
            ("[log]\nformat = \"xml\"", vec!["log.format", "xml", "json", "/"]),
            ("[blacklist]\naddresses = [\"10.0.0\"]", vec!["blacklist.addresses", "10.0.0", "no range of addresses", "/"]),
            ("[blacklist]\nusers = [\"no name\"]", vec!["blacklist.users", "1 to 32 letters", "/"]),
            ("[node]\nlogin_server = \"ftp://x\"", vec!["node.login_server", "http://HOST:PORT", "/"]),
        ] {
            let message = load_text(text).unwrap_err().to_string();
            for part in parts {
                assert!(message.contains(part), "{text}: {message}");
            }
        }
    }

    #[test]
    fn flags_win_over_the_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "[node]\nlisten = \"127.0.0.1:1\"").unwrap();
        let settings = Settings::load(Some(file.path()), &[("node.listen", "127.0.0.1:2".to_owned())]).unwrap();
        assert_eq!(settings.node.listen.port(), 2);
    }
}
