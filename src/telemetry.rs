//! Log lines: to standard error, for people on a terminal and as JSON elsewhere. A panic is a log line too.

use std::io::IsTerminal;

use anyhow::{Context as _, Result};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::config::{LogFormat, LogSettings};

/// Starts logging. Once a process.
///
/// # Errors
/// When `log.filter` is no list of directives, or logging was started before.
pub fn start(settings: &LogSettings) -> Result<()> {
    let filter = EnvFilter::try_new(&settings.filter).with_context(|| {
        format!("read log.filter = {:?}; it may be error, warn, info, debug, trace, or kith=debug,actix_web=warn", settings.filter)
    })?;
    let terminal = std::io::stderr().is_terminal();
    let json = match settings.format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !terminal,
    };
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(terminal && !json);
    let started = if json { lines.json().flatten_event(true).try_init() } else { lines.with_target(false).try_init() };
    started.map_err(|error| anyhow::anyhow!("start logging: {error}"))?;
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let text = panic.payload_as_str().unwrap_or("no text");
        tracing::error!(place, "a part of the program panicked at {place}: {text}");
    }));
    Ok(())
}
