//! Logging to stderr.

use std::io::IsTerminal as _;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::output::Output;

/// Installs the global log subscriber, unless one is already set.
pub(crate) fn init_logging(level: LevelFilter, output: &Output) {
    // Other crates log at most warnings: their messages at lower levels may contain headers and URLs, and so secrets.
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
