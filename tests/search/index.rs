//! The index: behind the messages, and after them again.

use crate::support::{World, open_database};

#[actix::test]
async fn the_index_goes_on_after_a_restart_and_says_what_it_has_not_read() {
    let world = World::with(&["ana", "ben"]).await;
    let node = world.node().await;
    let ana = node.log_in("ana").await;
    for number in 0..7 {
        ana.write("ben", &format!("tide table {number}")).await;
    }
    node.caught_up().await;
    node.0.stop().await;

    // As after a crash, or the first start of a kith that has search.
    let database = open_database(&world.node_data());
    database.execute_batch("UPDATE search_progress SET indexed_up_to = 3; DELETE FROM search WHERE rowid > 3;").unwrap();
    drop(database);

    let node = world.node_with(|settings| settings.search.linger_ms = 60_000).await;
    let ana = node.log_in("ana").await;
    let answer = ana.search("tide").await;
    assert_eq!((answer["messages"].as_array().unwrap().len(), &answer["complete"]), (3, &false.into()));
    node.0.stop().await;

    let node = world.node_with(|settings| settings.search.batch = 2).await;
    node.caught_up().await;
    let answer = node.log_in("ana").await.search("tide").await;
    assert_eq!((answer["messages"].as_array().unwrap().len(), &answer["complete"]), (7, &true.into()));
    node.0.stop().await;
    world.end().await;
}

#[actix::test]
async fn a_message_that_is_deleted_is_found_no_more() {
    let world = World::with(&["ana", "ben"]).await;
    let node = world.node().await;
    let ana = node.log_in("ana").await;
    ana.write("ben", "an early tide").await;
    ana.write("ben", "a late tide").await;
    node.caught_up().await;
    node.0.stop().await;

    let database = open_database(&world.node_data());
    database.execute_batch("DELETE FROM outbox; DELETE FROM messages WHERE seq = 2;").unwrap();
    drop(database);

    // Its seq is given again, and indexed again.
    let node = world.node().await;
    let ana = node.log_in("ana").await;
    assert_eq!(ana.finds("tide").await, ["an early tide"]);
    ana.write("ben", "the next tide").await;
    node.caught_up().await;
    assert_eq!(ana.finds("tide").await, ["the next tide", "an early tide"]);
    node.0.stop().await;
    world.end().await;
}
