//! From a hit to its place in the conversation.

use serde_json::Value;

use crate::support::{Person, World};

async fn page(person: &Person, with: &str, query: &[(&str, &str)]) -> (Vec<String>, Option<String>, Option<String>) {
    let answer = person.get(&format!("/api/conversations/{with}/messages"), query).await;
    assert_eq!(answer.status(), 200, "{query:?}");
    let answer: Value = answer.json().await.unwrap();
    let texts = answer["messages"].as_array().unwrap().iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect();
    let cursor = |name: &str| answer[name].as_str().map(ToOwned::to_owned);
    (texts, cursor("before"), cursor("after"))
}

#[actix::test]
async fn a_page_round_a_message_goes_on_both_ways() {
    let world = World::with(&["ana", "ben", "eve"]).await;
    let node = world.node().await;
    let (ana, eve) = (node.log_in("ana").await, node.log_in("eve").await);
    let mut ids = Vec::new();
    for number in 0..10 {
        ids.push(ana.write("ben", &number.to_string()).await["id"].as_str().unwrap().to_owned());
    }

    let (texts, before, after) = page(&ana, "ben", &[("around", &ids[5]), ("limit", "4")]).await;
    assert_eq!(texts, ["7", "6", "5", "4", "3"]);
    let (newer, _, end) = page(&ana, "ben", &[("after", &after.unwrap()), ("limit", "3")]).await;
    assert_eq!((newer.join(" "), end), ("9 8".to_owned(), None));
    let (older, begin, newest) = page(&ana, "ben", &[("before", &before.unwrap()), ("limit", "4")]).await;
    assert_eq!((older.join(" "), begin), ("2 1 0".to_owned(), None));
    assert!(newest.is_some());
    let (texts, before, after) = page(&ana, "ben", &[("around", &ids[9])]).await;
    assert_eq!((texts.len(), before, after), (10, None, None));
    let (_, _, after) = page(&ana, "ben", &[("limit", "2")]).await;
    assert_eq!(after, None);

    for (person, with, id) in [(&eve, "ana", &ids[5]), (&eve, "ben", &ids[5]), (&ana, "eve", &ids[5]), (&ana, "ben", &"x".to_owned())] {
        let path = format!("/api/conversations/{with}/messages");
        assert_eq!(person.get(&path, &[("around", id)]).await.status(), 404);
    }
    let both = ana.get("/api/conversations/ben/messages", &[("around", &ids[5]), ("before", "1_1")]).await;
    assert_eq!(both.status(), 400);
    node.0.stop().await;
    world.end().await;
}
