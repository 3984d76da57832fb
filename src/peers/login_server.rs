//! Calls to the login server (protocol notes `login-server.md`).

use awc::Client;

use super::{CallError, Timeouts, call, client};
use crate::domain::username::Username;
use crate::protocol::login_server::list::MAX_LIST_BYTES;
use crate::protocol::login_server::{
    Encoding, ListFormat, ListedUser, Login, LoginServerError, OutgoingCall, Refusal, Whereabouts, read_list, read_status, read_usernames,
};

/// A call to the login server that did not do what it was to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginCallError {
    /// It said no.
    #[error(transparent)]
    Refused(Refusal),
    /// It is away, slow, or answers what is no answer: nothing follows for the user.
    #[error("the login server is not working: {0}")]
    NotWorking(String),
}

impl From<CallError> for LoginCallError {
    fn from(error: CallError) -> Self {
        Self::NotWorking(error.to_string())
    }
}

impl From<LoginServerError> for LoginCallError {
    fn from(error: LoginServerError) -> Self {
        match error {
            LoginServerError::Refused(refusal) => Self::Refused(refusal),
            other => Self::NotWorking(other.to_string()),
        }
    }
}

/// The login server of this node's users.
#[derive(Clone)]
pub struct LoginServer {
    client: Client,
    base: String,
    timeouts: Timeouts,
}

impl LoginServer {
    /// A client for the login server at `base`, such as `http://127.0.0.1:8300`.
    #[must_use]
    pub fn new(base: &str, timeouts: Timeouts) -> Self {
        Self { client: client(timeouts), base: base.trim_end_matches('/').to_owned(), timeouts }
    }

    /// Says that a user is at `at`. The first report is the log-in.
    ///
    /// # Errors
    /// [`LoginCallError`].
    pub async fn report(&self, login: &Login, at: &Whereabouts) -> Result<(), LoginCallError> {
        Ok(read_status(&self.call(login.report(at, Encoding::Encrypted)).await?)?)
    }

    /// Says that a user has gone.
    ///
    /// # Errors
    /// [`LoginCallError`].
    pub async fn log_off(&self, login: &Login) -> Result<(), LoginCallError> {
        Ok(read_status(&self.call(login.log_off(Encoding::Encrypted)).await?)?)
    }

    /// Asks who is there.
    ///
    /// # Errors
    /// [`LoginCallError`].
    pub async fn list(&self, login: &Login) -> Result<Vec<ListedUser>, LoginCallError> {
        let body = self.call(login.get_list(ListFormat::Json, Encoding::Encrypted)).await?;
        // A thousand rows, each with a key to be checked, take some milliseconds.
        let list = actix_web::web::block(move || read_list(&body)).await;
        Ok(list.map_err(|_| LoginCallError::NotWorking("its list cannot be read".to_owned()))??)
    }

    /// Asks for the names of everybody who has an account.
    ///
    /// # Errors
    /// [`LoginCallError`].
    pub async fn usernames(&self) -> Result<Vec<Username>, LoginCallError> {
        Ok(read_usernames(&self.call(OutgoingCall { path: "/listUsers", arguments: String::new() }).await?)?)
    }

    /// Calls by POST, so that the credential is in no URL and no access log.
    async fn call(&self, outgoing: OutgoingCall) -> Result<Vec<u8>, LoginCallError> {
        let request = self
            .client
            .post(format!("{}{}", self.base, outgoing.path))
            .insert_header(("Content-Type", "application/x-www-form-urlencoded"));
        let answer = call(request, outgoing.arguments.into_bytes(), "the login server", self.timeouts, MAX_LIST_BYTES).await?;
        if !answer.is_good() {
            return Err(LoginCallError::NotWorking(format!("it answers with HTTP status {}", answer.status)));
        }
        Ok(answer.body)
    }
}
