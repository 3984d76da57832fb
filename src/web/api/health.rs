//! `/healthz` and `/metrics`: whether the node does its work, and how much of it, for whoever runs it.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, FORWARDED};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::actors::database::Write;
use crate::actors::presence::Snapshot;
use crate::db::queries::{census, facts};
use crate::domain::clock;
use crate::metrics;
use crate::web::auth;
use crate::web::error::{ApiError, Failure};
use crate::web::state::NodeState;

/// How the parts of the node are doing.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    /// `ok`, or `failing` when the database or presence does not answer.
    status: &'static str,
    /// Whether writes are kept.
    database: bool,
    /// Whether presence answers.
    presence: bool,
    /// Whether the login server works, as of its last answer. It does not make the node unhealthy.
    login_server: bool,
    /// Names of databases in the data folder that could not be read and were set aside, until somebody moves them away.
    set_aside: Vec<String>,
}

/// Says 200 while the node can keep messages and 503 when it cannot.
#[utoipa::path(get, path = "/healthz", responses((status = 200, body = Health), (status = 503, body = Health)))]
pub(super) async fn health(state: Data<NodeState>) -> HttpResponse {
    let database =
        matches!(state.database.ask(Write::new(|connection| facts::note_health_check(connection, clock::now()))).await, Ok(Ok(())));
    let seen = state.presence.ask(Snapshot).await;
    let healthy = database && seen.is_ok();
    let body = Health {
        status: if healthy { "ok" } else { "failing" },
        database,
        presence: seen.is_ok(),
        login_server: seen.is_ok_and(|seen| seen.login_server_working),
        set_aside: state.set_aside().await,
    };
    HttpResponse::build(if healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }).json(body)
}

/// Gives the figures of this node in the text form of Prometheus, to the addresses of the setting `metrics.addresses` alone. A proxy calls from
/// its own address for everybody; what it passes on is refused.
#[utoipa::path(get, path = "/metrics", responses((status = 200, content_type = "application/openmetrics-text", body = String),
    (status = 403, description = "Not for this address")))]
pub(super) async fn metrics(request: HttpRequest, state: Data<NodeState>) -> Result<HttpResponse, ApiError> {
    let from = auth::caller(&request);
    let is_passed_on = request.headers().contains_key(FORWARDED) || request.headers().contains_key("x-forwarded-for");
    if is_passed_on || !state.settings.metrics.addresses.iter().any(|range| range.holds(from)) {
        return Err(Failure::Forbidden("these figures are for the operators of this node".to_owned()).into());
    }
    let stock = state.reader.read(|connection| census::take(connection, clock::now())).await?;
    // Looking at some thousand open files takes a moment.
    let text = web::block(move || state.metrics.render(&stock, &state.settings.node.data)).await.map_err(Failure::internal)?;
    let text = text.map_err(Failure::internal)?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, metrics::CONTENT_TYPE)).body(text))
}
