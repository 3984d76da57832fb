//! One handler a call. Refusals have status 200 too: the clients read the code in the text and stop at any other status.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use actix_web::http::header::{ALLOW, CACHE_CONTROL, ContentType, X_CONTENT_TYPE_OPTIONS};
use actix_web::http::{Method, StatusCode};
use actix_web::rt::time::timeout;
use actix_web::web::{self, Bytes, Data, Payload, ServiceConfig};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, HttpResponseBuilder, Resource, Responder};

use crate::domain::username::Username;
use crate::login_server::service::{Answer, LoginService, ServiceError};
use crate::protocol::login_server::reply::{BUSY, LOGGED_OFF, REPORTED};
use crate::protocol::login_server::{CallName, ListFormat, list};

/// The longest form: a report with a key, encrypted, takes 2 kB.
const MAX_FORM_BYTES: usize = 64 << 10;

/// The time for a form to arrive, as long as the head has.
const FORM_TIMEOUT: Duration = Duration::from_secs(5);

const CALLS: &str = "\
/listAPI: this text
/listUsers: the name of every account
/report (username, password, location, ip, port, [pubkey], [enc]): say where you are
/logoff (username, password, [enc]): say that you leave
/getList (username, password, [json], [enc]): who is online and where
";

/// The calls of the login server, each by GET and by POST, with and without a slash at its end. They expect a
/// [`LoginService`] among the application's data.
pub fn routes(config: &mut ServiceConfig) {
    let call = |name| move |request: HttpRequest, body: Payload, service: Data<LoginService>| answer(name, request, body, service);
    config
        .service(resource("/listAPI", list_api))
        .service(resource("/listUsers", list_users))
        .service(resource("/report", call(CallName::Report)))
        .service(resource("/logoff", call(CallName::LogOff)))
        .service(resource("/getList", call(CallName::GetList)))
        .default_service(web::to(unknown_call));
}

fn resource<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource([path.to_owned(), format!("{path}/")])
        .route(web::get().to(handler.clone()))
        .route(web::post().to(handler))
        .default_service(web::to(wrong_method))
}

async fn list_api() -> HttpResponse {
    text(StatusCode::OK, CALLS)
}

async fn list_users(service: Data<LoginService>) -> HttpResponse {
    match service.usernames().await {
        Ok(names) => text(StatusCode::OK, names.iter().map(Username::as_str).collect::<Vec<_>>().join(",")),
        Err(error) => refuse("/listUsers", &error),
    }
}

async fn answer(call: CallName, request: HttpRequest, body: Payload, service: Data<LoginService>) -> HttpResponse {
    let form = match read_form(&request, body).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let from = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip());
    match service.answer(call, request.query_string().as_bytes(), &form, from).await {
        Ok(answer) => render(answer),
        Err(error) => refuse(request.path(), &error),
    }
}

/// The body of a POST, whatever type it claims to have: what is no form has no arguments. Other bodies are left unread.
async fn read_form(request: &HttpRequest, body: Payload) -> Result<Bytes, HttpResponse> {
    if request.method() != Method::POST {
        return Ok(Bytes::new());
    }
    match timeout(FORM_TIMEOUT, body.to_bytes_limited(MAX_FORM_BYTES)).await {
        Ok(Ok(Ok(form))) => Ok(form),
        Ok(Ok(Err(_))) => Err(text(StatusCode::BAD_REQUEST, "the form did not arrive whole")),
        Ok(Err(_)) => Err(text(StatusCode::PAYLOAD_TOO_LARGE, "the form is too long")),
        Err(_) => Err(text(StatusCode::REQUEST_TIMEOUT, "the form took too long")),
    }
}

fn render(answer: Answer) -> HttpResponse {
    match answer {
        Answer::Reported => text(StatusCode::OK, REPORTED),
        Answer::LoggedOff => text(StatusCode::OK, LOGGED_OFF),
        Answer::Online(ListFormat::Text, users) => text(StatusCode::OK, list::print_text(&users)),
        Answer::Online(ListFormat::Json, users) => match list::print_json(&users) {
            Ok(json) => reply(StatusCode::OK).content_type(ContentType::json()).body(json),
            Err(error) => {
                tracing::error!(%error, "cannot write the list");
                text(StatusCode::OK, BUSY)
            }
        },
    }
}

fn refuse(path: &str, error: &ServiceError) -> HttpResponse {
    match error {
        ServiceError::Refused(refusal) => {
            tracing::debug!(path, reason = %refusal, "call refused");
            text(StatusCode::OK, refusal.text())
        }
        ServiceError::Busy => {
            tracing::warn!(path, "call refused: {error}");
            text(StatusCode::OK, BUSY)
        }
        ServiceError::Accounts(cause) => {
            tracing::error!(path, cause = cause as &dyn std::error::Error, "{error}");
            text(StatusCode::OK, BUSY)
        }
    }
}

async fn unknown_call() -> HttpResponse {
    text(StatusCode::NOT_FOUND, "there is no such call, see /listAPI")
}

async fn wrong_method() -> HttpResponse {
    reply(StatusCode::METHOD_NOT_ALLOWED)
        .insert_header((ALLOW, "GET, POST"))
        .content_type(ContentType::plaintext())
        .body("this call is made by GET or POST")
}

fn text(status: StatusCode, body: impl Into<String>) -> HttpResponse {
    reply(status).content_type(ContentType::plaintext()).body(body.into())
}

/// What others sent is in these answers, so no browser is to take them for a page; and they are old at once.
fn reply(status: StatusCode) -> HttpResponseBuilder {
    let mut builder = HttpResponse::build(status);
    builder.insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff")).insert_header((CACHE_CONTROL, "no-store"));
    builder
}
