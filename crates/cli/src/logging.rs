//! The log, on stderr.

use std::io::IsTerminal as _;

use anyhow::anyhow;
use catchment_settings::Settings;
use tracing::level_filters::LevelFilter;

use crate::failure::Failure;

/// Starts the log at the level that `RUNTIME__LOG_LEVEL` says, warnings by default.
pub(crate) fn start(settings: &Settings<'_>) -> Result<(), Failure> {
    let level = settings.clone().fixed("runtime").text("log_level").map_err(|error| Failure::Usage(error.into()))?;
    let level = match level.as_deref().map(str::to_ascii_uppercase).as_deref() {
        Some("TRACE") => LevelFilter::TRACE,
        Some("DEBUG") => LevelFilter::DEBUG,
        Some("INFO") => LevelFilter::INFO,
        Some("ERROR" | "CRITICAL" | "FATAL") => LevelFilter::ERROR,
        Some("OFF") => LevelFilter::OFF,
        Some("WARN" | "WARNING") | None => LevelFilter::WARN,
        Some(other) => {
            let problem = anyhow!("runtime.log_level: found {other:?}, expected TRACE, DEBUG, INFO, WARNING, ERROR or OFF");
            return Err(Failure::Usage(problem));
        }
    };
    let color = std::io::stderr().is_terminal();
    // A program that embeds the command may have a log already; then that one is used.
    let _ = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(level)
        .with_ansi(color)
        .with_target(false)
        // a message about a log that cannot be written would panic where stderr is closed
        .log_internal_errors(false)
        .try_init();
    Ok(())
}
