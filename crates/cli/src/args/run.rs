//! Arguments of `catchment run`.

use std::path::PathBuf;

use catchment::{ProgressMode, RefreshMode, WriteDisposition};
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::TargetArgs;

#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// Spec file (.json, .toml, .yaml or .yml), or the URL of an endpoint that returns JSON.
    #[arg(value_name = "SPEC|URL")]
    pub(crate) spec: String,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    #[command(flatten)]
    pub(crate) url: UrlArgs,
    /// Load only these resources, separated by commas.
    #[arg(long, value_name = "RESOURCES", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Maximum number of rows to load from each resource.
    #[arg(long, value_name = "ROWS")]
    pub(crate) limit: Option<u64>,
    /// Write disposition of all resources; overrides the spec. Default for a URL: `merge` with --primary-key, `append` with
    /// only --cursor, else `replace`.
    #[arg(long, value_parser = disposition())]
    pub(crate) write_disposition: Option<WriteDisposition>,
    /// Start over: drop all tables that the pipeline has loaded from the source (`drop_sources`), drop the tables of the
    /// selected resources (`drop_resources`) or empty them (`drop_data`), and remove the cursors of these resources. The
    /// refresh is committed together with the new rows.
    #[arg(long, value_name = "MODE", value_parser = refresh())]
    pub(crate) refresh: Option<RefreshMode>,
    /// Load only the rows with a cursor value from this one on: a value, or a time relative to now such as -7d or today-1d.
    /// Requires a cursor in each selected resource. The cursor does not move.
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub(crate) from: Option<String>,
    /// Load only the rows with a cursor value below this one; requires --from [default: now].
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true, requires = "from")]
    pub(crate) to: Option<String>,
    /// Record all requests and responses in this new folder, without secrets, for --replay.
    #[arg(long, value_name = "DIR", conflicts_with = "replay")]
    pub(crate) record: Option<PathBuf>,
    /// Use the responses recorded in this folder instead of sending requests. The rows are loaded, and cursors move, as in any
    /// run; use --dev-mode for a separate dataset.
    #[arg(long, value_name = "DIR")]
    pub(crate) replay: Option<PathBuf>,
    /// Load into a new dataset with a timestamp suffix, using a separate working folder; data and state of other runs are
    /// neither used nor changed. The next run with --dev-mode deletes this working folder, and the database file in it
    /// unless a setting names another file.
    #[arg(long)]
    pub(crate) dev_mode: bool,
    /// Show the plan and the first request of each resource; send no requests and load nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Exit with code 1 if the report contains a warning or a failed package. The loaded rows stay committed.
    #[arg(long)]
    pub(crate) fail_on_warning: bool,
    /// Progress output: `log` writes lines to stderr, `json` writes JSON Lines to stdout and ends with the report, `auto` is
    /// `log` in a terminal and `off` elsewhere [default: from the configuration, else auto].
    #[arg(long, value_parser = progress_mode())]
    pub(crate) progress: Option<ProgressMode>,
}

/// The options of a run of a URL.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Options for a URL")]
pub(crate) struct UrlArgs {
    /// Header of all requests, such as "Authorization: Bearer TOKEN". Can be repeated.
    #[arg(long, value_name = "NAME: VALUE")]
    pub(crate) header: Vec<String>,
    /// Fields that identify a row, separated by commas.
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    pub(crate) primary_key: Vec<String>,
    /// Path of the cursor in a row, such as updated_at: later runs load only rows that are new.
    #[arg(long, value_name = "PATH")]
    pub(crate) cursor: Option<String>,
    /// Write a commented spec file (.yaml or .yml) that does the same. Secrets become references to environment variables.
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub(crate) save_spec: Option<PathBuf>,
}

impl UrlArgs {
    /// Returns the first flag that is set, for a message.
    pub(crate) fn first_set(&self) -> Option<&'static str> {
        let flags = [
            (!self.header.is_empty(), "--header"),
            (!self.primary_key.is_empty(), "--primary-key"),
            (self.cursor.is_some(), "--cursor"),
            (self.save_spec.is_some(), "--save-spec"),
        ];
        flags.into_iter().find(|(is_set, _)| *is_set).map(|(_, flag)| flag)
    }
}

/// Returns the parser of `--write-disposition`, which does not accept `skip`.
fn disposition() -> impl TypedValueParser<Value = WriteDisposition> {
    let names = [WriteDisposition::Append, WriteDisposition::Replace, WriteDisposition::Merge].map(WriteDisposition::name);
    PossibleValuesParser::new(names).map(|name| WriteDisposition::from_name(&name).unwrap_or_default())
}

fn refresh() -> impl TypedValueParser<Value = RefreshMode> {
    PossibleValuesParser::new(RefreshMode::ALL.map(RefreshMode::name))
        .map(|name| RefreshMode::from_name(&name).unwrap_or(RefreshMode::DropData))
}

pub(super) fn progress_mode() -> impl TypedValueParser<Value = ProgressMode> {
    PossibleValuesParser::new(ProgressMode::ALL.map(ProgressMode::name))
        .map(|name| ProgressMode::from_name(&name).unwrap_or(ProgressMode::Auto))
}
