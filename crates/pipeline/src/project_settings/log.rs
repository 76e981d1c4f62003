//! Settings of the log.

use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, ScopedSettings};
use tracing::level_filters::LevelFilter;

/// Settings of the log: `runtime.log_level`.
#[derive(Debug)]
pub struct LogSettings {
    /// The lowest level that is logged.
    pub level: LevelFilter,
}

impl FromSettings for LogSettings {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings.section(["runtime"])
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
