//! What a peer's call is charged to, and remembering who has nothing left.
//!
//! The limiter is one actor, which everybody needs: signed-in users too. So that a flood does not fill its mailbox, each thread that answers
//! requests remembers for itself whom the limiter has refused, and until when. In that time a call costs no message, and its body is not looked at.
//!
//! A refusal is given after a pause. Whoever goes on as fast as they are answered is slowed down by it, and leaves the machine to the users of the
//! node. Meanwhile a short body is taken from the line, so that the connection can go on: making a new one costs more than refusing a call.

use std::cell::RefCell;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::web::{self, Bytes};
use actix_web::{HttpMessage, HttpRequest};

use crate::actors::rate_limiter::{Charge, Claim, RateLimited, Spend};
use crate::domain::network::network_of;
use crate::domain::username::Username;
use crate::metrics::{Kind, Ruling};
use crate::web::auth;
use crate::web::body::{self, BodyLimit};
use crate::web::error::Failure;
use crate::web::state::NodeState;

pub(super) fn charge_call(request: &HttpRequest) -> Charge {
    Charge::PeerCall(auth::caller(request))
}

/// Reads the body of a call, once it is charged to the caller.
pub(super) async fn charged_body(
    request: &HttpRequest,
    payload: web::Payload,
    state: &NodeState,
    cost: Charge,
    limit: BodyLimit,
) -> Result<Bytes, Failure> {
    if let Err(refusal) = charge_now(request, state, cost).await {
        let pause = refusal_pause(state);
        let drain = BodyLimit { what: "a refused call", bytes: DRAINED_BYTES, within: pause };
        // What does not come in this time, or is longer, ends with the connection.
        let _ = futures_util::join!(body::read(request, payload, drain), actix::clock::sleep(pause));
        return Err(refusal);
    }
    require_json(request)?;
    body::read(request, payload, limit).await
}

/// Every node says that its JSON is JSON (protocol section 1: 12 of 12). A page elsewhere cannot, unless this node allows it: so no page can
/// make a browser deliver messages from the address of whoever looks at it.
fn require_json(request: &HttpRequest) -> Result<(), Failure> {
    let essence = request.content_type().trim();
    if essence.eq_ignore_ascii_case("application/json") { Ok(()) } else { Err(Failure::NotJson) }
}

/// Longest body of a refused call that is taken from the line.
const DRAINED_BYTES: usize = 8 << 10;

/// The pause of the setting, up to a half shorter or longer: a thousand connections that were refused at once are not to come back at once.
pub(super) fn refusal_pause(state: &NodeState) -> Duration {
    Duration::from_millis(state.settings.limits.refusal_pause_ms).mul_f64(0.5 + rand::random::<f64>())
}

/// Charges a call that has no body before anything is done for it.
pub(super) async fn charge(request: &HttpRequest, state: &NodeState, cost: Charge) -> Result<(), Failure> {
    let charged = charge_now(request, state, cost).await;
    pause_if_refused(state, charged).await
}

async fn pause_if_refused(state: &NodeState, charged: Result<(), Failure>) -> Result<(), Failure> {
    if charged.is_err() {
        actix::clock::sleep(refusal_pause(state)).await;
    }
    charged
}

async fn charge_now(request: &HttpRequest, state: &NodeState, cost: Charge) -> Result<(), Failure> {
    let caller = (cost.kind(), network_of(auth::caller(request)));
    let refusals = request.app_data::<Rc<Refusals>>();
    if let Some(limited) = refusals.and_then(|refusals| refusals.recall(caller, Instant::now())) {
        state.metrics.ruled(caller.0, limited.by);
        return Err(limited.into());
    }
    let answer = state.limiter.ask(Spend(cost)).await?;
    if let (Err(limited), Some(refusals)) = (&answer, refusals) {
        refusals.remember(caller, *limited, Instant::now());
    }
    Ok(answer?)
}

