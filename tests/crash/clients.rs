//! Clients of both doors, each sending one numbered message after the other.

use std::rc::Rc;
use std::time::Duration;

use kith::domain::clock;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::multipart::{Form, Part};
use reqwest::{Client as Http, Method};
use serde_json::json;

use super::books::{Client, Door};
use super::support::{User, file, message};
use super::town::{OUTSIDERS, RESIDENTS, Town};

/// A call that takes longer is taken for lost.
const PATIENCE: Duration = Duration::from_secs(20);

/// For each node and door: two that send texts, one that sends files.
pub(crate) fn all() -> Vec<Client> {
    let mut clients = Vec::new();
    for node in 0..RESIDENTS.len() {
        for door in [Door::Browser, Door::Peer] {
            for files in [false, false, true] {
                clients.push(Client { number: clients.len(), node, door, files });
            }
        }
    }
    clients
}

/// What came of a call.
enum Told {
    Kept,
    /// Refused for the moment, or broken off: it may be kept or not.
    Unsure,
    /// Nobody should be told that.
    Nonsense(String),
}

/// Sends for ever.
pub(crate) async fn run(client: Client, town: Rc<Town>, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed ^ client.number as u64);
    let http = Http::builder().timeout(PATIENCE).build().unwrap();
    let pause_ms = if client.files { 20..120 } else { 5..50 };
    let (mut n, mut stamp) = (0, clock::now().seconds());
    loop {
        actix_web::rt::time::sleep(Duration::from_millis(random.random_range(pause_ms.clone()))).await;
        let house = &town.houses[client.node];
        let told = match client.door {
            Door::Browser => {
                let resident = house.resident.subscribe().wait_for(Option::is_some).await.unwrap().clone().unwrap();
                let _call = begin(&town).await;
                let told = send(&resident, client, n).await;
                // Whoever writes again writes another message.
                n += 1;
                told.map_kept(&town, client, n - 1)
            }
            Door::Peer => {
                let address = house.address.subscribe().wait_for(Option::is_some).await.unwrap().unwrap();
                let _call = begin(&town).await;
                let told = bring(&http, &format!("http://{address}"), client, n, stamp).await.map_kept(&town, client, n);
                if matches!(told, Told::Kept) {
                    n += 1;
                    stamp = (stamp + 0.001).max(clock::now().seconds());
                }
                told
            }
        };
        if let Told::Nonsense(text) = told {
            town.found_wrong(format!("{} was answered: {text}", client.label(n)));
        }
    }
}

impl Told {
    /// Enters what is kept into the books.
    fn map_kept(self, town: &Town, client: Client, n: u64) -> Self {
        if matches!(self, Self::Kept) {
            town.books.borrow_mut().acknowledged(client, n);
        }
        self
    }
}

/// A call under way; calls begin only while the town does not rest.
struct Call(Rc<Town>);

async fn begin(town: &Rc<Town>) -> Call {
    town.paused.subscribe().wait_for(|paused| !paused).await.unwrap();
    town.calls.send_modify(|calls| *calls += 1);
    Call(town.clone())
}

impl Drop for Call {
    fn drop(&mut self) {
        self.0.calls.send_modify(|calls| *calls -= 1);
    }
}

/// Sends as the pages do.
async fn send(resident: &User, client: Client, n: u64) -> Told {
    let (to, label) = (RESIDENTS[1 - client.node], client.label(n));
    let request = if client.files {
        let part = Part::bytes(client.content(n)).file_name(label).mime_str("text/plain").unwrap();
        resident.request(Method::POST, &format!("/api/conversations/{to}/files")).multipart(Form::new().part("file", part))
    } else {
        resident.request(Method::POST, &format!("/api/conversations/{to}/messages")).json(&json!({ "text": label }))
    };
    match request.timeout(PATIENCE).send().await.map(|answer| answer.status().as_u16()) {
        Ok(201) => Told::Kept,
        // A node that has just started knows no session of before.
        Ok(401 | 503) | Err(_) => Told::Unsure,
        Ok(status) => Told::Nonsense(status.to_string()),
    }
}

/// Sends as another node does.
async fn bring(http: &Http, node: &str, client: Client, n: u64, stamp: f64) -> Told {
    let (from, to, label) = (OUTSIDERS[client.node], RESIDENTS[client.node], client.label(n));
    let (call, body) = if client.files {
        ("receiveFile", file(from, to, &label, "text/plain", &client.content(n), stamp))
    } else {
        ("receiveMessage", message(from, to, &label, stamp))
    };
    let Ok(answer) = http.post(format!("{node}/{call}")).json(&body).send().await else { return Told::Unsure };
    let status = answer.status().as_u16();
    match answer.text().await {
        Ok(text) if status == 200 && text == "0: Success" => Told::Kept,
        Ok(text) if status == 503 && text.starts_with('4') => Told::Unsure,
        Ok(text) => Told::Nonsense(format!("{status} {text}")),
        Err(_) => Told::Unsure,
    }
}
