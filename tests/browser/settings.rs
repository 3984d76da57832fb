//! Settings, the browsers in which one is signed in, and of whom one wants to hear.

use serde_json::json;
use thirtyfour::prelude::*;

use super::browser::Screen;
use super::person::Person;
use super::town::Town;

/// Types `text`, then Enter with or without Shift, in the composer.
async fn type_and_enter(person: &Person, text: &str, shift: bool) {
    let field = person.see("#composer-text").await;
    let enter = if shift { Key::Shift + Key::Enter } else { Key::Enter.into() };
    field.send_keys(text).await.unwrap();
    field.send_keys(enter).await.unwrap();
}

#[actix_web::test]
async fn what_enter_does_is_a_setting_that_holds_in_an_open_page() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    let other = Person::logs_in(&town, "ana", Screen::Desk).await;
    ana.open_conversation("ben").await;
    type_and_enter(&ana, "one", false).await;
    ana.read(".message.mine", "one").await;

    other.press("#me-button").await;
    other.press("#me-menu a[href='/settings']").await;
    other.press("label:has(#enter-breaks)").await;
    other.read("#settings-note", "Saved").await;
    ana.wait_for("document.querySelector('#composer-hint').textContent.startsWith('Enter breaks')").await;
    type_and_enter(&ana, "two", false).await;
    type_and_enter(&ana, "three", true).await;
    ana.wait_for("document.querySelector('#composer-text').value === ''").await;
    ana.wait_for("[...document.querySelectorAll('.message.mine .bubble')].some(({ innerText }) => /two\\s+three/.test(innerText))").await;

    other.go("/settings").await;
    other.see("#enter-breaks:checked").await;
    for person in [ana, other] {
        assert_eq!(person.complaints().await, Vec::<String>::new());
        person.leave().await;
    }
    town.stop().await;
}

#[actix_web::test]
async fn a_browser_that_is_signed_out_from_elsewhere_shows_the_login_page_at_once() {
    let town = Town::of(["ana", "ben"]).await;
    let desk = Person::logs_in(&town, "ana", Screen::Desk).await;
    let phone = Person::logs_in(&town, "ana", Screen::Phone).await;
    phone.open_conversation("ben").await;
    desk.go("/settings").await;
    desk.read(".session[data-this='true']", "this browser").await;
    desk.read(".session[data-this='false'][data-open='true']", "Chrome on").await;
    desk.press(".session[data-this='false'] .button").await;
    phone.see("#login-form").await;
    desk.see_no(".session[data-this='false']").await;
    phone.go("/chats/ben").await;
    phone.see("#login-form").await;
    desk.press(".session[data-this='true'] .button").await;
    desk.see("#login-form").await;
    desk.leave().await;
    phone.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn who_is_blocked_gets_no_further_until_they_are_let_through_again() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    let ben = Person::logs_in(&town, "ben", Screen::Desk).await;
    ana.go("/people").await;
    ana.press("[data-username='ben'][data-online='true'] .person-link").await;
    ana.press("[data-regard='block']").await;
    // Thought better of it: the keyboard is where it was.
    ana.press(".confirm .button[value='']").await;
    ana.see_no(".confirm").await;
    ana.wait_for("document.activeElement.dataset.regard === 'block'").await;
    ana.press("[data-regard='block']").await;
    ana.press(".confirm .button[value='yes']").await;
    ana.read("#person .notice", "You have blocked ben").await;

    ben.open_conversation("ana").await;
    ben.send("Do you hear me?").await;
    ben.see(".message.mine[data-receipt='pending']").await;
    ana.go("/settings").await;
    ana.read(".setting-person[data-username='ben']", "Blocked").await;
    ana.press(".setting-person[data-username='ben'] .button").await;
    ana.see_no(".setting-person[data-username='ben']").await;
    ana.go("/people/ben").await;
    ana.press("[data-regard='mute']").await;
    ana.read("#person .chips", "Muted").await;
    assert_eq!(ana.complaints().await, Vec::<String>::new());
    ana.leave().await;
    ben.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn whoever_touches_nothing_for_a_while_shows_as_idle_until_they_do() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    let ben = Person::logs_in(&town, "ben", Screen::Desk).await;
    ben.see("#conversation-list [data-username='ana'][data-status='Online']").await;
    // The page's clock goes eleven minutes on.
    ana.evaluate("Date.now = ((now) => () => now() + 11 * 60000)(Date.now.bind(Date))").await;
    ben.see("#conversation-list [data-username='ana'][data-status='Idle']").await;
    ana.press("#nav-chats").await;
    ben.see("#conversation-list [data-username='ana'][data-status='Online']").await;
    assert_eq!(ana.evaluate("document.querySelector('#me-button').dataset.status").await, json!("Online"));
    ana.leave().await;
    ben.leave().await;
    town.stop().await;
}