/// Refuses files from where this call came for so long, as far as this thread answers them.
pub(super) fn read_no_file_for(request: &HttpRequest, wait: Duration) {
    let caller = (Kind::PeerFile, network_of(auth::caller(request)));
    if let Some(refusals) = request.app_data::<Rc<Refusals>>() {
        refusals.remember(caller, RateLimited { retry_after: wait, by: Ruling::Sender }, Instant::now());
    }
}

/// Charges what has been read to whom it names as its sender, and to whom it is for. A message has been counted before: where nothing is limited,
/// nobody is asked again.
pub(super) async fn charge_claim(
    request: &HttpRequest,
    state: &NodeState,
    (sender, addressee): (&Username, &Username),
    cost: fn(Claim) -> Charge,
) -> Result<(), Failure> {
    if !state.settings.limits.enabled {
        return Ok(());
    }
    let claim = Claim { from: auth::caller(request), sender: sender.clone(), addressee: addressee.clone() };
    let charged = state.limiter.ask(Spend(cost(claim))).await?.map_err(Failure::from);
    pause_if_refused(state, charged).await
}

/// Refusals that are remembered by each thread. In one of a fixed number of places each: a later one takes the place of an earlier one.
const PLACES: usize = 1024;

type Caller = (Kind, IpAddr);

/// Whom the limiter has refused lately, as far as this thread knows.
pub(super) struct Refusals {
    places: RefCell<Vec<Option<Refusal>>>,
    secret: RandomState,
}

#[derive(Clone, Copy)]
struct Refusal {
    caller: Caller,
    until: Instant,
    by: Ruling,
}

impl Default for Refusals {
    fn default() -> Self {
        Self { places: RefCell::new(vec![None; PLACES]), secret: RandomState::new() }
    }
}

impl Refusals {
    fn place_of(&self, caller: Caller) -> usize {
        usize::try_from(self.secret.hash_one(caller) % PLACES as u64).unwrap_or_default()
    }

    fn remember(&self, caller: Caller, RateLimited { retry_after, by }: RateLimited, now: Instant) {
        let place = self.place_of(caller);
        if let Some(place) = self.places.borrow_mut().get_mut(place) {
            *place = Some(Refusal { caller, until: now + retry_after, by });
        }
    }

    fn recall(&self, caller: Caller, now: Instant) -> Option<RateLimited> {
        let refusal = (*self.places.borrow().get(self.place_of(caller))?)?;
        let left: Duration = refusal.until.checked_duration_since(now)?;
        (refusal.caller == caller).then_some(RateLimited { retry_after: left, by: refusal.by })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_remembered_for_as_long_as_it_was_said_and_for_nobody_else() {
        let (refusals, now) = (Refusals::default(), Instant::now());
        let (caller, wait) = ((Kind::PeerMessage, IpAddr::from([10, 0, 0, 1])), Duration::from_millis(250));
        assert_eq!(refusals.recall(caller, now), None);
        refusals.remember(caller, RateLimited { retry_after: wait, by: Ruling::Address }, now);
        let later = now + wait / 2;
        assert_eq!(refusals.recall(caller, later), Some(RateLimited { retry_after: wait / 2, by: Ruling::Address }));
        assert_eq!(refusals.recall((Kind::PeerFile, caller.1), later), None);
        assert_eq!(refusals.recall((caller.0, [10, 0, 0, 2].into()), later), None);
        assert_eq!(refusals.recall(caller, now + wait * 2), None);
    }

    #[test]
    fn invented_callers_take_no_room() {
        let (refusals, now) = (Refusals::default(), Instant::now());
        for n in 0..100_000_u32 {
            let limited = RateLimited { retry_after: Duration::from_secs(1), by: Ruling::Address };
            refusals.remember((Kind::PeerCall, n.to_be_bytes().into()), limited, now);
        }
        assert_eq!(refusals.places.borrow().len(), PLACES);
    }
}
