//! `/pictures/{username}`: the pictures that `/getProfile` names.

use actix_web::{HttpRequest, web};

use super::{PeerResult, State, charge, charge_call};
use crate::db::queries::people;
use crate::domain::username::Username;
use crate::web::error::Failure;
use crate::web::stored_file;

/// Gives the picture of a user of this node.
pub(super) async fn picture(request: HttpRequest, username: web::Path<String>, state: State) -> PeerResult {
    charge(&request, &state, charge_call(&request)).await?;
    let username = Username::parse(&username).map_err(|_| Failure::NotFound("user"))?;
    let person = state.reader.read(move |connection| people::find(connection, &username)).await?;
    let sha256 = person.filter(|person| person.has_account).and_then(|person| person.picture_sha256);
    Ok(stored_file::picture(&request, &state.files, sha256).await?)
}
