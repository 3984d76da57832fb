//! A browser: what somebody who is signed in asks of their node, by the API that the pages use.

use std::time::Duration;

use awc::http::{Method, StatusCode};
use awc::{Client, ClientBuilder, Connector};
use serde::Deserialize;
use serde_json::{Value, json};

use super::mark::Mark;

/// How long an answer may take before it counts as none.
const PATIENCE: Duration = Duration::from_secs(30);

/// Longest answer that is read.
const MAX_ANSWER_BYTES: usize = 16 << 20;

/// Messages that are asked for at a time, the most that a node gives.
const PAGE: usize = 200;

/// An answer that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Trouble {
    /// An error status.
    #[error("HTTP status {0}")]
    Status(u16),
    /// None in time.
    #[error("no answer in time")]
    TimedOut,
    /// No connection, or one that broke.
    #[error("the connection failed")]
    Broken,
    /// One that cannot be read.
    #[error("an answer that cannot be read")]
    NotUnderstood,
}

impl Trouble {
    /// Whether the node has clearly not done it.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Status(400..500 | 503))
    }
}

/// A client for one thread. Its connections are kept and shared.
pub(super) fn client() -> Client {
    let connector = Connector::new().limit(0).timeout(PATIENCE).conn_keep_alive(Duration::from_secs(4));
    ClientBuilder::new().connector(connector).timeout(PATIENCE).disable_redirects().finish()
}

/// Somebody who is signed in.
pub(super) struct Browser {
    client: Client,
    node: String,
    cookie: String,
    token: String,
}

#[derive(Deserialize)]
struct SignedIn {
    csrf_token: String,
}

#[derive(Deserialize)]
struct Page {
    messages: Vec<Shown>,
    before: Option<String>,
}

#[derive(Deserialize)]
struct Shown {
    id: String,
    text: String,
    file: Option<ShownFile>,
}

#[derive(Deserialize)]
struct ShownFile {
    name: String,
}

impl Browser {
    /// Signs in.
    pub(super) async fn sign_in(client: &Client, node: &str, name: &str, password: &str) -> Result<Self, Trouble> {
        let mut browser = Self { client: client.clone(), node: node.to_owned(), cookie: String::new(), token: String::new() };
        let request = browser.client.post(format!("{node}/api/session"));
        let mut response = request.send_json(&json!({ "username": name, "password": password })).await.map_err(|error| broken(&error))?;
        if response.status() != StatusCode::CREATED {
            return Err(Trouble::Status(response.status().as_u16()));
        }
        let cookie = response.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok()?.split(';').next());
        cookie.ok_or(Trouble::NotUnderstood)?.clone_into(&mut browser.cookie);
        let body = response.body().await.map_err(|_| Trouble::Broken)?;
        browser.token = read::<SignedIn>(&body)?.csrf_token;
        Ok(browser)
    }

    /// The cookie of this browser, for its WebSockets.
    pub(super) fn cookie(&self) -> &str {
        &self.cookie
    }

    pub(super) fn node(&self) -> &str {
        &self.node
    }

    async fn call(&self, method: Method, path: &str, content_type: &str, body: Vec<u8>) -> Result<Vec<u8>, Trouble> {
        let request = self.client.request(method, format!("{}{path}", self.node)).insert_header(("Cookie", self.cookie.as_str()));
        let request = request.insert_header(("X-CSRF-Token", self.token.as_str())).insert_header(("Content-Type", content_type));
        let exchange = async {
            let mut response = request.send_body(body).await.map_err(|error| broken(&error))?;
            let body = response.body().limit(MAX_ANSWER_BYTES).await.map_err(|_| Trouble::Broken)?;
            if response.status().is_success() { Ok(body.to_vec()) } else { Err(Trouble::Status(response.status().as_u16())) }
        };
        actix::clock::timeout(PATIENCE, exchange).await.unwrap_or(Err(Trouble::TimedOut))
    }

    pub(super) async fn get(&self, path: &str) -> Result<Vec<u8>, Trouble> {
        self.call(Method::GET, path, "text/plain", Vec::new()).await
    }

    pub(super) async fn change(&self, method: Method, path: &str, form: &Value) -> Result<Vec<u8>, Trouble> {
        self.call(method, path, "application/json", form.to_string().into_bytes()).await
    }

    /// Writes to somebody.
    pub(super) async fn write(&self, to: &str, text: &str) -> Result<(), Trouble> {
        let form = json!({ "text": text, "markdown": false });
        self.change(Method::POST, &format!("/api/conversations/{to}/messages"), &form).await.map(drop)
    }

    /// Sends a file.
    pub(super) async fn attach(&self, to: &str, name: &str, content: &[u8]) -> Result<(), Trouble> {
        const EDGE: &str = "edge-of-a-part-of-the-load-test";
        let head = format!(
            "--{EDGE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        let body = [head.as_bytes(), content, format!("\r\n--{EDGE}--\r\n").as_bytes()].concat();
        let kind = format!("multipart/form-data; boundary={EDGE}");
        self.call(Method::POST, &format!("/api/conversations/{to}/files"), &kind, body).await.map(drop)
    }

    /// Marks as read what the newest page of a conversation shows.
    pub(super) async fn mark_read(&self, with: &str) -> Result<(), Trouble> {
        let page: Page = read(&self.get(&format!("/api/conversations/{with}/messages?limit=1")).await?)?;
        let Some(newest) = page.messages.first() else { return Ok(()) };
        self.change(Method::POST, &format!("/api/conversations/{with}/read"), &json!({ "up_to": newest.id })).await.map(drop)
    }

    /// The numbers of all messages of a conversation that bear a mark.
    pub(super) async fn numbers(&self, with: &str) -> Result<Vec<u64>, Trouble> {
        let (mut numbers, mut place) = (Vec::new(), String::new());
        loop {
            let page: Page = read(&self.get(&format!("/api/conversations/{with}/messages?limit={PAGE}{place}")).await?)?;
            let marks = page
                .messages
                .iter()
                .filter_map(|message| Mark::find(&message.text).or_else(|| message.file.as_ref().and_then(|file| Mark::find(&file.name))));
            numbers.extend(marks.map(|mark| mark.number));
            let Some(before) = page.before else { return Ok(numbers) };
            place = format!("&before={before}");
        }
    }
}

fn broken(error: &awc::error::SendRequestError) -> Trouble {
    if matches!(error, awc::error::SendRequestError::Timeout) { Trouble::TimedOut } else { Trouble::Broken }
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Trouble> {
    serde_json::from_slice(body).map_err(|_| Trouble::NotUnderstood)
}

/// Brings `body` to the node of `browser`, as another node does: nobody is signed in.
pub(super) async fn bring(browser: &Browser, path: &str, body: String) -> Result<(), Trouble> {
    let request = browser.client.post(format!("{}{path}", browser.node)).insert_header(("Content-Type", "application/json"));
    let exchange = async {
        let mut response = request.send_body(body).await.map_err(|error| broken(&error))?;
        let answer = response.body().await.map_err(|_| Trouble::Broken)?;
        match response.status().as_u16() {
            200..300 if answer.first() == Some(&b'0') => Ok(()),
            200..300 => Err(Trouble::NotUnderstood),
            status => Err(Trouble::Status(status)),
        }
    };
    actix::clock::timeout(PATIENCE, exchange).await.unwrap_or(Err(Trouble::TimedOut))
}
