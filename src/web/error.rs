//! What went wrong, once, and how each kind of caller is told: people by a page, scripts by JSON, peers by the protocol's code.

use std::time::Duration;

use actix::MailboxError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentType};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde_json::json;

use crate::actors::node::LogInError;
use crate::actors::rate_limiter::RateLimited;
use crate::actors::session::SessionError;
use crate::actors::supervise::Unanswered;
use crate::db::DbError;
use crate::db::queries::hosting::NotMade;
use crate::domain::event::InvalidEvent;
use crate::protocol::error::WireError;
use crate::protocol::reply_code::{Reply, ReplyCode};

/// A request that was not done, and why. Its text is for the caller; causes go to the log.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Nobody is logged in.
    #[error("please log in")]
    NotSignedIn,
    /// Name and password do not belong together.
    #[error("{0}")]
    WrongCredentials(String),
    /// The header that shows that our own page sent this is missing or old.
    #[error("the page is out of date; reload it and try again")]
    NoCsrfToken,
    /// Not for this caller.
    #[error("{0}")]
    Forbidden(String),
    /// There is no such thing, or it is not the caller's to see.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// It exists, but not by this method.
    #[error("that call exists, but not by this method")]
    WrongMethod,
    /// It cannot be read.
    #[error("{0}")]
    BadRequest(String),
    /// It can be read, but is not allowed.
    #[error("{0}")]
    Unprocessable(String),
    /// It is larger than the setting allows.
    #[error("{what} may have at most {limit} bytes")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// The most that is taken, in bytes.
        limit: usize,
    },
    /// It is not in the form that this call takes.
    #[error("the body of this call is JSON, and its Content-Type says so")]
    NotJson,
    /// It did not come in time.
    #[error("the request did not come in time")]
    TooSlow,
    /// The budget is spent.
    #[error("too many calls; try again in {} s", retry_after.as_secs() + 1)]
    RateLimited {
        /// When there is room again.
        retry_after: Duration,
    },
    /// The node has more to do than it can.
    #[error("the node is busy; try again in a moment")]
    Busy,
    /// Something that the node needs is away.
    #[error("{0}")]
    Unavailable(String),
    /// There is no room on the disk.
    #[error("the disk of this node is full; nothing new can be kept until there is room")]
    DiskFull,
    /// Nobody of that name lives here. Peers expect the code 4 for a profile (protocol section 3), though nothing is wrong with this node.
    #[error("no such user on this node")]
    NoProfile,
    /// The disk fails, is read-only, or has a damaged database on it.
    #[error("the disk of this node fails; nothing new can be kept until whoever runs the node has seen to it")]
    StorageFails,
    /// Protocol-level trouble with a peer's call.
    #[error("{}", .0.text)]
    Peer(Reply),
    /// A fault of ours.
    #[error("something went wrong on this node")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Failure {
    /// A fault of ours, with its cause for the log.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// The HTTP status, and the word for scripts.
    #[must_use]
    pub fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NotSignedIn => (StatusCode::UNAUTHORIZED, "not_signed_in"),
            Self::WrongCredentials(_) => (StatusCode::UNAUTHORIZED, "wrong_credentials"),
            Self::NoCsrfToken => (StatusCode::FORBIDDEN, "no_csrf_token"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden"),
            Self::NotFound(_) | Self::NoProfile => (StatusCode::NOT_FOUND, "not_found"),
            Self::WrongMethod => (StatusCode::METHOD_NOT_ALLOWED, "wrong_method"),
            Self::BadRequest(_) => (StatusCode::BAD_REQUEST, "bad_request"),
            Self::Unprocessable(_) => (StatusCode::UNPROCESSABLE_ENTITY, "unprocessable"),
            Self::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::NotJson => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "too_slow"),
            Self::RateLimited { .. } => (StatusCode::TOO_MANY_REQUESTS, "rate_limited"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::DiskFull => (StatusCode::INSUFFICIENT_STORAGE, "disk_full"),
            Self::StorageFails => (StatusCode::SERVICE_UNAVAILABLE, "storage_fails"),
            Self::Peer(reply) => (status_of(reply.code), "protocol"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }

    /// What a peer is told.
    #[must_use]
    pub fn reply(&self) -> Reply {
        let say = |code: ReplyCode| Reply::new(code, capitalised(&self.to_string()));
        match self {
            Self::Peer(reply) => reply.clone(),
            Self::BadRequest(_) | Self::Unprocessable(_) | Self::WrongMethod | Self::NotJson | Self::TooSlow => {
                say(ReplyCode::MissingField)
            }
            Self::NotSignedIn | Self::WrongCredentials(_) => ReplyCode::Unauthenticated.into(),
            Self::NotFound(_) | Self::Unavailable(_) => say(ReplyCode::Unavailable),
            Self::Forbidden(_) | Self::NoCsrfToken => ReplyCode::Forbidden.into(),
            Self::TooLarge { what, .. } => Reply::new(ReplyCode::Forbidden, format!("{} is too large", capitalised(what))),
            Self::RateLimited { .. } => ReplyCode::RateLimited.into(),
            Self::NoProfile | Self::DiskFull | Self::StorageFails => say(ReplyCode::Database),
            Self::Busy | Self::Internal(_) => ReplyCode::Database.into(),
        }
    }

    fn builder(&self) -> HttpResponseBuilder {
        let (status, _) = self.kind();
        let mut response = HttpResponse::build(status);
        match self {
            Self::RateLimited { retry_after } => response.insert_header((header::RETRY_AFTER, retry_after.as_secs() + 1)),
            Self::Busy | Self::Unavailable(_) => response.insert_header((header::RETRY_AFTER, 1)),
            _ => &mut response,
        };
        if let Self::Internal(cause) = self {
            tracing::error!(cause = chain(cause.as_ref()), "a request failed: {}", chain(cause.as_ref()));
        }
        response
    }
}

