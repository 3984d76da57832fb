//! Who is asking: extractors, so that a handler that compiles is an authorised one.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use actix::Addr;
use actix_session::{Session as BrowserSession, SessionExt};
use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::error::{ApiError, Failure};
use super::session_store::{BROWSER, CSRF_TOKEN, USERNAME};
use super::state::NodeState;
use crate::actors::node::FindSession;
use crate::actors::rate_limiter::{Charge, Spend};
use crate::actors::session::{Session, Used};
use crate::domain::browser::BrowserId;
use crate::domain::username::Username;

/// The header that only our own pages can send.
pub const CSRF_HEADER: &str = "X-CSRF-Token";

/// A logged-in user, within their budget of calls.
#[derive(Clone)]
pub struct SignedIn {
    /// Who.
    pub username: Username,
    /// Their rights.
    pub session: Addr<Session>,
    /// In which of their browsers.
    pub browser: BrowserId,
    /// The token that their page sends with every change.
    pub csrf_token: String,
}

impl SignedIn {
    /// Finds out who is asking.
    ///
    /// # Errors
    /// [`Failure::NotSignedIn`], [`Failure::RateLimited`], or [`Failure::Busy`].
    pub async fn find(state: &NodeState, browser: &BrowserSession) -> Result<Self, Failure> {
        let read = |key| browser.get::<String>(key).ok().flatten().ok_or(Failure::NotSignedIn);
        let username = Username::parse(&read(USERNAME)?).map_err(|_| Failure::NotSignedIn)?;
        let csrf_token = read(CSRF_TOKEN)?;
        let browser = browser.get::<BrowserId>(BROWSER).ok().flatten().ok_or(Failure::NotSignedIn)?;
        let session = state.node.send(FindSession(username.clone())).await?.ok_or(Failure::NotSignedIn)?;
        state.limiter.ask(Spend(Charge::UserCall(username.clone()))).await??;
        if session.try_send(Used(browser.clone())).is_err() {
            tracing::debug!(user = %username, "the session of {username} is too busy to note that it is used; the next call says so again");
        }
        Ok(Self { username, session, browser, csrf_token })
    }
}

type Extraction<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (state, browser) = (node_state(request), request.get_session());
        Box::pin(async move { Ok(Self::find(&*state?, &browser).await?) })
    }
}

/// A logged-in user whose own page asks for a change.
pub struct CsrfChecked(pub SignedIn);

impl FromRequest for CsrfChecked {
    type Error = ApiError;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let signed_in = SignedIn::from_request(request, payload);
        let token = request.headers().get(CSRF_HEADER).and_then(|token| token.to_str().ok()).map(ToOwned::to_owned);
        Box::pin(async move {
            let signed_in = signed_in.await?;
            let matches = token.is_some_and(|token| token == signed_in.csrf_token);
            if matches { Ok(Self(signed_in)) } else { Err(Failure::NoCsrfToken.into()) }
        })
    }
}

fn node_state(request: &HttpRequest) -> Result<Data<NodeState>, Failure> {
    request.app_data::<Data<NodeState>>().cloned().ok_or_else(|| Failure::internal("the handlers have no node"))
}

/// The address that a request comes from.
#[must_use]
pub fn caller(request: &HttpRequest) -> IpAddr {
    // There is always one, but for requests that tests make up.
    request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |address| address.ip().to_canonical())
}
