//! Two people on two nodes find each other, talk, and send files.

use std::path::{Path, PathBuf};

use super::browser::{Browser, Screen};
use super::person::Person;
use super::support::{Answer, FakeServer};
use super::town::{FILE_LIMIT_BYTES, Town};

/// The path of a file of this project.
pub(crate) fn project_file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[actix_web::test]
async fn two_people_find_each_other_and_exchange_messages_and_files() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::arrives(&town, "ana", Screen::Desk).await;
    let ben = Person::arrives(&town, "ben", Screen::Desk).await;
    find_each_other_and_talk(&ana, &ben).await;
    for person in [&ana, &ben] {
        assert_eq!(person.complaints().await, Vec::<String>::new(), "{}", person.name);
        assert_eq!(person.calls_elsewhere().await, Vec::<String>::new(), "{}", person.name);
    }
    ana.leave().await;
    ben.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn two_people_do_the_same_in_firefox() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::at(&town.url_of("ana"), "ana", Browser::firefox().await);
    let ben = Person::at(&town.url_of("ben"), "ben", Browser::firefox().await);
    find_each_other_and_talk(&ana, &ben).await;
    ana.leave().await;
    ben.leave().await;
    town.stop().await;
}

async fn find_each_other_and_talk(ana: &Person, ben: &Person) {
    ana.log_in().await;
    ben.log_in().await;
    ana.go("/people").await;
    ana.press("[data-username='ben'][data-online='true'] a[href='/chats/ben']").await;
    ana.see("#composer-text").await;
    ana.mark_page().await;
    ben.see("#conversation-list [data-username='ana'][data-online='true']").await;
    ben.mark_page().await;

    ana.send("Low water is at 12:02.").await;
    ben.read("#conversation-list [data-username='ana']", "Low water is at 12:02.").await;
    ana.see(".message.mine[data-receipt='delivered']").await;
    // The head and the pane beside it change together: no word of one contradicts the other.
    let note =
        ana.evaluate("document.querySelector('#talk-travel').innerText + ': ' + document.querySelector('.travel-note').innerText").await;
    assert!(note.as_str().is_some_and(|note| note.contains("Weak encryption") && note.contains("weak encryption of 2017")), "{note}");
    ben.press("#conversation-list [data-username='ana']").await;
    ben.read(".message.theirs .bubble", "Low water is at 12:02.").await;
    ana.see(".message.mine[data-receipt='read']").await;

    ana.send_file(&project_file("static/img/icon-192.png")).await;
    ben.see(".message.theirs .picture.loaded img[alt='icon-192.png']").await;
    ana.see(".message.mine[data-receipt='read'] .picture.loaded").await;

    ben.send_file(&project_file("demo/tide-bell.wav")).await;
    ana.see(".message.theirs audio[aria-label='tide-bell.wav']").await;
    ana.wait_for("document.querySelector('.message.theirs audio').duration > 1").await;
    ben.see(".message.mine[data-receipt='read'] audio").await;

    ana.set_status("Away").await;
    ben.see("#conversation-list [data-username='ana'][data-status='Away']").await;
    ben.set_status("Do Not Disturb").await;
    ana.see("#conversation-list [data-username='ben'][data-status='Do Not Disturb']").await;

    assert!(ana.is_same_page().await && ben.is_same_page().await, "all of this came without loading the page again");
}

/// Holds back the answer to each send until its receipt has been drawn, as a busy machine may.
const SLOW_ANSWERS: &str = "window.fetch = ((fetch) => async (path, request) => {
    const answer = await fetch(path, request);
    const isSend = request.method === 'POST' && path.endsWith('/messages');
    while (isSend && !document.querySelector('.message.mine[data-receipt=delivered]')) await new Promise(requestAnimationFrame);
    return answer;
})(window.fetch)";

#[actix_web::test]
async fn an_answer_that_comes_after_the_receipt_does_not_take_it_back() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    let ben = Person::logs_in(&town, "ben", Screen::Desk).await;
    ana.open_conversation("ben").await;
    ana.see("#log-top .state").await;
    ana.evaluate(SLOW_ANSWERS).await;
    ana.send("first").await;
    // Goes out once the answer to the first is there.
    ana.send("second").await;
    ana.read(".message.mine[data-receipt='delivered']", "second").await;
    ana.read(".message.mine[data-receipt='delivered']", "first").await;
    ana.leave().await;
    ben.leave().await;
    town.stop().await;
}

