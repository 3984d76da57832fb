//! One user of a node never finds what is another's.

use crate::support::{World, shown};

#[actix::test]
async fn another_user_of_the_node_finds_nothing_of_mine() {
    let world = World::with(&["ana", "ben", "eve"]).await;
    let node = world.node().await;
    let (ana, ben, eve) = (node.log_in("ana").await, node.log_in("ben").await, node.log_in("eve").await);
    ana.write("ben", "the secret lagoon").await;
    ana.attach("ben", "lagoon-chart.pdf").await;
    eve.write("ana", "a lagoon for everybody").await;
    node.caught_up().await;

    assert_eq!(ana.finds("lagoon").await, ["a lagoon for everybody", "lagoon-chart.pdf", "the secret lagoon"]);
    assert_eq!(ben.finds("lagoon").await, ["lagoon-chart.pdf", "the secret lagoon"]);
    assert_eq!(eve.finds("lagoon").await, ["a lagoon for everybody"]);
    for trick in ["la", "from:ana", "with:ben", "has:file", "parties:ben", "\"[ana]\"", "[ben]", "<ana>", "lagoon OR secret", "*"] {
        for hit in eve.search(trick).await["messages"].as_array().unwrap() {
            assert_eq!(hit["message"]["text"], "a lagoon for everybody", "{trick}");
        }
    }
    node.0.stop().await;
    world.end().await;
}

#[actix::test]
async fn a_hit_shows_its_words_and_its_conversation() {
    let world = World::with(&["ana", "ben"]).await;
    let node = world.node().await;
    let (ana, ben) = (node.log_in("ana").await, node.log_in("ben").await);
    ana.write("ben", "Low <b>water</b> is at noon").await;
    node.caught_up().await;
    let answer = ben.search("WATER noon").await;
    let hit = &answer["messages"][0];
    assert_eq!((shown(&hit["excerpt"]).as_str(), &hit["with"]), ("Low <b>[water]</b> is at [noon]", &"ana".into()));
    assert_eq!((&answer["complete"], &answer["searched"], &answer["before"]), (&true.into(), &"all".into(), &serde_json::Value::Null));
    for nothing in ["", "  ", "\"\"", "\0", "from:"] {
        let answer = ben.search(nothing).await;
        assert_eq!((&answer["searched"], &answer["messages"]), (&"nothing".into(), &serde_json::json!([])), "{nothing:?}");
    }
    assert_eq!(ben.get("/api/search", &[("q", &"x".repeat(201))]).await.status(), 422);
    node.0.stop().await;
    world.end().await;
}

#[actix::test]
async fn nobody_searches_without_being_signed_in() {
    let world = World::with(&["ana"]).await;
    let node = world.node().await;
    let answer = reqwest::get(format!("{}/api/search?q=tide", node.0.url())).await.unwrap();
    assert_eq!(answer.status(), 401);
    node.0.stop().await;
    world.end().await;
}
