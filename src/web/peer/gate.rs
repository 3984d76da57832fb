//! What every call of another node goes through: it is refused if its caller is on the node's blacklist, and its answer is counted.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Data};
use actix_web::{Error, HttpResponse, Resource};

use super::charging::refusal_pause;
use crate::domain::username::Username;
use crate::protocol::reply_code::ReplyCode;
use crate::web::auth;
use crate::web::error::{Failure, PeerError};
use crate::web::state::NodeState;

/// A call at `path`. By another method it is refused in the words of the protocol.
pub(super) fn resource(
    path: &'static str,
) -> Resource<impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()>> {
    web::resource(path)
        .default_service(web::to(async || Err::<HttpResponse, _>(PeerError(Failure::WrongMethod))))
        .wrap(from_fn(move |request: ServiceRequest, next: Next<BoxBody>| pass(path, request, next)))
}

async fn pass(path: &'static str, request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(state) = request.app_data::<Data<NodeState>>().cloned() else { return next.call(request).await };
    let response = match check_caller(&request, &state) {
        Ok(()) => next.call(request).await?,
        Err(failure) => {
            actix::clock::sleep(refusal_pause(&state)).await;
            request.error_response(PeerError(failure))
        }
    };
    state.metrics.peer_called(path, code_of(&response).digits());
    Ok(response)
}

/// Before anything else, and above all before the body is read. A name in the body is checked by whoever reads it, with [`check_user`].
fn check_caller(request: &ServiceRequest, state: &NodeState) -> Result<(), Failure> {
    let blacklist = &state.settings.blacklist;
    if blacklist.bars_address(auth::caller(request.request())) {
        return Err(barred(state));
    }
    if blacklist.has_users() {
        check_form(state, request.query_string().as_bytes())?;
    }
    Ok(())
}

/// Refuses a query or form in the name of somebody on the blacklist: `/ping` and `/getList` name their caller in one.
pub(super) fn check_form(state: &NodeState, form: &[u8]) -> Result<(), Failure> {
    let names = form_urlencoded::parse(form).filter(|(key, _)| key == "sender" || key == "username");
    names.filter_map(|(_, name)| Username::parse(name.trim()).ok()).try_for_each(|name| check_user(state, &name))
}

/// Refuses a call in the name of somebody on the blacklist.
pub(super) fn check_user(state: &NodeState, claimed: &Username) -> Result<(), Failure> {
    if state.settings.blacklist.bars_user(claimed) { Err(barred(state)) } else { Ok(()) }
}

fn barred(state: &NodeState) -> Failure {
    state.metrics.blacklisted();
    Failure::Peer(ReplyCode::RateLimited.into())
}

fn code_of(response: &ServiceResponse) -> ReplyCode {
    let failed = response.response().error().and_then(|error| error.as_error::<PeerError>());
    failed.map_or(ReplyCode::Success, |error| error.0.reply().code)
}
