//! What the user wants of the pages.

use actix_session::Session as BrowserSession;
use actix_web::{HttpRequest, HttpResponse};

use super::State;
use super::visitor::{Special, show};

/// The page of settings.
pub(super) async fn settings(request: HttpRequest, browser: BrowserSession, state: State) -> HttpResponse {
    show(&request, &browser, &state, "settings", "settings/index.html", Special::default()).await
}
