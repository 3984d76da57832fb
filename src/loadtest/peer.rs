//! Another node, with as little work for each call as can be: what it costs is not to be taken for the node's own.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::mark::Mark;

/// How long an answer may take before it counts as none.
const PATIENCE: Duration = Duration::from_secs(30);

/// Longest answer that is read; those of the protocol are a line.
const MAX_ANSWER_BYTES: usize = 64 << 10;

/// A message as other nodes write it, from one to another.
pub(super) fn message(from: &str, to: &str, mark: Mark) -> String {
    let stamp = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    let text = format!("{mark} The tide turns at noon, bring the long line and two lamps.");
    format!(
        "{{\"sender\":\"{from}\",\"destination\":\"{to}\",\"message\":\"{text}\",\"stamp\":{stamp:.3},\"markdown\":0,\"encryption\":0,\
         \"hashing\":0,\"hash\":\"\"}}"
    )
}

/// What a call got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Whether it is the protocol's `0`.
    pub(super) is_yes: bool,
}

/// A connection that is kept.
pub(super) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    request: Vec<u8>,
    host: String,
}

impl Connection {
    /// Connects to the node at `address`.
    pub(super) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096), request: Vec::with_capacity(1024), host: address.to_string() })
    }

    /// Calls `/ping`.
    pub(super) async fn ping(&mut self) -> io::Result<Answer> {
        self.request.clear();
        self.request.extend_from_slice(format!("GET /ping?sender=load HTTP/1.1\r\nHost: {}\r\n\r\n", self.host).as_bytes());
        self.exchange().await
    }

    /// Posts `body` to `path`, as JSON.
    pub(super) async fn post(&mut self, path: &str, body: &str) -> io::Result<Answer> {
        self.request.clear();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.host,
            body.len()
        );
        self.request.extend_from_slice(head.as_bytes());
        self.request.extend_from_slice(body.as_bytes());
        self.exchange().await
    }

    async fn exchange(&mut self) -> io::Result<Answer> {
        let exchange = async {
            self.stream.write_all(&self.request).await?;
            self.buffer.clear();
            loop {
                if self.stream.read_buf(&mut self.buffer).await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                if let Some(answer) = whole(&self.buffer)? {
                    return Ok(answer);
                }
            }
        };
        actix::clock::timeout(PATIENCE, exchange).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }
}

/// The answer in `bytes`, once all of it is there.
fn whole(bytes: &[u8]) -> io::Result<Option<Answer>> {
    let Some(head_end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&bytes[..head_end]).map_err(|_| io::ErrorKind::InvalidData)?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
    let length = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let length = length.filter(|length| *length <= MAX_ANSWER_BYTES).ok_or(io::ErrorKind::InvalidData)?;
    let body = &bytes[head_end + 4..];
    Ok((body.len() >= length).then(|| Answer { status, is_yes: (200..300).contains(&status) && body.first() == Some(&b'0') }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_when_all_of_it_is_there() {
        let all = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\nServer: kith\r\n\r\n0: Success";
        for end in 0..all.len() {
            assert_eq!(whole(&all[..end]).unwrap(), None, "{end}");
        }
        assert_eq!(whole(all).unwrap(), Some(Answer { status: 200, is_yes: true }));
        let refusal = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 3\r\n\r\n11:";
        assert_eq!(whole(refusal).unwrap(), Some(Answer { status: 429, is_yes: false }));
        assert!(whole(b"HTTP/1.1 200 OK\r\n\r\n").is_err() && whole(b"rubbish\r\n\r\n").is_err());
    }
}
