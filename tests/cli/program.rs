//! Running the program.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long the program may take to stop: this is what it promises.
const STOPS_WITHIN: Duration = Duration::from_secs(5);

/// Longer than anything else takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The program in the folder `folder`, with no setting of this machine.
pub(crate) fn kith(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kith"));
    command.args(arguments).current_dir(folder).env_clear().env("TMPDIR", folder).stdin(Stdio::null());
    command
}

/// What a finished program left.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().expect("an exit, not a signal"), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// Runs it to its end.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Finished {
    kith(folder, arguments).output().unwrap().into()
}

/// Runs it to its end with `input` on its standard input.
pub(crate) fn run_with_input(folder: &Path, arguments: &[&str], input: &str) -> Finished {
    let mut child = kith(folder, arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It may have ended without reading.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap().into()
}

/// A program that goes on until it is told to stop.
pub(crate) struct Running {
    pub(crate) child: Child,
    rest: Option<JoinHandle<String>>,
    /// The first line that it printed.
    pub(crate) first_line: String,
}

impl Running {
    /// Starts it, and waits for its first line.
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = kith(folder, arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let (lines, line) = mpsc::channel();
        let rest = std::thread::spawn(move || {
            let (mut first, mut rest) = (String::new(), String::new());
            out.read_line(&mut first).unwrap();
            lines.send(first).unwrap();
            out.read_to_string(&mut rest).unwrap();
            rest
        });
        let first_line = line.recv_timeout(PATIENCE).unwrap_or_default();
        let mut running = Self { child, rest: Some(rest), first_line };
        if running.first_line.is_empty() {
            let _ = running.child.kill();
            panic!("it printed nothing: {}", running.errors());
        }
        running
    }

    /// The last word of its first line: its address.
    pub(crate) fn url(&self) -> String {
        self.first_line.split_whitespace().last().unwrap().to_owned()
    }

    fn errors(&mut self) -> String {
        let mut text = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// Tells it to stop, as an operating system does.
    pub(crate) fn terminate(&self) {
        let status = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status().unwrap();
        assert!(status.success());
    }

    /// Tells it to stop and waits for it: it ends well, and in time.
    pub(crate) async fn stop(mut self) -> Stopped {
        let start = Instant::now();
        self.terminate();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                let log = self.errors();
                assert!(status.success(), "{status}: {log}");
                let rest = self.rest.take().unwrap().join().unwrap();
                return Stopped { out: format!("{}{rest}", self.first_line), log };
            }
            assert!(start.elapsed() < STOPS_WITHIN, "it did not stop within {STOPS_WITHIN:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// What a program that was stopped had to say.
#[derive(Debug)]
pub(crate) struct Stopped {
    pub(crate) out: String,
    pub(crate) log: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already when the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
