//! `/api/ws`: what happens, as it happens.
//!
//! Each tab has a task and a bounded queue. A tab that does not read is cut off rather than waited for: the page reconnects and reads from
//! the API what it missed.

use std::time::Duration;

use actix::Addr;
use actix_web::http::header::{HOST, ORIGIN};
use actix_web::{HttpRequest, HttpResponse, web};
use actix_ws::{CloseCode, CloseReason, Closed, Message, MessageStream};
use futures_util::StreamExt;
use tokio::sync::mpsc;

use super::{ApiError, Failure, SignedIn, State};
use crate::actors::session::{CloseTab, OpenTab, Session, TabText};

/// How often a quiet connection is tried.
const PING_EVERY: Duration = Duration::from_secs(20);

/// How long a tab may take for one event.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens a WebSocket. Events are JSON with a `type`; nothing needs to be sent.
#[utoipa::path(get, path = "/api/ws", responses((status = 101, body = crate::actors::event::Event)))]
pub(super) async fn open(user: SignedIn, request: HttpRequest, body: web::Payload, state: State) -> Result<HttpResponse, ApiError> {
    if !same_origin(&request) {
        return Err(Failure::Forbidden("only this node's own pages may listen".to_owned()).into());
    }
    let (response, socket, incoming) = actix_ws::handle(&request, body).map_err(|error| Failure::BadRequest(error.to_string()))?;
    let (queue, events) = mpsc::channel(state.settings.sessions.tab_queue);
    let tab = user.session.send(OpenTab { browser: user.browser, queue }).await?;
    let counted = state.metrics.socket();
    actix_web::rt::spawn(async move {
        serve(socket, incoming, events, user.session, tab).await;
        drop(counted);
    });
    Ok(response)
}

/// A browser names the page that opens a WebSocket; other programs name none.
fn same_origin(request: &HttpRequest) -> bool {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    header(ORIGIN).is_none_or(|origin| origin.split_once("://").is_some_and(|(_, host)| Some(host) == header(HOST)))
}

async fn serve(
    mut socket: actix_ws::Session,
    mut incoming: MessageStream,
    mut events: mpsc::Receiver<TabText>,
    session: Addr<Session>,
    tab: u64,
) {
    let mut ping = actix_web::rt::time::interval(PING_EVERY);
    let mut heard = true;
    let reason = loop {
        tokio::select! {
            event = events.recv() => match event {
                Some(text) => if patiently(socket.text(text)).await.is_err() { break None },
                // The session has ended, or this tab was too slow for it.
                None => break Some(CloseReason { code: CloseCode::Away, description: None }),
            },
            message = incoming.next() => match message {
                Some(Ok(Message::Ping(bytes))) => if patiently(socket.pong(&bytes)).await.is_err() { break None },
                Some(Ok(Message::Close(_)) | Err(_)) | None => break Some(CloseCode::Normal.into()),
                Some(Ok(_)) => heard = true,
            },
            _ = ping.tick() => {
                if !heard || patiently(socket.ping(b"")).await.is_err() { break None }
                heard = false;
            }
        }
    };
    session.do_send(CloseTab(tab));
    if let Some(reason) = reason {
        // It may be closed already, which is what we want.
        let _ = patiently(socket.close(Some(reason))).await;
    }
}

async fn patiently(sending: impl Future<Output = Result<(), Closed>>) -> Result<(), Closed> {
    actix_web::rt::time::timeout(PATIENCE, sending).await.unwrap_or(Err(Closed))
}
