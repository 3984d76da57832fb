//! We call, and they answer something else than they should.

mod oddities;
mod telling;
mod verdicts;

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::json;

use self::oddities::Oddity;
use super::arena::{Acquaintance, Arena};
use super::runner::Case;
use super::support::{Answer, Habits, Handshakes, OldNode, message, png};

const CALLS: &str = "/listAPI\n/ping [sender]\n/receiveMessage [sender]\n/receiveFile [sender]\n/acknowledge [sender]\n/getProfile [sender]\n\
    /getStatus\n/retrieveMessages [requestor]\n";

/// All of them.
pub(super) fn cases(arena: &Rc<Arena>) -> Vec<Case> {
    let mut cases = Vec::new();
    for oddity in oddities::all() {
        for call in [
            "/listAPI",
            "/receiveMessage",
            "/receiveFile",
            "/getStatus",
            "/getProfile",
            "/picture.png",
            "/handshake",
            "/getPublicKey",
            "/retrieveMessages",
            "/acknowledge",
        ] {
            let name = format!("they answer {call} with {}", oddity.name);
            cases.push(Case::new(name, odd_answer(arena.clone(), call, oddity.clone())));
        }
    }
    cases.extend(verdicts::cases(arena));
    cases.extend(telling::cases(arena));
    cases
}

/// A node that is an ordinary one but for its answer to one call.
fn habits(call: &'static str, answer: Answer) -> (Habits, bool) {
    let offer = match call {
        // Without a listed key, and with a standard that takes one.
        "/getPublicKey" => "/getPublicKey [sender]\nEncryption 0 4\nHashing 0 1",
        "/handshake" => "/handshake [message]\nEncryption 0 2\nHashing 0 1",
        _ => "Encryption 0 2\nHashing 0 1",
    };
    let habits = Habits {
        list_api: format!("{CALLS}{offer}"),
        handshakes: Handshakes::Honest,
        quirks: HashMap::from([(call, answer)]),
        ..Habits::default()
    };
    (habits, call != "/getPublicKey")
}

async fn odd_answer(arena: Rc<Arena>, call: &'static str, oddity: Oddity) {
    if call == "/picture.png" {
        return odd_picture(arena, oddity).await;
    }
    let (habits, with_key) = habits(call, oddity.answer);
    let them = arena.meet(habits, with_key).await;
    match call {
        "/receiveMessage" | "/receiveFile" => undelivered(&them, call).await,
        "/getStatus" => {
            them.was_asked(call, 1).await;
            assert!(["Online", "null"].contains(&them.shown().await["status"].as_str().unwrap_or("null")), "{}", them.shown().await);
            them.can_be_written_to().await;
        }
        "/getProfile" => {
            them.was_asked(call, 1).await;
            them.can_be_written_to().await;
            let profile = &them.shown().await["profile"];
            assert_eq!((&profile["fullname"], &profile["picture"]), (&json!(""), &json!(null)), "{profile}");
        }
        "/retrieveMessages" => {
            them.was_asked(call, 1).await;
            them.can_be_written_to().await;
            // A no, or an odd answer, is no message.
            assert_eq!(arena.user.conversation(&them.name).await.len(), 1);
        }
        "/acknowledge" => odd_thanks(&them).await,
        _ => {
            them.can_be_written_to().await;
            them.was_asked(call, 1).await;
            assert_eq!(them.node.got().len(), 1);
        }
    }
}

/// What they did not say yes to is not delivered; once they do, it is, and once.
async fn undelivered(them: &Acquaintance, call: &str) {
    let user = &them.arena.user;
    let sent = if call == "/receiveMessage" {
        user.send(&them.name, "Have you got that? <&>").await
    } else {
        user.send_file(&them.name, "a.txt", "text/plain", b"Have you got that?").await
    };
    them.was_asked(call, 1).await;
    // Asking again shows that the first answer was no yes, unless it was a no for good.
    let state = super::arena::until(async || {
        let now = user.message(&them.name, &sent["id"]).await["receipt"].clone();
        (now != "pending" || them.node.calls_to(call).len() > 1).then_some(now)
    })
    .await;
    assert_ne!(state, "delivered");
    them.node.mend();
    if state == "failed" {
        user.post(&format!("/api/messages/{}/retry", sent["id"].as_str().unwrap()), &json!({})).await.ok();
    }
    them.receipt_is(&sent, "delivered").await;
    assert_eq!(them.node.got().len(), 1);
}

/// A picture that cannot be had is none, and all else of the profile is shown.
async fn odd_picture(arena: Rc<Arena>, oddity: Oddity) {
    let node = OldNode::with(Habits { quirks: HashMap::from([("/picture.png", oddity.answer)]), ..Habits::default() }).await;
    node.tell(json!({ "fullname": "Ben", "picture": format!("{}/picture.png", node.url()) }));
    let them = arena.meet_at(node, true).await;
    them.was_asked("/picture.png", 1).await;
    super::arena::until(async || (them.shown().await["profile"]["fullname"] == "Ben").then_some(())).await;
    assert_eq!(them.shown().await["profile"]["picture"], json!(null));
    assert_eq!(arena.user.get(&format!("/api/users/{}/picture", them.name)).await.status, 404);
    them.can_be_written_to().await;
}

/// Ana reads what they wrote, and they make nothing sensible of her thanks.
async fn odd_thanks(them: &Acquaintance) {
    let (node, user) = (&them.arena.node, &them.arena.user);
    let mut body = message(&them.name, "ana", "Read this", 1_497_225_143.5);
    body["hashing"] = json!(1);
    body["hash"] = json!(super::support::sha256(b"Read this"));
    assert_eq!(node.peer_call("/receiveMessage", &body).await.code(), 0);
    let read = user.conversation(&them.name).await.remove(0);
    let path = format!("/api/conversations/{}/read", them.name);
    assert_eq!(user.post(&path, &json!({ "up_to": read["id"] })).await.ok().json()["unread"], 0);
    them.was_asked("/acknowledge", 1).await;
    them.can_be_written_to().await;
    assert_eq!(user.conversation(&them.name).await.len(), 2);
}

/// A picture that is one, to show that the fakes can serve it.
pub(super) fn good_picture() -> Answer {
    Answer::with(200, "", &png())
}
