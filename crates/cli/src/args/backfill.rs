//! Arguments of `catchment backfill`.

use std::path::PathBuf;

use catchment::ProgressMode;

use super::TargetArgs;
use super::run::progress_mode;

/// The arguments of `catchment backfill`.
#[derive(Debug, clap::Args)]
pub(crate) struct BackfillArgs {
    /// Spec file: .json, .toml, .yaml or .yml.
    pub(crate) spec: PathBuf,
    /// Resource to load. It needs a cursor.
    #[arg(long, value_name = "RESOURCE")]
    pub(crate) resource: String,
    /// Start of the range, inclusive: a cursor value, or a time relative to now such as -90d or today-1d.
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub(crate) from: String,
    /// End of the range, exclusive: a cursor value, or a time relative to now such as now or today.
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub(crate) to: String,
    /// Length of a window, which is one load: 12h, 7d or 4w for timestamps and dates, a number for numbers.
    #[arg(long, value_name = "LENGTH")]
    pub(crate) window: String,
    /// Number of windows that are requested in parallel.
    #[arg(long, value_name = "WINDOWS", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) parallel: u16,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// Progress output, as for `catchment run` [default: from the configuration, else auto].
    #[arg(long, value_parser = progress_mode())]
    pub(crate) progress: Option<ProgressMode>,
}
