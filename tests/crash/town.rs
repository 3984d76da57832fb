//! Two nodes as processes, a login server, and who may call which node at the moment.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::process::ExitStatus;
use std::rc::Rc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;

use super::books::{Books, Findings};
use super::process::{DiedAtStart, Launcher, Process};
use super::support::{TestLoginServer, User, password_of};

/// Who lives on which node, and who writes to them from outside.
pub(crate) const RESIDENTS: [&str; 2] = ["ana", "ben"];
pub(crate) const OUTSIDERS: [&str; 2] = ["cleo", "dan"];

/// One node with its doors.
pub(crate) struct House {
    pub(crate) launcher: RefCell<Launcher>,
    pub(crate) process: RefCell<Option<Process>>,
    /// Where it answers; nothing while it is down.
    pub(crate) address: watch::Sender<Option<SocketAddr>>,
    /// Its resident, logged in; nothing while it is down or nobody is in.
    pub(crate) resident: watch::Sender<Option<Rc<User>>>,
    _folder: TempDir,
}

/// All of it.
pub(crate) struct Town {
    pub(crate) houses: Vec<House>,
    pub(crate) books: RefCell<Books>,
    pub(crate) findings: RefCell<Findings>,
    /// Whether clients are to rest.
    pub(crate) paused: watch::Sender<bool>,
    /// Calls that are under way.
    pub(crate) calls: watch::Sender<usize>,
    /// The longest start so far.
    pub(crate) longest_start: RefCell<Duration>,
    _login_server: TestLoginServer,
}

impl Town {
    /// Starts both nodes and logs their residents in.
    pub(crate) async fn open() -> Rc<Self> {
        Self::open_with(|_| {}).await
    }

    /// With other variables for the nodes.
    pub(crate) async fn open_with(change: impl Fn(&mut Launcher)) -> Rc<Self> {
        let login_server = TestLoginServer::start(&["ana", "ben", "cleo", "dan"]).await;
        let houses = RESIDENTS.map(|_| {
            let folder = tempfile::tempdir().unwrap();
            let mut launcher = Launcher::new(folder.path(), &login_server.url());
            change(&mut launcher);
            House {
                launcher: RefCell::new(launcher),
                process: RefCell::new(None),
                address: watch::Sender::new(None),
                resident: watch::Sender::new(None),
                _folder: folder,
            }
        });
        let town = Rc::new(Self {
            houses: houses.into(),
            books: RefCell::default(),
            findings: RefCell::default(),
            paused: watch::Sender::new(true),
            calls: watch::Sender::new(0),
            longest_start: RefCell::default(),
            _login_server: login_server,
        });
        for which in 0..town.houses.len() {
            town.bring_up(which).await;
        }
        town
    }

    /// Starts a node and lets callers in. `Err` when it died before it was ready.
    pub(crate) async fn start(self: &Rc<Self>, which: usize, deadline: Duration) -> Result<(), DiedAtStart> {
        let house = &self.houses[which];
        let mut launcher = house.launcher.replace(Launcher::new(&std::path::PathBuf::new(), ""));
        let started = launcher.start_and_kill_after(deadline).await;
        house.launcher.replace(launcher);
        if started.is_err() && self.port_was_taken(which) {
            house.launcher.borrow_mut().forget_port();
        }
        let process = started?;
        self.longest_start.replace_with(|longest| process.took.max(*longest));
        let address = process.address;
        house.process.replace(Some(process));
        house.address.send_replace(Some(address));
        let town = self.clone();
        actix_web::rt::spawn(async move {
            if let Some(user) = log_in(RESIDENTS[which], address).await {
                let still_up = *town.houses[which].address.borrow() == Some(address);
                town.houses[which].resident.send_replace(still_up.then_some(user));
            }
        });
        Ok(())
    }

    /// Starts a node that has to come up, and waits until its resident is in.
    pub(crate) async fn bring_up(self: &Rc<Self>, which: usize) -> Rc<User> {
        self.houses[which].launcher.borrow_mut().set("KITH_CRASH_AT", "");
        if let Err(DiedAtStart(status)) = self.start(which, Duration::from_mins(1)).await {
            panic!("node {which} did not start: {status}\n{}", self.houses[which].launcher.borrow().log());
        }
        self.resident(which).await
    }

    /// The resident of a node, as soon as they are logged in.
    pub(crate) async fn resident(&self, which: usize) -> Rc<User> {
        let mut resident = self.houses[which].resident.subscribe();
        let found = tokio::time::timeout(Duration::from_mins(1), resident.wait_for(Option::is_some)).await;
        found
            .unwrap_or_else(|_| panic!("nobody could log in at node {which}\n{}", self.houses[which].launcher.borrow().log()))
            .unwrap()
            .clone()
            .unwrap()
    }

    /// Kills a node with `kill -9`, if it has not died already, and says how it ended.
    pub(crate) fn kill(&self, which: usize) -> ExitStatus {
        let house = &self.houses[which];
        house.address.send_replace(None);
        house.resident.send_replace(None);
        house.process.take().expect("a process").kill()
    }

    /// Whether a node has died by itself.
    pub(crate) fn is_dead(&self, which: usize) -> bool {
        self.houses[which].process.borrow().as_ref().is_none_or(Process::is_gone)
    }

    /// Waits until a node dies by itself, or the time is over. Says whether it died.
    pub(crate) async fn dies_within(&self, which: usize, limit: Duration) -> bool {
        let death = self.houses[which].process.borrow().as_ref().expect("a process").death();
        tokio::time::timeout(limit, death).await.is_ok()
    }

    /// What a node has written to its log.
    pub(crate) fn log(&self, which: usize) -> String {
        self.houses[which].launcher.borrow().log()
    }

    /// Whether a node could not start for this: while it was down, somebody else on this machine was given its port.
    pub(crate) fn port_was_taken(&self, which: usize) -> bool {
        self.log(which).lines().last().is_some_and(|line| line.contains("is taken"))
    }

    /// Stops both nodes in order, and looks whether their databases are sound.
    pub(crate) async fn close(&self) {
        for which in 0..self.houses.len() {
            let process = self.houses[which].process.take().expect("a process");
            let status = process.stop().await;
            assert!(status.success(), "{status}\n{}", self.log(which));
            let database = self.houses[which].launcher.borrow().database();
            let verdict: String = database.pragma_query_value(None, "integrity_check", |row| row.get(0)).unwrap();
            if verdict != "ok" {
                self.found_wrong(format!("the database of node {which}: {verdict}"));
            }
        }
    }

    pub(crate) fn found(&self, findings: Findings) {
        self.findings.borrow_mut().add(findings);
    }

    pub(crate) fn found_wrong(&self, note: String) {
        let mut findings = Findings { wrong: 1, ..Findings::default() };
        findings.say(note);
        self.found(findings);
    }
}

/// Logs in. Nothing if the node dies meanwhile.
async fn log_in(name: &str, address: SocketAddr) -> Option<Rc<User>> {
    let user = User::new(name, address, None);
    let form = json!({ "username": name, "password": password_of(name) });
    let answer = user.request(Method::POST, "/api/session").json(&form).send().await.ok()?;
    let view: Value = answer.json().await.ok()?;
    user.use_csrf_token(view["csrf_token"].as_str()?);
    Some(Rc::new(user))
}
