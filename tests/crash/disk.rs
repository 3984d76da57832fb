//! A disk that fails at one write or sync, or is full: what was acknowledged stays, and the node goes on when the disk does.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Method;
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use super::faults::{EIO, ENOSPC, Faults};
use super::process::{Launcher, Process};
use super::support::{PeerReply, Reply, TestLoginServer, User, eventually, file, message, sha256};

/// More calls than any of these tests needs.
const MOST: i64 = 1000;

/// One node whose disk is in the hands of the test, and ana on it.
struct Ship {
    faults: Faults,
    launcher: Launcher,
    process: Option<Process>,
    folder: TempDir,
    _login_server: TestLoginServer,
}

impl Ship {
    async fn launch() -> Self {
        let login_server = TestLoginServer::start(&["ana", "ben"]).await;
        let (faults, folder) = (Faults::prepare(), tempfile::tempdir().unwrap());
        let mut launcher = Launcher::new(folder.path(), &login_server.url());
        faults.load_into(&mut launcher);
        // What nobody asked for is written seldom, so that the calls that are counted are those of the test.
        launcher.set("KITH_PRESENCE__LIST_EVERY_S", "3600");
        let process = Some(launcher.start().await);
        Self { faults, launcher, process, folder, _login_server: login_server }
    }

    async fn ana(&self) -> User {
        let user = User::new("ana", self.process.as_ref().unwrap().address, None);
        user.log_in().await;
        user
    }

    /// Calls the node as another one would.
    async fn bring(&self, path: &str, body: &Value) -> PeerReply {
        let url = format!("http://{}{path}", self.process.as_ref().unwrap().address);
        let answer = reqwest::Client::new().post(url).json(body).send().await.unwrap();
        PeerReply { status: answer.status().as_u16(), text: answer.text().await.unwrap() }
    }

    fn half_written(&self) -> usize {
        std::fs::read_dir(self.launcher.data().join("files/half-written")).unwrap().count()
    }

    fn integrity(&self) -> String {
        self.launcher.database().pragma_query_value(None, "integrity_check", |row| row.get(0)).unwrap()
    }
}

/// The refusal of a call of the pages must say what is the matter.
fn refused_for_the_disk(reply: &Reply) {
    let (status, code) = reply.error();
    assert!(
        [(507, "disk_full"), (503, "storage_fails"), (503, "busy")].contains(&(status, code.as_str())),
        "{status} {code}: {}",
        reply.text()
    );
}

/// The same as a peer is told it.
fn refused_for_the_database(reply: &PeerReply) {
    assert_eq!((reply.status / 100, reply.code()), (5, 4), "{reply:?}");
}

/// One message and one file through each door. Answers the texts and names of what was acknowledged.
async fn send_one_of_each(ship: &Ship, ana: &User, round: &str) -> Vec<String> {
    let mut acknowledged = Vec::new();
    let mut told = |label: String, kept: bool| kept.then(|| acknowledged.push(label));
    let stamp = kith::domain::clock::now().seconds();

    let label = format!("text {round}");
    let reply = ana.try_send("ana", &label).await;
    told(label, reply.status == 201).unwrap_or_else(|| refused_for_the_disk(&reply));
    let label = format!("{round}.txt");
    let reply = ana.try_send_file("ana", &label, "text/plain", format!("file {round}").as_bytes()).await;
    told(label, reply.status == 201).unwrap_or_else(|| refused_for_the_disk(&reply));
    let label = format!("brought {round}");
    let reply = ship.bring("/receiveMessage", &message("ben", "ana", &label, stamp)).await;
    told(label, reply.text == "0: Success").unwrap_or_else(|| refused_for_the_database(&reply));
    let label = format!("brought-{round}.txt");
    let content = format!("brought file {round}");
    let reply = ship.bring("/receiveFile", &file("ben", "ana", &label, "text/plain", content.as_bytes(), stamp)).await;
    told(label, reply.text == "0: Success").unwrap_or_else(|| refused_for_the_database(&reply));
    acknowledged
}