/// The same for a message that fails, and for one that is tried again and fails again.
const SLOW_ANSWERS_TO_FAILURES: &str = "(() => {
    const failed = () => document.querySelectorAll('.message.mine[data-receipt=failed]').length;
    window.fetch = ((fetch) => async (path, request) => {
        const wanted = request.method === 'POST' && path.endsWith('/messages') ? failed() + 1 : 0;
        const isRetry = request.method === 'POST' && path.endsWith('/retry');
        if (!wanted && !isRetry) return fetch(path, request);
        const again = isRetry && new Promise((resolve) => new MutationObserver((changes, observer) => {
            const hasFailedAgain = changes.some(({ target, oldValue }) => oldValue === 'pending' && target.dataset.receipt === 'failed');
            if (hasFailedAgain) { observer.disconnect(); resolve(); }
        }).observe(document.querySelector('#log'), { subtree: true, attributeFilter: ['data-receipt'], attributeOldValue: true }));
        const answer = await fetch(path, request);
        while (failed() < wanted) await new Promise(requestAnimationFrame);
        await again;
        document.documentElement.dataset.answered = Number(document.documentElement.dataset.answered ?? 0) + 1;
        return answer;
    })(window.fetch);
})()";

#[actix_web::test]
async fn an_answer_that_comes_after_the_failure_does_not_hide_it() {
    let town = Town::of(["ana"]).await;
    let peer = FakeServer::start(|call| Answer::text(if call.path() == "/receiveMessage" { "2: Unauthenticated" } else { "0" })).await;
    town.report("ben", peer.address()).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    ana.open_conversation("ben").await;
    ana.see("#log-top .state").await;
    ana.evaluate(SLOW_ANSWERS_TO_FAILURES).await;
    ana.send("never mind").await;
    ana.wait_for("document.documentElement.dataset.answered === '1'").await;
    ana.see_no("#log-pending .message").await;
    ana.see(".message.mine[data-receipt='failed'] .failure").await;
    ana.press(".message.mine .failure .link-button:first-of-type").await;
    ana.wait_for("document.documentElement.dataset.answered === '2'").await;
    ana.see(".message.mine[data-receipt='failed'] .failure .link-button:not([aria-busy])").await;
    ana.leave().await;
    town.stop().await;
    peer.stop().await;
}

#[actix_web::test]
async fn a_file_over_the_limit_is_refused_in_the_page_and_the_limit_named() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    let folder = tempfile::tempdir().unwrap();
    let (too_large, largest) = (folder.path().join("too-large.bin"), folder.path().join("largest.bin"));
    std::fs::write(&too_large, vec![0; FILE_LIMIT_BYTES * 2]).unwrap();
    std::fs::write(&largest, vec![0; FILE_LIMIT_BYTES]).unwrap();
    ana.open_conversation("ben").await;

    ana.send_file(&too_large).await;
    ana.read("#composer-notices .notice", "too-large.bin is 400 kB. Files may be up to 200 kB.").await;
    ana.see_no(".message").await;

    ana.send_file(&largest).await;
    ana.read(".message.mine[data-receipt] .file-card", "largest.bin").await;
    ana.see_no("#composer-notices .notice").await;
    ana.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn a_message_that_was_refused_can_be_discarded() {
    let town = Town::of(["ana"]).await;
    let peer = FakeServer::start(|call| Answer::text(if call.path() == "/receiveMessage" { "2: Unauthenticated" } else { "0" })).await;
    town.report("ben", peer.address()).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    ana.open_conversation("ben").await;
    ana.send("never mind").await;
    ana.see(".message.mine[data-receipt='failed'] .failure").await;
    ana.press(".message.mine .failure .link-button:last-of-type").await;
    ana.see_no(".message").await;
    ana.see_no("#conversation-list .preview .tick-failed").await;
    ana.go("/chats/ben").await;
    ana.see("#composer-text").await;
    ana.see_no(".message").await;
    assert_eq!(ana.complaints().await, Vec::<String>::new());
    ana.leave().await;
    town.stop().await;
    peer.stop().await;
}

#[actix_web::test]
async fn a_database_that_was_set_aside_is_told_on_every_page_until_it_is_moved_away() {
    let town = Town::of(["ana"]).await;
    let aside = town.data_of("ana").join("kith.db.unreadable-1700000000");
    std::fs::write(&aside, "what cannot be read").unwrap();
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    for page in ["/chats", "/people", "/profile"] {
        ana.go(page).await;
        ana.read("#banner", "could not read its database").await;
    }
    std::fs::remove_file(aside).unwrap();
    ana.go("/people").await;
    ana.wait_for("performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/api/session'))").await;
    ana.see_no("#banner:not([hidden])").await;
    ana.leave().await;
    town.stop().await;
}
