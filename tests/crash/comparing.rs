//! Comparing what was acknowledged with the databases, the files and the API of both nodes, while the clients rest.

use std::rc::Rc;
use std::time::{Duration, Instant};

use kith::domain::clock;
use reqwest::Method;
use rusqlite::Connection;
use serde_json::Value;

use super::books::{Client, Door, Findings, read_label};
use super::support::{User, sha256};
use super::town::{OUTSIDERS, RESIDENTS, Town};

/// After this long with both nodes up, everything is delivered, also on a machine that has much else to do. What is stuck stays so.
const SETTLES_WITHIN: Duration = Duration::from_mins(5);

/// A client may try a message again after a comparison that it began before it.
const OVERLAP_S: f64 = 60.0;

/// Rests, lets both nodes come up and deliver what they have, and compares what was sent since the stamp `since`. Answers the next `since`.
pub(crate) async fn compare(town: &Rc<Town>, clients: &[Client], since: f64) -> f64 {
    let now = clock::now().seconds();
    town.paused.send_replace(true);
    town.calls.subscribe().wait_for(|calls| *calls == 0).await.unwrap();
    let begin = Instant::now();
    let since = since - OVERLAP_S;
    let shown = loop {
        bring_up_the_dead(town).await;
        let is_late = begin.elapsed() > SETTLES_WITHIN;
        // A page that cannot be read, since its node has just died at its point, says nothing about what is there.
        if (settled(town) || is_late)
            && let Some(shown) = read_all(town, since).await
        {
            if is_late {
                town.found_wrong(format!("the outboxes are not empty after {SETTLES_WITHIN:?}"));
            }
            break shown;
        }
        actix_web::rt::time::sleep(Duration::from_millis(10)).await;
    };
    let mut findings = Findings::default();
    for node in 0..town.houses.len() {
        let (own, other, outsider) = (RESIDENTS[node], RESIDENTS[1 - node], OUTSIDERS[node]);
        let database = town.houses[node].launcher.borrow().database();
        let of = |door: Door, anywhere: bool| -> Vec<Client> {
            clients.iter().copied().filter(|client| client.door == door && (anywhere || client.node == node)).collect()
        };
        for (with, clients) in [(other, of(Door::Browser, true)), (outsider, of(Door::Peer, false))] {
            let books = town.books.borrow();
            let messages =
                shown.iter().find(|page| page.reader == own && page.with == with).map(|page| &page.messages[..]).unwrap_or_default();
            let labels: Vec<String> = messages.iter().filter_map(label).collect();
            findings.add(books.compare(&clients, &format!("page of {own} with {with}"), &labels));
            for order in ["stamp, seq", "seq"] {
                let rows = labels_on_disk(&database, own, with, since, order);
                findings.add(books.compare(&clients, &format!("database of {own} with {with} by {order}"), &rows));
            }
            check_files(town, node, messages, &mut findings);
        }
        check_disk(&database, own, since, &mut findings);
    }
    town.found(findings);
    town.books.borrow_mut().close();
    now
}

/// Nodes that have died at their point, maybe just now, are started without one.
async fn bring_up_the_dead(town: &Rc<Town>) {
    for which in 0..town.houses.len() {
        if town.is_dead(which) {
            town.kill(which);
            town.bring_up(which).await;
        }
    }
}

fn settled(town: &Town) -> bool {
    town.houses.iter().all(|house| count(&house.launcher.borrow().database(), "SELECT count(*) FROM outbox", 0.0) == 0)
}

fn count(database: &Connection, sql: &str, since: f64) -> u64 {
    let mut statement = database.prepare(sql).unwrap();
    let parameters = statement.parameter_count();
    let read = |row: &rusqlite::Row<'_>| row.get(0);
    if parameters == 0 { statement.query_row([], read).unwrap() } else { statement.query_row([since], read).unwrap() }
}

/// What a reader's page shows of a conversation, oldest first.
struct Shown {
    reader: &'static str,
    with: &'static str,
    messages: Vec<Value>,
}

/// Reads all conversations. Nothing if a node dies meanwhile.
async fn read_all(town: &Rc<Town>, since: f64) -> Option<Vec<Shown>> {
    let mut all = Vec::new();
    for node in 0..town.houses.len() {
        let dies = town.dies_within(node, SETTLES_WITHIN);
        let reader = tokio::select! {
            reader = town.resident(node) => reader,
            _ = dies => return None,
        };
        for with in [RESIDENTS[1 - node], OUTSIDERS[node]] {
            let messages = read(&reader, with, since).await?;
            all.push(Shown { reader: RESIDENTS[node], with, messages });
        }
    }
    Some(all)
}

async fn read(reader: &User, with: &str, since: f64) -> Option<Vec<Value>> {
    let (mut messages, mut cursor): (Vec<Value>, _) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/conversations/{with}/messages?limit=200{cursor}");
        let answer = reader.request(Method::GET, &path).send().await.ok()?;
        let page: Value = answer.error_for_status().ok()?.json().await.ok()?;
        messages.extend(page["messages"].as_array()?.iter().cloned());
        let reached = messages.last().is_none_or(|oldest| oldest["stamp"].as_f64().unwrap() < since);
        match page["before"].as_str() {
            Some(before) if !reached => cursor = format!("&before={before}"),
            _ => break,
        }
    }
    messages.retain(|message| message["stamp"].as_f64().unwrap() >= since);
    messages.reverse();
    Some(messages)
}

fn label(message: &Value) -> Option<String> {
    Some(message["file"]["name"].as_str().or(message["text"].as_str())?.to_owned())
}

fn labels_on_disk(database: &Connection, own: &str, with: &str, since: f64, order: &str) -> Vec<String> {
    let sql = format!(
        "SELECT coalesce(file_name, text) FROM messages
         WHERE ((sender = ?1 AND destination = ?2) OR (sender = ?2 AND destination = ?1)) AND stamp >= ?3 ORDER BY {order}"
    );
    let mut statement = database.prepare(&sql).unwrap();
    statement.query_map((own, with, since), |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// The bytes of each file that is shown are there, and are those that were sent.
fn check_files(town: &Town, node: usize, messages: &[Value], findings: &mut Findings) {
    let folder = town.houses[node].launcher.borrow().data().join("files");
    for file in messages.iter().map(|message| &message["file"]).filter(|file| file.is_object()) {
        let name = file["name"].as_str().unwrap();
        let Some((client, n)) = read_label(name) else { continue };
        let content = super::clients::all()[client].content(n);
        let hash = file["sha256"].as_str().unwrap();
        let kept = std::fs::read(folder.join(&hash[..2]).join(hash));
        if hash != sha256(&content) || kept.is_ok_and(|kept| kept != content) || !folder.join(&hash[..2]).join(hash).is_file() {
            findings.wrong += 1;
            findings.say(format!("{name} is not what was sent"));
        }
    }
}

/// Every tick is true now that everything is delivered, and nothing is there twice.
fn check_disk(database: &Connection, own: &str, since: f64, findings: &mut Findings) {
    let undelivered = count(
        database,
        "SELECT count(*) FROM messages WHERE origin = 'here' AND receipt NOT IN ('delivered', 'read') AND stamp >= ?",
        since,
    );
    let doubled = count(
        database,
        "SELECT count(*) FROM (SELECT 1 FROM messages WHERE stamp >= ? GROUP BY sender, destination, text, file_name HAVING count(*) > 1)",
        since,
    );
    findings.wrong += undelivered;
    findings.doubled += doubled;
    if undelivered + doubled > 0 {
        findings.say(format!("on the disk of {own}: {undelivered} without the tick for delivered, {doubled} twice"));
    }
}
