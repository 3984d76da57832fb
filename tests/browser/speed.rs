//! How quick the pages feel. By hand, on a quiet machine:
//! `cargo test --release --test browser -- --ignored --nocapture --test-threads 1 how_`, with `KITH_LONG_CONVERSATION` for another number than 100,000.

use serde_json::Value;

use super::browser::Screen;
use super::person::Person;
use super::scrolling::written_by_ben;
use super::town::Town;

const MESSAGES: usize = 100;

/// Makes the conversation with `partner` longer, oldest first, as if it had been kept for years. Nothing of it is new.
fn lengthen(data: &std::path::Path, count: u64) {
    let database = rusqlite::Connection::open(data.join("kith.db")).unwrap();
    database.busy_timeout(std::time::Duration::from_secs(30)).unwrap();
    let sql = "INSERT INTO messages (identity, conversation_id, sender, destination, stamp, text, markdown, origin, verified, arrived_at)
        WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)
        SELECT randomblob(16), (SELECT max(conversation_id) FROM messages), 'ben', 'ana', 1600000000.0 + n * 60.0,
            'number ' || n || ' of many, which was said long ago', 0, 'peer', 1, 1600000000.0 FROM numbers";
    database.execute(sql, [count]).unwrap();
    // Search is measured elsewhere.
    database.execute("UPDATE search_progress SET indexed_up_to = (SELECT max(seq) FROM messages)", []).unwrap();
}

/// Opens and leaves the conversation, and notes how long it took each time until its messages were painted.
const OPEN: &str = "(async () => {
    const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const run = window.run = { times: [], done: false };
    for (let round = 0; round < 15; round += 1) {
        const began = performance.now();
        document.querySelector('#conversation-list [data-username=ben]').click();
        while (!document.querySelector('#log .message')) await painted();
        await painted();
        run.times.push(performance.now() - began);
        history.back();
        while (location.pathname !== '/chats' || document.querySelector('#log .message')) await painted();
        await painted();
    }
    run.done = true;
})()";

fn median(times: &Value) -> f64 {
    let mut times: Vec<f64> = times.as_array().unwrap().iter().map(|time| time.as_f64().unwrap()).collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

async fn opening(ana: &Person) -> f64 {
    ana.go("/chats").await;
    ana.see("#conversation-list [data-username='ben']").await;
    ana.driver().execute(OPEN, Vec::new()).await.unwrap();
    ana.wait_while_it_grows("window.run.times.length", "window.run.done").await;
    median(&ana.evaluate("window.run.times").await)
}

#[actix_web::test]
#[ignore = "measures"]
#[allow(clippy::print_stdout, reason = "the figures are what it is for")]
async fn how_long_a_conversation_takes_to_open() {
    let long: u64 = std::env::var("KITH_LONG_CONVERSATION").map_or(100_000, |count| count.parse().unwrap());
    let town = Town::of(["ana"]).await;
    let node = town.node_of("ana");
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    written_by_ben(&node, MESSAGES).await;
    ana.open_conversation("ben").await;
    ana.press("#jump").await;
    ana.see_no("#jump").await;
    ana.see_no("#conversation-list .count").await;
    let short_ms = opening(&ana).await;
    lengthen(&town.data_of("ana"), long);
    let long_ms = opening(&ana).await;
    println!(
        "opens, median of 15: {short_ms:.1} ms with {MESSAGES} messages, {long_ms:.1} ms with {long}: {:.2} times",
        long_ms / short_ms
    );
    ana.leave().await;
    town.stop().await;
}

/// Sends messages one after the other and notes when Enter was pressed and when each was painted, in milliseconds since 1970.
const SEND: &str = "(async (count) => {
    const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const now = () => performance.timeOrigin + performance.now();
    const run = window.run = { entered: [], painted: [], done: false };
    const field = document.querySelector('#composer-text');
    for (let number = 0; number < count; number += 1) {
        field.value = `message ${number}.`;
        field.dispatchEvent(new Event('input', { bubbles: true }));
        await painted();
        run.entered.push(now());
        field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
        while (![...document.querySelectorAll('.message.mine')].slice(-3).some((one) => one.innerText.includes(`message ${number}.`))) await painted();
        await painted();
        run.painted.push(now());
        await new Promise((done) => setTimeout(done, 100));
    }
    run.done = true;
})(arguments[0])";

/// Notes when each message of the other is painted.
const WATCH: &str = "(() => {
    const seen = window.seen = {};
    new MutationObserver(() => {
        for (const one of [...document.querySelectorAll('.message.theirs')].slice(-3)) {
            const text = one.querySelector('.bubble').innerText;
            const number = /message (\\d+)\\./.exec(text)?.[1];
            if (number === undefined || number in seen) continue;
            seen[number] = null;
            requestAnimationFrame(() => setTimeout(() => { seen[number] = performance.timeOrigin + performance.now() }));
        }
    }).observe(document.querySelector('#log'), { childList: true, subtree: true });
})()";

#[actix_web::test]
#[ignore = "measures"]
#[allow(clippy::print_stdout, reason = "the figures are what it is for")]
async fn how_long_until_a_message_is_painted_here_and_there() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    let ben = Person::logs_in(&town, "ben", Screen::Desk).await;
    ana.open_conversation("ben").await;
    ben.open_conversation("ana").await;
    ana.send("are you there?").await;
    ben.read(".message.theirs", "are you there?").await;
    ben.driver().execute(WATCH, Vec::new()).await.unwrap();
    ana.driver().execute(SEND, vec![MESSAGES.into()]).await.unwrap();
    ana.wait_while_it_grows("window.run.painted.length", "window.run.done").await;
    ben.wait_for(&format!("Object.values(window.seen).filter(Boolean).length === {MESSAGES}")).await;
    let entered = ana.evaluate("window.run.entered").await;
    let since = |times: &Value| {
        let pairs = times.as_array().unwrap().iter().zip(entered.as_array().unwrap());
        Value::from(pairs.map(|(time, entered)| time.as_f64().unwrap() - entered.as_f64().unwrap()).collect::<Vec<_>>())
    };
    let own = median(&since(&ana.evaluate("window.run.painted").await));
    let other = median(&since(
        &ben.evaluate("Object.keys(window.seen).map(Number).sort((a, b) => a - b).map((number) => window.seen[number])").await,
    ));
    println!(
        "from Enter, median of {MESSAGES}: own message painted after {own:.1} ms, the other person's browser shows it after {other:.1} ms"
    );
    ana.leave().await;
    ben.leave().await;
    town.stop().await;
}
