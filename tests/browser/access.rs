//! Whether the pages can be used by everybody, as axe-core sees it: names for screen readers, contrast, structure.

use std::path::Path;

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::browser::Screen;
use super::chatting::project_file;
use super::person::Person;
use super::town::Town;

/// Where scripts/test puts it; it is not part of this project.
const AXE: &str = "target/axe-core/package/axe.min.js";

/// What is wrong with the page, a line for each element.
async fn violations(person: &Person, theme: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(AXE);
    let axe = std::fs::read_to_string(path).unwrap_or_else(|_| panic!("{AXE} is missing: run scripts/test, which fetches it"));
    person.evaluate(&format!("document.documentElement.dataset.theme = {theme:?}")).await;
    person.run(&axe).await;
    // Colours that are on their way would be taken as they are.
    let found = person
        .run(
            "return new Promise(requestAnimationFrame).then(() => axe.run(document, { resultTypes: ['violations'] }))
                .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, any, all, none }) =>
                    `${id}: ${html.slice(0, 160)} (${[...any, ...all, ...none].map(({ message }) => message).join('; ')})`)))",
        )
        .await;
    let lines: Vec<String> = serde_json::from_value(found).unwrap();
    let place = person.evaluate("location.pathname").await;
    lines.into_iter().map(|line| format!("{place} {theme}: {line}")).collect()
}

/// Ana has talked, is invited, and has muted somebody: there is something of everything.
async fn fill(ana: &Person, town: &Town) {
    let ben = town.node_of("ben").as_user("ben").await;
    ana.open_conversation("ben").await;
    ana.send("Low water is at **12:02**, see [the plan](https://example.org).").await;
    ana.see(".message.mine[data-receipt='delivered']").await;
    ana.send_file(&project_file("static/img/icon-192.png")).await;
    ana.see(".message.mine .picture.loaded").await;
    ana.send_file(&project_file("demo/transect-plan.pdf")).await;
    ana.see(".message.mine[data-receipt='delivered'] .player.pdf").await;
    ben.send_markdown("ana", "> Low water\n\n```\nboots\n```").await;
    ana.see(".message.theirs pre").await;
    let event = json!({ "name": "Reef walk", "start": 3e9, "end": 3e9, "guests": ["ana"] });
    assert_eq!(ben.post("/api/events", &event).await.status, 201);
    ana.go("/people/cleo").await;
    ana.press("[data-regard='mute']").await;
    ana.see("[data-regard='unmute']").await;
}

/// Pages, what shows that they are there, and what is opened on them.
const PLACES: [(&str, &str, Option<&str>); 12] = [
    ("/chats", "#conversation-list .row", None),
    ("/chats/ben", ".message.theirs pre", None),
    ("/chats/ben", ".message.theirs pre", Some(".message.mine .meta")),
    ("/people", ".person-row", None),
    ("/people", ".person-row", Some("#me-button")),
    ("/people", ".person-row", Some("#search-button")),
    ("/people/ben", "[data-regard='block']", None),
    ("/people/ben", "[data-regard='block']", Some("[data-regard='block']")),
    ("/events", ".event", Some("#event-new")),
    ("/profile", "#profile-form", None),
    ("/settings", ".session", None),
    ("/nowhere", ".error-card", None),
];

async fn on_each_page(screen: Screen) {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::arrives(&town, "ana", screen).await;
    let mut found = Vec::new();
    ana.go("/login").await;
    ana.see("#login-form").await;
    for theme in ["light", "dark"] {
        found.extend(violations(&ana, theme).await);
    }
    ana.log_in().await;
    fill(&ana, &town).await;
    for (path, sign, opened) in PLACES {
        ana.go(path).await;
        ana.see(sign).await;
        if let Some(button) = opened {
            ana.press(button).await;
        }
        for theme in ["light", "dark"] {
            found.extend(violations(&ana, theme).await);
        }
    }
    ana.go("/people").await;
    ana.see(".person-row").await;
    ana.type_into_focused(Key::Control + "/").await;
    ana.see("dialog.keys").await;
    for theme in ["light", "dark"] {
        found.extend(violations(&ana, theme).await);
    }
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
    ana.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn axe_finds_nothing_on_any_page_in_either_theme() {
    on_each_page(Screen::Desk).await;
}

#[actix_web::test]
async fn axe_finds_nothing_on_a_phone_either() {
    on_each_page(Screen::Phone).await;
}

/// 1280 pixels at 400 % are 320, and at 200 % 640: nothing has to be scrolled sideways, and what there is to press is large enough for a finger.
#[actix_web::test]
async fn every_page_fits_a_screen_of_320_pixels() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Narrow).await;
    fill(&ana, &town).await;
    for (path, sign, opened) in PLACES {
        ana.go(path).await;
        ana.see(sign).await;
        if let Some(button) = opened {
            ana.press(button).await;
        }
        ana.wait_for("document.documentElement.scrollWidth <= 320").await;
        let cut: Value = ana
            .evaluate(
                "[...document.querySelectorAll('button, a, input, select, textarea')].filter((element) => element.checkVisibility() && !element.matches('.visually-hidden, .skip-link'))
                    .filter((element) => { const { left, right } = element.getBoundingClientRect(); return left < -1 || right > 321; }).map(({ outerHTML }) => outerHTML.slice(0, 120))",
            )
            .await;
        assert_eq!(cut, json!([]), "{path}");
    }
    ana.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn axe_finds_nothing_in_what_opens_from_a_message_or_while_one_writes() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    fill(&ana, &town).await;
    ana.open_conversation("ben").await;
    let mut found = Vec::new();
    let keys: [(TypingData, &str); 5] = [
        (Key::Enter.into(), "#message-menu"),
        ("i".into(), "#message-facts"),
        ("f".into(), "#forward-dialog"),
        (Key::Delete.into(), "#delete-dialog"),
        ("r".into(), "#reply-strip"),
    ];
    for (key, opened) in keys {
        ana.focus(".message.theirs").await;
        ana.type_into_focused(key).await;
        ana.see(opened).await;
        for theme in ["light", "dark"] {
            found.extend(violations(&ana, theme).await);
        }
        ana.type_into_focused(Key::Escape).await;
    }
    ana.write_at_once("#composer-text", "```rust\nfn low(at: Tide) -> f64 { 12.02 } // \"or so\"\n```\n```diff\n-old\n+new\n```").await;
    let steps =
        [("#preview-button", "#preview .code-comment"), ("#send-button", ".message.mine .code-comment"), (".picture", "#viewer[open]")];
    for (button, opened) in steps {
        ana.press(button).await;
        ana.see(opened).await;
        for theme in ["light", "dark"] {
            found.extend(violations(&ana, theme).await);
        }
    }
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
    ana.leave().await;
    town.stop().await;
}
