//! What they tell of their users: statuses, profiles, pictures.

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::{Value, json};

use super::good_picture;
use crate::arena::{Arena, until};
use crate::runner::Case;
use crate::support::{Answer, Habits, OldNode};

/// Answers to `/getStatus`, and what is shown.
const STATUSES: [(&str, &str); 22] = [
    ("{\"status\": \"Online\"}", "Online"),
    ("{\"status\": \"Idle\"}", "Idle"),
    ("{\"status\": \"Away\"}", "Away"),
    ("{\"status\": \"Do Not Disturb\"}", "Do Not Disturb"),
    ("{\"status\": \"Offline\"}", "Offline"),
    ("{\"status\": \"iDLE\"}", "Idle"),
    ("{\"status\": \"do not disturb\"}", "Do Not Disturb"),
    ("{\"status\": \"Active\"}", "Online"),
    ("{\"status\": \"None\"}", "Online"),
    ("{\"status\": \"(None,)\"}", "Online"),
    ("{\"status\": null}", "Online"),
    ("{\"status\": \"\"}", "Online"),
    ("{\"status\": 3}", "Online"),
    ("{\"status\": true}", "Online"),
    ("{\"status\": []}", "Online"),
    ("{\"status\": [\"Idle\"]}", "Online"),
    ("{\"status\": {\"status\": \"Idle\"}}", "Online"),
    ("{\"status\": \"<img src=x onerror=alert(1)>\"}", "Online"),
    ("{\"status\": \"\\u202eenilffO\"}", "Online"),
    ("{\"status\": \"\\ud800\"}", "Online"),
    ("{\"status\": \"Idle\", \"status\": \"Away\"}", "Away"),
    ("{\"groupID\": [[[[[[]]]]]], \"status\": \"Away\"}", "Away"),
];

/// Answers to `/getProfile`, with the full name and the location that are shown.
fn profiles() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    vec![
        (
            "S's eight fields, null where unset",
            json!({ "fullname": "Ben", "position": null, "description": null, "location": null,
            "picture": null, "encoding": null, "encryption": null, "decryptionKey": null }),
            "Ben",
            "",
        ),
        ("no picture", json!({ "fullname": "Ben", "position": "", "description": "", "location": "Lab" }), "Ben", "Lab"),
        ("a zero for the encryption", json!({ "fullname": "Ben", "location": "Lab", "encryption": "0" }), "Ben", "Lab"),
        (
            "T's password hash",
            json!({ "fullname": "Ben", "location": "Lab", "tfa": 0, "password": "5f4dcc", "username": "ben" }),
            "Ben",
            "Lab",
        ),
        ("all null", json!({ "fullname": null, "position": null, "description": null, "location": null, "picture": null }), "", ""),
        ("a location alone", json!({ "location": "Lab" }), "", "Lab"),
        ("numbers", json!({ "fullname": 7, "location": 1.5 }), "7", "1.5"),
        ("arrays and objects", json!({ "fullname": ["Ben"], "location": { "room": 1 } }), "", ""),
        ("flags", json!({ "fullname": true, "location": "Lab" }), "", "Lab"),
        (
            "script",
            json!({ "fullname": "<script>alert(1)</script>", "location": "\"><img src=x onerror=alert(1)>" }),
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
        ),
        (
            "a template",
            json!({ "fullname": "{{ 7 * 7 }}{% include '/etc/passwd' %}", "location": "${7*7}" }),
            "{{ 7 * 7 }}{% include '/etc/passwd' %}",
            "${7*7}",
        ),
        ("control characters", json!({ "fullname": "B\u{0}e\u{7}n\u{1b}[31m", "location": "La\u{8}b" }), "Ben[31m", "Lab"),
        ("words that run backwards", json!({ "fullname": "\u{202e}neB\u{2066}", "location": "Lab" }), "neB", "Lab"),
        ("words that cannot be seen", json!({ "fullname": "B\u{200b}e\u{feff}n", "location": "\u{200b}\u{2060}" }), "Ben", ""),
        ("words of spaces", json!({ "fullname": "  \n\t ", "location": " Lab " }), "", "Lab"),
        ("an unknown encryption", json!({ "fullname": "6b", "location": "6c", "encryption": 9 }), "", ""),
        ("V's words for a stranger", json!({ "fullname": "invalid sender" }), "", ""),
        ("an error beside it", json!({ "error": "2: no", "fullname": "Ben" }), "", ""),
        ("a key that comes twice", Value::String("{\"fullname\": \"Old\", \"fullname\": \"Ben\"}".to_owned()), "Ben", ""),
        ("a lone surrogate", Value::String("{\"fullname\": \"B\\ud800n\"}".to_owned()), "B\u{fffd}n", ""),
        (
            "deep JSON beside it",
            Value::String(format!("{{\"fullname\": \"Ben\", \"extra\": {}{}}}", "[".repeat(9000), "]".repeat(9000))),
            "Ben",
            "",
        ),
        ("a byte order mark", Value::String("\u{feff}{\"fullname\": \"Ben\"}".to_owned()), "Ben", ""),
    ]
}

