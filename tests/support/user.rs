//! Somebody with a browser: cookies, the anti-forgery token, and the calls that the pages make.

use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::cookie::{CookieStore, Jar};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, RequestBuilder, Url};
use serde_json::{Value, json};

use super::{Events, eventually, password_of};

/// An answer, read whole.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Self { status, headers, body: answer.bytes().await.unwrap().to_vec() }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()))
    }

    /// A header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The answer must be an error in the API's form: `(status, code)`. Its text must be one that people can read.
    pub(crate) fn error(&self) -> (u16, String) {
        let error = self.json()["error"].clone();
        let message = error["message"].as_str().unwrap_or_else(|| panic!("no error of the API: {}", self.text()));
        assert!(message.len() > 5 && !message.starts_with(char::is_lowercase), "{message:?}");
        (self.status, error["code"].as_str().unwrap().to_owned())
    }

    /// The answer must be that everything went well.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.text());
        self
    }
}

/// Somebody with a browser.
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) node: SocketAddr,
    http: Client,
    jar: Arc<Jar>,
    csrf: RefCell<String>,
}

impl User {
    /// At `node`, calling from `from`; not logged in.
    pub(crate) fn new(name: &str, node: SocketAddr, from: Option<IpAddr>) -> Self {
        let jar = Arc::new(Jar::default());
        let http = Client::builder().cookie_provider(jar.clone()).redirect(reqwest::redirect::Policy::none());
        let http = http.local_address(from).build().unwrap();
        Self { name: name.to_owned(), node, http, jar, csrf: RefCell::default() }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("http://{}{path}", self.node));
        let csrf = self.csrf.borrow();
        if csrf.is_empty() { request } else { request.header("X-CSRF-Token", csrf.as_str()) }
    }

    /// From now on the page sends this as its anti-forgery token; nothing if it is empty.
    pub(crate) fn use_csrf_token(&self, token: &str) {
        token.clone_into(&mut self.csrf.borrow_mut());
    }

    pub(crate) fn csrf_token(&self) -> String {
        self.csrf.borrow().clone()
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::GET, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        Reply::of(self.request(Method::POST, path).json(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Reply {
        Reply::of(self.request(Method::PUT, path).json(body)).await
    }

    fn url(&self) -> Url {
        format!("http://{}/", self.node).parse().unwrap()
    }

    /// What the browser would send as `Cookie`.
    pub(crate) fn cookie(&self) -> String {
        self.jar.cookies(&self.url()).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// Takes a cookie that somebody else had.
    pub(crate) fn steal_cookie(&self, cookie: &str) {
        self.jar.add_cookie_str(cookie, &self.url());
    }

    /// Tries to log in.
    pub(crate) async fn try_log_in(&self, password: &str) -> Reply {
        let reply = self.post("/api/session", &json!({ "username": self.name, "password": password })).await;
        if reply.status == 201 {
            self.use_csrf_token(reply.json()["csrf_token"].as_str().unwrap());
        }
        reply
    }

    /// Logs in with the right password.
    pub(crate) async fn log_in(&self) -> Value {
        let reply = self.try_log_in(&password_of(&self.name)).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    pub(crate) async fn sign_out(&self) {
        assert_eq!(self.delete("/api/session").await.status, 204);
    }

    /// Tries to send a text.
    pub(crate) async fn try_send(&self, to: &str, text: &str) -> Reply {
        self.post(&format!("/api/conversations/{to}/messages"), &json!({ "text": text })).await
    }

    /// Sends a text; it is on disk when this returns.
    pub(crate) async fn send(&self, to: &str, text: &str) -> Value {
        let reply = self.try_send(to, text).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    pub(crate) async fn send_markdown(&self, to: &str, text: &str) -> Value {
        let path = format!("/api/conversations/{to}/messages");
        self.post(&path, &json!({ "text": text, "markdown": true })).await.ok().json()
    }

    /// Tries to send a file.
    pub(crate) async fn try_send_file(&self, to: &str, name: &str, content_type: &str, content: &[u8]) -> Reply {
        let part = Part::bytes(content.to_vec()).file_name(name.to_owned()).mime_str(content_type).unwrap();
        let request = self.request(Method::POST, &format!("/api/conversations/{to}/files"));
        Reply::of(request.multipart(Form::new().part("file", part))).await
    }

    /// Sends a file; it is on disk when this returns.
    pub(crate) async fn send_file(&self, to: &str, name: &str, content_type: &str, content: &[u8]) -> Value {
        let reply = self.try_send_file(to, name, content_type, content).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    /// The newest messages with somebody, oldest of them first.
    pub(crate) async fn conversation(&self, with: &str) -> Vec<Value> {
        let mut page = self.get(&format!("/api/conversations/{with}/messages?limit=200")).await.ok().json();
        let mut messages = std::mem::take(page["messages"].as_array_mut().unwrap());
        messages.reverse();
        messages
    }

    /// The texts of [`User::conversation`].
    pub(crate) async fn texts(&self, with: &str) -> Vec<String> {
        self.conversation(with).await.iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) async fn conversations(&self) -> Vec<Value> {
        self.get("/api/conversations").await.ok().json().as_array().unwrap().clone()
    }

    /// Waits until the conversation has this many messages.
    pub(crate) async fn has_messages(&self, with: &str, count: usize) -> Vec<Value> {
        eventually(&format!("{} has {count} messages with {with}", self.name), async || {
            Some(self.conversation(with).await).filter(|messages| messages.len() == count)
        })
        .await
    }

    /// A message of this conversation, by its id.
    pub(crate) async fn message(&self, with: &str, id: &Value) -> Value {
        self.conversation(with).await.into_iter().find(|message| message["id"] == *id).unwrap()
    }

    /// Waits until a message that this user sent has this receipt.
    pub(crate) async fn has_receipt(&self, sent: &Value, receipt: &str) -> Value {
        let with = sent["to"].as_str().unwrap();
        eventually(&format!("{} is {receipt}", sent["text"]), async || {
            Some(self.message(with, &sent["id"]).await).filter(|message| message["receipt"] == receipt)
        })
        .await
    }

    /// The bytes of a file, as the page would load them.
    pub(crate) async fn file(&self, id: &Value) -> Reply {
        self.get(&format!("/api/files/{}", id.as_str().unwrap())).await
    }

    /// What is known of somebody.
    pub(crate) async fn user(&self, name: &str) -> Value {
        self.get(&format!("/api/users/{name}")).await.json()
    }

    /// Waits until what is known of somebody is as it should be.
    pub(crate) async fn sees(&self, name: &str, what: &str, check: impl Fn(&Value) -> bool) -> Value {
        eventually(&format!("{} sees that {name} {what}", self.name), async || Some(self.user(name).await).filter(|user| check(user))).await
    }

    pub(crate) async fn sees_online(&self, name: &str) -> Value {
        self.sees(name, "is online", |user| user["online"] == true).await
    }

    pub(crate) async fn set_status(&self, status: &str) {
        assert_eq!(self.put("/api/status", &json!({ "status": status })).await.ok().json()["status"], status);
    }

    /// Opens a tab: its WebSocket.
    pub(crate) async fn events(&self) -> Events {
        Events::open(self.node, &self.cookie()).await.unwrap()
    }
}
