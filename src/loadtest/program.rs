//! A kith program that the load test starts, and what the system says of it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// How long a program may take to stop before it is ended.
const STOPS_WITHIN: Duration = Duration::from_secs(10);

/// Ticks of the processor's clock in a second, as `/proc` counts them.
const TICKS: f64 = 100.0;

/// A running program. It is ended when this is dropped.
pub(super) struct Program {
    child: Child,
    /// Its folder.
    data: PathBuf,
    log: PathBuf,
    /// Where it listens.
    pub(super) url: String,
    /// How long it took until it was ready.
    pub(super) ready_after: Duration,
}

/// What a program uses.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    pub(super) resident_bytes: u64,
    pub(super) open_files: u64,
    pub(super) wal_bytes: u64,
    pub(super) cpu_s: f64,
}

impl Program {
    /// Starts `kith` with these arguments and settings, and waits until it is ready.
    pub(super) async fn start(arguments: Vec<String>, settings: Vec<(String, String)>, data: PathBuf) -> Result<Self> {
        actix_web::web::block(move || Self::start_now(&arguments, settings, data)).await?
    }

    fn start_now(arguments: &[String], settings: Vec<(String, String)>, data: PathBuf) -> Result<Self> {
        let log = data.with_extension("log");
        let file = std::fs::File::create(&log).with_context(|| format!("make {}", log.display()))?;
        let own = std::env::current_exe().context("find this program")?;
        let mut command = Command::new(own);
        command.args(arguments).envs(settings).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(file);
        let begun = Instant::now();
        let mut child = command.spawn().context("start a node")?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut line).context("read the address of a node")?;
        }
        let ready_after = begun.elapsed();
        let Some(url) = line.split_whitespace().last().filter(|word| word.starts_with("http://")) else {
            // It has said why, and ended.
            let _ = child.wait();
            bail!("a program did not start: {}", std::fs::read_to_string(&log).unwrap_or_default().trim());
        };
        Ok(Self { url: url.to_owned(), child, data, log, ready_after })
    }

    /// What it uses now; nothing where the system does not say.
    pub(super) fn usage(&self) -> Usage {
        let proc = PathBuf::from(format!("/proc/{}", self.child.id()));
        let wal = std::fs::metadata(self.data.join("kith.db-wal")).map_or(0, |wal| wal.len());
        Usage { resident_bytes: resident(&proc), open_files: open_files(&proc), wal_bytes: wal, cpu_s: cpu_s(&proc).unwrap_or_default() }
    }

    /// Lines of its log in which something went wrong that should not.
    pub(super) fn error_lines(&self) -> usize {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().filter(|line| line.contains("\"level\":\"ERROR\"") || line.contains("locked")).count()
    }

    /// Ends it, and waits.
    fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.end();
    }
}

/// Tells all of them to stop, as an operating system does, and waits for each.
pub(super) async fn stop_all(mut programs: Vec<Program>) {
    let pids: Vec<String> = programs.iter().map(|program| program.child.id().to_string()).collect();
    let begun = Instant::now();
    // The shell has a `kill` of its own everywhere. What does not stop is ended below.
    let _ = actix_web::web::block(move || Command::new("sh").args(["-c", "kill -TERM \"$@\"", "sh"]).args(pids).status()).await;
    for program in &mut programs {
        while matches!(program.child.try_wait(), Ok(None)) && begun.elapsed() < STOPS_WITHIN {
            actix::clock::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn resident(proc: &Path) -> u64 {
    let status = std::fs::read_to_string(proc.join("status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).map_or(0, |kibibytes| kibibytes << 10)
}

fn open_files(proc: &Path) -> u64 {
    std::fs::read_dir(proc.join("fd")).map_or(0, |files| files.count() as u64)
}

fn cpu_s(proc: &Path) -> Option<f64> {
    let stat = std::fs::read_to_string(proc.join("stat")).ok()?;
    // The name, in brackets, may have spaces in it.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) / TICKS)
}

/// Files that this process may have open; none where the system does not say.
pub(super) fn most_open_files() -> Option<u64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    limits.lines().find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn the_system_tells_what_this_process_uses() {
        let proc = Path::new("/proc/self");
        assert!(resident(proc) > 1 << 20 && open_files(proc) > 2 && cpu_s(proc).is_some());
        assert!(most_open_files().unwrap() > 10);
    }
}
