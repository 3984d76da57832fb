//! A node of 2017 that has what it is given, records what it gets, and answers as it is told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use actix_web::web::{self, Bytes, Data, PayloadConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use kith::protocol::body::Body;
use kith::protocol::encryption::{self, Encryption};
use kith::protocol::outgoing::handshake_answer;
use kith::protocol::rsa_key::KeyPair;

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

pub(crate) struct Fake {
    pub(crate) address: SocketAddr,
    pub(crate) keys: KeyPair,
    state: Arc<State>,
}

struct State {
    list_api: String,
    handshakes: Handshakes,
    server: &'static str,
    judge: Judge,
    keys: KeyPair,
    calls: Mutex<Vec<String>>,
    got: Mutex<Vec<Got>>,
    acknowledged: Mutex<Vec<Body>>,
    told: Mutex<Vec<Told>>,
}

impl Fake {
    pub(crate) fn start(list_api: &str, handshakes: Handshakes) -> Self {
        Self::start_with(list_api, handshakes, "CherryPy/10", Box::new(|_| "0: Success"))
    }

    pub(crate) fn start_with(list_api: &str, handshakes: Handshakes, server: &'static str, judge: Judge) -> Self {
        let keys = KeyPair::generate().unwrap();
        let state = Arc::new(State {
            list_api: list_api.to_owned(),
            handshakes,
            server,
            judge,
            keys: keys.clone(),
            calls: Mutex::default(),
            got: Mutex::default(),
            acknowledged: Mutex::default(),
            told: Mutex::default(),
        });
        let shared = Data::from(state.clone());
        let app = move || App::new().app_data(shared.clone()).app_data(PayloadConfig::new(64 << 20)).default_service(web::to(answer));
        let server = HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
        let address = server.addrs()[0];
        actix_web::rt::spawn(server.run());
        Self { address, keys, state }
    }

    pub(crate) fn public_key(&self) -> String {
        self.keys.public().to_hex()
    }

    /// The paths that were called, but for those of presence.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.state
            .calls
            .lock()
            .unwrap()
            .iter()
            .filter(|path| !["/getStatus", "/getProfile", "/retrieveMessages"].contains(&path.as_str()))
            .cloned()
            .collect()
    }

    /// The acknowledgements that came.
    pub(crate) fn acknowledged(&self) -> Vec<Body> {
        self.state.acknowledged.lock().unwrap().clone()
    }

    /// What came of events.
    pub(crate) fn told(&self) -> Vec<Told> {
        self.state.told.lock().unwrap().clone()
    }

    /// The messages and files that came.
    pub(crate) fn got(&self) -> Vec<Got> {
        self.state.got.lock().unwrap().clone()
    }
}

async fn answer(request: HttpRequest, bytes: Bytes, state: Data<State>) -> HttpResponse {
    state.calls.lock().unwrap().push(request.path().to_owned());
    let body = match request.path() {
        "/listAPI" => state.list_api.clone(),
        "/handshake" if state.handshakes == Handshakes::Silent => std::future::pending().await,
        "/handshake" => shake(&state, &bytes),
        "/receiveMessage" | "/receiveFile" => take(&state, &bytes),
        path @ ("/receiveEvent" | "/acknowledgeEvent") => {
            let body = Body::parse(&bytes).unwrap();
            let encryption = Encryption::read(&body).unwrap();
            let body = encryption::open(body, Some(&state.keys)).unwrap();
            state.told.lock().unwrap().push(Told { path: path.to_owned(), encryption, body });
            "0: Success".to_owned()
        }
        "/acknowledge" => {
            state.acknowledged.lock().unwrap().push(Body::parse(&bytes).unwrap());
            "0: Success".to_owned()
        }
        _ => return HttpResponse::NotFound().body("<html>404 Not Found</html>"),
    };
    HttpResponse::Ok().insert_header(("Server", state.server)).body(body)
}

fn shake(state: &State, bytes: &[u8]) -> String {
    let body = Body::parse(bytes).unwrap();
    match state.handshakes {
        Handshakes::Honest => encryption::open(body, Some(&state.keys))
            .map_or_else(|_| "9".to_owned(), |body| handshake_answer(body.text("message").unwrap_or_default())),
        Handshakes::Echo => handshake_answer(body.text("message").unwrap()),
        Handshakes::Silent | Handshakes::None => "<html>404 Not Found</html>".to_owned(),
    }
}

fn take(state: &State, bytes: &[u8]) -> String {
    let body = Body::parse(bytes).unwrap();
    let encryption = Encryption::read(&body).unwrap();
    let opened = encryption::open(body, Some(&state.keys)).ok();
    let text = |key: &str| opened.as_ref().and_then(|body| body.text(key)).map(str::to_owned);
    let got = Got {
        encryption,
        hashing: text("hashing").and_then(|number| number.parse().ok()).unwrap_or(0),
        payload: text("message").or_else(|| text("file")),
        hash: text("hash").unwrap_or_default(),
        stamp: text("stamp").unwrap_or_default(),
    };
    let answer = (state.judge)(&got);
    state.got.lock().unwrap().push(got);
    answer.to_owned()
}
