//! What people do with messages that are there: answer, copy, pass on, delete, look into them; by mouse, by keyboard and with a finger.

use thirtyfour::Key;

use super::browser::Screen;
use super::chatting::project_file;
use super::person::Person;
use super::town::Town;

/// Ana and ben, each with the conversation with the other open, in which ben has said this.
async fn two_in_talk(town: &Town, screen: Screen, said: &str) -> (Person, Person) {
    let ana = Person::logs_in(town, "ana", screen).await;
    let ben = Person::logs_in(town, "ben", Screen::Desk).await;
    ben.open_conversation("ana").await;
    ana.open_conversation("ben").await;
    ben.send(said).await;
    ana.read(".message.theirs .bubble", said).await;
    (ana, ben)
}

#[actix_web::test]
async fn an_answer_quotes_what_it_answers_and_everybody_sees_the_quote() {
    let town = Town::of(["ana", "ben"]).await;
    let (ana, ben) = two_in_talk(&town, Screen::Desk, "Low water at 12:02, or so?").await;
    ana.point_at(".message.theirs .bubble").await;
    ana.press(".message.theirs [data-action='reply']").await;
    ana.read("#reply-strip", "Replying to ben: Low water at 12:02, or so?").await;
    // It waits with the draft, wherever ana goes on.
    ana.type_into_focused("At 12:10").await;
    ana.draft_is_kept("At 12:10").await;
    ana.go("/chats").await;
    ana.read("#conversation-list .row p", "Draft: At 12:10").await;
    ana.go("/chats/ben").await;
    ana.read("#reply-strip", "Replying to ben: Low water at 12:02, or so?").await;
    ana.wait_for("document.querySelector('#composer-text').value === 'At 12:10'").await;
    ana.press("#send-button").await;
    ana.see_no("#reply-strip").await;
    for (person, side) in [(&ana, "mine"), (&ben, "theirs")] {
        let bubble = format!(".message.{side} .rich");
        person.read(&format!("{bubble} blockquote strong"), "ben").await;
        person.read(&format!("{bubble} blockquote"), "Low water at 12:02, or so?").await;
        person.read(&format!("{bubble} > p"), "At 12:10").await;
        // The list tells the answer, not the question.
        person.read("#conversation-list .row p", "At 12:10").await;
    }
    ana.point_at(".message.theirs .bubble").await;
    ana.press(".message.theirs [data-action='reply']").await;
    ana.press("#reply-cancel").await;
    ana.see_no("#reply-strip").await;
    assert_eq!(ana.complaints().await, Vec::<String>::new());
    ana.leave().await;
    ben.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn messages_are_walked_through_and_handled_with_the_keyboard_alone() {
    let town = Town::of(["ana", "ben"]).await;
    let (ana, ben) = two_in_talk(&town, Screen::Desk, "first").await;
    ben.send("second").await;
    ana.read(".message.theirs", "second").await;
    ana.focus("#composer-text").await;
    ana.type_into_focused(Key::Up).await;
    ana.wait_for("document.activeElement.innerText.includes('second')").await;
    ana.type_into_focused(Key::Up).await;
    ana.wait_for("document.activeElement.innerText.includes('first')").await;
    ana.type_into_focused(Key::Enter).await;
    ana.wait_for("document.activeElement.dataset.action === 'reply'").await;
    // Round the end of the menu.
    ana.type_into_focused(Key::Up).await;
    ana.wait_for("document.activeElement.dataset.action === 'delete'").await;
    ana.type_into_focused(Key::Up).await;
    ana.type_into_focused(Key::Enter).await;
    ana.read("#message-facts", "Stored here").await;
    ana.type_into_focused(Key::Escape).await;
    ana.see_no("#message-facts").await;
    ana.wait_for("document.activeElement.matches('.message')").await;
    ana.type_into_focused(Key::Delete).await;
    ana.read("#delete-dialog", "ben, who wrote it, keeps it").await;
    ana.press("#delete-yes").await;
    ana.see_no("#delete-dialog").await;
    ana.wait_for("document.querySelectorAll('#log .message').length === 1").await;
    ana.wait_for("document.activeElement.innerText.includes('second')").await;
    ana.type_into_focused("r").await;
    ana.read("#reply-strip", "second").await;
    ana.wait_for("document.activeElement.id === 'composer-text'").await;
    // It is gone for ana alone.
    ana.go("/chats/ben").await;
    ana.read(".message.theirs", "second").await;
    ana.wait_for("document.querySelectorAll('#log .message').length === 1").await;
    ben.wait_for("document.querySelectorAll('#log .message').length === 2").await;
    assert_eq!(ana.complaints().await, Vec::<String>::new());
    ana.leave().await;
    ben.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn a_message_and_a_file_are_passed_on_to_people_who_are_chosen_by_name() {
    let town = Town::of(["ana", "ben", "cleo"]).await;
    let (ana, ben) = two_in_talk(&town, Screen::Desk, "look at this").await;
    let cleo = Person::logs_in(&town, "cleo", Screen::Desk).await;
    ben.send_file(&project_file("static/img/icon-192.png")).await;
    ana.see(".message.theirs .picture.loaded").await;
    ana.see("#conversation-list [data-username='cleo']").await;
    for (said, file) in [("look at this", false), ("icon-192.png", true)] {
        ana.focus(&format!(".message.theirs{}", if file { ":has(.picture)" } else { ":not(:has(.picture))" })).await;
        ana.type_into_focused("f").await;
        ana.read("#forward-what", said).await;
        ana.write("#forward-filter", "cl").await;
        ana.wait_for("document.querySelectorAll('#forward-choices label').length === 1").await;
        ana.type_into_focused(Key::Enter).await;
        ana.press("#forward-send").await;
        ana.read("#flash", "Forwarded to cleo").await;
    }
    cleo.press("#conversation-list [data-username='ana']").await;
    cleo.read(".message.theirs .bubble", "look at this").await;
    cleo.see(".message.theirs .picture.loaded img[alt='icon-192.png']").await;
    ana.press("#conversation-list [data-username='cleo']").await;
    ana.see(".message.mine .picture.loaded").await;
    assert_eq!(ana.complaints().await, Vec::<String>::new());
    ana.leave().await;
    ben.leave().await;
    cleo.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn a_finger_that_rests_on_a_message_opens_its_menu() {
    let town = Town::of(["ana", "ben"]).await;
    let (ana, ben) = two_in_talk(&town, Screen::Phone, "press me").await;
    ana.press_long(".message.theirs .bubble").await;
    ana.press("#message-menu [data-action='copy']").await;
    ana.read("#flash", "Copied").await;
    ana.press_long(".message.theirs .bubble").await;
    ana.press("#message-menu [data-action='reply']").await;
    ana.read("#reply-strip", "press me").await;
    ana.leave().await;
    ben.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn what_a_message_went_through_is_told_with_its_times_and_its_file() {
    let town = Town::of(["ana", "ben"]).await;
    let (ana, ben) = two_in_talk(&town, Screen::Desk, "hi").await;
    ana.send_file(&project_file("static/img/icon-192.png")).await;
    ana.see(".message.mine[data-receipt='read'] .picture.loaded").await;
    ana.focus(".message.mine").await;
    ana.type_into_focused("i").await;
    for told in ["ben has seen it", "192 × 192 pixels", "SHA-256", "Read"] {
        ana.read("#message-facts", told).await;
    }
    ana.leave().await;
    ben.leave().await;
    town.stop().await;
}
