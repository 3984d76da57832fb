//! What a tab is told through its WebSocket.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::ClientRequestBuilder;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Longer than any event takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// An open WebSocket.
pub(crate) struct Events {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Events {
    /// Opens one with this cookie. The node's refusal is its HTTP status.
    pub(crate) async fn open(node: SocketAddr, cookie: &str) -> Result<Self, u16> {
        Self::open_from(node, cookie, None).await
    }

    /// Opens one as a page of `origin` would.
    pub(crate) async fn open_from(node: SocketAddr, cookie: &str, origin: Option<&str>) -> Result<Self, u16> {
        let mut request = ClientRequestBuilder::new(format!("ws://{node}/api/ws").parse().unwrap());
        if !cookie.is_empty() {
            request = request.with_header("Cookie", cookie);
        }
        if let Some(origin) = origin {
            request = request.with_header("Origin", origin);
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// The next event; `None` when the node has closed the WebSocket.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("an event, or the end");
            match message {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// Waits for the event of this type that fits.
    pub(crate) async fn wait_for(&mut self, kind: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            assert!(start.elapsed() < PATIENCE, "this event never came: {kind}");
            let event = self.next().await.unwrap_or_else(|| panic!("closed before the event {kind}"));
            if event["type"] == kind && fits(&event) {
                return event;
            }
        }
    }

    /// Waits for a message with this text.
    pub(crate) async fn message(&mut self, text: &str) -> Value {
        self.wait_for("message", |event| event["message"]["text"] == text).await["message"].clone()
    }

    /// Waits until this message has come so far.
    pub(crate) async fn receipt(&mut self, sent: &Value, receipt: &str) -> Value {
        self.wait_for("receipt", |event| event["id"] == sent["id"] && event["receipt"] == receipt).await
    }

    /// Sends something, which a node has no use for.
    pub(crate) async fn say(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }
}
