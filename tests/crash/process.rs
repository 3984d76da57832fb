//! One node as a process of its own, which can be killed, frozen and started again on the same data.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::{oneshot, watch};

/// Longer than a start or an end takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// How a node is run.
pub(crate) struct Launcher {
    folder: PathBuf,
    login_server: String,
    /// The port of its first start, so that others find it again.
    listen: SocketAddr,
    environment: Vec<(String, String)>,
}

/// A node that runs, or that has died and was not buried yet.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the start to the line that says that it is ready.
    pub(crate) took: Duration,
    gone: watch::Receiver<bool>,
}

/// A start that did not come to its end.
#[derive(Debug)]
pub(crate) struct DiedAtStart(pub(crate) ExitStatus);

impl Launcher {
    /// With its data in `folder`. It looks around each second, tries again soon, and has no rate limits.
    pub(crate) fn new(folder: &Path, login_server: &str) -> Self {
        let mut launcher = Self {
            folder: folder.to_owned(),
            login_server: login_server.to_owned(),
            listen: ([127, 0, 0, 1], 0).into(),
            environment: Vec::new(),
        };
        for (key, value) in [
            ("KITH_LOG__FILTER", "warn"),
            ("KITH_LIMITS__ENABLED", "false"),
            ("KITH_PRESENCE__LIST_EVERY_S", "1"),
            ("KITH_COURIER__RETRY_FIRST_MS", "20"),
            ("KITH_COURIER__RETRY_LONGEST_S", "1"),
            ("KITH_HTTP__WORKERS", "1"),
            ("KITH_HTTP__SHUTDOWN_TIMEOUT_S", "0"),
        ] {
            launcher.set(key, value);
        }
        launcher
    }

    /// Sets a variable for starts from now on; nothing if `value` is empty.
    pub(crate) fn set(&mut self, key: &str, value: &str) {
        self.environment.retain(|(known, _)| known != key);
        if !value.is_empty() {
            self.environment.push((key.to_owned(), value.to_owned()));
        }
    }

    /// The folder of the database and the files.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// What it has written to its log so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Asks the node's own disk.
    pub(crate) fn database(&self) -> Connection {
        let connection = Connection::open_with_flags(self.data().join("kith.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        connection.busy_timeout(PATIENCE).unwrap();
        connection
    }

    fn command(&self) -> Command {
        let log = File::options().create(true).append(true).open(self.folder.join("log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_kith"));
        let (data, listen) = (self.data(), self.listen.to_string());
        command.args(["node", "--data", data.to_str().unwrap(), "--listen", &listen, "--login-server", &self.login_server]);
        command.current_dir(&self.folder).env_clear().envs(self.environment.iter().map(|(key, value)| (key, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        command
    }

    /// Starts it and waits until it is ready, has died, or `deadline` is over, at which it is killed.
    pub(crate) async fn start_and_kill_after(&mut self, deadline: Duration) -> Result<Process, DiedAtStart> {
        let start = Instant::now();
        let mut child = self.command().spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (ready, address) = oneshot::channel();
        let (say_gone, gone) = watch::channel(false);
        std::thread::spawn(move || watch_over(out, ready, &say_gone));
        if let Ok(Ok(address)) = tokio::time::timeout(deadline, address).await {
            self.listen = address;
            return Ok(Process { child, address, took: start.elapsed(), gone });
        }
        // If it has died already, that does nothing.
        let _ = child.kill();
        Err(DiedAtStart(child.wait().unwrap()))
    }

    /// Starts it; it has to come up.
    pub(crate) async fn start(&mut self) -> Process {
        match self.start_and_kill_after(PATIENCE).await {
            Ok(process) => process,
            Err(DiedAtStart(status)) => panic!("the node did not start: {status}\n{}", self.log()),
        }
    }

    /// Its port was taken by somebody while it was down: from now on another one.
    pub(crate) fn forget_port(&mut self) {
        self.listen.set_port(0);
    }
}

/// Reads the line with the address, then waits for the end of the program, when the other end of the pipe closes.
fn watch_over(mut out: BufReader<impl Read>, ready: oneshot::Sender<SocketAddr>, say_gone: &watch::Sender<bool>) {
    let mut line = String::new();
    if out.read_line(&mut line).is_ok()
        && let Some(address) = line.trim().rsplit("http://").next().and_then(|address| address.parse().ok())
    {
        let _ = ready.send(address);
    }
    let _ = std::io::copy(&mut out, &mut std::io::sink());
    say_gone.send_replace(true);
}

impl Process {
    /// Comes when it has died.
    pub(crate) fn death(&self) -> impl Future<Output = ()> + use<> {
        let mut gone = self.gone.clone();
        async move {
            let _ = gone.wait_for(|gone| *gone).await;
        }
    }

    /// Whether it has died.
    pub(crate) fn is_gone(&self) -> bool {
        *self.gone.borrow()
    }

    /// `kill -9`, and the burial.
    pub(crate) fn kill(mut self) -> ExitStatus {
        // It may have died already.
        let _ = self.child.kill();
        self.child.wait().unwrap()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.child.id())]).status().unwrap();
        assert!(status.success(), "kill -{name}");
    }

    /// Tells it to stop and waits until it has.
    pub(crate) async fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        tokio::time::timeout(PATIENCE, self.death()).await.expect("it stops when it is told to");
        self.child.wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both do nothing after a burial.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a process ended by SIGKILL.
pub(crate) fn was_killed(status: ExitStatus) -> bool {
    status.signal() == Some(9)
}

/// Whether a process ended at a crash point, which is by SIGABRT.
pub(crate) fn died_at_a_point(status: ExitStatus) -> bool {
    status.signal() == Some(6)
}
