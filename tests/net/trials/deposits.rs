//! A depositor that brings a gigabyte for people who are away, and what others who bring something notice of it.
//!
//! Part of what they notice is the depositor's own work, on the same machine as everything else. How much is seen by letting it send to something that
//! reads, says no, and does nothing else.

use std::cell::Cell;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use reqwest::Client;
use rusqlite::{Connection, OpenFlags};

use super::super::support::{TestLoginServer, TestNetwork, TestNode, file, message};
use super::table::{Times, judge, row, size, title};

/// Others who bring messages, each from an address of their own, at which they are listed.
const OTHERS: [(&str, u8); 5] = [("other-1", 71), ("other-2", 72), ("other-3", 73), ("other-4", 74), ("other-5", 75)];

/// Between two messages of one of them: within what one sender may bring in a minute.
const PACE: Duration = Duration::from_millis(300);

/// Messages that may be held of one of them, so that none makes room for another.
const HELD_OF_ONE: u64 = 10_000;

/// By how much the slowest of theirs may become slower.
const MOST_RATIO: f64 = 1.1;

/// How often it is quiet, the flood goes elsewhere, and it comes here.
const ROUNDS: u32 = 4;

/// One file: near to the largest that is taken.
const FILE_BYTES: u64 = 5_000_000;

/// Brings one file after the other from an address of its own, rests a second when it is told to wait, and says the code of each answer; none may
/// come through when a refusal ends the connection in the middle of a file. It is told where the body of the call is, and where in it the stamp, how many it has
/// brought, how many to bring, and where. Being somebody else's machine, it leaves the processor to others, and makes as little work of it as it can.
const FLOOD: &str = r#"
for n in $(seq $(($3 + 1)) $(($3 + $4))); do
    printf '%d' $((1500000000 + n)) | dd of="$1" bs=1 count=10 seek="$2" conv=notrunc status=none
    code=$(curl -s --interface 127.0.0.66 -X POST -H 'Content-Type: application/json' -H 'Expect:' -T "$1" "$5/receiveFile" | cut -d: -f1)
    code=${code:-11}
    echo "$code"
    [ "$code" != 11 ] || sleep 1
done
"#;

/// The body of a call of the flood, and where the stamp is in it.
fn flood_body() -> (Vec<u8>, usize) {
    let content = vec![7; usize::try_from(FILE_BYTES).unwrap()];
    let body = file("flood", "absent", "flood.bin", "application/octet-stream", &content, 1_500_000_000.0).to_string();
    let stamp = body.find("1500000000").unwrap();
    (body.into_bytes(), stamp)
}

/// One of the others: brings one message after the other until the trial is over, and says how long each took.
async fn bring(node: String, (name, host): (&'static str, u8), over: Rc<Cell<bool>>) -> Times {
    let http = Client::builder().local_address(std::net::IpAddr::from([127, 0, 0, host])).build().unwrap();
    let mut times = Times::default();
    let mut stamp = kith::domain::clock::now().seconds();
    while !over.get() {
        stamp += 0.01;
        let body = message(name, "away", &format!("{stamp} {}", "x".repeat(500)), stamp);
        let start = Instant::now();
        let answer = http.post(format!("{node}/receiveMessage")).json(&body).send().await.unwrap().text().await.unwrap();
        times.add(start.elapsed());
        assert_eq!(answer, "0: Held for the addressee", "{name}");
        actix_web::rt::time::sleep(PACE.saturating_sub(start.elapsed())).await;
    }
    times
}

/// What the others notice while `work` is done.
async fn meanwhile(node: &TestNode, work: impl Future<Output = ()>) -> Times {
    let over = Rc::new(Cell::new(false));
    let others: Vec<_> = OTHERS.map(|other| actix_web::rt::spawn(bring(node.url(), other, over.clone()))).into();
    work.await;
    over.set(true);
    let mut times = Times::default();
    for other in others {
        times.extend(other.await.unwrap());
    }
    times
}

/// Bytes that are held of the flood.
fn share_of_flood(database: &Path) -> u64 {
    let database = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    database.query_row("SELECT coalesce(sum(size_bytes), 0) FROM held WHERE depositor = 'flood'", [], |row| row.get(0)).unwrap()
}

/// Takes whole calls from the line, one connection after the other, and tells each to wait.
fn refuse_everything() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut reader = BufReader::new(connection.unwrap());
            let (mut line, mut length) = (String::new(), 0);
            while reader.read_line(&mut line).unwrap() > 2 {
                let header = line.to_ascii_lowercase();
                length = header.strip_prefix("content-length:").map_or(length, |value| value.trim().parse().unwrap());
                line.clear();
            }
            std::io::copy(&mut (&mut reader).take(length), &mut std::io::sink()).unwrap();
            reader
                .get_mut()
                .write_all(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 8\r\nConnection: close\r\n\r\n11: Wait")
                .unwrap();
        }
    });
    url
}

