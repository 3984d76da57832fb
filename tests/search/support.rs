//! A login server, a node, and people who log in there.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use kith::config::Settings;
use kith::domain::username::Username;
use kith::login_server::{LoginServerSettings, account_command};
use kith::startup::Node;
use kith::web::login_server::{RunningLoginServer, start};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const PASSWORD: &str = "a password for everybody";

/// A login server that knows some people.
pub(crate) struct World {
    login_server: RunningLoginServer,
    data: TempDir,
}

impl World {
    pub(crate) async fn with(people: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let accounts = data.path().join("accounts");
        std::fs::create_dir(&accounts).unwrap();
        let settings = LoginServerSettings {
            listen: "127.0.0.1:0".parse().unwrap(),
            calls_per_minute: 0,
            guesses_per_minute: 0,
            ..LoginServerSettings::default()
        };
        for name in people {
            account_command::add(&accounts, &settings.salt, &username(name), PASSWORD).unwrap();
        }
        Self { login_server: start(&settings, &accounts).await.unwrap(), data }
    }

    /// The node of this world; its data outlives it.
    pub(crate) async fn node(&self) -> TestNode {
        self.node_with(|_| {}).await
    }

    pub(crate) async fn node_with(&self, change: impl FnOnce(&mut Settings)) -> TestNode {
        let mut settings = Settings::defaults().unwrap();
        settings.node.listen = "127.0.0.1:0".parse().unwrap();
        settings.node.data = self.node_data();
        settings.node.login_server = self.login_server.url();
        settings.limits.enabled = false;
        settings.http.workers = 1;
        settings.http.shutdown_timeout_s = 0;
        settings.search.linger_ms = 0;
        change(&mut settings);
        TestNode(Node::build(settings).await.unwrap())
    }

    pub(crate) fn node_data(&self) -> std::path::PathBuf {
        self.data.path().join("node")
    }

    pub(crate) async fn end(self) {
        self.login_server.stop().await;
    }
}

pub(crate) fn username(name: &str) -> Username {
    Username::parse(name).unwrap()
}

pub(crate) struct TestNode(pub(crate) Node);

impl TestNode {
    pub(crate) async fn log_in(&self, name: &str) -> Person {
        let http = reqwest::Client::builder().cookie_store(true).build().unwrap();
        let person = Person { http, name: name.to_owned(), node: self.0.address(), csrf: String::new() };
        let answer = person.http.post(person.url("/api/session")).json(&json!({ "username": name, "password": PASSWORD })).send();
        let answer: Value = answer.await.unwrap().error_for_status().unwrap().json().await.unwrap();
        Person { csrf: answer["csrf_token"].as_str().unwrap().to_owned(), ..person }
    }

    /// Waits until the index has every message.
    pub(crate) async fn caught_up(&self) {
        let lag = || self.0.state().reader.read(kith::db::queries::search::lag);
        tokio::time::timeout(Duration::from_secs(20), async {
            while lag().await.unwrap() > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await
        .unwrap();
    }
}

/// Somebody with a browser.
pub(crate) struct Person {
    http: reqwest::Client,
    name: String,
    node: SocketAddr,
    csrf: String,
}

impl Person {
    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.node)
    }

    pub(crate) async fn get(&self, path: &str, query: &[(&str, &str)]) -> reqwest::Response {
        self.http.get(self.url(path)).query(query).send().await.unwrap()
    }

    /// Sends a text; answers the message.
    pub(crate) async fn write(&self, to: &str, text: &str) -> Value {
        let request = self.http.post(self.url(&format!("/api/conversations/{to}/messages"))).header("X-CSRF-Token", &self.csrf);
        request.json(&json!({ "text": text })).send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }

    /// Sends a file with some bytes in it.
    pub(crate) async fn attach(&self, to: &str, name: &str) {
        let part = reqwest::multipart::Part::bytes(name.as_bytes().to_vec()).file_name(name.to_owned());
        let request = self.http.post(self.url(&format!("/api/conversations/{to}/files"))).header("X-CSRF-Token", &self.csrf);
        request.multipart(reqwest::multipart::Form::new().part("file", part)).send().await.unwrap().error_for_status().unwrap();
    }

    pub(crate) async fn introduce(&self, fullname: &str, position: &str) {
        let profile = json!({ "fullname": fullname, "position": position, "description": "", "location": "", "picture": null });
        let request = self.http.put(self.url("/api/profile")).header("X-CSRF-Token", &self.csrf);
        request.json(&profile).send().await.unwrap().error_for_status().unwrap();
    }

    /// The answer to a search, which must not be an error.
    pub(crate) async fn search(&self, q: &str) -> Value {
        self.search_with(&[("q", q)]).await
    }

    pub(crate) async fn search_with(&self, query: &[(&str, &str)]) -> Value {
        let answer = self.get("/api/search", query).await;
        assert_eq!(answer.status(), 200, "{}: {query:?}", self.name);
        answer.json().await.unwrap()
    }

    /// The texts or file names that a search finds, newest first.
    pub(crate) async fn finds(&self, q: &str) -> Vec<String> {
        texts(&self.search(q).await)
    }
}

pub(crate) fn texts(answer: &Value) -> Vec<String> {
    let text = |hit: &Value| match hit["message"]["file"]["name"].as_str() {
        Some(name) => name.to_owned(),
        None => hit["message"]["text"].as_str().unwrap().to_owned(),
    };
    answer["messages"].as_array().unwrap().iter().map(text).collect()
}

/// An excerpt with brackets round its hits.
pub(crate) fn shown(parts: &Value) -> String {
    let part = |part: &Value| {
        let text = part["text"].as_str().unwrap();
        if part["hit"] == true { format!("[{text}]") } else { text.to_owned() }
    };
    parts.as_array().unwrap().iter().map(part).collect()
}

/// The database of a node that does not run.
pub(crate) fn open_database(path: &Path) -> rusqlite::Connection {
    kith::db::connection::open_writer(&path.join("kith.db"), Duration::from_secs(1)).unwrap()
}
