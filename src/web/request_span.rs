//! A span for each request of a browser or script, so that every log line says which request it belongs to.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::{Error, HttpMessage, HttpRequest};
use tracing::Span;
use tracing_actix_web::{RequestId, RootSpanBuilder, TracingLogger};

/// Method, path and id. The query stays out of the log: it may hold what somebody searches for.
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = request.extensions().get::<RequestId>().map(ToString::to_string);
        tracing::info_span!("request", method = %request.method(), path = request.path(), id)
    }

    fn on_request_end<B: MessageBody>(_: Span, _: &Result<ServiceResponse<B>, Error>) {}
}

/// The middleware that opens the spans.
#[must_use]
pub fn middleware() -> TracingLogger<RequestSpan> {
    TracingLogger::new()
}

/// The id of a request, for a person to quote and an operator to look for.
#[must_use]
pub fn id_of(request: &HttpRequest) -> Option<String> {
    request.extensions().get::<RequestId>().map(ToString::to_string)
}
