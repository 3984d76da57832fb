//! The settings of the login server, as `config/kith.toml` has them under `[login_server]`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::networks::Network;
use crate::protocol::login_server::DEFAULT_SALT;

/// How a login server behaves. What is not given has the value of [`LoginServerSettings::default`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoginServerSettings {
    /// Address and port to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Folder of the accounts.
    pub data: PathBuf,
    /// What is appended to passwords before they are hashed. The nodes must have the same; changing it makes every stored
    /// password wrong.
    pub salt: String,
    /// Seconds after its last report until somebody is no longer listed.
    pub lease_s: NonZeroU32,
    /// Calls in a minute with the same name and password, reports not counted; 0 lifts the limit.
    pub calls_per_minute: u32,
    /// Passwords in a minute that one address may try for one name; 0 lifts the limit.
    pub guesses_per_minute: u32,
    /// Calls that may wait for the registrar.
    pub mailbox: NonZeroU32,
    /// Threads that serve HTTP.
    pub workers: NonZeroU32,
    /// Which addresses may report which location; when empty, every address may report every location.
    pub networks: Vec<Network>,
}

/// Off the usual ports of nodes (10001 to 10010) and of web servers.
const DEFAULT_PORT: u16 = 8302;

/// The protocol asks for a report each minute: four may be lost.
const DEFAULT_LEASE_S: NonZeroU32 = NonZeroU32::new(300).unwrap();

/// What the document of 2017 says.
const DEFAULT_CALLS_PER_MINUTE: u32 = 10;

/// More than a node with a mistyped password makes calls, so that the right one passes after it; of no use to a guesser.
const DEFAULT_GUESSES_PER_MINUTE: u32 = 20;

/// A class that arrives at once, several times over. A waiting call takes well under a kilobyte.
const DEFAULT_MAILBOX: NonZeroU32 = NonZeroU32::new(1024).unwrap();

/// Calls are short; a second worker is there in case the first is busy.
const DEFAULT_WORKERS: NonZeroU32 = NonZeroU32::new(2).unwrap();

impl Default for LoginServerSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), DEFAULT_PORT),
            data: PathBuf::from("login-server-data"),
            salt: DEFAULT_SALT.to_owned(),
            lease_s: DEFAULT_LEASE_S,
            calls_per_minute: DEFAULT_CALLS_PER_MINUTE,
            guesses_per_minute: DEFAULT_GUESSES_PER_MINUTE,
            mailbox: DEFAULT_MAILBOX,
            workers: DEFAULT_WORKERS,
            networks: Vec::new(),
        }
    }
}

impl LoginServerSettings {
    /// How long a report counts.
    #[must_use]
    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_s.get().into())
    }
}

#[cfg(test)]
mod tests {
    use figment::Figment;
    use figment::providers::{Format, Toml};

    use super::*;

    fn read(toml: &str) -> Result<LoginServerSettings, String> {
        Figment::from(Toml::string(toml)).extract().map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_given_means_the_defaults() {
        assert_eq!(read("").unwrap(), LoginServerSettings::default());
    }

    #[test]
    fn networks_are_read_from_toml() {
        let settings = read(
            r#"
            listen = "0.0.0.0:0"
            [[networks]]
            location = 0
            addresses = ["10.103.0.0/16"]
            [[networks]]
            location = 2
            addresses = ["0.0.0.0/0"]
            except = ["10.0.0.0/8"]
            "#,
        )
        .unwrap();
        assert_eq!((settings.listen.port(), settings.networks.len()), (0, 2));
    }

    #[test]
    fn a_wrong_setting_is_named_with_what_it_may_be() {
        let cases = [
            ("leese_s = 3", "leese_s"),
            ("lease_s = 0", "lease_s"),
            ("listen = \"here\"", "listen"),
            ("networks = [{ location = 3, addresses = [] }]", "is no location"),
            ("networks = [{ location = 1, addresses = [\"10/8\"] }]", "is no range of addresses"),
        ];
        for (toml, named) in cases {
            assert!(read(toml).unwrap_err().contains(named), "{toml}: {:?}", read(toml));
        }
    }
}
