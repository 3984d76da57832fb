//! A server that answers as it is told: the peers and login servers that one would rather not have. It speaks HTTP by hand, so that it can also
//! speak it wrongly.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::rt::task::JoinHandle;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What it says to a call.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// Head and body, as they go over the wire.
    bytes: Vec<u8>,
    then: Then,
}

/// What it does once it has said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Waits for the next call.
    Listen,
    /// Hangs up.
    HangUp,
    /// Keeps the connection, and says no more.
    FallSilent,
    /// Says the same last kilobyte again and again, for as long as somebody listens.
    Ramble,
}

impl Answer {
    pub(crate) fn text(body: &str) -> Self {
        Self::status(200, body)
    }

    pub(crate) fn json(body: &Value) -> Self {
        Self::text(&body.to_string())
    }

    pub(crate) fn status(status: u16, body: &str) -> Self {
        Self::with(status, "", body.as_bytes())
    }

    /// With more lines in its head, each ended by CRLF.
    pub(crate) fn with(status: u16, headers: &str, body: &[u8]) -> Self {
        let head = format!(
            "HTTP/1.1 {status} So\r\nServer: CherryPy/10\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: {}\r\n{headers}\r\n",
            body.len()
        );
        Self::raw([head.as_bytes(), body].concat(), Then::Listen)
    }

    /// The same, said by this make of node.
    pub(crate) fn by(mut self, server: &str) -> Self {
        let head = String::from_utf8_lossy(&self.bytes).replacen("Server: CherryPy/10", &format!("Server: {server}"), 1);
        self.bytes = head.into_bytes();
        self
    }

    /// Just these bytes.
    pub(crate) fn raw(bytes: impl Into<Vec<u8>>, then: Then) -> Self {
        Self { bytes: bytes.into(), then }
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

/// The server, on a free port. It ends when it is dropped.
pub(crate) struct FakeServer {
    address: SocketAddr,
    state: Arc<State>,
    server: JoinHandle<()>,
}

impl FakeServer {
    pub(crate) async fn start(script: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State { script: Mutex::new(Arc::new(Box::new(script))), calls: Mutex::default() });
        let shared = state.clone();
        let server = actix_web::rt::spawn(async move {
            // They end with their server.
            let mut connections = JoinSet::new();
            while let Ok((connection, _)) = listener.accept().await {
                while connections.try_join_next().is_some() {}
                connections.spawn(serve(connection, shared.clone()));
            }
        });
        Self { address, state, server }
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
        self.server.abort();
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(mut connection: TcpStream, state: Arc<State>) {
    let mut read = Vec::new();
    while let Some(call) = next_call(&mut connection, &mut read).await {
        let script = state.script.lock().unwrap().clone();
        let answer = script(&call);
        state.calls.lock().unwrap().push(call);
        if connection.write_all(&answer.bytes).await.is_err() {
            return;
        }
        match answer.then {
            Then::Listen => {}
            Then::HangUp => return,
            Then::FallSilent => return std::future::pending().await,
            Then::Ramble => return ramble(connection, &answer.bytes).await,
        }
    }
}

/// Goes on slowly enough that a listener without any sense of time would be held for good, and takes little memory itself.
async fn ramble(mut connection: TcpStream, bytes: &[u8]) {
    let last = &bytes[bytes.len().saturating_sub(1024)..];
    while connection.write_all(last).await.is_ok() {
        actix_web::rt::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Reads a call; `None` once the caller has hung up.
async fn next_call(connection: &mut TcpStream, read: &mut Vec<u8>) -> Option<Call> {
    loop {
        if let Some((call, length)) = take_call(read) {
            read.drain(..length);
            return Some(call);
        }
        let mut buffer = vec![0; 64 << 10];
        match connection.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => read.extend_from_slice(&buffer[..count]),
        }
    }
}

/// The call at the beginning of what was read, once it is whole, and how many bytes it has. Its body is as long as its head says.
fn take_call(read: &[u8]) -> Option<(Call, usize)> {
    let body_at = read.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&read[..body_at]);
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
    let body = read.get(body_at..body_at + length)?.to_vec();
    let uri = head.split(' ').nth(1)?.to_owned();
    Some((Call { uri, body }, body_at + length))
}
