//! What a user wants of the pages, the browsers in which they are signed in, and whether they are there.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Reply, TestNetwork, User};

const PHONE: &str = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0";

#[actix_web::test]
async fn preferences_are_each_users_own_and_reach_their_other_browsers() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let (desk, phone, ben) = (node.as_user("ana").await, node.as_user("ana").await, node.as_user("ben").await);
    let usual = json!({ "enter_sends": true, "notifications": true, "sound": false, "idle_after_min": 10 });
    assert_eq!(desk.get("/api/preferences").await.ok().json(), usual);

    let mut news = phone.events().await;
    let wanted = json!({ "enter_sends": false, "notifications": true, "sound": true, "idle_after_min": 0 });
    assert_eq!(desk.put("/api/preferences", &wanted).await.ok().json(), wanted);
    assert_eq!(news.wait_for("preferences", |_| true).await["preferences"], wanted);
    assert_eq!(phone.get("/api/preferences").await.ok().json(), wanted);
    assert_eq!(ben.get("/api/preferences").await.ok().json(), usual);
    assert_eq!(desk.put("/api/preferences", &json!({ "idle_after_min": 1441 })).await.error(), (422, "unprocessable".to_owned()));
    assert_eq!(desk.put("/api/preferences", &json!({ "sound": "yes" })).await.error(), (400, "bad_request".to_owned()));

    // The page has them with its first byte.
    let page = desk.get("/settings").await.ok().text();
    assert!(page.contains("&quot;enter_sends&quot;:false"), "{page}");
    desk.sign_out().await;
    desk.log_in().await;
    assert_eq!(desk.get("/api/preferences").await.ok().json(), wanted);
    network.stop().await;
}

#[actix_web::test]
async fn whom_one_mutes_or_blocks_is_known_in_the_other_browsers_and_nobody_elses_affair() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let (desk, phone, ben) = (node.as_user("ana").await, node.as_user("ana").await, node.as_user("ben").await);
    let mut news = phone.events().await;
    desk.put("/api/mutes/ben", &json!({})).await.ok();
    assert_eq!(news.wait_for("regard", |_| true).await, json!({ "type": "regard", "username": "ben", "muted": true }));
    assert_eq!((phone.get("/api/mutes").await.ok().json(), phone.user("ben").await["muted"].clone()), (json!(["ben"]), json!(true)));
    desk.put("/api/blocks/ben", &json!({})).await.ok();
    assert_eq!(news.wait_for("regard", |_| true).await, json!({ "type": "regard", "username": "ben", "blocked": true }));
    assert_eq!(ben.user("ana").await["muted"], false);

    // Muted, but heard.
    desk.delete("/api/blocks/ben").await.ok();
    ben.send("ana", "Are you there?").await;
    news.message("Are you there?").await;
    desk.delete("/api/mutes/ben").await.ok();
    assert_eq!(news.wait_for("regard", |_| true).await["muted"], false);
    assert_eq!(phone.user("ben").await["muted"], false);
    network.stop().await;
}

/// Logs in with a browser that calls itself so.
async fn log_in_with(user: &User, agent: &str) {
    let form = json!({ "username": user.name, "password": super::support::password_of(&user.name) });
    let answer = Reply::of(user.request(Method::POST, "/api/session").header("User-Agent", agent).json(&form)).await;
    assert_eq!(answer.status, 201);
    user.use_csrf_token(answer.json()["csrf_token"].as_str().unwrap());
}

async fn browsers(user: &User) -> Vec<Value> {
    user.get("/api/sessions").await.ok().json().as_array().unwrap().clone()
}

