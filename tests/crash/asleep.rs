//! A node that is frozen for a while, as on a laptop that sleeps, and a clock that jumps back a day.
//!
//! `KITH_CRASH_SLEEP_S` says how long to sleep: not at all beyond what the test needs to see, unless it is set; `scripts/soak` takes a minute.

use std::time::Duration;

use super::faults::Faults;
use super::support::{User, eventually};
use super::town::Town;

/// A day, in seconds.
const DAY_S: i64 = 86_400;

/// Waits until the oldest message in the outbox of ana's node was tried in vain.
async fn tried_in_vain(town: &Town) {
    eventually("a delivery is tried in vain", async || {
        let sql = "SELECT count(*) FROM outbox WHERE attempts > 0";
        let tried: u64 = town.houses[0].launcher.borrow().database().query_row(sql, [], |row| row.get(0)).unwrap();
        (tried > 0).then_some(())
    })
    .await;
}

/// Both have the same messages in the same order, and each tick of the sender says so.
async fn agree(ana: &User, ben: &User, texts: &[String]) {
    ben.has_messages("ana", texts.len()).await;
    for message in ana.conversation("ben").await {
        ana.has_receipt(&message, "delivered").await;
    }
    assert_eq!((ana.texts("ben").await, ben.texts("ana").await), (texts.to_vec(), texts.to_vec()));
}

#[actix_web::test]
async fn a_node_that_slept_gets_what_was_sent_meanwhile_once_and_in_order() {
    let town = Town::open_with(|launcher| {
        launcher.set("KITH_COURIER__TIMEOUT_MS", "300");
        launcher.set("KITH_PRESENCE__STATUS_EVERY_S", "1");
    })
    .await;
    let (ana, ben) = (town.resident(0).await, town.resident(1).await);
    ana.sees_online("ben").await;
    let mut texts = Vec::new();
    let mut say = async |text: String| {
        ana.send("ben", &text).await;
        texts.push(text);
    };
    say("before".to_owned()).await;
    ben.has_messages("ana", 1).await;

    town.houses[1].process.borrow().as_ref().unwrap().signal("STOP");
    for n in 0..20 {
        say(format!("while ben sleeps, {n}")).await;
    }
    tried_in_vain(&town).await;
    let sleep_s = std::env::var("KITH_CRASH_SLEEP_S").map_or(0, |text| text.parse().expect("KITH_CRASH_SLEEP_S is a number"));
    actix_web::rt::time::sleep(Duration::from_secs(sleep_s)).await;
    town.houses[1].process.borrow().as_ref().unwrap().signal("CONT");

    say("after".to_owned()).await;
    agree(&ana, &ben, &texts).await;
    ben.send("ana", "good morning").await;
    eventually("ana has an answer", async || ana.texts("ben").await.contains(&"good morning".to_owned()).then_some(())).await;
    town.close().await;
}

#[actix_web::test]
async fn a_clock_that_jumps_back_a_day_changes_no_order() {
    let faults = Faults::prepare();
    let town = Town::open_with(|launcher| faults.load_into(launcher)).await;
    let (ana, ben) = (town.resident(0).await, town.resident(1).await);
    ana.sees_online("ben").await;
    let mut texts = Vec::new();
    for (when, by_s) in [("today", 0), ("yesterday", -DAY_S), ("the day before", -2 * DAY_S), ("today again", 0)] {
        faults.move_clock(by_s);
        for n in 0..5 {
            let text = format!("{when}, {n}");
            ana.send("ben", &text).await;
            texts.push(text);
        }
        // Back and forth, also over a restart of the node that has them.
        agree(&ana, &ben, &texts).await;
    }
    // What was to be tried tomorrow is not left lying until then.
    town.kill(1);
    ana.send("ben", "to be tried again").await;
    texts.push("to be tried again".to_owned());
    tried_in_vain(&town).await;
    town.kill(0);
    faults.move_clock(-DAY_S);
    let ben = town.bring_up(1).await;
    let ana = town.bring_up(0).await;
    ana.send("ben", "after a restart, yesterday").await;
    texts.push("after a restart, yesterday".to_owned());
    agree(&ana, &ben, &texts).await;
    let stamps: Vec<f64> = ben.conversation("ana").await.iter().map(|message| message["stamp"].as_f64().unwrap()).collect();
    assert!(stamps.windows(2).all(|pair| pair[0] < pair[1]), "{stamps:?}");
    town.close().await;
    assert_eq!(town.findings.borrow().wrong, 0);
}

#[actix_web::test]
async fn a_node_that_comes_back_to_the_same_place_is_tried_again_at_once() {
    // Ten minutes and more: only news can end that pause.
    let town = Town::open_with(|launcher| {
        launcher.set("KITH_COURIER__RETRY_FIRST_MS", "600000");
        launcher.set("KITH_COURIER__RETRY_LONGEST_S", "86400");
    })
    .await;
    let (ana, ben) = (town.resident(0).await, town.resident(1).await);
    ana.sees_online("ben").await;
    drop(ben);
    // Killed, it does not sign off: in the list of the login server nothing changes.
    town.kill(1);
    let text = "are you there?".to_owned();
    ana.send("ben", &text).await;
    tried_in_vain(&town).await;
    let ben = town.bring_up(1).await;
    agree(&ana, &ben, &[text]).await;
    town.close().await;
}
