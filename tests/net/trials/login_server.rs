//! A login server that is away for a while, and comes back knowing nobody.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kith::config::Settings;
use kith::domain::username::Username;
use kith::login_server::account_command;
use kith::protocol::login_server::DEFAULT_SALT;

use super::super::support::{TestNode, User, password_of};
use super::table::{as_usual, judge, row, size, title};

const PEOPLE: [&str; 5] = ["ana", "ben", "cleo", "dan", "eve"];

/// The seconds in which all should be as before, once it is back.
const WITHIN_S: f64 = 60.0;

/// Between two looks at everybody.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// A login server as a process of its own, killed when it is dropped.
struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    fn start(data: &Path, listen: SocketAddr) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_kith"))
            .args(["login-server", "--data", data.to_str().unwrap(), "--listen", &listen.to_string()])
            .env_clear()
            .env("KITH_LOG__FILTER", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit("http://").next().unwrap().parse().unwrap_or_else(|_| panic!("no address in {line:?}"));
        Self { process, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// As by default; where the login server is away for a short time only, everything goes as much faster.
fn settings(away_s: u64) -> impl Fn(&mut Settings) {
    move |settings| {
        as_usual(settings);
        if away_s < 300 {
            settings.presence.list_every_s = 2;
            settings.presence.report_every_s = 3;
            settings.presence.stale_after_s = 6;
            settings.presence.settle_s = 10;
        }
    }
}

/// Everybody is still signed in, and nobody is shown as gone. Says how many are shown as online, and not just as perhaps online.
async fn look(users: &[User]) -> usize {
    let mut online = 0;
    for user in users {
        user.get("/api/session").await.ok();
        for other in users.iter().filter(|other| other.name != user.name) {
            let seen = user.user(&other.name).await["online"].clone();
            assert_ne!(seen, false, "{} takes {} for gone", user.name, other.name);
            online += usize::from(seen == true);
        }
    }
    online
}

/// Each sends to the next one, and it arrives.
async fn talk(users: &[User], text: &str) -> usize {
    for (n, user) in users.iter().enumerate() {
        let sent = user.send(&users[(n + 1) % users.len()].name, text).await;
        user.has_receipt(&sent, "delivered").await;
    }
    users.len()
}

#[actix_web::test]
#[ignore = "a trial, see scripts/relays"]
async fn a_login_server_that_is_away_stops_nobody() {
    let away_s = size("KITH_TRIAL_AWAY_S", 600);
    let accounts = tempfile::tempdir().unwrap();
    for name in PEOPLE {
        account_command::add(accounts.path(), DEFAULT_SALT, &Username::parse(name).unwrap(), &password_of(name)).unwrap();
    }
    let server = Server::start(accounts.path(), ([127, 0, 0, 1], 0).into());
    let address = server.address;
    let (mut nodes, mut users) = (Vec::new(), Vec::new());
    for name in PEOPLE {
        let node = TestNode::start(&format!("http://{address}"), settings(away_s)).await;
        users.push(node.as_user(name).await);
        nodes.push(node);
    }
    for user in &users {
        for other in PEOPLE.iter().filter(|other| **other != user.name) {
            user.sees_online(other).await;
        }
    }
    let mut delivered = talk(&users, "before").await;

    drop(server);
    let (start, mut looks, mut told_after) = (Instant::now(), 0, None);
    while start.elapsed() < Duration::from_secs(away_s) {
        look(&users).await;
        looks += 1;
        delivered += talk(&users, &format!("while it is away, {looks}")).await;
        if told_after.is_none() && users[0].get("/api/session").await.json()["login_server"]["reachable"] == false {
            told_after = Some(start.elapsed());
        }
        actix_web::rt::time::sleep(LOOK_EVERY).await;
    }
    let again = nodes[0].visitor("ana");
    assert_eq!(again.try_log_in("not her password").await.status, 401);
    again.log_in().await;
    let told_after = told_after.expect("the pages say that the login server is away");

    let server = Server::start(accounts.path(), address);
    let start = Instant::now();
    let everybody = PEOPLE.len() * (PEOPLE.len() - 1);
    while look(&users).await < everybody || users[0].get("/api/session").await.json()["login_server"]["reachable"] == false {
        assert!(start.elapsed() < 5 * Duration::from_secs_f64(WITHIN_S), "it never is as it was before");
        actix_web::rt::time::sleep(LOOK_EVERY / 20).await;
    }
    let took_s = start.elapsed().as_secs_f64();
    delivered += talk(&users, "after").await;

    title("A login server that is killed, and started again with its accounts and no memory of who is online");
    row("seconds that it was away", away_s);
    row("people, each on a node of their own", PEOPLE.len());
    row("looks at everybody while it was away: all signed in, nobody shown as gone", looks);
    row("messages delivered", delivered);
    row("new log-in by the proof of an earlier one; a wrong password refused", "yes");
    row("seconds until the pages said that it is away", told_after.as_secs());
    judge("from its start until everybody sees everybody online", took_s, WITHIN_S, " s");
    drop((users, again, server));
    for node in nodes {
        node.stop().await;
    }
}
