//! `/api/events`: what the user makes or is invited to, who comes, and saying whether oneself does.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{ApiError, ApiResult, CsrfChecked, Failure, Json, SignedIn, State, read_json};
use crate::actors::event::EventView;
use crate::actors::session::{AnswerEvent, InviteTo, MakeEvent};
use crate::db::queries::events;
use crate::domain::clock;
use crate::domain::event::{Attendance, EventDetails, EventId};
use crate::domain::message::Markup;
use crate::domain::stamp::Stamp;
use crate::domain::username::{MAX_USERNAME_BYTES, Username};

/// The user's events: those to come, the next one first, then those that are over, the last one first.
#[utoipa::path(get, path = "/api/events", responses((status = 200, body = Vec<EventView>)))]
pub(super) async fn list(user: SignedIn, state: State) -> ApiResult<Vec<EventView>> {
    let shown = state.settings.events.shown;
    let list = state.reader.read(move |connection| {
        let events = events::list(connection, &user.username, clock::now(), shown)?;
        Ok(events.iter().map(|event| EventView::of(event, &user.username)).collect())
    });
    Ok(Json(list.await?))
}

/// One event.
#[utoipa::path(get, path = "/api/events/{id}", params(("id" = String, Path)),
    responses((status = 200, body = EventView), (status = 404, description = "No event that the user makes or is invited to")))]
pub(super) async fn one(user: SignedIn, id: web::Path<String>, state: State) -> ApiResult<EventView> {
    let id = read_id(&id)?;
    let event = state.reader.read(move |connection| {
        let event = events::find_for(connection, &id, &user.username)?;
        Ok(event.map(|event| EventView::of(&event, &user.username)))
    });
    Ok(Json(event.await?.ok_or(Failure::NotFound("event"))?))
}

/// An event to make.
#[derive(Deserialize, ToSchema)]
pub(super) struct EventForm {
    /// Not blank.
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    location: String,
    /// In seconds since 1970; what is finer than a hundredth is rounded.
    start: f64,
    /// In seconds since 1970; not before the start.
    end: f64,
    /// User names of people who are known here.
    #[serde(default)]
    guests: Vec<String>,
}

/// Makes an event and invites to it. The answer comes once it is on disk. An event is the same as another of its host when name and start agree:
/// then the rest is updated, and who was invited is told.
#[utoipa::path(post, path = "/api/events", request_body = EventForm,
    responses((status = 201, body = EventView), (status = 413, description = "Too long"),
        (status = 422, description = "No name, an end before the start, somebody whom nobody knows, or too many of something")))]
pub(super) async fn make(user: CsrfChecked, request: HttpRequest, payload: web::Payload, state: State) -> Result<HttpResponse, ApiError> {
    let settings = &state.settings.events;
    let content = 2 * settings.name_bytes + settings.text_bytes + guest_bytes(&state);
    let form: EventForm = read_json(&request, payload, &state, "an event", content).await?;
    let details = EventDetails {
        name: form.name.trim().to_owned(),
        description: form.description.trim().to_owned(),
        location: form.location.trim().to_owned(),
        picture: String::new(),
        start: read_time("start", form.start)?,
        end: read_time("end", form.end)?,
        markup: Markup::Plain,
    };
    let (details, guests) = (details.check(settings.sizes())?, read_guests(&form.guests)?);
    let event = user.0.session.send(MakeEvent { details, guests, limits: settings.limits() }).await??;
    Ok(HttpResponse::build(StatusCode::CREATED).json(event))
}

/// Whom to invite.
#[derive(Deserialize, ToSchema)]
pub(super) struct GuestsForm {
    /// User names of people who are known here.
    guests: Vec<String>,
}

/// Invites more guests to an event of the user's own. Those whose invitation failed are invited again.
#[utoipa::path(post, path = "/api/events/{id}/guests", params(("id" = String, Path)), request_body = GuestsForm,
    responses((status = 200, body = EventView), (status = 404, description = "No event that the user makes"),
        (status = 422, description = "Somebody whom nobody knows, or too many")))]
pub(super) async fn invite(
    user: CsrfChecked,
    id: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
    state: State,
) -> ApiResult<EventView> {
    let id = read_id(&id)?;
    let form: GuestsForm = read_json(&request, payload, &state, "a list of guests", guest_bytes(&state)).await?;
    let invite = InviteTo { id, guests: read_guests(&form.guests)?, limits: state.settings.events.limits() };
    Ok(Json(user.0.session.send(invite).await??))
}

/// An answer to an invitation.
#[derive(Deserialize, ToSchema)]
pub(super) struct AnswerForm {
    attendance: Attendance,
}

/// Says whether the user comes.
#[utoipa::path(put, path = "/api/events/{id}/answer", params(("id" = String, Path)), request_body = AnswerForm,
    responses((status = 200, body = EventView), (status = 404, description = "No event that the user is invited to")))]
pub(super) async fn answer(
    user: CsrfChecked,
    id: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
    state: State,
) -> ApiResult<EventView> {
    let id = read_id(&id)?;
    let form: AnswerForm = read_json(&request, payload, &state, "an answer", 0).await?;
    Ok(Json(user.0.session.send(AnswerEvent { id, attendance: form.attendance }).await??))
}

fn read_id(text: &str) -> Result<EventId, Failure> {
    EventId::parse(text).map_err(|_| Failure::NotFound("event"))
}

/// Room for as many names as an event may have guests, with their quotes and commas.
fn guest_bytes(state: &State) -> usize {
    state.settings.events.guests * (MAX_USERNAME_BYTES + 4)
}

fn read_guests(names: &[String]) -> Result<Vec<Username>, Failure> {
    let read = |name: &String| Username::parse(name.trim()).map_err(|_| Failure::Unprocessable(format!("{name:?} is nobody's user name")));
    names.iter().map(read).collect()
}

/// A time with two decimals, which is what every node reads back unchanged.
fn read_time(which: &str, seconds: f64) -> Result<Stamp, Failure> {
    let rounded = (seconds * 100.0).round() / 100.0;
    Stamp::from_seconds(rounded).map_err(|_| Failure::Unprocessable(format!("the {which} of an event is a number of seconds since 1970")))
}
