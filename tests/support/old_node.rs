//! A node of 2017, as ragged as it is told to be: it has what it is given, records what it gets, and goes its own way at single calls.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex};

use kith::protocol::body::Body;
use kith::protocol::encryption::{self, Encryption};
use kith::protocol::outgoing::{handshake_answer, public_key_answer};
use kith::protocol::rsa_key::KeyPair;
use serde_json::{Value, json};

use super::fake::{Answer, Call, FakeServer, Then};

/// All of these nodes share it: making one takes longer than most tests.
static KEYS: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate().unwrap());

/// How it answers a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handshakes {
    /// With the text.
    Honest,
    /// With what it got, as though it had understood.
    Echo,
    /// Not at all: it holds the call.
    Silent,
    /// It has no such call.
    None,
}

/// A message or file that it got, as far as it could read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Got {
    pub(crate) encryption: Encryption,
    pub(crate) hashing: i64,
    pub(crate) payload: Option<String>,
    pub(crate) markdown: bool,
    pub(crate) hash: String,
    pub(crate) stamp: String,
}

/// What it was told of an event, and under which standard.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) path: String,
    pub(crate) encryption: Encryption,
    pub(crate) body: Body,
}

/// What it says to a message.
pub(crate) type Judge = Box<dyn Fn(&Got) -> &'static str + Send + Sync>;

/// What it is like.
pub(crate) struct Habits {
    pub(crate) list_api: String,
    pub(crate) handshakes: Handshakes,
    /// What it calls itself in its heads.
    pub(crate) server: &'static str,
    pub(crate) judge: Judge,
    /// What it tells of its user.
    pub(crate) profile: Value,
    /// Calls that it answers in a way of its own, whatever is asked.
    pub(crate) quirks: HashMap<&'static str, Answer>,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            list_api: "/receiveMessage\nEncryption 0\nHashing 0".to_owned(),
            handshakes: Handshakes::None,
            server: "CherryPy/10",
            judge: Box::new(|_| "0: Success"),
            profile: json!({ "fullname": "Ben", "position": null, "description": "", "location": "Lab", "picture": null }),
            quirks: HashMap::new(),
        }
    }
}

/// The node, on a free port. It ends when it is dropped.
pub(crate) struct OldNode {
    server: FakeServer,
    keys: &'static KeyPair,
    life: Arc<Mutex<Life>>,
}

struct Life {
    habits: Habits,
    got: Vec<Got>,
    acknowledged: Vec<Body>,
    told: Vec<Told>,
}

impl OldNode {
    pub(crate) async fn start(list_api: &str, handshakes: Handshakes) -> Self {
        Self::with(Habits { list_api: list_api.to_owned(), handshakes, ..Habits::default() }).await
    }

    pub(crate) async fn with(habits: Habits) -> Self {
        let life = Arc::new(Mutex::new(Life { habits, got: Vec::new(), acknowledged: Vec::new(), told: Vec::new() }));
        let shared = life.clone();
        let server = FakeServer::start(move |call| shared.lock().unwrap().answer(call)).await;
        Self { server, keys: &KEYS, life }
    }

    /// From now on it answers every call as others do.
    pub(crate) fn mend(&self) {
        self.life.lock().unwrap().habits.quirks.clear();
    }

    /// From now on it tells this of its user.
    pub(crate) fn tell(&self, profile: Value) {
        self.life.lock().unwrap().habits.profile = profile;
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    pub(crate) fn public_key(&self) -> String {
        self.keys.public().to_hex()
    }

    /// What it was asked at this path so far.
    pub(crate) fn calls_to(&self, path: &str) -> Vec<Call> {
        self.server.calls_to(path)
    }

    /// The paths that were called, but for those of presence.
    pub(crate) fn calls(&self) -> Vec<String> {
        let paths = self.server.calls().into_iter().map(|call| call.path().to_owned());
        paths.filter(|path| !["/getStatus", "/getProfile", "/retrieveMessages"].contains(&path.as_str())).collect()
    }

    /// The acknowledgements that came.
    pub(crate) fn acknowledged(&self) -> Vec<Body> {
        self.life.lock().unwrap().acknowledged.clone()
    }

    /// What came of events.
    pub(crate) fn told(&self) -> Vec<Told> {
        self.life.lock().unwrap().told.clone()
    }

    /// The messages and files that came.
    pub(crate) fn got(&self) -> Vec<Got> {
        self.life.lock().unwrap().got.clone()
    }
}

impl Life {
    fn answer(&mut self, call: &Call) -> Answer {
        if let Some(quirk) = self.habits.quirks.get(call.path()) {
            return quirk.clone();
        }
        let server = self.habits.server;
        let answer = match call.path() {
            "/listAPI" => Answer::text(&self.habits.list_api),
            "/ping" => Answer::text("0"),
            "/handshake" => self.shake(&call.body),
            "/getPublicKey" => Answer::text(&public_key_answer(&KEYS.public().to_hex())),
            "/receiveMessage" | "/receiveFile" => Answer::text(self.take(&call.body)),
            "/getStatus" => Answer::json(&json!({ "status": "Online" })),
            "/getProfile" => Answer::json(&self.habits.profile),
            path @ ("/receiveEvent" | "/acknowledgeEvent") => {
                let body = Body::parse(&call.body).unwrap();
                let encryption = Encryption::read(&body).unwrap();
                let body = encryption::open(body, Some(&KEYS)).unwrap();
                self.told.push(Told { path: path.to_owned(), encryption, body });
                Answer::text("0: Success")
            }
            "/acknowledge" => {
                self.acknowledged.push(Body::parse(&call.body).unwrap());
                Answer::text("0: Success")
            }
            _ => Answer::status(404, "<html>404 Not Found</html>"),
        };
        answer.by(server)
    }

    fn shake(&self, bytes: &[u8]) -> Answer {
        let body = Body::parse(bytes).unwrap();
        match self.habits.handshakes {
            Handshakes::Honest => Answer::text(
                &encryption::open(body, Some(&KEYS))
                    .map_or_else(|_| "9".to_owned(), |body| handshake_answer(body.text("message").unwrap_or_default())),
            ),
            Handshakes::Echo => Answer::text(&handshake_answer(body.text("message").unwrap())),
            Handshakes::Silent => Answer::raw("", Then::FallSilent),
            Handshakes::None => Answer::status(404, "<html>404 Not Found</html>"),
        }
    }

    fn take(&mut self, bytes: &[u8]) -> &'static str {
        let body = Body::parse(bytes).unwrap();
        let encryption = Encryption::read(&body).unwrap();
        let opened = encryption::open(body, Some(&KEYS)).ok();
        let text = |key: &str| opened.as_ref().and_then(|body| body.text(key)).map(str::to_owned);
        let got = Got {
            encryption,
            hashing: text("hashing").and_then(|number| number.parse().ok()).unwrap_or(0),
            payload: text("message").or_else(|| text("file")),
            markdown: text("markdown").as_deref() == Some("1"),
            hash: text("hash").unwrap_or_default(),
            stamp: text("stamp").unwrap_or_default(),
        };
        let answer = (self.habits.judge)(&got);
        self.got.push(got);
        answer
    }
}
