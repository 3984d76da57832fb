//! Events.

use actix_session::Session as BrowserSession;
use actix_web::{HttpRequest, HttpResponse};

use super::State;
use super::visitor::{Special, show};

/// What the user makes and is invited to.
pub(super) async fn events(request: HttpRequest, browser: BrowserSession, state: State) -> HttpResponse {
    show(&request, &browser, &state, "events", "events/index.html", Special::default()).await
}
