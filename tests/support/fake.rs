//! A server that answers as it is told: the peers and login servers that one would rather not have.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use serde_json::Value;

/// What it says to a call.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(body: &str) -> Self {
        Self::status(200, body)
    }

    pub(crate) fn status(status: u16, body: &str) -> Self {
        Self { status, content_type: "text/html;charset=utf-8", body: body.as_bytes().to_vec() }
    }
}

/// A call that it got.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) uri: String,
    pub(crate) body: Vec<u8>,
}

impl Call {
    pub(crate) fn path(&self) -> &str {
        self.uri.split('?').next().unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

type Script = Box<dyn Fn(&Call) -> Answer + Send + Sync>;

struct State {
    script: Mutex<Arc<Script>>,
    calls: Mutex<Vec<Call>>,
}

/// The server, on a free port.
pub(crate) struct FakeServer {
    address: SocketAddr,
    state: Data<State>,
    server: ServerHandle,
}

impl FakeServer {
    pub(crate) async fn start(script: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Self {
        let state = Data::new(State { script: Mutex::new(Arc::new(Box::new(script))), calls: Mutex::default() });
        let shared = state.clone();
        let app = move || {
            let config = web::PayloadConfig::new(64 << 20);
            App::new().app_data(config).app_data(shared.clone()).default_service(web::to(answer))
        };
        let server = HttpServer::new(app).workers(1).disable_signals().shutdown_timeout(0).bind("127.0.0.1:0").unwrap();
        let address = server.addrs()[0];
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { address, state, server: handle }
    }

    /// From now on it answers otherwise.
    pub(crate) fn now(&self, script: impl Fn(&Call) -> Answer + Send + Sync + 'static) {
        *self.state.script.lock().unwrap() = Arc::new(Box::new(script));
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it was asked so far.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.state.calls.lock().unwrap().clone()
    }

    /// What it was asked at this path so far.
    pub(crate) fn calls_to(&self, path: &str) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.path() == path).collect()
    }

    pub(crate) async fn stop(self) {
        self.server.stop(false).await;
    }
}

async fn answer(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    let call = Call { uri: request.uri().to_string(), body: body.to_vec() };
    let script = state.script.lock().unwrap().clone();
    let answer = script(&call);
    state.calls.lock().unwrap().push(call);
    HttpResponse::build(StatusCode::from_u16(answer.status).unwrap()).content_type(answer.content_type).body(answer.body)
}
