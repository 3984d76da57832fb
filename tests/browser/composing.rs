//! Writing: drafts that are kept, previews, emoji, links, voice notes, code.

use thirtyfour::Key;

use super::browser::{Browser, Screen};
use super::person::Person;
use super::town::Town;

/// Whether the field holds this.
fn holds(text: &str) -> String {
    format!("document.querySelector('#composer-text').value === {text:?}")
}

#[actix_web::test]
async fn a_draft_is_there_in_another_browser_and_after_a_restart_and_goes_when_it_is_sent() {
    let town = Town::of(["ana", "ben"]).await;
    let desk = Person::logs_in(&town, "ana", Screen::Desk).await;
    let phone = Person::logs_in(&town, "ana", Screen::Phone).await;
    phone.open_conversation("ben").await;
    desk.open_conversation("ben").await;
    desk.write("#composer-text", "half a sen").await;
    phone.wait_for(&holds("half a sen")).await;
    desk.draft_is_kept("half a sen").await;

    let node = town.node_of("ana");
    node.stop().await;
    node.start_again().await;
    let again = Person::at(&node.url(), "ana", Browser::chromium(Screen::Desk).await);
    again.log_in().await;
    again.open_conversation("ben").await;
    again.wait_for(&holds("half a sen")).await;
    again.type_into("#composer-text", "tence").await;
    again.press("#send-button").await;
    again.read(".message.mine .bubble", "half a sentence").await;
    again.go("/chats/ben").await;
    again.read(".message.mine .bubble", "half a sentence").await;
    again.wait_for(&holds("")).await;
    for person in [desk, phone, again] {
        person.leave().await;
    }
    town.stop().await;
}

#[actix_web::test]
async fn who_is_chosen_before_the_page_knows_the_drafts_is_shown_once_it_does() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    ana.open_conversation("ben").await;
    ana.send("Hello").await;
    ana.write("#composer-text", "half a sen").await;
    ana.draft_is_kept("half a sen").await;

    let late = "const asked = new Promise((release) => { window.releaseDrafts = release; });
        window.fetch = ((fetch) => async (path, ...request) => { if (path.endsWith('/drafts')) await asked; return fetch(path, ...request); })(window.fetch)";
    ana.prepare_pages(late).await;
    ana.go("/chats").await;
    ana.press("#conversation-list [data-username='ben']").await;
    ana.wait_for("location.pathname === '/chats/ben'").await;
    ana.evaluate("window.releaseDrafts()").await;
    // In one look: it is not to be there for a moment only.
    let is_shown = format!("{} && document.querySelector('#composer').checkVisibility()", holds("half a sen"));
    ana.wait_for(&is_shown).await;

    // However an address spells a name.
    ana.go("/chats/BEN").await;
    ana.evaluate("window.releaseDrafts()").await;
    ana.wait_for(&is_shown).await;
    ana.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn a_draft_is_there_after_a_reload_also_when_the_node_does_not_take_it() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    ana.open_conversation("ben").await;
    let refusing = "window.fetch = ((fetch) => (path, request) => path.includes('/drafts/') ? Promise.reject(new TypeError()) : fetch(path, request))(window.fetch)";
    ana.evaluate(refusing).await;
    ana.write("#composer-text", "not lost").await;
    ana.go("/chats/ben").await;
    ana.wait_for(&holds("not lost")).await;
    ana.draft_is_kept("not lost").await;
    ana.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn markdown_is_shown_before_it_is_sent_and_code_in_colours() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    ana.open_conversation("ben").await;
    ana.write_at_once("#composer-text", "**low** water\n\n```rust\nlet tide = \"low\";\n```").await;
    ana.press("#preview-button").await;
    ana.read("#preview strong", "low").await;
    ana.read("#preview .code-keyword", "let").await;
    ana.see_no("#composer-text").await;
    ana.press("#preview-button").await;
    ana.see("#composer-text").await;
    ana.press("#send-button").await;
    ana.read(".message.mine .code-text", "\"low\"").await;
    let colour = |class: &str| format!("getComputedStyle(document.querySelector('.message .{class}')).color");
    assert_ne!(ana.evaluate(&colour("code-keyword")).await, ana.evaluate(&colour("code-text")).await);
    assert_eq!(ana.complaints().await, Vec::<String>::new());
    ana.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn emoji_come_by_name_and_links_by_key_while_search_keeps_its_key() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    ana.open_conversation("ben").await;
    ana.focus("#composer-text").await;
    ana.type_into_focused("well done :tad").await;
    ana.read("#emoji-list [aria-selected='true']", ":tada").await;
    // Enter takes it and does not send.
    ana.type_into_focused(Key::Enter).await;
    ana.wait_for(&holds("well done 🎉 ")).await;
    ana.type_into_focused("at 12:02 :no-such-name").await;
    ana.see_no("#emoji-list").await;
    ana.write("#composer-text", "chart").await;
    ana.type_into_focused(Key::Control + "a").await;
    ana.type_into_focused(Key::Control + "k").await;
    ana.wait_for(&holds("[chart](https://)")).await;
    ana.type_into_focused(Key::Control + "k").await;
    ana.see("#search").await;
    ana.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn a_voice_note_is_recorded_sent_and_can_be_played_from_any_place() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    let ben = Person::logs_in(&town, "ben", Screen::Desk).await;
    ben.open_conversation("ana").await;
    ana.open_conversation("ben").await;
    ana.press("#record-button").await;
    ana.press("#recording-drop").await;
    ana.see_no("#recording").await;
    ana.press("#record-button").await;
    ana.wait_for("document.querySelector('#recording-clock').innerText >= '0:01'").await;
    ana.press("#recording-send").await;
    ben.see(".message.theirs audio[aria-label^='Voice note']").await;
    let player = "document.querySelector('.message.theirs audio')";
    ben.wait_for(&format!("{player}.duration > 0.5 && {player}.duration < 60 && {player}.seekable.end(0) > 0.5")).await;
    // What was thrown away was not sent.
    assert_eq!(ben.evaluate("document.querySelectorAll('#log .message').length").await, 1);
    ana.leave().await;
    ben.leave().await;
    town.stop().await;
}
