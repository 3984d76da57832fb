//! A login server with three accounts, and the callers that tests make up.

use std::path::Path;
use std::time::Duration;

use kith::domain::stamp::Stamp;
use kith::domain::username::Username;
use kith::login_server::{Clock, LoginServerSettings, account_command};
use kith::protocol::login_server::{Credential, DEFAULT_SALT};
use kith::web::login_server::{RunningLoginServer, start_at};
use tempfile::TempDir;

/// When tests begin, in seconds: a June day of 2017.
pub(crate) const EPOCH: f64 = 1_497_224_460.0;

pub(crate) struct TestLoginServer {
    server: RunningLoginServer,
    data: TempDir,
    clock: Clock,
    http: reqwest::Client,
}

/// Arguments of a call, as they are put into a query or form.
pub(crate) type Arguments = Vec<(&'static str, String)>;

/// Somebody who calls, by name and password.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) name: String,
    pub(crate) password: String,
}

pub(crate) fn ana() -> Caller {
    Caller { name: "ana".into(), password: "password of ana".into() }
}

pub(crate) fn bob() -> Caller {
    Caller { name: "bob".into(), password: "password of bob".into() }
}

impl Caller {
    pub(crate) fn who(&self) -> Arguments {
        vec![("username", self.name.clone()), ("password", Credential::of(&self.password, DEFAULT_SALT).as_str().to_owned())]
    }

    pub(crate) fn report(&self) -> Arguments {
        let place = [("location", "2"), ("ip", "203.0.113.7"), ("port", "10001")];
        self.who().into_iter().chain(place.map(|(name, value)| (name, value.to_owned()))).collect()
    }
}

impl TestLoginServer {
    pub(crate) async fn start() -> Self {
        Self::start_with(LoginServerSettings::default()).await
    }

    pub(crate) async fn start_with(settings: LoginServerSettings) -> Self {
        let data = tempfile::tempdir().unwrap();
        for caller in [ana(), bob()] {
            account_command::add(data.path(), DEFAULT_SALT, &Username::parse(&caller.name).unwrap(), &caller.password).unwrap();
        }
        let settings = LoginServerSettings { listen: "127.0.0.1:0".parse().unwrap(), ..settings };
        let clock = Clock::by_hand(Stamp::from_seconds(EPOCH).unwrap());
        let server = start_at(&settings, data.path(), clock.clone()).await.unwrap();
        Self { server, data, clock, http: reqwest::Client::new() }
    }

    pub(crate) fn data(&self) -> &Path {
        self.data.path()
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// The text of a call by GET.
    pub(crate) async fn get(&self, call: &str, arguments: &Arguments) -> String {
        let answer = self.http.get(format!("{}/{call}", self.url())).query(arguments).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap()
    }

    pub(crate) async fn stop(self) {
        self.server.stop().await;
    }
}
