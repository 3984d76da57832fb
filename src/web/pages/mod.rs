//! Pages: the frame that the browser gets. What is in it comes through the API, so that a page and its updates are drawn by the same code.

pub mod assets;
mod chats;
mod events;
pub mod language;
mod people;
mod profile;
mod session;
mod settings;
pub mod templates;
mod visitor;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS};
use actix_web::middleware::DefaultHeaders;
use actix_web::web::{self, Data, ServiceConfig};

use super::state::NodeState;

/// What a page may load and do: nothing but our own scripts, styles, pictures and calls; no other site may frame it.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; \
    frame-src 'self'; object-src 'none'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The pages of a node.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/").route(web::get().to(session::home)))
        .service(web::resource("/login").route(web::get().to(session::login)))
        .service(web::resource("/chats").route(web::get().to(chats::chats)))
        .service(web::resource("/chats/{username}").route(web::get().to(chats::conversation)))
        .service(web::resource("/people").route(web::get().to(people::people)))
        .service(web::resource("/people/{username}").route(web::get().to(people::person)))
        .service(web::resource("/about-node").route(web::get().to(people::about_node)))
        .service(web::resource("/events").route(web::get().to(events::events)))
        .service(web::resource("/profile").route(web::get().to(profile::profile)))
        .service(web::resource("/settings").route(web::get().to(settings::settings)))
        .default_service(web::to(session::no_such_page));
}

/// Scripts, styles and pictures of the pages.
pub fn asset_routes(config: &mut ServiceConfig) {
    config.service(web::resource("/{path:.*}").route(web::get().to(assets::asset)));
}

/// Headers of every page. Pages are not kept by the browser: after signing out, Back shows nothing.
#[must_use]
pub fn headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .add((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((REFERRER_POLICY, "same-origin"))
        .add((CACHE_CONTROL, "no-store"))
        .add((VARY, "Accept-Language"))
}

type State = Data<NodeState>;