/// Runs the flood to its end. Says how many files were taken, how often it was told to wait, and the most that was held of it at `node`.
async fn flood(node: &TestNode, url: &str, before: u64, files: u64) -> (u64, u64, u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("body");
    let (body, stamp) = flood_body();
    std::fs::write(&path, body).unwrap();
    let mut child = Command::new("nice")
        .args(["-n", "19", "bash", "-c", FLOOD, "flood"])
        .args([path.to_str().unwrap(), &stamp.to_string(), &before.to_string(), &files.to_string(), url])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let database = node.data().join("kith.db");
    // Not on the thread of those whose times are taken.
    let watch = move || {
        let (mut taken, mut refused, mut most) = (0, 0, 0);
        for code in lines.map_while(Result::ok) {
            match code.as_str() {
                "0" => taken += 1,
                "11" => refused += 1,
                code => panic!("the flood was told {code:?}"),
            }
            most = most.max(share_of_flood(&database));
        }
        (taken, refused, most)
    };
    let counts = actix_web::rt::task::spawn_blocking(watch).await.unwrap();
    assert!(child.wait().unwrap().success());
    counts
}

#[actix_web::test]
#[ignore = "a trial, see scripts/relays"]
async fn a_depositor_of_a_gigabyte_keeps_to_their_share_and_slows_nobody() {
    let megabytes = size("KITH_TRIAL_FLOOD_MB", 1000);
    let quiet = Duration::from_secs(size("KITH_TRIAL_QUIET_S", 120));
    let network =
        TestNetwork::under(TestLoginServer::start(&["ana", "flood", "other-1", "other-2", "other-3", "other-4", "other-5"]).await).await;
    for (name, host) in OTHERS.into_iter().chain([("flood", 66)]) {
        network.login_server.report(name, ([127, 0, 0, host], 9).into()).await;
    }
    // With its limits and its threads as they are by default.
    let node = network
        .node_with(|settings| {
            let usual = kith::config::Settings::defaults().unwrap();
            (settings.limits, settings.http, settings.presence) = (usual.limits, usual.http, usual.presence);
            settings.relay.hold_depositor_count = HELD_OF_ONE;
        })
        .await;
    let ana = node.as_user("ana").await;
    for (name, _) in OTHERS.into_iter().chain([("flood", 66)]) {
        ana.sees_online(name).await;
    }
    let quota = ana.get("/api/node").await.ok().json()["held"]["quotas"]["depositor_bytes"].as_u64().unwrap();

    let files = megabytes * 1_000_000 / FILE_BYTES;
    let sink = refuse_everything();
    let (mut without, mut elsewhere, mut with) = (Times::default(), Times::default(), Times::default());
    let (mut taken, mut refused, mut most, mut took) = (0, 0, 0, Duration::ZERO);
    // In turn, so that each has its share of whatever else the machine does.
    for round in 0..ROUNDS {
        without.extend(meanwhile(&node, actix_web::rt::time::sleep(quiet / ROUNDS)).await);
        let files = files / u64::from(ROUNDS);
        let nowhere = async {
            let _ = flood(&node, &sink, 0, files / 2).await;
        };
        elsewhere.extend(meanwhile(&node, nowhere).await);
        let (start, outcome) = (Instant::now(), Cell::new((0, 0, 0)));
        let here = async { outcome.set(flood(&node, &node.url(), u64::from(round) * files, files).await) };
        with.extend(meanwhile(&node, here).await);
        let (more_taken, more_refused, most_now) = outcome.get();
        (taken, refused, most, took) = (taken + more_taken, refused + more_refused, most.max(most_now), took + start.elapsed());
    }

    title("One depositor brings files for people who are away, as many as the limits let through; five others bring messages");
    row("megabytes that the one brought", (taken + refused) * FILE_BYTES / 1_000_000);
    row("- in seconds", took.as_secs());
    row("- files that were taken", taken);
    row("- times that they were told to wait", refused);
    row("most bytes that were held of them", most);
    row("- bytes of their share", quota);
    without.print("others' messages, before");
    elsewhere.print("others' messages, while the same is sent to something that says no");
    with.print("others' messages, meanwhile");
    judge("p99 meanwhile to p99 before", with.percentile(99) / without.percentile(99), MOST_RATIO, "");
    judge("- to p99 while the same is sent elsewhere", with.percentile(99) / elsewhere.percentile(99), MOST_RATIO, "");
    assert!(most <= quota && taken > 0 && taken + refused == files / u64::from(ROUNDS) * u64::from(ROUNDS));
    let others = node.count("SELECT count(*) FROM held WHERE depositor LIKE 'other-%' AND addressee = 'away'");
    row("others' messages that are held at the end", others);
    assert_eq!(others, (without.count() + elsewhere.count() + with.count()) as u64, "all that was acknowledged to others is held");
    drop(ana);
    network.stop().await;
}
