//! Making a package.

use std::sync::Arc;

use catchment_extract::{Extraction, Progress, Source};
use catchment_json::Value;
use catchment_load_package::{Begin, PackageStore, Seal, SealedPackage};
use catchment_normalize::{Findings, IdSeed, NormalizeOptions, Rules};
use catchment_schema::Schema;
use tokio_util::sync::CancellationToken;

use crate::begin::{Begun, makes_way};
use crate::error::RunError;
use crate::feed::Feed;
use crate::ingest::{Ingested, ingest};
use crate::runner::Runner;

/// The package of `source`, sealed. None where it would bring nothing new.
pub(crate) async fn of_source(
    runner: &Runner,
    store: &PackageStore,
    source: &Source,
    begun: Begun,
    events: &Progress,
    stop: &CancellationToken,
) -> Result<Option<SealedPackage>, RunError> {
    let Begun { begin, schema, state, boundaries, without_rows } = begun;
    let run = Extraction::with(source, &state, &boundaries, &without_rows, runner.options.extract, events)?;
    make(runner, store, (begin, schema), Feed::Source(run), stop).await
}

/// The package of all rows of `feed`, sealed. None where it would bring nothing new.
pub(crate) async fn make(
    runner: &Runner,
    store: &PackageStore,
    (begin, schema): (Begin, Schema),
    feed: Feed<'_>,
    stop: &CancellationToken,
) -> Result<Option<SealedPackage>, RunError> {
    let seed = IdSeed::from(runner.host.seed());
    let rules = Arc::new(Rules::new(&schema, &begin.load_id, seed, normalize_options(runner))?);
    let makes_way = makes_way(&begin, &schema);
    let writer = store.create(begin, runner.options.writer)?;
    let Ingested { mut writer, mut schema, mut after, findings, tables } =
        ingest(feed, schema, writer, rules, &runner.options, stop).await?;
    #[cfg(feature = "failpoints")]
    fail::fail_point!("run::extracted");
    if !findings.is_empty() {
        tracing::info!("{findings}");
    }
    after.state.add_schema(&schema.name);
    let state_changed = after.state.bump();
    if tables.is_empty() && !state_changed && !makes_way {
        return Ok(None);
    }
    for table in schema.tables.values_mut().filter(|table| tables.contains(&table.name)) {
        table.set_seen_data();
    }
    schema.bump();
    for change in &after.boundaries {
        writer.cursor_rows(change)?;
    }
    let package = writer.seal(Seal { schema, state: after.state, findings: to_value(&findings) })?;
    runner.working_dir.keep(&package.seal().state, &package.seal().schema);
    runner.schema_files.export(&package.seal().schema);
    Ok(Some(package))
}

/// The options of the run, with names that the destination has room for.
fn normalize_options(runner: &Runner) -> NormalizeOptions {
    let (ours, theirs) = (runner.options.normalize.max_identifier_length, runner.destination.max_identifier_length());
    let max_identifier_length = ours.into_iter().chain(theirs).min();
    NormalizeOptions { max_identifier_length, ..runner.options.normalize.clone() }
}

/// Findings as a package keeps them, which knows nothing of normalising.
fn to_value(findings: &Findings) -> Value {
    catchment_json::to_value(findings).unwrap_or_default()
}

/// The findings that a package keeps.
pub(crate) fn findings(kept: &Value) -> Findings {
    serde_json::from_str(&kept.to_string()).unwrap_or_default()
}
