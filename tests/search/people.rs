//! People are found by what they show of themselves.

use crate::support::{World, shown};

#[actix::test]
async fn people_are_found_by_name_and_position_and_the_asker_is_left_out() {
    let world = World::with(&["ana", "ben", "chloe"]).await;
    let node = world.node().await;
    let (ana, ben, chloe) = (node.log_in("ana").await, node.log_in("ben").await, node.log_in("chloe").await);
    ana.introduce("Ana Ribeiro", "Field lead").await;
    ben.introduce("Ben Okafor", "Boat and bench").await;
    chloe.introduce("Chloé Bénard", "Photographs, field work").await;

    let names = |answer: serde_json::Value| -> Vec<String> {
        answer["people"].as_array().unwrap().iter().map(|person| person["username"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(ana.search("ben").await), ["ben", "chloe"]);
    assert_eq!(names(ana.search("e").await), ["ben", "chloe"]);
    assert_eq!(names(ana.search("field").await), ["chloe"]);
    assert_eq!(names(ben.search("field").await), ["ana", "chloe"]);
    assert_eq!(names(ana.search("field has:file").await), [""; 0]);
    assert_eq!(names(ana.search_with(&[("q", "ben"), ("in", "messages")]).await), [""; 0]);
    let answer = ana.search_with(&[("q", "chloe field"), ("in", "people")]).await;
    assert_eq!(shown(&answer["people"][0]["name"]), "[Chloé] Bénard");
    assert_eq!(shown(&answer["people"][0]["about"]), "Photographs, [field] work");
    assert_eq!((&answer["searched"], &answer["people"][0]["fullname"]), (&"nothing".into(), &"Chloé Bénard".into()));
    assert_eq!(ana.get("/api/search", &[("q", "x"), ("in", "dreams")]).await.status(), 400);
    node.0.stop().await;
    world.end().await;
}
