//! What people do most, from logging in to signing out: once with the mouse, once with nothing but the keyboard, in each browser.

use thirtyfour::prelude::*;

use super::browser::{Browser, Screen};
use super::chatting::project_file;
use super::person::Person;
use super::support::User;
use super::town::Town;

/// So many presses of Tab lead round any page of this walk.
const MOST_TABS: usize = 200;

/// With what somebody uses the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hand {
    Mouse,
    Keys,
}

/// Somebody who uses the page with the one or the other.
struct Walker<'a> {
    person: &'a Person,
    hand: Hand,
}

impl Walker<'_> {
    async fn press(&self, css: &str) {
        match self.hand {
            Hand::Mouse => self.person.press(css).await,
            Hand::Keys => {
                self.reach(css).await;
                self.person.tap(Key::Enter).await;
            }
        }
    }

    /// Puts `text` into a field in place of what is there.
    async fn write(&self, css: &str, text: &str) {
        match self.hand {
            Hand::Mouse => self.person.write(css, text).await,
            Hand::Keys => {
                self.reach(css).await;
                self.person.type_into_focused(Key::Control + "a").await;
                self.person.type_into_focused(text).await;
            }
        }
    }

    /// Goes on or back with Tab until the keyboard is at what fits. Past the last element it would leave the page for the browser's own buttons.
    async fn reach(&self, css: &str) {
        self.person.wait_for(&format!("[...document.querySelectorAll({css:?})].some((element) => !element.disabled)")).await;
        let way = format!(
            "(({{ activeElement: here }}) => {{
                if (here.matches({css:?})) return 'there';
                const goal = [...document.querySelectorAll({css:?})].find((element) => !element.disabled);
                return here !== document.body && here.compareDocumentPosition(goal) & Node.DOCUMENT_POSITION_PRECEDING ? 'back' : 'on';
            }})(document)"
        );
        for _ in 0..MOST_TABS {
            match self.person.evaluate(&way).await.as_str() {
                Some("there") => return,
                Some("back") => self.person.tap(Key::Shift + Key::Tab).await,
                _ => self.person.tap(Key::Tab).await,
            }
        }
        panic!("no number of tabs leads to {css}");
    }

    /// The way of whoever has the choice of a key and a button.
    async fn press_or_keys(&self, css: &str, keys: impl Into<TypingData>) {
        match self.hand {
            Hand::Mouse => self.person.press(css).await,
            Hand::Keys => self.person.type_into_focused(keys).await,
        }
    }

    async fn send_file(&self, path: &str) {
        if self.hand == Hand::Keys {
            self.reach("#file-input").await;
        }
        self.person.send_file(&project_file(path)).await;
    }
}

async fn walk(walker: &Walker<'_>, ben: &User) {
    let ana = walker.person;
    ana.go("/").await;
    walker.write("#username", "ana").await;
    walker.write("#password", &super::support::password_of("ana")).await;
    walker.press_or_keys("#login-button", Key::Enter).await;
    ana.see("#nav-chats").await;

    finds_ben(walker).await;
    talks(walker, ben).await;
    answers_and_passes_on(walker, ben).await;
    searches_and_jumps(walker).await;

    walker.press("#me-button").await;
    walker.press("[data-set-status='Away']").await;
    ana.see("#me-button[data-status='Away']").await;

    walker.press(".bar-nav a[href='/profile']").await;
    ana.see("#profile-form").await;
    walker.write("#fullname", "Ana Ribeiro").await;
    walker.press("#profile-save").await;
    ana.read("#me-name", "Ana Ribeiro").await;

    walker.press(".bar-nav a[href='/people']").await;
    ana.see(".person-row[data-username='ben']").await;
    walker.press(".person-row[data-username='ben'] .person-link").await;
    ana.see("[data-regard='block']").await;
    walker.press("[data-regard='block']").await;
    ana.see(".confirm").await;
    walker.press(".confirm .button[value='yes']").await;
    ana.see("[data-regard='unblock']").await;

    walker.press("#me-button").await;
    walker.press("#sign-out").await;
    ana.see("#login-form").await;
}

async fn finds_ben(walker: &Walker<'_>) {
    let ana = walker.person;
    // By then the page listens.
    ana.see("#conversation-list [data-username='ben']").await;
    if walker.hand == Hand::Mouse {
        walker.press(".bar-nav a[href='/people']").await;
        ana.see(".person-row[data-username='ben']").await;
        walker.write("#people-filter", "be").await;
        ana.see_no(".person-row[data-username='cleo']").await;
        walker.press(".person-row[data-username='ben'] a[href='/chats/ben']").await;
    } else {
        ana.type_into_focused(Key::Control + "k").await;
        ana.see("#search[open]").await;
        ana.type_into_focused("ben").await;
        ana.see("#hit-p-ben").await;
        ana.type_into_focused(Key::Enter).await;
    }
    ana.see("#talk-person[href='/people/ben']").await;
}

