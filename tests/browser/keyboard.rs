//! The keys that work on every page.

use thirtyfour::prelude::*;

use super::browser::Screen;
use super::person::Person;
use super::town::Town;

#[actix_web::test]
async fn the_list_of_keys_opens_anywhere_but_in_a_text_and_gives_the_keyboard_back() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    ana.go("/people").await;
    ana.see("[data-username='ben']").await;
    ana.evaluate("document.querySelector('#search-button').focus()").await;
    ana.type_into_focused("?").await;
    ana.read("dialog.keys[open]", "Next or previous conversation").await;
    ana.type_into_focused(Key::Escape).await;
    ana.see_no("dialog.keys").await;
    assert_eq!(ana.evaluate("document.activeElement.id").await, "search-button");
    ana.type_into_focused(Key::Control + "/").await;
    ana.see("dialog.keys[open]").await;
    // The keyboard stays in it, round and round.
    for _ in 0..4 {
        ana.type_into_focused(Key::Tab).await;
        assert_eq!(
            ana.evaluate("document.activeElement === document.body || document.activeElement.closest('dialog.keys') !== null").await,
            true
        );
    }
    ana.type_into_focused(Key::Escape).await;
    ana.see_no("dialog.keys").await;
    ana.press("#people-filter").await;
    ana.type_into_focused("?").await;
    ana.wait_for("document.querySelector('#people-filter').value === '?'").await;
    ana.see_no("dialog.keys").await;
    ana.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn alt_and_the_arrows_go_through_the_conversations() {
    let town = Town::of(["ana", "ben", "cleo"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    let ben = Person::logs_in(&town, "ben", Screen::Desk).await;
    for with in ["ben", "cleo", "dan"] {
        ana.open_conversation(with).await;
        ana.send(&format!("hello {with}")).await;
        ana.read(".message.mine", &format!("hello {with}")).await;
    }
    // The newest first: dan, cleo, ben.
    ana.mark_page().await;
    for with in ["cleo", "ben", "dan"] {
        ana.type_into_focused(Key::Alt + Key::Down).await;
        ana.see(&format!("#talk-person[href='/people/{with}']")).await;
    }
    ana.type_into_focused(Key::Alt + Key::Up).await;
    ana.see("#talk-person[href='/people/ben']").await;
    ana.type_into_focused(Key::Alt + Key::Up).await;
    ana.see("#talk-person[href='/people/cleo']").await;
    ben.open_conversation("ana").await;
    ben.send("over here").await;
    ana.read("#conversation-list [data-username='ben'] .count", "1").await;
    ana.type_into_focused(Key::Alt + Key::Shift + Key::Down).await;
    ana.see("#talk-person[href='/people/ben']").await;
    ana.read(".message.theirs", "over here").await;
    assert!(ana.is_same_page().await);
    ana.leave().await;
    ben.leave().await;
    town.stop().await;
}
