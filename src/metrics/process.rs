//! What the system says of this process; 0 where it does not say.

use std::path::Path;

/// Ticks of the processor's clock in a second, as `/proc` counts them on every Linux.
const TICKS: f64 = 100.0;

/// What of the process is in memory, in bytes.
#[must_use]
pub fn resident_bytes() -> u64 {
    // `statm` counts in pages, whose size it does not tell.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()).map_or(0, |kibibytes| kibibytes << 10)
}

/// Files and sockets that it has open.
#[must_use]
pub fn open_files() -> u64 {
    // The one through which they are listed is among them.
    std::fs::read_dir("/proc/self/fd").map_or(0, |files| files.count().saturating_sub(1) as u64)
}

/// Seconds of a processor that it has taken.
#[must_use]
pub fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let times = || {
        // The name, in brackets, may have spaces in it.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        Some((user + system) / TICKS)
    };
    times().unwrap_or_default()
}

/// Bytes of the write-ahead log of the database in `folder`.
#[must_use]
pub fn wal_bytes(folder: &Path) -> u64 {
    std::fs::metadata(folder.join("kith.db-wal")).map_or(0, |log| log.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn the_system_tells_of_this_process() {
        assert!(resident_bytes() > 1 << 20 && open_files() > 2);
        let begun = cpu_seconds();
        while cpu_seconds() <= begun {}
    }
}
