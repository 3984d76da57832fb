//! One's own profile.

use actix_session::Session as BrowserSession;
use actix_web::{HttpRequest, HttpResponse};

use super::State;
use super::visitor::{Special, show};

/// The page on which users edit their profile.
pub(super) async fn profile(request: HttpRequest, browser: BrowserSession, state: State) -> HttpResponse {
    show(&request, &browser, &state, "profile", "profile/edit.html", Special::default()).await
}
