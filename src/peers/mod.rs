//! Calls to other nodes and to the login server. Each has a connect and a total timeout, and a bound on what it reads.
//!
//! An `awc` client belongs to one thread, so each actor makes its own when it starts.

pub mod login_server;
pub mod node;
pub mod verdict;
pub mod writing;

use std::time::Duration;

use awc::error::{ConnectError, PayloadError, SendRequestError};
use awc::http::header::CONTENT_LENGTH;
use awc::{Client, ClientBuilder, Connector};

/// How long calls may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Until a connection stands.
    pub connect: Duration,
    /// Until the answer is read.
    pub total: Duration,
}

/// A call that brought no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Nobody is there.
    #[error("{0} cannot be reached: {1}")]
    Unreachable(String, String),
    /// Somebody is there, and hung up.
    #[error("{0} broke the call off: {1}")]
    BrokenOff(String, String),
    /// They did not answer in time.
    #[error("{0} does not answer")]
    TimedOut(String),
    /// Their answer is longer than any answer may be.
    #[error("the answer of {0} is too long")]
    TooLong(String),
}

/// An answer, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, whole.
    pub body: Vec<u8>,
    /// Whether the node says that it is of our make; see [`PRODUCT`].
    pub is_kith: bool,
}

impl Answer {
    /// Whether the status lets the body count. A redirection is not followed, and what comes with it is no answer.
    pub(crate) fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }
}
/// What a kith node says of itself in the header `Server` of each answer. To others it means nothing; a kith node knows by it that the
/// other one counts calls by the minute as it does itself, and need not be spared as nodes of 2017 must.
pub const PRODUCT: &str = concat!("kith/", env!("CARGO_PKG_VERSION"));

/// How long an idle connection is kept: less than servers keep theirs, so that a call rarely meets one that is just being closed.
const KEEP_ALIVE: Duration = Duration::from_secs(4);

fn client(timeouts: Timeouts) -> Client {
    // A peer that redirects could send us to somebody who did not ask for it.
    ClientBuilder::new()
        .connector(Connector::new().timeout(timeouts.connect).conn_keep_alive(KEEP_ALIVE))
        .timeout(timeouts.total)
        .disable_redirects()
        .finish()
}

/// Sends `body` and reads the answer, up to `limit` bytes, all within `timeouts.total`.
async fn call(request: awc::ClientRequest, body: Vec<u8>, who: &str, timeouts: Timeouts, limit: usize) -> Result<Answer, CallError> {
    let exchange = async {
        let mut response = request.send_body(body).await.map_err(|error| unreachable_or_slow(who, &error))?;
        let announced: Option<usize> = response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let body = response.body().limit(limit).await.map_err(|error| match error {
            PayloadError::Overflow => CallError::TooLong(who.to_owned()),
            error => CallError::BrokenOff(who.to_owned(), error.to_string()),
        })?;
        // awc takes a connection that breaks off for the end of the body, and half an answer may say something else than the whole one.
        // Of an answer in pieces nobody can tell; but what begins like a yes goes on as one, since no other code begins with 0.
        if announced.is_some_and(|length| body.len() < length) {
            return Err(CallError::BrokenOff(who.to_owned(), "half of it is missing".to_owned()));
        }
        let is_kith = response.headers().get("Server").is_some_and(|server| server.as_bytes().starts_with(b"kith/"));
        Ok(Answer { status: response.status().as_u16(), body: body.to_vec(), is_kith })
    };
    // awc's own timeout ends when the head of the answer is there; a body that never ends must not hold us.
    actix::clock::timeout(timeouts.total, exchange).await.unwrap_or_else(|_| Err(CallError::TimedOut(who.to_owned())))
}

fn unreachable_or_slow(who: &str, error: &SendRequestError) -> CallError {
    match error {
        SendRequestError::Timeout => CallError::TimedOut(who.to_owned()),
        // The connection stood: somebody is there, and hung up instead of answering.
        SendRequestError::Connect(ConnectError::Disconnected) => CallError::BrokenOff(who.to_owned(), "it hung up".to_owned()),
        SendRequestError::Connect(error) => CallError::Unreachable(who.to_owned(), error.to_string()),
        error => CallError::BrokenOff(who.to_owned(), error.to_string()),
    }
}