/// Everything that was acknowledged is shown, once, and each file has its bytes.
async fn all_there(ana: &User, acknowledged: &[String]) {
    for label in acknowledged {
        let with = if label.starts_with("brought") { "ben" } else { "ana" };
        let shown = ana.conversation(with).await;
        let found: Vec<&Value> = shown.iter().filter(|message| message["text"] == **label || message["file"]["name"] == **label).collect();
        assert_eq!(found.len(), 1, "{label}: {shown:?}");
        if found[0]["file"].is_object() {
            assert_eq!(sha256(&ana.file(&found[0]["id"]).await.ok().body), found[0]["file"]["sha256"], "{label}");
        }
    }
}

#[actix_web::test]
async fn each_write_and_sync_may_fail_once_and_nothing_acknowledged_is_lost() {
    let ship = Ship::launch().await;
    let ana = ship.ana().await;
    for (name, error) in [("EIO", EIO), ("ENOSPC", ENOSPC)] {
        let mut refused = 0;
        for n in 1.. {
            assert!(n < MOST, "there is no end to the writes of one round");
            ship.faults.fail_once(n, error);
            let acknowledged = send_one_of_each(&ship, &ana, &format!("{name}-{n}")).await;
            let fired = ship.faults.end();
            refused += 4 - acknowledged.len();
            assert_eq!((ship.integrity(), ship.half_written()), ("ok".to_owned(), 0), "after {name} at {n}");
            all_there(&ana, &acknowledged).await;
            if fired == 0 {
                assert_eq!(acknowledged.len(), 4, "nothing failed, and all was not kept");
                assert!(n > 20 && refused > 10, "{name}: hardly anything failed: {n} calls, {refused} refusals");
                break;
            }
        }
    }
    // The same after a crash, when the log is read back.
    let everything = ana.conversation("ana").await.len() + ana.conversation("ben").await.len();
    let Ship { mut launcher, process, .. } = ship;
    process.unwrap().kill();
    let process = launcher.start().await;
    let ana = User::new("ana", process.address, None);
    ana.log_in().await;
    assert!(ana.conversation("ana").await.len() + ana.conversation("ben").await.len() >= everything);
}

#[actix_web::test]
async fn a_full_or_failing_disk_refuses_what_is_new_and_the_rest_goes_on() {
    let ship = Ship::launch().await;
    let ana = ship.ana().await;
    let mut acknowledged = send_one_of_each(&ship, &ana, "before").await;
    assert_eq!(acknowledged.len(), 4);
    for (error, refusal, word) in [(ENOSPC, (507, "disk_full".to_owned()), "full"), (EIO, (503, "storage_fails".to_owned()), "fails")] {
        ship.faults.fail_all(error);
        let text = ana.try_send("ben", "while it is").await;
        assert_eq!(text.error(), refusal);
        assert!(text.text().contains(word), "{}", text.text());
        assert_eq!(ana.try_send_file("ben", "x.txt", "text/plain", b"while it is").await.error(), refusal);
        for reply in [
            ship.bring("/receiveMessage", &message("ben", "ana", "while it is", 1_700_000_000.0)).await,
            ship.bring("/receiveFile", &file("ben", "ana", "x.txt", "text/plain", b"while it is, too", 1_700_000_000.0)).await,
        ] {
            assert!(reply.code() == 4 && reply.status >= 500 && reply.text.contains(word), "{reply:?}");
        }
        eventually("the node says that it is not well", async || (ana.get("/healthz").await.status == 503).then_some(())).await;
        // Reading goes on, for people and for scripts.
        all_there(&ana, &acknowledged).await;
        assert_eq!((ana.get("/chats/ben").await.status, ana.get("/api/users").await.status), (200, 200));

        assert!(ship.faults.end() > 4);
        acknowledged.extend(send_one_of_each(&ship, &ana, &format!("after {error}")).await);
        assert_eq!((ana.get("/healthz").await.status, ship.half_written(), ship.integrity()), (200, 0, "ok".to_owned()));
        all_there(&ana, &acknowledged).await;
    }
    assert_eq!(acknowledged.len(), 12);
    assert!(ana.texts("ben").await.iter().all(|text| text != "while it is"));
}

/// Copies the data of a node that is down.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &to) } else { std::fs::copy(entry.path(), to).map(|_| ()).unwrap() }
    }
}

