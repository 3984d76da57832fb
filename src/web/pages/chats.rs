//! Conversations.

use actix_session::Session as BrowserSession;
use actix_web::{HttpRequest, HttpResponse, web};

use super::State;
use super::visitor::{Special, error_page, show};
use crate::domain::username::Username;
use crate::web::error::Failure;

/// The list of conversations.
pub(super) async fn chats(request: HttpRequest, browser: BrowserSession, state: State) -> HttpResponse {
    show(&request, &browser, &state, "chats", "chats/index.html", Special::default()).await
}

/// One conversation beside the list.
pub(super) async fn conversation(request: HttpRequest, browser: BrowserSession, with: web::Path<String>, state: State) -> HttpResponse {
    let Ok(with) = Username::parse(&with) else { return error_page(&request, &browser, &state, &Failure::NotFound("person")).await };
    let special = Special { with: Some(with.as_str()), ..Special::default() };
    show(&request, &browser, &state, "chats", "chats/index.html", special).await
}
