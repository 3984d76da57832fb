//! A real login server on a free port.

use std::net::SocketAddr;
use std::path::Path;

use kith::domain::username::Username;
use kith::login_server::{LoginServerSettings, account_command};
use kith::protocol::login_server::{
    Credential, DEFAULT_SALT, Encoding, ListFormat, ListedUser, Login, OutgoingCall, Whereabouts, read_list, read_status,
};
use kith::web::login_server::{RunningLoginServer, start};
use tempfile::TempDir;

/// Everybody's password follows from their name.
pub(crate) fn password_of(name: &str) -> String {
    format!("password of {name}")
}

fn login(name: &str) -> Login {
    Login { username: Username::parse(name).unwrap(), credential: Credential::of(&password_of(name), DEFAULT_SALT) }
}

/// A login server with an account for each of its people.
pub(crate) struct TestLoginServer {
    server: RunningLoginServer,
    data: TempDir,
    http: reqwest::Client,
}

impl TestLoginServer {
    /// Without limits on calls, since the nodes of tests look around all the time.
    pub(crate) async fn start(people: &[&str]) -> Self {
        let settings = LoginServerSettings { calls_per_minute: 0, guesses_per_minute: 0, ..LoginServerSettings::default() };
        Self::start_with(people, settings).await
    }

    pub(crate) async fn start_with(people: &[&str], settings: LoginServerSettings) -> Self {
        let data = tempfile::tempdir().unwrap();
        for name in people {
            account_command::add(data.path(), DEFAULT_SALT, &Username::parse(name).unwrap(), &password_of(name)).unwrap();
        }
        let settings = LoginServerSettings { listen: ([127, 0, 0, 1], 0).into(), ..settings };
        let server = start(&settings, data.path()).await.unwrap();
        Self { server, data, http: reqwest::Client::new() }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    pub(crate) fn data(&self) -> &Path {
        self.data.path()
    }

    /// Says for `name` that they are at `address`, as another kind of node would.
    pub(crate) async fn report(&self, name: &str, address: SocketAddr) {
        let at = Whereabouts { location: 2, ip: address.ip(), port: address.port(), public_key: None };
        read_status(&self.call(login(name).report(&at, Encoding::Clear)).await).unwrap();
    }

    /// Says for `name` that they are at `address` with this key.
    pub(crate) async fn report_key(&self, name: &str, address: SocketAddr, public_key: String) {
        let at = Whereabouts { location: 2, ip: address.ip(), port: address.port(), public_key: Some(public_key) };
        read_status(&self.call(login(name).report(&at, Encoding::Clear)).await).unwrap();
    }

    /// The list of who is online, as `asker` gets it.
    pub(crate) async fn list(&self, asker: &str) -> Vec<ListedUser> {
        read_list(&self.call(login(asker).get_list(ListFormat::Json, Encoding::Clear)).await).unwrap()
    }

    /// Whether `name` is online, in the eyes of `asker`.
    pub(crate) async fn has(&self, asker: &str, name: &str) -> bool {
        self.list(asker).await.iter().any(|user| user.username.as_str() == name)
    }

    async fn call(&self, call: OutgoingCall) -> Vec<u8> {
        let request = self.http.post(format!("{}{}", self.url(), call.path));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(call.arguments);
        request.send().await.unwrap().bytes().await.unwrap().to_vec()
    }

    pub(crate) async fn stop(self) {
        self.server.stop().await;
    }
}