async fn talks(walker: &Walker<'_>, ben: &User) {
    let ana = walker.person;
    walker.write("#composer-text", "Low water is at 12:02, at the jetty.").await;
    walker.press_or_keys("#send-button", Key::Enter).await;
    ana.read(".message.mine[data-receipt='delivered']", "Low water is at 12:02, at the jetty.").await;

    walker.write("#composer-text", "boots").await;
    walker.person.type_into_focused(Key::Control + "a").await;
    walker.press_or_keys("[data-format='bold']", Key::Control + "b").await;
    ana.wait_for("document.querySelector('#composer-text').value === '**boots**'").await;
    walker.press_or_keys("#send-button", Key::Enter).await;
    ana.read(".message.mine[data-receipt='delivered'] strong", "boots").await;

    walker.send_file("demo/reef-at-dawn.jpg").await;
    ana.see(".message.mine[data-receipt='delivered'] .picture.loaded").await;
    walker.send_file("demo/drift-buoy.webm").await;
    ana.see(".message.mine[data-receipt='delivered'] video").await;
    ana.wait_for("document.querySelector('.message.mine video').duration > 0").await;
    walker.send_file("demo/transect-plan.pdf").await;
    ana.see(".message.mine[data-receipt='delivered'] .player.pdf").await;
    walker.press(".player.pdf [aria-expanded='false']").await;
    ana.see(".player.pdf.open").await;

    let heard = ben.has_messages("ana", 5).await;
    let files: Vec<_> = heard.iter().filter_map(|message| message["file"]["name"].as_str()).collect();
    assert_eq!(files.len(), 3, "{files:?}");
    assert!(heard.iter().any(|message| message["html"].as_str().is_some_and(|html| html.contains("<strong>boots</strong>"))));
}

async fn answers_and_passes_on(walker: &Walker<'_>, ben: &User) {
    let ana = walker.person;
    ben.send("ana", "Low water, or so?").await;
    ana.read(".message.theirs", "Low water, or so?").await;
    if walker.hand == Hand::Mouse {
        ana.point_at(".message.theirs .bubble").await;
        walker.press(".message.theirs [data-action='reply']").await;
    } else {
        walker.reach("#composer-text").await;
        ana.type_into_focused(Key::Up).await;
        ana.wait_for("document.activeElement.innerText.includes('or so?')").await;
        ana.type_into_focused("r").await;
    }
    ana.read("#reply-strip", "Low water, or so?").await;
    walker.write("#composer-text", "At 12:02.").await;
    walker.press_or_keys("#send-button", Key::Enter).await;
    ana.read(".message.mine blockquote", "Low water, or so?").await;

    if walker.hand == Hand::Mouse {
        ana.point_at(".message.theirs .bubble").await;
        walker.press(".message.theirs [data-action='menu']").await;
        walker.press("#message-menu [data-action='forward']").await;
    } else {
        walker.reach("#composer-text").await;
        for _ in 0..2 {
            ana.type_into_focused(Key::Up).await;
        }
        ana.wait_for("document.activeElement.innerText.includes('or so?')").await;
        ana.type_into_focused("f").await;
    }
    ana.see("#forward-dialog").await;
    walker.write("#forward-filter", "cleo").await;
    ana.wait_for("document.querySelectorAll('#forward-choices label').length === 1").await;
    walker.press_or_keys("#forward-choices label", Key::Enter).await;
    walker.press("#forward-send").await;
    ana.read("#flash", "Forwarded to cleo").await;
    let told = ben.has_messages("ana", 7).await;
    assert!(told.iter().any(|message| message["html"].as_str().is_some_and(|html| html.contains("<blockquote>"))));
}

async fn searches_and_jumps(walker: &Walker<'_>) {
    let ana = walker.person;
    // The index takes in what is new after a moment: asked again until it has.
    walker.press_or_keys("#search-button", Key::Control + "k").await;
    ana.see("#search[open]").await;
    ana.type_into_focused("jetty").await;
    ana.read("#search-hits .search-hit", "jetty").await;
    walker.press_or_keys("#search-hits .search-hit", Key::Enter).await;
    ana.see_no("#search").await;
    ana.wait_for("location.search.startsWith('?at=')").await;
    ana.read(".message.mine", "Low water is at 12:02, at the jetty.").await;
}

async fn in_a_town(browser: Browser, hand: Hand) {
    let town = Town::of(["ana", "ben"]).await;
    let ben = town.node_of("ben").as_user("ben").await;
    let ana = Person::at(&town.url_of("ana"), "ana", browser);
    walk(&Walker { person: &ana, hand }, &ben).await;
    ana.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn everything_goes_with_the_mouse_in_chromium() {
    in_a_town(Browser::chromium(Screen::Desk).await, Hand::Mouse).await;
}

#[actix_web::test]
async fn everything_goes_with_the_keyboard_in_chromium() {
    in_a_town(Browser::chromium(Screen::Desk).await, Hand::Keys).await;
}

#[actix_web::test]
async fn everything_goes_with_the_mouse_in_firefox() {
    in_a_town(Browser::firefox().await, Hand::Mouse).await;
}

#[actix_web::test]
async fn everything_goes_with_the_keyboard_in_firefox() {
    in_a_town(Browser::firefox().await, Hand::Keys).await;
}