#[actix_web::test]
async fn each_write_and_sync_of_a_start_may_fail_and_the_next_start_has_everything() {
    let ship = Ship::launch().await;
    let ana = ship.ana().await;
    let acknowledged = send_one_of_each(&ship, &ana, "before").await;
    let Ship { faults, mut launcher, process, folder, _login_server } = ship;
    process.unwrap().kill();
    let kept = folder.path().join("kept");
    copy(&launcher.data(), &kept);
    // A new folder, and one whose log is to be read back.
    for (what, data) in [("new", None), ("crashed", Some(&kept))] {
        let mut failed_starts = 0;
        for n in 1.. {
            assert!(n < MOST, "there is no end to the writes of a start");
            renew(&launcher.data(), data);
            faults.fail_once(n, if n % 2 == 0 { EIO } else { ENOSPC });
            let started = launcher.start_and_kill_after(Duration::from_mins(1)).await;
            let fired = faults.end();
            match started {
                Ok(process) => drop(process.kill()),
                Err(died) => {
                    failed_starts += 1;
                    assert_eq!(died.0.code(), Some(1), "{what}, {n}: {:?}\n{}", died.0, launcher.log());
                }
            }
            let process = launcher.start().await;
            let database = launcher.database();
            let verdict: String = database.pragma_query_value(None, "integrity_check", |row| row.get(0)).unwrap();
            assert_eq!((verdict.as_str(), messages(&database)), ("ok", data.map_or(0, |_| 4)), "{what}, {n}");
            assert_eq!(kith::db::set_aside::list(&launcher.data()).unwrap(), [""; 0], "a failing disk is no damaged database");
            process.kill();
            if fired == 0 {
                assert!(failed_starts > 0, "no start failed");
                break;
            }
        }
    }
    let process = launcher.start().await;
    let ana = User::new("ana", process.address, None);
    ana.log_in().await;
    all_there(&ana, &acknowledged).await;
}

fn renew(data: &PathBuf, from: Option<&PathBuf>) {
    let _ = std::fs::remove_dir_all(data);
    if let Some(from) = from {
        copy(from, data);
    }
}

fn messages(database: &Connection) -> usize {
    database.query_row("SELECT count(*) FROM messages", [], |row| row.get(0)).unwrap()
}

#[actix_web::test]
async fn a_database_that_cannot_be_read_is_kept_and_everybody_is_told() {
    let Ship { mut launcher, process, _login_server, faults: _faults, folder: _folder } = Ship::launch().await;
    process.unwrap().kill();
    let database = launcher.data().join("kith.db");
    for end in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(launcher.data().join(format!("kith.db{end}")));
    }
    let letter = "this is no database, it is a letter to my aunt ".repeat(200);
    std::fs::write(&database, &letter).unwrap();

    let process = launcher.start().await;
    let ana = User::new("ana", process.address, None);
    assert_eq!(ana.log_in().await["database_set_aside"], true);
    let names = ana.get("/healthz").await.ok().json()["set_aside"].clone();
    let name = names[0].as_str().unwrap().to_owned();
    assert!(names.as_array().unwrap().len() == 1 && name.starts_with("kith.db.unreadable-"), "{names}");
    let aside = launcher.data().join(&name);
    assert_eq!(std::fs::read_to_string(&aside).unwrap(), letter);
    assert!(launcher.log().contains("ERROR") && launcher.log().contains(&name), "{}", launcher.log());
    let sent = ana.send("ana", "a new beginning").await;
    ana.has_receipt(&sent, "delivered").await;
    // Another start changes nothing; when the file is moved away, all is as usual.
    process.kill();
    let process = launcher.start().await;
    let ana = User::new("ana", process.address, None);
    assert_eq!(ana.log_in().await["database_set_aside"], true);
    assert_eq!(ana.texts("ana").await, ["a new beginning"]);
    std::fs::remove_file(aside).unwrap();
    let session: Value = ana.request(Method::GET, "/api/session").send().await.unwrap().json().await.unwrap();
    assert_eq!((&session["database_set_aside"], &ana.get("/healthz").await.json()["set_aside"]), (&false.into(), &Value::Array(vec![])));
    eventually("nothing waits", async || {
        let waits: u64 = launcher.database().query_row("SELECT count(*) FROM outbox", [], |row| row.get(0)).unwrap();
        (waits == 0).then_some(())
    })
    .await;
}
