//! Logging to stderr.

use std::io::IsTerminal as _;

use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, Settings};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::output::Output;

/// Settings of the log: `runtime.log_level`.
#[derive(Debug)]
pub(crate) struct LogSettings {
    level: LevelFilter,
}

impl FromSettings for LogSettings {
    fn scope(settings: Settings<'_>) -> Settings<'_> {
        settings.fixed("runtime")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let levels = [
            ("TRACE", LevelFilter::TRACE),
            ("DEBUG", LevelFilter::DEBUG),
            ("INFO", LevelFilter::INFO),
            ("WARNING", LevelFilter::WARN),
            ("WARN", LevelFilter::WARN),
            ("ERROR", LevelFilter::ERROR),
            ("CRITICAL", LevelFilter::ERROR),
            ("FATAL", LevelFilter::ERROR),
            ("OFF", LevelFilter::OFF),
        ];
        let level = fields.choice("log_level", "The lowest level that is logged.", &levels, LevelFilter::WARN);
        Ok(LogSettings { level })
    }
}

/// Installs the global log subscriber, unless one is already set.
pub(crate) fn init_logging(settings: &LogSettings, output: &Output) {
    // Other crates log at most warnings: their messages at lower levels may contain headers and URLs, and so secrets.
    let level = settings.level;
    let shown = Targets::new().with_default(level.min(LevelFilter::WARN)).with_target("catchment", level);
    let log = tracing_subscriber::fmt::layer()
        .with_writer(output.clone())
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        // reporting a failed write to the log would panic if stderr is closed
        .log_internal_errors(false)
        .with_filter(shown);
    // fails if a subscriber is already set, which then stays in use
    let _ = tracing_subscriber::registry().with(log).try_init();
}
