//! `/api/node/history`: how this node has fared in the last hour.

use actix_web::web::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ApiResult, SignedIn, State};
use crate::actors::history::{LastHour, Sample};

/// The samples of the last hour.
#[derive(Serialize, ToSchema)]
pub(super) struct HistoryView {
    /// Seconds between two of them.
    every_s: u64,
    /// Oldest first.
    samples: Vec<Sample>,
}

/// How this node has fared in the last hour, for its own users. It says nothing of anybody: how many, how long, how much.
#[utoipa::path(get, path = "/api/node/history", responses((status = 200, body = HistoryView)))]
pub(super) async fn last_hour(_: SignedIn, state: State) -> ApiResult<HistoryView> {
    let samples = state.history.ask(LastHour).await?;
    Ok(Json(HistoryView { every_s: state.settings.metrics.sample_every_s, samples }))
}
