//! The pages on a phone: one pane at a time, and nothing wider than the screen.

use super::browser::Screen;
use super::person::Person;
use super::town::Town;

#[actix_web::test]
async fn on_a_phone_list_and_conversation_take_turns() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Phone).await;
    let ben = Person::logs_in(&town, "ben", Screen::Phone).await;

    ana.press("#conversation-list [data-username='ben']").await;
    ana.see_no(".list-pane").await;
    ana.send("Are you at the jetty?").await;
    ana.see(".message.mine:is([data-receipt='delivered'], [data-receipt='read'])").await;
    fits(&ana).await;

    ben.see_no(".talk-pane").await;
    ben.read("#conversation-list [data-username='ana']", "Are you at the jetty?").await.click().await.unwrap();
    ben.read(".message.theirs .bubble", "Are you at the jetty?").await;
    ben.see_no(".list-pane").await;
    // Nothing that tells of what he reads anyway lies on it.
    ben.see_no(".toast").await;
    ben.press("#talk-back").await;
    ben.see("#conversation-list [data-username='ana']").await;
    ben.see_no(".talk-pane").await;

    for path in ["/people", "/people/ben", "/events", "/profile", "/chats", "/nowhere"] {
        ana.go(path).await;
        ana.see("main").await;
        fits(&ana).await;
    }
    ana.leave().await;
    ben.leave().await;
    town.stop().await;
}

/// Nothing has to be scrolled sideways.
async fn fits(person: &Person) {
    assert_eq!(person.evaluate("innerWidth").await, 390);
    person.wait_for("document.documentElement.scrollWidth <= innerWidth").await;
}
