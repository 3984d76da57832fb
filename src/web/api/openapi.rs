//! `/api/openapi.json`: the API's description, made from the handlers.

use actix_web::web::Json;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;

use super::{
    blocks, conversations, drafts, events, files, health, history, messages, node, preferences, preview, profile, search, session,
    sessions, users, ws,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "kith",
        description = "The API of a kith node. A changing call needs the header X-CSRF-Token with the token of the session."
    ),
    paths(
        session::log_in,
        session::who_am_i,
        session::sign_out,
        sessions::list,
        sessions::sign_out_there,
        users::list,
        users::one,
        users::change_status,
        preferences::read,
        preferences::change,
        preferences::muted,
        preferences::mute,
        preferences::unmute,
        preferences::activity,
        profile::read,
        profile::picture,
        profile::change,
        profile::change_picture,
        profile::remove_picture,
        conversations::list,
        conversations::page,
        conversations::send,
        conversations::mark_read,
        conversations::forward,
        messages::one,
        messages::retry,
        messages::delete,
        drafts::list,
        drafts::keep,
        preview::show,
        files::send,
        files::read,
        search::find,
        events::list,
        events::make,
        events::one,
        events::invite,
        events::answer,
        blocks::list,
        blocks::add,
        blocks::remove,
        node::standing,
        history::last_hour,
        ws::open,
        health::health,
        health::metrics,
    )
)]
struct Api;

/// Gives the description.
pub(super) async fn document() -> Json<Document> {
    Json(Api::openapi())
}
