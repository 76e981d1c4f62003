//! Making a package.

use std::sync::Arc;

use catchment_extract::{Extraction, Progress, Source};
use catchment_load_package::{Begin, PackageStore, Seal, SealedPackage};
use catchment_normalize::{IdSeed, NormalizeOptions, Rules};
use catchment_schema::Schema;
use tokio_util::sync::CancellationToken;

use crate::begin::{Begun, makes_way};
use crate::error::RunError;
use crate::feed::Feed;
use crate::ingest::{Ingested, ingest};
use crate::report::{Remarks, Warning};
use crate::runner::Runner;

/// Rows that were normalized.
pub(crate) enum Made {
    /// They are a package, sealed.
    Package(Box<SealedPackage>),
    /// They would have brought nothing new; this was noticed.
    Nothing(Box<Remarks>),
}

impl Made {
    /// The package; what was noticed where there is none goes to `remarks`.
    pub(crate) fn package(self, remarks: &mut Remarks) -> Option<SealedPackage> {
        match self {
            Made::Package(package) => Some(*package),
            Made::Nothing(noticed) => {
                remarks.absorb(*noticed);
                None
            }
        }
    }
}

/// The package of `source`.
pub(crate) async fn of_source(
    runner: &Runner,
    store: &PackageStore,
    source: &Source,
    begun: Begun,
    events: &Progress,
    stop: &CancellationToken,
) -> Result<Made, RunError> {
    let Begun { begin, schema, state, boundaries, without_rows, notes, .. } = begun;
    let run = Extraction::with(source, &state, &boundaries, &without_rows, runner.options.extract, events)?;
    let run = run.until(&stop.clone().into());
    make(runner, store, (begin, schema), Feed::Source(run, notes), stop).await
}

/// The package of all rows of `feed`.
pub(crate) async fn make(
    runner: &Runner,
    store: &PackageStore,
    (begin, schema): (Begin, Schema),
    feed: Feed<'_>,
    stop: &CancellationToken,
) -> Result<Made, RunError> {
    let seed = IdSeed::from(runner.host.seed());
    let rules = Arc::new(Rules::new(&schema, &begin.load_id, seed, normalize_options(runner))?);
    let makes_way = makes_way(&begin, &schema);
    let source = begin.source.clone();
    let writer = store.create(begin, runner.options.writer)?;
    let Ingested { mut writer, mut schema, mut after, mut remarks, tables } =
        ingest(feed, schema, writer, rules, &runner.options, stop).await?;
    #[cfg(feature = "failpoints")]
    fail::fail_point!("run::extracted");
    // whoever queries the column beside a variant does not see these values
    let variants = std::mem::take(&mut remarks.findings.new_variants);
    remarks.warnings.extend(variants.iter().map(|variant| Warning::of(&variant.table, variant.to_string())));
    if !remarks.is_empty() {
        tracing::info!("{remarks}");
    }
    for resource in tables.iter().filter_map(|table| schema.resource_of(table)) {
        after.state.add_loaded(&source, resource);
    }
    after.state.add_schema(&schema.name);
    let state_changed = after.state.bump();
    if tables.is_empty() && !state_changed && !makes_way {
        return Ok(Made::Nothing(Box::new(remarks)));
    }
    for table in schema.tables.values_mut().filter(|table| tables.contains(&table.name)) {
        table.set_seen_data();
    }
    schema.bump();
    for change in &after.boundaries {
        writer.cursor_rows(change)?;
    }
    let package = writer.seal(Seal { schema, state: after.state, findings: remarks.to_stored() })?;
    runner.working_dir.keep(&package.seal().state, &package.seal().schema);
    runner.schema_files.export(&package.seal().schema);
    Ok(Made::Package(Box::new(package)))
}

/// The options of the run, with names that the destination has room for.
fn normalize_options(runner: &Runner) -> NormalizeOptions {
    let (ours, theirs) = (runner.options.normalize.max_identifier_length, runner.destination.max_identifier_length());
    let max_identifier_length = ours.into_iter().chain(theirs).min();
    let max_columns = runner.options.normalize.max_columns.or(runner.destination.max_columns());
    NormalizeOptions { max_identifier_length, max_columns, ..runner.options.normalize.clone() }
}
