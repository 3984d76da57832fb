//! The page about one's node.

use super::browser::Screen;
use super::person::Person;
use super::support::message;
use super::town::Town;

#[actix_web::test]
async fn what_waits_and_what_is_held_shows_up_on_the_page_about_the_node() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    ana.press("#me-button").await;
    ana.press("#me-menu a[href='/about-node']").await;
    ana.read("#about-summary", "running for").await;
    ana.see("#about-state dd[data-reachable='true']").await;
    ana.read("#about-outbox .state", "Nothing waits").await;
    ana.read("#about-held .state", "Nothing is held here for others").await;
    ana.mark_page().await;

    // Ana writes to somebody who is away, on her phone; ben's node holds a copy.
    let ben = Person::logs_in(&town, "ben", Screen::Phone).await;
    ana.read("#about-state", "1 other node").await;
    let phone = Person::logs_in(&town, "ana", Screen::Phone).await;
    phone.open_conversation("cleo").await;
    phone.send("ZANZIBAR").await;
    phone.see(".message.mine[data-receipt='relayed']").await;
    ana.read("#about-outbox .share-row[data-to='cleo']", "1 waits").await;
    ana.read("#about-outbox .share-row[data-to='cleo']", "1 copy of it with other nodes").await;
    ben.go("/people").await;
    ben.press("a[href='/about-node']").await;
    ben.read("#held-addressees .share-row[data-who='cleo']", "1 ·").await;
    ben.see("#held-depositors .share-row[data-who='ana'] meter").await;
    ben.wait_for("!document.body.innerText.includes('ZANZIBAR')").await;
    ben.wait_for("document.documentElement.scrollWidth <= innerWidth").await;

    assert!(ana.is_same_page().await, "all of this came without loading the page again");
    for person in [&ana, &ben] {
        assert_eq!(person.complaints().await, Vec::<String>::new(), "{}", person.name);
    }
    for person in [ana, phone, ben] {
        person.leave().await;
    }
    town.stop().await;
}

#[actix_web::test]
async fn the_last_hour_is_drawn_on_the_page_about_the_node() {
    let town = Town::of(["ana"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Phone).await;
    ana.go("/about-node").await;
    // The samples come with time; the page reads them again when something happens.
    let elsewhere = town.node_of("ana").as_user("ana").await;
    for figure in ["messagesIn", "memory", "sockets"] {
        super::support::eventually("a plot is drawn", async || {
            elsewhere.send("cleo", "something happens").await;
            let points = format!("document.querySelector('[data-figure={figure}] polyline')?.getAttribute('points').split(' ').length");
            ana.evaluate(&points).await.as_u64().is_some_and(|points| points > 1).then_some(())
        })
        .await;
    }
    ana.read("[data-figure='sockets'] figcaption", "Open tabs").await;
    ana.wait_for("document.documentElement.scrollWidth <= innerWidth").await;
    assert_eq!(ana.complaints().await, Vec::<String>::new());
    ana.leave().await;
    town.stop().await;
}

/// Questions about the node find nobody while the page is marked.
const CUT: &str = "window.isCut = true; window.fetch = ((fetch) =>
    (path, ...rest) => path === '/api/node' && window.isCut ? Promise.reject(new TypeError('cut')) : fetch(path, ...rest)
)(window.fetch)";

#[actix_web::test]
async fn a_page_about_the_node_that_cannot_be_loaded_says_so_and_can_be_tried_again() {
    let town = Town::of(["ana"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    ana.prepare_pages(CUT).await;
    ana.go("/about-node").await;
    ana.read("#about-broken .state", "could not be loaded").await;
    ana.see_no("#about-sections").await;
    ana.evaluate("window.isCut = false").await;
    ana.press("#about-broken button").await;
    ana.read("#about-outbox .state", "Nothing waits").await;
    ana.see_no("#about-broken .state").await;

    // What is known stays on the page, and is not taken for what is.
    ana.evaluate("window.isCut = true").await;
    let elsewhere = town.node_of("ana").as_user("ana").await;
    elsewhere.send("cleo", "news").await;
    ana.read("#about-summary", "does not answer at the moment").await;
    ana.read("#about-outbox .state", "Nothing waits").await;
    ana.evaluate("window.isCut = false").await;
    elsewhere.send("cleo", "more news").await;
    ana.read("#about-outbox .share-row[data-to='cleo']", "2 wait").await;
    ana.read("#about-summary", "running for").await;
    ana.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn a_database_that_was_set_aside_is_named_on_the_page_about_the_node() {
    let town = Town::of(["ana"]).await;
    std::fs::write(town.data_of("ana").join("kith.db.unreadable-1700000000"), "what cannot be read").unwrap();
    let node = town.node_of("ana");
    let ana = Person::logs_in(&town, "ana", Screen::Phone).await;
    for n in 0..3_u8 {
        let deposit = message("somebody-with-a-rather-long-name", "zoe", "hello", 1_500_000_000.0 + f64::from(n));
        node.peer_call("/receiveMessage", &deposit).await;
    }
    ana.go("/about-node").await;
    ana.read("#about-trouble .notice", "kith.db.unreadable-1700000000").await;
    ana.read("#held-depositors", "somebody at 127.0.0.1").await;
    ana.wait_for("document.documentElement.scrollWidth <= innerWidth").await;
    ana.leave().await;
    town.stop().await;
}
