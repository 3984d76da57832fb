//! What people and other nodes do, one thing at a time.

use std::rc::Rc;
use std::time::Instant;

use awc::http::Method;
use serde_json::json;

use super::browser::{Browser, Trouble, bring};
use super::cast::STORED_PEERS;
use super::ledger::PersonIndex;
use super::peer;
use super::scenario::Action;
use super::stage_hand::StageHand;
use super::strange::NONSENSE;

/// What people write, besides the mark.
const TEXT: &str = "The tide turns at noon, bring the long line and two lamps. The reef buoy leans, its battery housing leaks again.";

/// What people look for.
const SEARCHES: [&str; 8] = ["tide", "reef buoy", "lamp", "\"two lamps\"", "harbour forecast", "batter", "zebra", "leaks again"];

/// What people show of themselves. Nobody hides.
const STATUSES: [&str; 4] = ["Online", "Idle", "Away", "Do Not Disturb"];

/// Bytes of a file: a small picture.
const FILE_BYTES: usize = 32 << 10;

impl Action {
    /// What its times are noted under.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::File => "file",
            Self::Page => "page",
            Self::List => "list",
            Self::Read => "read",
            Self::Profile => "profile",
            Self::Introduce => "introduce",
            Self::Status => "status",
            Self::Search => "search",
            Self::Message => "message of a peer",
            Self::Nonsense => "nonsense of a peer",
        }
    }
}

/// Some index below `count`, which is not 0.
pub(super) fn any_of(count: usize) -> usize {
    rand::random_range(0..count.max(1))
}

/// Does it, by somebody whom this thread plays, and notes how that went.
pub(super) async fn act(hand: Rc<StageHand>, action: Action, intended: Instant) {
    let Some((who, browser)) = hand.anybody() else { return };
    let outcome = match action {
        Action::Text | Action::File => write(&hand, action, who, &browser, intended).await,
        Action::Message => be_brought(&hand, who, &browser, intended).await,
        Action::Nonsense => nonsense(&browser).await,
        other => look(&hand, other, who, &browser).await,
    };
    let mut book = hand.book.borrow_mut();
    match outcome {
        Ok(()) => book.done(action.name(), intended),
        Err(trouble) => book.fail(action.name(), trouble.to_string()),
    }
}

/// Everything that sends no message.
async fn look(hand: &StageHand, action: Action, who: PersonIndex, browser: &Browser) -> Result<(), Trouble> {
    let other = whose_page(hand, who);
    match action {
        Action::Page => {
            browser.get(&format!("/chats/{other}")).await?;
            browser.get(&format!("/api/conversations/{other}/messages")).await.map(drop)
        }
        Action::List => {
            browser.get("/api/conversations").await?;
            browser.get("/api/users").await.map(drop)
        }
        Action::Read => browser.mark_read(&other).await,
        Action::Profile => {
            let name = &hand.cast.person(who).name;
            browser.get(&format!("/api/users/{name}/profile")).await.map(drop)
        }
        Action::Introduce => {
            let form = json!({ "fullname": format!("Load {}", any_of(1000)), "position": "Diver", "description": "", "location": "Reef", "picture": null });
            browser.change(Method::PUT, "/api/profile", &form).await.map(drop)
        }
        Action::Status => {
            let form = json!({ "status": STATUSES[any_of(STATUSES.len())] });
            browser.change(Method::PUT, "/api/status", &form).await.map(drop)
        }
        _ => {
            let words = form_urlencoded::byte_serialize(SEARCHES[any_of(SEARCHES.len())].as_bytes()).collect::<String>();
            browser.get(&format!("/api/search?q={words}")).await.map(drop)
        }
    }
}

/// A friend; where there is none, somebody of whom the node has messages.
fn whose_page(hand: &StageHand, who: PersonIndex) -> String {
    let friends = hand.cast.resident(who).map_or(&[][..], |resident| &resident.friends);
    match friends.get(any_of(friends.len())) {
        Some(friend) => hand.cast.person(*friend).name.clone(),
        None if hand.stored > 0 => format!("stored-{}", any_of(STORED_PEERS)),
        None => hand.cast.person(hand.any_peer()).name.clone(),
    }
}

async fn write(hand: &StageHand, action: Action, who: PersonIndex, browser: &Browser, intended: Instant) -> Result<(), Trouble> {
    let friends = hand.cast.resident(who).map_or(&[][..], |resident| &resident.friends);
    let Some(&to) = friends.get(any_of(friends.len())) else { return Ok(()) };
    let (mark, name) = (hand.next_mark(intended), &hand.cast.person(to).name);
    let outcome = if action == Action::File {
        let content: Vec<u8> = mark.to_string().into_bytes().into_iter().cycle().take(FILE_BYTES).collect();
        browser.attach(name, &format!("{mark}.bin"), &content).await
    } else {
        browser.write(name, &format!("{mark} {TEXT}")).await
    };
    hand.enter((who, to), mark, &outcome);
    outcome
}

async fn be_brought(hand: &StageHand, to: PersonIndex, browser: &Browser, intended: Instant) -> Result<(), Trouble> {
    let (from, mark) = (hand.any_peer(), hand.next_mark(intended));
    let body = peer::message(&hand.cast.person(from).name, &hand.cast.person(to).name, mark);
    let outcome = bring(browser, "/receiveMessage", body).await;
    hand.enter((from, to), mark, &outcome);
    outcome
}

/// Nonsense is to be refused, which is no trouble; an error of the node itself is.
async fn nonsense(browser: &Browser) -> Result<(), Trouble> {
    let path = if rand::random() { "/receiveMessage" } else { "/receiveFile" };
    match bring(browser, path, NONSENSE[any_of(NONSENSE.len())].to_owned()).await {
        Err(trouble) if !trouble.is_refusal() => Err(trouble),
        _ => Ok(()),
    }
}
