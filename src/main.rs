//! The `kith` program: reads its arguments, runs, and says with its exit code how that went.

use std::process::ExitCode;

use clap::Parser as _;
use kith::cli::{self, Cli};
use kith::config::SettingsError;

/// Requests and writes allocate much and on several threads, one freeing what another took.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// For wrong arguments and settings, as clap has it.
const USAGE_ERROR: u8 = 2;

fn main() -> ExitCode {
    match cli::run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "this is the program's last word to the person at the terminal")]
            {
                eprintln!("kith: {error:#}");
            }
            ExitCode::from(if error.is::<SettingsError>() { USAGE_ERROR } else { 1 })
        }
    }
}
