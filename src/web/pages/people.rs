//! People.

use actix_session::Session as BrowserSession;
use actix_web::{HttpRequest, HttpResponse, web};

use super::State;
use super::visitor::{Special, error_page, show};
use crate::domain::username::Username;
use crate::web::error::Failure;

/// Everybody.
pub(super) async fn people(request: HttpRequest, browser: BrowserSession, state: State) -> HttpResponse {
    show(&request, &browser, &state, "people", "people/index.html", Special::default()).await
}

/// How this node is doing.
pub(super) async fn about_node(request: HttpRequest, browser: BrowserSession, state: State) -> HttpResponse {
    show(&request, &browser, &state, "about-node", "people/about-node.html", Special::default()).await
}

/// Somebody's profile.
pub(super) async fn person(request: HttpRequest, browser: BrowserSession, who: web::Path<String>, state: State) -> HttpResponse {
    let Ok(who) = Username::parse(&who) else { return error_page(&request, &browser, &state, &Failure::NotFound("person")).await };
    let special = Special { with: Some(who.as_str()), ..Special::default() };
    show(&request, &browser, &state, "person", "people/person.html", special).await
}
