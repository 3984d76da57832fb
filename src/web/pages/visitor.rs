//! Who looks at a page, and the page as they get it.

use actix_session::Session as BrowserSession;
use actix_web::http::header::{ContentType, LOCATION};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use super::State;
use super::language::Language;
use crate::actors::event::ProfileView;
use crate::db::queries::{people, preferences};
use crate::domain::preferences::Preferences;
use crate::domain::presence::Status;
use crate::web::auth::SignedIn;
use crate::web::error::Failure;
use crate::web::request_span;
use crate::web::state::NodeState;

/// What every template gets.
#[derive(Serialize)]
pub(super) struct Page<'a> {
    #[serde(rename = "page")]
    name: &'static str,
    version: &'static str,
    csrf_token: Option<&'a str>,
    me: Option<Me>,
    preferences: Option<String>,
    limits: Limits,
    with: Option<&'a str>,
    next: Option<&'a str>,
    error: Option<ErrorText>,
}

/// The user whose page it is.
#[derive(Serialize)]
struct Me {
    username: String,
    fullname: String,
    status: Status,
    picture: Option<String>,
}

/// What may be sent, in bytes.
#[derive(Serialize)]
struct Limits {
    message_bytes: usize,
    file_bytes: usize,
}

/// What went wrong, for people.
#[derive(Serialize)]
pub(super) struct ErrorText {
    pub(super) status: u16,
    /// Under which name the texts say it.
    pub(super) kind: &'static str,
    pub(super) request_id: Option<String>,
}

/// What is special about one page.
#[derive(Default)]
pub(super) struct Special<'a> {
    pub(super) with: Option<&'a str>,
    pub(super) next: Option<&'a str>,
    pub(super) error: Option<ErrorText>,
}

/// Shows a page to whoever is logged in; others are sent to log in first.
pub(super) async fn show(
    request: &HttpRequest,
    browser: &BrowserSession,
    state: &State,
    name: &'static str,
    template: &str,
    special: Special<'_>,
) -> HttpResponse {
    match SignedIn::find(state, browser).await {
        Ok(user) => render(request, state, Some(&user), name, template, special, HttpResponse::Ok()).await,
        Err(Failure::NotSignedIn) => {
            let next = request.uri().path_and_query().map_or("/", |path| path.as_str());
            let query = form_urlencoded::Serializer::for_suffix("/login?".to_owned(), "/login?".len()).append_pair("next", next).finish();
            HttpResponse::SeeOther().insert_header((LOCATION, query)).finish()
        }
        Err(failure) => error_page(request, browser, state, &failure).await,
    }
}

/// Shows a page that needs nobody to be logged in.
pub(super) async fn render(
    request: &HttpRequest,
    state: &NodeState,
    user: Option<&SignedIn>,
    name: &'static str,
    template: &str,
    special: Special<'_>,
    mut response: HttpResponseBuilder,
) -> HttpResponse {
    let (me, preferences) = match user {
        Some(user) => me(state, user).await.unzip(),
        None => (None, None),
    };
    let limits = &state.settings.limits;
    let page = Page {
        name,
        version: env!("CARGO_PKG_VERSION"),
        csrf_token: user.map(|user| user.csrf_token.as_str()),
        me,
        preferences: preferences.and_then(|preferences| serde_json::to_string(&preferences).ok()),
        limits: Limits { message_bytes: limits.message_bytes, file_bytes: limits.file_bytes },
        with: special.with,
        next: special.next,
        error: special.error,
    };
    match state.templates.render(template, Language::wanted(request), &page) {
        Ok(html) => response.content_type(ContentType::html()).body(html),
        Err(error) => {
            tracing::error!(template, ?error, "could not render {template}: {error}");
            HttpResponse::InternalServerError()
                .content_type(ContentType::plaintext())
                .body("Something went wrong on this node. Reload the page, or look into its log.")
        }
    }
}

async fn me(state: &NodeState, user: &SignedIn) -> Option<(Me, Preferences)> {
    let name = user.username.clone();
    let read = state.reader.read(move |connection| Ok((people::find(connection, &name)?, preferences::read(connection, &name)?)));
    let (person, preferences) = read.await.ok()?;
    let person = person?;
    let ProfileView { profile, picture } = ProfileView::of(&person);
    let me = Me { username: user.username.to_string(), fullname: profile.fullname, status: person.status.unwrap_or_default(), picture };
    Some((me, preferences))
}

/// Says what went wrong, and offers the way out.
pub(super) async fn error_page(request: &HttpRequest, browser: &BrowserSession, state: &NodeState, failure: &Failure) -> HttpResponse {
    let (status, _) = failure.kind();
    let kind = match failure {
        Failure::NotFound(_) => "not_found",
        Failure::RateLimited { .. } => "too_much",
        Failure::Busy => "busy",
        _ => "broken",
    };
    let error = ErrorText { status: status.as_u16(), kind, request_id: request_span::id_of(request) };
    let special = Special { error: Some(error), ..Special::default() };
    // Whoever is logged in keeps the menu, and with it the way out.
    let user = SignedIn::find(state, browser).await.ok();
    render(request, state, user.as_ref(), "error", "error.html", special, HttpResponse::build(status)).await
}
