//! A disk that fails and a clock that jumps: `faults.c`, compiled here and loaded into a node.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::process::Launcher;

/// Input/output error.
pub(crate) const EIO: i64 = 5;
/// No space left on device.
pub(crate) const ENOSPC: i64 = 28;

/// Where the numbers are in the shared page, in bytes.
const COUNTDOWN: u64 = 0;
const ERROR: u64 = 8;
const STAYS: u64 = 16;
const FIRED: u64 = 24;
const CLOCK_S: u64 = 32;

/// The reins of the library in one or more nodes.
pub(crate) struct Faults {
    folder: TempDir,
    page: File,
}

impl Faults {
    /// Compiles the library.
    pub(crate) fn prepare() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crash/faults.c");
        let library = folder.path().join("faults.so");
        let output = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).args([&library, &source]).arg("-ldl").output();
        let output = output.expect("a C compiler, which scripts/test installs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let page = File::options().create_new(true).read(true).write(true).open(folder.path().join("page")).unwrap();
        page.set_len(4096).unwrap();
        Self { folder, page }
    }

    /// Nodes that are started from now on have it.
    pub(crate) fn load_into(&self, launcher: &mut Launcher) {
        launcher.set("LD_PRELOAD", self.folder.path().join("faults.so").to_str().unwrap());
        launcher.set("FAULTS_PAGE", self.folder.path().join("page").to_str().unwrap());
    }

    fn write(&self, at: u64, value: i64) {
        self.page.write_all_at(&value.to_ne_bytes(), at).unwrap();
    }

    fn read(&self, at: u64) -> i64 {
        let mut bytes = [0; 8];
        self.page.read_exact_at(&mut bytes, at).unwrap();
        i64::from_ne_bytes(bytes)
    }

    /// The `n`-th write or sync from now on fails, that one alone.
    pub(crate) fn fail_once(&self, n: i64, error: i64) {
        self.arm(n, error, 0);
    }

    /// From now on all writes and syncs fail.
    pub(crate) fn fail_all(&self, error: i64) {
        self.arm(1, error, 1);
    }

    fn arm(&self, n: i64, error: i64, stays: i64) {
        self.write(COUNTDOWN, 0);
        self.write(FIRED, 0);
        self.write(ERROR, error);
        self.write(STAYS, stays);
        self.write(COUNTDOWN, n);
    }

    /// Nothing fails any more. Answers how many calls have failed.
    pub(crate) fn end(&self) -> i64 {
        self.write(STAYS, 0);
        self.write(COUNTDOWN, 0);
        self.read(FIRED)
    }

    /// The time of day is so many seconds later than it is.
    pub(crate) fn move_clock(&self, by_s: i64) {
        self.write(CLOCK_S, by_s);
    }
}