/// A failure with all its causes, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |cause| cause.source()).fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The HTTP status that goes with a code: some nodes look at it alone, and must not take a refusal for a yes.
fn status_of(code: ReplyCode) -> StatusCode {
    match code {
        ReplyCode::Success => StatusCode::OK,
        ReplyCode::Unauthenticated | ReplyCode::Forbidden => StatusCode::FORBIDDEN,
        ReplyCode::Unavailable => StatusCode::NOT_FOUND,
        ReplyCode::Database | ReplyCode::Timeout => StatusCode::SERVICE_UNAVAILABLE,
        ReplyCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ReplyCode::MissingField
        | ReplyCode::HashMismatch
        | ReplyCode::EncodingUnsupported
        | ReplyCode::EncryptionUnsupported
        | ReplyCode::HashingUnsupported => StatusCode::BAD_REQUEST,
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy | DbError::NotRunning => Self::Busy,
            DbError::DiskFull(cause) => {
                tracing::error!(%cause, "the disk is full: nothing new can be kept");
                Self::DiskFull
            }
            DbError::StorageFails(cause) => {
                tracing::error!(cause = chain(cause.as_ref()), "the disk or the database fails: {}", chain(cause.as_ref()));
                Self::StorageFails
            }
            error @ (DbError::Panicked | DbError::Sqlite(_) | DbError::File(_)) => Self::internal(error),
        }
    }
}

impl From<Unanswered> for Failure {
    fn from(_: Unanswered) -> Self {
        Self::Busy
    }
}

impl From<MailboxError> for Failure {
    fn from(_: MailboxError) -> Self {
        Self::Busy
    }
}

impl From<RateLimited> for Failure {
    fn from(RateLimited { retry_after, .. }: RateLimited) -> Self {
        Self::RateLimited { retry_after }
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Database(error) => error.into(),
            SessionError::Unanswered(error) => error.into(),
            SessionError::NoSuchMessage => Self::NotFound("message"),
            SessionError::NoSuchEvent | SessionError::NotMade(NotMade::NoSuchEvent) => Self::NotFound("event"),
            SessionError::NotMade(reason) => Self::Unprocessable(reason.to_string()),
        }
    }
}

impl From<LogInError> for Failure {
    fn from(error: LogInError) -> Self {
        match error {
            LogInError::WrongCredentials => Self::WrongCredentials(error.to_string()),
            LogInError::TooManyCalls => Self::RateLimited { retry_after: Duration::from_secs(59) },
            LogInError::Refused(_) | LogInError::NoLoginServer => Self::Unavailable(error.to_string()),
            LogInError::Database(error) => error.into(),
            LogInError::Unanswered(error) => error.into(),
        }
    }
}

impl From<InvalidEvent> for Failure {
    fn from(error: InvalidEvent) -> Self {
        match error {
            InvalidEvent::NoName | InvalidEvent::EndsFirst => Self::Unprocessable(error.to_string()),
            InvalidEvent::TooLong { what, limit } => Self::TooLarge { what, limit },
        }
    }
}

impl From<WireError> for Failure {
    fn from(error: WireError) -> Self {
        Self::Peer(error.reply())
    }
}

/// A failure as scripts are told: `{"error": {"code", "message"}}`.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct ApiError(pub Failure);

impl<E: Into<Failure>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.0.kind().0
    }

    fn error_response(&self) -> HttpResponse {
        let (_, code) = self.0.kind();
        self.0.builder().json(json!({ "error": { "code": code, "message": capitalised(&self.0.to_string()) } }))
    }
}

/// A failure as peers are told: `1: ...`, with a fitting HTTP status.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct PeerError(pub Failure);

impl<E: Into<Failure>> From<E> for PeerError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl ResponseError for PeerError {
    fn status_code(&self) -> StatusCode {
        self.0.kind().0
    }

    fn error_response(&self) -> HttpResponse {
        self.0.builder().content_type(ContentType::plaintext()).body(self.0.reply().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::reply_code::is_success;

    #[test]
    fn no_failure_reads_as_a_success_to_a_peer() {
        let failures = [
            Failure::NotSignedIn,
            Failure::BadRequest("0".to_owned()),
            Failure::TooLarge { what: "file", limit: 0 },
            Failure::Busy,
            Failure::DiskFull,
            Failure::StorageFails,
            Failure::RateLimited { retry_after: Duration::ZERO },
            Failure::internal("0"),
            Failure::Peer(ReplyCode::HashMismatch.into()),
        ];
        for failure in failures {
            assert!(!is_success(&failure.reply().to_string()) && failure.kind().0.as_u16() >= 400, "{failure:?}");
        }
    }
}
