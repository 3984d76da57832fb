//! `/report` (protocol section 10): somebody says where they are, while the login server cannot be told.
//!
//! "signature meant as RSA of SHA-512(passphrase) with the reported key; T's own code fails on it." The call carries no key, so it is the one that was
//! reported to the login server and that its last list had; the signature is the plain one, `SHA-512(passphrase)` taken as a number. It does not
//! cover the place, and some nodes of 2017 sign whatever they are asked to by `/handshake`. So besides a good signature the place must be where the
//! call comes from, and what was said once is not believed from elsewhere. Even then it is hearsay: see `actors::presence::Hear`.

use actix_web::{HttpRequest, web};
use sha2::{Digest, Sha512};

use super::{PeerResult, State, charge_call, charged_body, question_limit, sealed, text};
use crate::actors::presence::{Hear, KeyOf};
use crate::protocol::login_server::Whereabouts;
use crate::protocol::peer::Report;
use crate::protocol::reply_code::ReplyCode;
use crate::protocol::rsa_key::PublicKey;
use crate::web::auth;
use crate::web::error::Failure;

/// Remembers where the caller says to be. 2 when the signature, or the address, is not theirs.
pub(super) async fn report(request: HttpRequest, payload: web::Payload, state: State) -> PeerResult {
    let body = charged_body(&request, payload, &state, charge_call(&request), question_limit(&state)).await?;
    let Report { username, passphrase, signature, location, ip, port } = sealed::read(&state, body).await?.call;
    super::gate::check_user(&state, &username)?;
    let unauthenticated = || Failure::Peer(ReplyCode::Unauthenticated.into());
    if ip != auth::caller(&request) {
        return Err(unauthenticated().into());
    }
    let key = state.presence.ask(KeyOf(username.clone())).await?.ok_or_else(unauthenticated)?;
    let signed: [u8; 64] = Sha512::digest(passphrase.as_bytes()).into();
    let check = move || PublicKey::parse(&key).is_ok_and(|key| key.has_signed(&signature, &signed));
    if !web::block(check).await.map_err(Failure::internal)? {
        return Err(unauthenticated().into());
    }
    let at = Whereabouts { location, ip, port, public_key: None };
    state.presence.ask(Hear { username, at, signed }).await?.map_err(|_| unauthenticated())?;
    Ok(text(ReplyCode::Success.to_string()))
}
