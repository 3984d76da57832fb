//! `/api/sessions`: the browsers in which the user is signed in.

use std::collections::HashSet;

use actix_session::Session as BrowserSession;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::session::leave;
use super::{ApiError, ApiResult, CsrfChecked, Failure, Json, SignedIn, State};
use crate::actors::database::Write;
use crate::actors::session::{EndBrowser, OpenBrowsers};
use crate::db::queries::sessions;
use crate::domain::browser::{BrowserId, BrowserKind};
use crate::domain::clock;

/// A browser in which the user is signed in.
#[derive(Serialize, ToSchema)]
pub(super) struct BrowserView {
    /// Opaque; it signs nobody in.
    id: String,
    /// Whether it is the one that asks.
    this: bool,
    /// Whether a page is open in it now.
    open: bool,
    /// What it is.
    browser: BrowserKind,
    /// When the user logged in there, in seconds since 1970.
    created: f64,
    /// When it was last used, to some minutes.
    last_used: f64,
}

/// The browsers in which the user is signed in, the one that asks first, then the one used last.
#[utoipa::path(get, path = "/api/sessions", responses((status = 200, body = Vec<BrowserView>)))]
pub(super) async fn list(user: SignedIn, state: State) -> ApiResult<Vec<BrowserView>> {
    let name = user.username.clone();
    let signed_in = state.reader.read(move |connection| sessions::of_user(connection, &name, clock::now())).await?;
    let open: HashSet<BrowserId> = user.session.send(OpenBrowsers).await?;
    let view = |session: sessions::SignedInBrowser| BrowserView {
        this: session.id == user.browser,
        open: open.contains(&session.id),
        browser: BrowserKind::of(&session.agent),
        created: session.created_at.seconds(),
        last_used: session.used_at.seconds(),
        id: session.id.to_string(),
    };
    let mut views: Vec<BrowserView> = signed_in.into_iter().map(view).collect();
    views.sort_by(|one, other| other.this.cmp(&one.this).then(other.last_used.total_cmp(&one.last_used)));
    Ok(Json(views))
}

/// Signs out in one browser, wherever it is: its session is revoked and its pages are told.
#[utoipa::path(delete, path = "/api/sessions/{id}", params(("id" = String, Path)),
    responses((status = 204), (status = 404, description = "No such browser, or not the user's")))]
pub(super) async fn sign_out_there(
    user: CsrfChecked,
    browser: BrowserSession,
    id: web::Path<String>,
    state: State,
) -> Result<HttpResponse, ApiError> {
    let (user, id) = (user.0, BrowserId::from_path(id.into_inner()));
    if id == user.browser {
        leave(&state, &user, &browser).await?;
        return Ok(HttpResponse::NoContent().finish());
    }
    let (name, there) = (user.username.clone(), id.clone());
    let ended = state.database.ask(Write::new(move |connection| sessions::end(connection, &name, &there))).await??;
    if !ended {
        return Err(Failure::NotFound("session").into());
    }
    user.session.send(EndBrowser(id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
