//! Being told of new messages.

use super::browser::Screen;
use super::person::Person;
use super::town::Town;

/// Counts what the browser itself would show; each browser counts for all of its tabs.
const COUNT_NOTIFICATIONS: &str = "window.Notification = class extends EventTarget {
    static permission = 'granted';
    constructor(title, { body, tag }) { super(); localStorage.shown = `${localStorage.shown ?? ''}[${title}: ${body}]`; }
};";

#[actix_web::test]
async fn a_message_is_told_of_in_the_page_unless_one_looks_at_it_or_wants_quiet() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    let ben = Person::logs_in(&town, "ben", Screen::Desk).await;
    ben.open_conversation("ana").await;
    ana.go("/people").await;
    ana.see("[data-username='ben'][data-online='true']").await;
    ben.send("Low water is at 12:02.").await;
    ana.read(".toast", "Low water is at 12:02.").await;
    ana.wait_for("document.title.startsWith('(1)')").await;
    // It leads there, and there nothing tells of what one sees anyway.
    ana.press(".toast-link").await;
    ana.read(".message.theirs", "Low water is at 12:02.").await;
    ben.send("Bring boots.").await;
    ana.read(".message.theirs", "Bring boots.").await;
    ana.see_no(".toast").await;

    ana.go("/people/ben").await;
    ana.press("[data-regard='mute']").await;
    ana.see("[data-regard='unmute']").await;
    ben.send("Muted.").await;
    ana.wait_for("document.title.startsWith('(1)')").await;
    ana.press("[data-regard='unmute']").await;
    ana.set_status("Do Not Disturb").await;
    ben.send("Not disturbing.").await;
    ana.wait_for("document.title.startsWith('(2)')").await;
    ana.set_status("Online").await;
    ben.send("Now you know.").await;
    // Of the three only the last is told of; the earlier ones would stand there by now.
    ana.read(".toast", "Now you know.").await;
    assert_eq!(ana.evaluate("document.querySelectorAll('.toast').length").await, 1);
    for person in [ana, ben] {
        assert_eq!(person.complaints().await, Vec::<String>::new());
        person.leave().await;
    }
    town.stop().await;
}

#[actix_web::test]
async fn what_is_read_elsewhere_is_told_of_no_more() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    let phone = Person::logs_in(&town, "ana", Screen::Phone).await;
    let ben = Person::logs_in(&town, "ben", Screen::Desk).await;
    ben.open_conversation("ana").await;
    ana.go("/people").await;
    ana.see("[data-username='ben'][data-online='true']").await;
    // A toast goes by itself after some seconds, but not while one is at it.
    ben.send("Low water is at 12:02.").await;
    ana.focus(".toast-link").await;
    phone.press("#conversation-list [data-username='ben']").await;
    phone.read(".message.theirs", "Low water is at 12:02.").await;
    ana.see_no(".toast").await;
    for person in [ana, phone, ben] {
        person.leave().await;
    }
    town.stop().await;
}

#[actix_web::test]
async fn of_several_tabs_one_tells() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    let ben = Person::logs_in(&town, "ben", Screen::Desk).await;
    ben.open_conversation("ana").await;
    let driver = ana.driver();
    ana.go("/people").await;
    ana.see("[data-username='ben'][data-online='true']").await;
    ana.evaluate(COUNT_NOTIFICATIONS).await;
    // Two more tabs; the last one hides the others.
    for page in ["/events", "/profile"] {
        let tab = driver.new_tab().await.unwrap();
        driver.switch_to_window(tab).await.unwrap();
        ana.go(page).await;
        ana.see("#nav-chats").await;
        ana.evaluate(COUNT_NOTIFICATIONS).await;
        ana.wait_for("document.querySelector('main h1').checkVisibility()").await;
    }
    ben.send("How many of you are there?").await;
    ana.read(".toast", "How many of you are there?").await;
    let mut toasts = 0;
    for tab in driver.windows().await.unwrap() {
        driver.switch_to_window(tab).await.unwrap();
        ana.wait_for("document.title.startsWith('(1)')").await;
        toasts += ana.evaluate("document.querySelectorAll('.toast').length").await.as_u64().unwrap();
    }
    assert_eq!((toasts, ana.evaluate("localStorage.shown ?? ''").await), (1, "".into()));
    ana.leave().await;
    ben.leave().await;
    town.stop().await;
}
