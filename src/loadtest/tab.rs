//! A tab: a WebSocket that looks at what happens and says nothing but that it is there.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use awc::Client;
use awc::ws::{Frame, Message};
use futures_util::{SinkExt, StreamExt};

use super::book::Book;
use super::browser::{Browser, Trouble};
use super::ledger::PersonIndex;
use super::mark::{Epoch, Mark};

/// Longest event that is taken.
const MAX_EVENT_BYTES: usize = 1 << 20;

/// What times are noted under.
pub(super) const SEEN: &str = "seen in a tab";

/// What has become of a tab.
#[derive(Default)]
pub(super) struct Tab {
    /// Whose.
    pub(super) person: PersonIndex,
    /// Messages for them that it was told of.
    pub(super) seen: Cell<usize>,
    /// Whether the node has closed it.
    pub(super) closed: Cell<bool>,
}

/// Opens a tab of `browser`, whose user is `name`. What it sees is noted in `book`.
pub(super) async fn open(
    client: &Client,
    browser: &Browser,
    (person, name): (PersonIndex, &str),
    epoch: Epoch,
    book: Rc<RefCell<Book>>,
) -> Result<Rc<Tab>, Trouble> {
    let request = client.ws(format!("{}/api/ws", browser.node())).header("Cookie", browser.cookie()).max_frame_size(MAX_EVENT_BYTES);
    let (_, socket) = request.connect().await.map_err(|_| Trouble::Broken)?;
    let tab = Rc::new(Tab { person, ..Tab::default() });
    let (seen_by, to) = (tab.clone(), format!("\"to\":\"{name}\""));
    actix::spawn(async move {
        let (mut sending, mut frames) = socket.split();
        while let Some(Ok(frame)) = frames.next().await {
            match frame {
                Frame::Text(event) => {
                    if let Some(mark) = message_for(&to, &event) {
                        seen_by.seen.set(seen_by.seen.get() + 1);
                        book.borrow_mut().note(SEEN, epoch.since(mark));
                    }
                }
                Frame::Ping(bytes) => {
                    let answered = sending.send(Message::Pong(bytes)).await;
                    if answered.is_err() {
                        break;
                    }
                }
                Frame::Close(_) => break,
                _ => {}
            }
        }
        seen_by.closed.set(true);
    });
    Ok(tab)
}

/// The mark of the message that an event tells of, if it is for this user.
fn message_for(to: &str, event: &[u8]) -> Option<Mark> {
    let event = std::str::from_utf8(event).ok()?;
    let is_message = event.starts_with("{\"type\":\"message\"") && event.contains(to);
    is_message.then(|| Mark::find(event)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_messages_for_the_tab_s_user_count() {
        let event = |kind: &str, to: &str| format!(r#"{{"type":"{kind}","message":{{"to":"{to}","text":"kith-load-7-9 hi"}}}}"#);
        let to = "\"to\":\"ana\"";
        assert_eq!(message_for(to, event("message", "ana").as_bytes()).map(|mark| mark.number), Some(7));
        assert_eq!(message_for(to, event("message", "anabel").as_bytes()), None);
        assert_eq!(message_for(to, event("receipt", "ana").as_bytes()), None);
    }
}