/// Addresses of pictures that are not fetched, or not shown.
const PICTURES: [&str; 13] = [
    "javascript:alert(1)",
    "data:image/png;base64,iVBORw0KGgo=",
    "file:///etc/passwd",
    "//elsewhere.test/x.png",
    "/static/x.png",
    "x.png",
    "http://localhost:1/x.png",
    "http://127.0.0.2:1/x.png",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]:1/x.png",
    "https://127.0.0.1:1/x.png",
    "http://user:password@127.0.0.1:1/x.png",
    "http://127.0.0.1:1/\r\nX: y",
];

pub(super) fn cases(arena: &Rc<Arena>) -> Vec<Case> {
    let mut cases = Vec::new();
    for (answer, shown) in STATUSES {
        cases.push(Case::new(format!("they tell the status {answer}"), status(arena.clone(), answer, shown)));
    }
    for (name, profile, fullname, location) in profiles() {
        cases.push(Case::new(format!("they tell a profile with {name}"), told(arena.clone(), profile, fullname, location)));
    }
    for url in PICTURES {
        cases.push(Case::new(format!("their picture is at {url:?}"), no_picture(arena.clone(), url)));
    }
    cases.push(Case::new("their picture is one", picture(arena.clone())));
    cases
}

async fn status(arena: Rc<Arena>, answer: &'static str, shown: &'static str) {
    let them = arena.meet(Habits { quirks: HashMap::from([("/getStatus", Answer::text(answer))]), ..Habits::default() }, true).await;
    them.was_asked("/getStatus", 1).await;
    until(async || (them.shown().await["status"] == shown).then_some(())).await;
    them.can_be_written_to().await;
}

async fn told(arena: Rc<Arena>, profile: Value, fullname: &'static str, location: &'static str) {
    let answer = profile.as_str().map_or_else(|| Answer::json(&profile), Answer::text);
    let them = arena.meet(Habits { quirks: HashMap::from([("/getProfile", answer)]), ..Habits::default() }, true).await;
    them.was_asked("/getProfile", 1).await;
    let expected = (json!(fullname), json!(location));
    until(async || {
        let shown = &them.shown().await["profile"];
        ((shown["fullname"].clone(), shown["location"].clone()) == expected).then_some(())
    })
    .await;
    let everything = arena.user.get(&format!("/api/users/{}", them.name)).await.text();
    assert!(!everything.contains("5f4dcc"), "{everything}");
    let page = arena.user.get(&format!("/people/{}", them.name)).await.ok().text();
    assert!(!page.contains("alert(1)") && !page.contains(">49<"), "markup of theirs is in the page");
    them.can_be_written_to().await;
}

async fn no_picture(arena: Rc<Arena>, url: &'static str) {
    let habits = Habits { profile: json!({ "fullname": "Ben", "picture": url }), ..Habits::default() };
    let them = arena.meet(habits, true).await;
    until(async || (them.shown().await["profile"]["fullname"] == "Ben").then_some(())).await;
    assert_eq!(them.shown().await["profile"]["picture"], json!(null));
    them.can_be_written_to().await;
}

/// Lest the cases without a picture pass because there never is one.
async fn picture(arena: Rc<Arena>) {
    let node = OldNode::with(Habits { quirks: HashMap::from([("/picture.png", good_picture())]), ..Habits::default() }).await;
    node.tell(json!({ "fullname": "Ben", "picture": format!("{}/picture.png", node.url()) }));
    let them = arena.meet_at(node, true).await;
    let shown = until(async || them.shown().await["profile"]["picture"].as_str().map(str::to_owned)).await;
    // Our own copy, from our own node.
    assert!(shown.starts_with("/api/users/"), "{shown}");
    assert!(image::load_from_memory(&arena.user.get(&shown).await.ok().body).is_ok());
}
