//! `/api/session`: log in, who am I, sign out.

use actix_session::Session as BrowserSession;
use actix_web::http::StatusCode;
use actix_web::http::header::USER_AGENT;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ApiError, ApiResult, CsrfChecked, Failure, Json, SignedIn, State, read_json};
use crate::actors::database::Write;
use crate::actors::event::ProfileView;
use crate::actors::node::{FindSession, LogIn, LogOut};
use crate::actors::presence::Snapshot;
use crate::actors::rate_limiter::{Charge, Spend};
use crate::actors::session::EndBrowser;
use crate::db::queries::{people, sessions};
use crate::domain::browser::{BrowserId, MAX_AGENT_CHARS};
use crate::domain::clock;
use crate::domain::presence::Status;
use crate::domain::username::Username;
use crate::protocol::login_server::Credential;
use crate::web::auth;
use crate::web::session_store::{AGENT, BROWSER, CSRF_TOKEN, USERNAME};
use crate::web::state::NodeState;

/// Name and password.
#[derive(Deserialize, ToSchema)]
pub(super) struct LogInForm {
    username: String,
    password: String,
}

/// Who is logged in, and what their page needs to know.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionView {
    username: String,
    status: Status,
    /// To be sent as `X-CSRF-Token` with every changing call.
    csrf_token: String,
    profile: ProfileView,
    login_server: LoginServerView,
    limits: LimitsView,
    /// Whether this node could not read its database at a start and has gone on with an empty one.
    database_set_aside: bool,
}

/// How the login server is doing.
#[derive(Serialize, ToSchema)]
pub(super) struct LoginServerView {
    reachable: bool,
}

/// What may be sent, in bytes.
#[derive(Serialize, ToSchema)]
pub(super) struct LimitsView {
    message_bytes: usize,
    file_bytes: usize,
}

/// Longest password that is hashed, in bytes.
const MAX_PASSWORD_BYTES: usize = 4096;

/// Logs in through the login server. The browser gets a new session key, whatever it had before.
#[utoipa::path(post, path = "/api/session", request_body = LogInForm, responses(
    (status = 201, body = SessionView), (status = 401, description = "Wrong credentials"), (status = 429, description = "Too many tries"),
    (status = 503, description = "No login server and no proof of an earlier log-in")))]
pub(super) async fn log_in(
    request: HttpRequest,
    payload: web::Payload,
    browser: BrowserSession,
    state: State,
) -> Result<HttpResponse, ApiError> {
    let form: LogInForm = read_json(&request, payload, &state, "a log-in", MAX_PASSWORD_BYTES).await?;
    state.limiter.ask(Spend(Charge::LogIn(auth::caller(&request), form.username.clone()))).await??;
    let wrong = || Failure::WrongCredentials("that name and password do not go together".to_owned());
    let username = Username::parse(form.username.trim()).map_err(|_| wrong())?;
    if form.password.is_empty() || form.password.len() > MAX_PASSWORD_BYTES {
        return Err(wrong().into());
    }
    let credential = Credential::of(&form.password, &state.settings.node.password_salt);
    let status = state.node.send(LogIn { username: username.clone(), credential }).await??;

    let earlier = leave_earlier_session(&browser, &state, &username).await?;
    let csrf_token = hex::encode(rand::random::<[u8; 32]>());
    browser.renew();
    browser.insert(USERNAME, &username).map_err(Failure::internal)?;
    browser.insert(CSRF_TOKEN, &csrf_token).map_err(Failure::internal)?;
    browser.insert(BROWSER, earlier.unwrap_or_else(|| BrowserId::from_random(rand::random()))).map_err(Failure::internal)?;
    browser.insert(AGENT, agent_of(&request)).map_err(Failure::internal)?;
    Ok(HttpResponse::build(StatusCode::CREATED).json(view(&state, username, status, csrf_token).await?))
}

/// What the browser calls itself.
fn agent_of(request: &HttpRequest) -> String {
    let agent = request.headers().get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    agent.chars().take(MAX_AGENT_CHARS).collect()
}

/// A browser in which somebody else was logged in is theirs no longer. Whoever logs in again keeps its name, and so the pages that are open.
async fn leave_earlier_session(browser: &BrowserSession, state: &NodeState, newcomer: &Username) -> Result<Option<BrowserId>, Failure> {
    let id = browser.get::<BrowserId>(BROWSER).ok().flatten();
    match browser.get::<Username>(USERNAME) {
        Ok(Some(earlier)) if earlier != *newcomer => {
            let sessions_left = sessions_besides_this(state, &earlier).await?;
            if let (Some(session), Some(id)) = (state.node.send(FindSession(earlier.clone())).await?, id) {
                session.send(EndBrowser(id)).await?;
            }
            state.node.send(LogOut { username: earlier, sessions_left }).await?;
            Ok(None)
        }
        _ => Ok(id),
    }
}

async fn sessions_besides_this(state: &NodeState, username: &Username) -> Result<u64, Failure> {
    let name = username.clone();
    let sessions = state.reader.read(move |connection| sessions::count(connection, &name, clock::now())).await?;
    Ok(sessions.saturating_sub(1))
}

/// Says who is logged in.
#[utoipa::path(get, path = "/api/session", responses((status = 200, body = SessionView), (status = 401, description = "Nobody is logged in")))]
pub(super) async fn who_am_i(user: SignedIn, state: State) -> ApiResult<SessionView> {
    let name = user.username.clone();
    let person = state.reader.read(move |connection| people::find(connection, &name)).await?;
    let status = person.and_then(|person| person.status).unwrap_or_default();
    Ok(Json(view(&state, user.username, status, user.csrf_token).await?))
}

async fn view(state: &NodeState, username: Username, status: Status, csrf_token: String) -> Result<SessionView, Failure> {
    let name = username.clone();
    let person = state.reader.read(move |connection| people::find(connection, &name)).await?.ok_or(Failure::NotFound("user"))?;
    let seen = state.presence.ask(Snapshot).await?;
    let limits = &state.settings.limits;
    Ok(SessionView {
        username: username.to_string(),
        status,
        csrf_token,
        profile: ProfileView::of(&person),
        login_server: LoginServerView { reachable: seen.login_server_working },
        limits: LimitsView { message_bytes: limits.message_bytes, file_bytes: limits.file_bytes },
        database_set_aside: !state.set_aside().await.is_empty(),
    })
}

/// Signs out: this browser's session is revoked, and with the last one the user is logged off at the login server.
#[utoipa::path(delete, path = "/api/session", responses((status = 204), (status = 401, description = "Nobody is logged in")))]
pub(super) async fn sign_out(user: CsrfChecked, browser: BrowserSession, state: State) -> Result<HttpResponse, ApiError> {
    leave(&state, &user.0, &browser).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends the session of the browser that asks: the other pages that are open in it are told.
pub(super) async fn leave(state: &NodeState, user: &SignedIn, browser: &BrowserSession) -> Result<(), Failure> {
    let (name, id) = (user.username.clone(), user.browser.clone());
    // First on disk: a page that is told to leave must not be let in again.
    let end = Write::new(move |connection| {
        sessions::end(connection, &name, &id)?;
        sessions::count(connection, &name, clock::now())
    });
    let sessions_left = state.database.ask(end).await??;
    user.session.send(EndBrowser(user.browser.clone())).await?;
    state.node.send(LogOut { username: user.username.clone(), sessions_left }).await?;
    browser.purge();
    Ok(())
}