#[actix_web::test]
async fn a_user_sees_their_browsers_and_signs_out_in_another_at_once() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let (desk, phone, ben) = (node.as_user("ana").await, node.visitor("ana"), node.as_user("ben").await);
    log_in_with(&phone, PHONE).await;
    let mut on_the_phone = phone.events().await;
    let mut on_the_desk = desk.events().await;

    let seen = browsers(&desk).await;
    assert_eq!((seen.len(), &seen[0]["this"], &seen[1]["this"]), (2, &json!(true), &json!(false)));
    assert_eq!((&seen[1]["browser"], &seen[1]["open"]), (&json!({ "name": "Firefox", "system": "Android" }), &json!(true)));
    assert!(seen[1]["created"].as_f64().unwrap() <= seen[1]["last_used"].as_f64().unwrap());
    let id = seen[1]["id"].as_str().unwrap().to_owned();
    assert!(!phone.cookie().contains(&id), "what names a browser signs nobody in");

    // It is ana's alone to end.
    assert_eq!(ben.delete(&format!("/api/sessions/{id}")).await.error(), (404, "not_found".to_owned()));
    phone.get("/api/session").await.ok();
    desk.delete(&format!("/api/sessions/{id}")).await.ok();
    on_the_phone.wait_for("signed_out", |_| true).await;
    assert_eq!(on_the_phone.next().await, None);
    assert_eq!(phone.get("/api/session").await.status, 401);
    assert_eq!(browsers(&desk).await.len(), 1);
    assert!(network.login_server.has("ben", "ana").await, "the other browser is still signed in");

    // The page here stays, until one signs out here.
    ben.send("ana", "still there?").await;
    on_the_desk.message("still there?").await;
    let own = browsers(&desk).await[0]["id"].as_str().unwrap().to_owned();
    desk.delete(&format!("/api/sessions/{own}")).await.ok();
    on_the_desk.wait_for("signed_out", |_| true).await;
    assert_eq!(desk.get("/api/session").await.status, 401);
    assert!(!network.login_server.has("ben", "ana").await);
    network.stop().await;
}

#[actix_web::test]
async fn signing_out_closes_the_other_pages_of_that_browser_and_of_no_other() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let (desk, phone, ben) = (node.as_user("ana").await, node.as_user("ana").await, node.as_user("ben").await);
    let (mut one, mut other, mut on_the_phone) = (desk.events().await, desk.events().await, phone.events().await);
    desk.sign_out().await;
    for page in [&mut one, &mut other] {
        page.wait_for("signed_out", |_| true).await;
        assert_eq!(page.next().await, None);
    }
    ben.send("ana", "on the phone?").await;
    on_the_phone.message("on the phone?").await;

    // Somebody else logs in there.
    let carl = node.visitor("ben");
    carl.steal_cookie(&phone.cookie());
    carl.log_in().await;
    on_the_phone.wait_for("signed_out", |_| true).await;
    network.stop().await;
}

#[actix_web::test]
async fn who_is_idle_in_every_open_browser_shows_as_idle_and_only_in_place_of_online() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let (desk, phone, ben) = (node.as_user("ana").await, node.as_user("ana").await, node.as_user("ben").await);
    let mut news = ben.events().await;
    let of_ana = |status: &'static str| move |event: &Value| event["username"] == "ana" && event["status"] == status;
    let (on_the_desk, on_the_phone) = (desk.events().await, phone.events().await);
    let idle = json!({ "idle": true });

    desk.put("/api/activity", &idle).await.ok();
    assert_eq!(ben.user("ana").await["status"], "Online", "she is at her phone");
    phone.put("/api/activity", &idle).await.ok();
    news.wait_for("presence", of_ana("Idle")).await;
    assert!(node.peer_call("/getStatus", &json!({ "profile_username": "ana" })).await.text.contains("Idle"));
    phone.put("/api/activity", &json!({ "idle": false })).await.ok();
    news.wait_for("presence", of_ana("Online")).await;

    // What she has chosen stays, whether she is there or not.
    desk.set_status("Do Not Disturb").await;
    phone.put("/api/activity", &idle).await.ok();
    assert_eq!(ben.user("ana").await["status"], "Do Not Disturb");
    desk.set_status("Online").await;
    assert_eq!(ben.user("ana").await["status"], "Idle");

    // A browser that is closed does not count.
    desk.put("/api/activity", &json!({ "idle": false })).await.ok();
    news.wait_for("presence", of_ana("Online")).await;
    drop(on_the_desk);
    news.wait_for("presence", of_ana("Idle")).await;
    drop(on_the_phone);
    desk.sign_out().await;
    phone.sign_out().await;
    desk.log_in().await;
    assert_eq!(ben.user("ana").await["status"], "Online", "whoever logs in is there");
    network.stop().await;
}
