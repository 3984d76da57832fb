//! `/api/users`: everybody known; `/api/status`: one's own.

use std::collections::HashSet;

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ApiResult, CsrfChecked, Failure, Json, Named, SignedIn, State, read_json};
use crate::actors::event::{PresenceView, ProfileView};
use crate::actors::presence::{Seen, Snapshot};
use crate::actors::session::ChangeStatus;
use crate::db::DbError;
use crate::db::queries::people::Person;
use crate::db::queries::{blocks, people, preferences};
use crate::domain::presence::{Reach, Status};
use crate::domain::username::Username;

/// Somebody, as far as they are known.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own in the JSON")]
pub(super) struct UserView {
    #[serde(flatten)]
    presence: PresenceView,
    /// Whether the login server has them, so that messages of theirs can be told from others'.
    verified: bool,
    /// Whether it is the user who asks.
    me: bool,
    /// Whether the user who asks blocks them.
    blocked: bool,
    /// Whether they are muted for the user who asks.
    muted: bool,
    profile: ProfileView,
}

impl UserView {
    fn of(person: &Person, asker: &Username, quiet: &Quiet, seen: &Seen) -> Self {
        let me = person.username == *asker;
        let mut presence = PresenceView::of(person, if me { Reach::Online } else { seen.reach(&person.username) });
        if me {
            // Others may see them as offline; they see what they chose.
            presence.online = Some(true);
        }
        Self {
            presence,
            verified: person.has_account || person.address.is_some(),
            me,
            blocked: quiet.blocked.contains(&person.username),
            muted: quiet.muted.contains(&person.username),
            profile: ProfileView::of(person),
        }
    }
}

/// Of whom a user does not hear, or is not told.
struct Quiet {
    blocked: HashSet<Username>,
    muted: HashSet<Username>,
}

impl Quiet {
    fn of(connection: &rusqlite::Connection, asker: &Username) -> Result<Self, DbError> {
        let blocked = blocks::list(connection, asker)?.into_iter().collect();
        Ok(Self { blocked, muted: preferences::muted(connection, asker)?.into_iter().collect() })
    }
}

/// Everybody known, by name.
#[utoipa::path(get, path = "/api/users", responses((status = 200, body = Vec<UserView>)))]
pub(super) async fn list(user: SignedIn, state: State) -> ApiResult<Vec<UserView>> {
    let asker = user.username.clone();
    let (everybody, quiet) = state.reader.read(move |connection| Ok((people::all(connection)?, Quiet::of(connection, &asker)?))).await?;
    let seen = state.presence.ask(Snapshot).await?;
    Ok(Json(everybody.iter().map(|person| UserView::of(person, &user.username, &quiet, &seen)).collect()))
}

/// One person.
#[utoipa::path(get, path = "/api/users/{username}", params(("username" = String, Path)),
    responses((status = 200, body = UserView), (status = 404, description = "Nobody heard of")))]
pub(super) async fn one(user: SignedIn, Named(about): Named, state: State) -> ApiResult<UserView> {
    let asker = user.username.clone();
    let (person, quiet) =
        state.reader.read(move |connection| Ok((people::find(connection, &about)?, Quiet::of(connection, &asker)?))).await?;
    let seen = state.presence.ask(Snapshot).await?;
    Ok(Json(UserView::of(&person.ok_or(Failure::NotFound("user"))?, &user.username, &quiet, &seen)))
}

/// A status.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct StatusForm {
    status: Status,
}

/// Sets the status that others see.
#[utoipa::path(put, path = "/api/status", request_body = StatusForm, responses((status = 200, body = StatusForm)))]
pub(super) async fn change_status(user: CsrfChecked, request: HttpRequest, payload: web::Payload, state: State) -> ApiResult<StatusForm> {
    let form: StatusForm = read_json(&request, payload, &state, "a status", 0).await?;
    user.0.session.send(ChangeStatus(form.status)).await??;
    Ok(Json(form))
}
