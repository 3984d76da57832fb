//! A login server with two accounts, and the callers that tests make up.

use std::path::Path;
use std::time::Duration;

use kith::domain::stamp::Stamp;
use kith::domain::username::Username;
use kith::login_server::{Clock, LoginServerSettings, account_command};
use kith::protocol::aes_text;
use kith::protocol::login_server::{Credential, DEFAULT_SALT};
use kith::web::login_server::{RunningLoginServer, start_at};
use tempfile::TempDir;

/// When tests begin, in seconds: a June day of 2017.
pub(crate) const EPOCH: f64 = 1_497_224_460.0;

pub(crate) const NOBODY: &str = "0, Online user list returned\r\n";

/// Arguments of a call, as they are put into a query or form.
pub(crate) type Arguments = Vec<(&'static str, String)>;

#[derive(Clone, Copy, Debug)]
pub(crate) enum By {
    Get,
    Post,
}

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
    pub(crate) fn with_password(&self, password: &str) -> Self {
        Self { password: password.into(), ..self.clone() }
    }

    /// The arguments that say who calls.
    pub(crate) fn who(&self) -> Arguments {
        vec![("username", self.name.clone()), ("password", Credential::of(&self.password, DEFAULT_SALT).as_str().to_owned())]
    }

    /// The arguments of a report from 203.0.113.7.
    pub(crate) fn report(&self) -> Arguments {
        let place = [("location", "2"), ("ip", "203.0.113.7"), ("port", "10001")];
        self.who().into_iter().chain(place.map(|(name, value)| (name, value.to_owned()))).collect()
    }
}

/// `arguments` with `name` set to `value`.
pub(crate) fn with(mut arguments: Arguments, name: &'static str, value: &str) -> Arguments {
    arguments.retain(|(present, _)| *present != name);
    arguments.push((name, value.to_owned()));
    arguments
}

/// `arguments` as `enc=1` sends them.
pub(crate) fn encrypted(arguments: Arguments) -> Arguments {
    let key = b"150ecd12d550d05ad83f18328e536f53";
    let encrypt = |(name, value): (&'static str, String)| (name, aes_text::encrypt(key, [7; 16], &value));
    arguments.into_iter().map(encrypt).chain([("enc", "1".to_owned())]).collect()
}

pub(crate) fn vectors() -> serde_json::Value {
    serde_json::from_str(include_str!("../fixtures/vectors.json")).unwrap()
}

/// The key of the first row of the recorded list.
pub(crate) fn recorded_key() -> String {
    vectors()["login_replies"]["getList_json"]["0"]["publicKey"].as_str().unwrap().to_owned()
}

pub(crate) struct TestLoginServer {
    server: RunningLoginServer,
    data: TempDir,
    clock: Clock,
    pub(crate) http: reqwest::Client,
}

impl TestLoginServer {
    pub(crate) async fn start() -> Self {
        Self::start_with(LoginServerSettings::default()).await
    }

    /// Without limits on calls and guesses.
    pub(crate) async fn start_unlimited() -> Self {
        Self::start_with(LoginServerSettings { calls_per_minute: 0, guesses_per_minute: 0, ..LoginServerSettings::default() }).await
    }

    pub(crate) async fn start_with(settings: LoginServerSettings) -> Self {
        let data = tempfile::tempdir().unwrap();
        for caller in [ana(), bob()] {
            add_account(data.path(), &caller);
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

    pub(crate) fn address(&self) -> std::net::SocketAddr {
        self.server.address()
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    pub(crate) async fn send(&self, by: By, call: &str, arguments: &Arguments) -> reqwest::Response {
        let url = format!("{}{call}", self.url());
        let request = match by {
            By::Get => self.http.get(url).query(arguments),
            By::Post => self.http.post(url).form(arguments),
        };
        request.send().await.unwrap()
    }

    /// The text that answers a call; its status is 200 whatever the text says.
    pub(crate) async fn call(&self, by: By, call: &str, arguments: &Arguments) -> String {
        let answer = self.send(by, call, arguments).await;
        assert_eq!(answer.status(), 200, "{call}");
        answer.text().await.unwrap()
    }

    pub(crate) async fn get(&self, call: &str, arguments: &Arguments) -> String {
        self.call(By::Get, call, arguments).await
    }

    /// The text of the answer to a query written by hand.
    pub(crate) async fn get_raw(&self, path_and_query: &str) -> String {
        self.http.get(format!("{}{path_and_query}", self.url())).send().await.unwrap().text().await.unwrap()
    }

    pub(crate) async fn stop(self) {
        self.server.stop().await;
    }
}

pub(crate) fn username(caller: &Caller) -> Username {
    Username::parse(&caller.name).unwrap()
}

pub(crate) fn add_account(data: &Path, caller: &Caller) {
    account_command::add(data, DEFAULT_SALT, &username(caller), &caller.password).unwrap();
}
