//! A caller that writes HTTP by hand, and so can do it wrong.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longer than any answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection to a node.
pub(crate) struct RawConnection(TcpStream);

impl RawConnection {
    pub(crate) async fn open(node: SocketAddr) -> Self {
        Self(TcpStream::connect(node).await.unwrap())
    }

    /// Writes all of it, or as much as the node takes. Says whether it took everything.
    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Reads the answer until its body is there: as long as `Content-Length` says, or until the node hangs up.
    pub(crate) async fn answer(&mut self) -> String {
        let mut answer = Vec::new();
        let reading = async {
            let mut buffer = [0; 4096];
            while !is_whole(&answer) {
                match self.0.read(&mut buffer).await {
                    Ok(0) | Err(_) => break,
                    Ok(count) => answer.extend_from_slice(&buffer[..count]),
                }
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.expect("an answer, or the end of the connection");
        String::from_utf8_lossy(&answer).into_owned()
    }
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let text = text.strip_prefix("HTTP/1.1 100 Continue\r\n\r\n").unwrap_or(&text);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(|l| l.trim().to_owned()));
    length.is_some_and(|length| body.len() >= length.parse::<usize>().unwrap())
}
