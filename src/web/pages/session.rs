//! The way in: `/`, `/login`, and what is not there.

use actix_session::Session as BrowserSession;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::State;
use super::visitor::{Special, error_page, render};
use crate::web::auth::SignedIn;
use crate::web::error::Failure;

fn go_to(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path)).finish()
}

/// Sends everybody to where they want to be.
pub(super) async fn home(browser: BrowserSession, state: State) -> HttpResponse {
    go_to(if SignedIn::find(&state, &browser).await.is_ok() { "/chats" } else { "/login" })
}

/// Where to go after logging in.
#[derive(Deserialize)]
pub(super) struct LoginQuery {
    next: Option<String>,
}

/// The log-in page.
pub(super) async fn login(
    request: HttpRequest,
    browser: BrowserSession,
    query: Option<web::Query<LoginQuery>>,
    state: State,
) -> HttpResponse {
    let next = query.and_then(|query| query.into_inner().next).filter(|next| is_own_path(next));
    if SignedIn::find(&state, &browser).await.is_ok() {
        return go_to(next.as_deref().unwrap_or("/chats"));
    }
    let special = Special { next: next.as_deref(), ..Special::default() };
    render(&request, &state, None, "login", "session/login.html", special, HttpResponse::Ok()).await
}

/// Whether a link leads to this node: nobody is sent elsewhere after logging in.
fn is_own_path(next: &str) -> bool {
    next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n'])
}

/// What is not there.
pub(super) async fn no_such_page(request: HttpRequest, browser: BrowserSession, state: State) -> HttpResponse {
    error_page(&request, &browser, &state, &Failure::NotFound("page")).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere_after_logging_in() {
        assert!(is_own_path("/chats/ben?x=1"));
        for elsewhere in ["", "https://example.org", "//example.org", "/\\example.org", "javascript:alert(1)", "/x\r\nSet-Cookie: a"] {
            assert!(!is_own_path(elsewhere), "{elsewhere}");
        }
    }
}
