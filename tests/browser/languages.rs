//! The pages in the reader's language.

use std::path::Path;

use serde_json::json;

use super::browser::{Browser, Screen};
use super::person::Person;
use super::support::{Answer, FakeServer};
use super::town::Town;

#[actix_web::test]
async fn whoever_reads_german_gets_german_down_to_why_a_message_failed() {
    let town = Town::of(["ana"]).await;
    let peer = FakeServer::start(|call| Answer::text(if call.path() == "/receiveMessage" { "2: Unauthenticated" } else { "0" })).await;
    town.report("ben", peer.address()).await;
    let ana = Person::at(&town.url_of("ana"), "ana", Browser::chromium_in("de-AT,de", Screen::Desk).await);
    ana.go("/").await;
    ana.enter_password("not the password").await;
    ana.read("#login-error", "gehören nicht zusammen").await;
    speaks_no_english(&ana).await;
    ana.log_in_here().await;
    ana.read(".bar-nav", "Leute").await;

    ana.go("/people").await;
    ana.see(".person-row[data-username='ben'][data-online='true']").await;
    ana.read("#people-summary", "1 von 3 gerade da").await;
    speaks_no_english(&ana).await;
    ana.set_status("Do Not Disturb").await;
    ana.read("#me-status", "Bitte nicht stören").await;
    ana.open_conversation("ben").await;
    ana.send("Niedrigwasser ist um 12:02.").await;
    ana.read(".message.mine[data-receipt='failed'] .failure", "Er kennt dich nicht.").await;
    speaks_no_english(&ana).await;
    for (path, words) in [
        ("/people/ben", "Benutzername"),
        ("/about-node", "Nichts wartet"),
        ("/events", "Noch keine Termine"),
        ("/profile", "Voller Name"),
        ("/nowhere", "Hier ist nichts"),
    ] {
        ana.go(path).await;
        ana.read("main", words).await;
        speaks_no_english(&ana).await;
    }
    ana.leave().await;
    town.stop().await;
    peer.stop().await;
}

/// Nothing on the page, hidden or not, reads as a text does in English and not in German.
async fn speaks_no_english(person: &Person) {
    let script = format!(
        "{LEAVES} Promise.all([import('/static/js/texts/en.js'), import('/static/js/texts/de.js')]).then(([en, de]) => {{
            const german = new Set(leaves(de.texts).map(([, text]) => text));
            const english = new Set(leaves(en.texts).map(([, text]) => text).filter((text) => typeof text === 'string' && !german.has(text)));
            const attributes = [...document.querySelectorAll('*')].flatMap((element) => ['aria-label', 'title', 'placeholder'].map((name) => element.getAttribute(name)));
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) attributes.push(walker.currentNode.data.trim());
            return attributes.filter((text) => english.has(text));
        }})"
    );
    assert_eq!(person.run(&script).await, json!([]), "{}", person.evaluate("location.pathname").await);
}

/// The texts of a language as pairs of a place and what stands there.
const LEAVES: &str = "const leaves = (value, place = '') => typeof value !== 'object' || value === null ? [[place, value]]
    : Object.entries(value).filter(([name]) => place || name !== 'told').flatMap(([name, inner]) => leaves(inner, `${place}/${name}`)); return ";

#[actix_web::test]
async fn both_languages_have_the_same_texts_and_the_node_says_what_is_translated() {
    let town = Town::of(["ana"]).await;
    let ana = Person::arrives(&town, "ana", Screen::Desk).await;
    ana.go("/login").await;
    let script = format!(
        "{LEAVES} Promise.all([import('/static/js/texts/en.js'), import('/static/js/texts/de.js')]).then((languages) => {{
            const [english, german] = languages.map(({{ texts }}) => leaves(texts).map(([place, text]) => `${{place}} is a ${{typeof text}}, takes ${{text.length > 0 && typeof text === 'function' ? text.length : 0}}`));
            return [english.length > 100, english.filter((text) => !german.includes(text)), german.filter((text) => !english.includes(text))];
        }})"
    );
    assert_eq!(ana.run(&script).await, json!([true, [], []]));

    let told = ana.run("return import('/static/js/texts/de.js').then(({ texts }) => Object.keys(texts.told))").await;
    let source = without_names_of_places(&source_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")));
    for sentence in told.as_array().unwrap() {
        let sentence = sentence.as_str().unwrap();
        let said = sentence.strip_prefix("their node refused it: ").unwrap_or(sentence);
        assert!(source.contains(&format!("{said}\"")), "the node says nowhere {said:?}");
    }
    ana.leave().await;
    town.stop().await;
}

fn source_in(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { source_in(&path) } else { std::fs::read_to_string(path).unwrap_or_default() }).collect()
}

/// "nobody called {0} is known here" becomes "nobody called {} is known here".
fn without_names_of_places(source: &str) -> String {
    let mut parts = source.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    let is_name = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    parts.fold(first, |kept, part| match part.split_once('}') {
        Some((name, rest)) if is_name(name) => format!("{kept}{{}}{rest}"),
        _ => format!("{kept}{{{part}"),
    })
}
