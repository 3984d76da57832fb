//! Long conversations: reading back a long way, and finding what was not read.

use futures_util::future::join_all;
use serde_json::Value;

use super::browser::Screen;
use super::person::Person;
use super::support::{TestNode, message};
use super::town::Town;

/// How many messages at a time.
const AT_ONCE: usize = 50;

/// Ben, who is at another node, has written these to ana, of one to five lines.
pub(crate) async fn written_by_ben(node: &TestNode, count: usize) {
    let numbers: Vec<usize> = (0..count).collect();
    for some in numbers.chunks(AT_ONCE) {
        let calls = some.iter().map(|number| async move {
            let text = format!("number {number}{}", "\nand so on".repeat(number % 5));
            let stamp = 1_700_000_000.0 + f64::from(u32::try_from(*number).unwrap()) * 60.0;
            assert_eq!(node.peer_call("/receiveMessage", &message("ben", "ana", &text, stamp)).await.code(), 0);
        });
        join_all(calls).await;
    }
}

/// Reads upwards until so many messages were seen, half a window at a time, and notes at each step how far what was looked at moved otherwise than it
/// was scrolled, the largest height without a message, and how many messages the page holds.
const READ_BACK: &str = "(async (wanted) => {
    const box = document.querySelector('#log-scroll');
    const frame = () => new Promise(requestAnimationFrame);
    const walk = window.walk = { seen: 0, jump: 0, blank: 0, held: 0, done: false };
    const seen = new Set();
    const inSight = () => {
        const { top, bottom } = box.getBoundingClientRect();
        const all = [...box.querySelectorAll('.message, .day, .new-line')].map((element) => ({ element, box: element.getBoundingClientRect() }));
        return all.filter((one) => one.box.bottom > top && one.box.top < bottom);
    };
    while (seen.size < wanted) {
        const edge = box.getBoundingClientRect();
        const before = inSight();
        let last = edge.top;
        for (const { element, box: at } of before) {
            walk.blank = Math.max(walk.blank, at.top - last);
            last = at.bottom;
            if (element.dataset.messageId) seen.add(element.dataset.messageId);
        }
        walk.blank = Math.max(walk.blank, edge.bottom - last);
        walk.held = Math.max(walk.held, box.querySelectorAll('.message').length);
        const anchor = before.find(({ element }) => element.matches('.message'));
        const scrolled = Math.min(box.scrollTop, edge.height / 2);
        box.scrollTop -= scrolled;
        for (let frames = 0; frames < 3; frames += 1) await frame();
        const moved = anchor.element.getBoundingClientRect().top - anchor.box.top;
        walk.jump = Math.max(walk.jump, Math.abs(moved - scrolled));
        walk.seen = seen.size;
    }
    walk.done = true;
})(arguments[0])";

async fn measure(ana: &Person, script: &str, wanted: usize) -> Value {
    ana.driver().execute(script.to_owned(), vec![wanted.into()]).await.unwrap();
    ana.wait_while_it_grows("window.walk.seen", "window.walk.done").await;
    ana.evaluate("window.walk").await
}

#[actix_web::test]
async fn reading_back_two_thousand_messages_nothing_jumps_and_nothing_is_blank() {
    let town = Town::of(["ana"]).await;
    let node = town.node_of("ana");
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    written_by_ben(&node, 2100).await;
    ana.open_conversation("ben").await;
    ana.press("#jump").await;
    ana.read(".message.theirs", "number 2099").await;
    let walk = measure(&ana, READ_BACK, 2000).await;
    let number = |name: &str| walk[name].as_f64().unwrap();
    assert!(number("jump") <= 1.0, "{walk}");
    // Between two messages of other days there is a line of 60 pixels, and the padding of the log below the last one.
    assert!(number("blank") <= 60.0, "{walk}");
    // So a conversation of any length is as quick as a short one.
    assert!(number("held") <= 350.0, "{walk}");
    // Down again, page by page, to where it began.
    ana.press("#jump").await;
    ana.read(".message.theirs", "number 2099").await;
    ana.see_no("#jump").await;
    assert_eq!(ana.complaints().await, Vec::<String>::new());
    ana.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn a_conversation_opens_at_the_first_message_that_was_not_read_and_leads_back_to_it() {
    let town = Town::of(["ana"]).await;
    let node = town.node_of("ana");
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    written_by_ben(&node, 260).await;
    ana.open_conversation("ben").await;
    ana.see(".new-line").await;
    let first_below_line = "document.querySelector('.new-line').nextElementSibling.innerText.includes('number 0')";
    ana.wait_for(first_below_line).await;
    ana.see_no("#jump-unread:not([hidden])").await;
    ana.evaluate("document.querySelector('#log-scroll').scrollBy(0, 900)").await;
    ana.press("#jump-unread").await;
    ana.see_no("#jump-unread:not([hidden])").await;
    let (line, box_top) = (
        "document.querySelector('.new-line').getBoundingClientRect().top",
        "document.querySelector('#log-scroll').getBoundingClientRect().top",
    );
    ana.wait_for(&format!("{line} >= {box_top}")).await;
    ana.press("#jump").await;
    ana.read(".message.theirs", "number 259").await;
    ana.see_no("#conversation-list .count").await;
    assert_eq!(ana.complaints().await, Vec::<String>::new());
    ana.leave().await;
    town.stop().await;
}
