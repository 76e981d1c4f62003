//! Making a package.

use std::sync::Arc;

use catchment_extract::{Extraction, ProgressChannel, Source};
use catchment_load_package::{PackageFooter, PackageHeader, PackageStore, SealedPackage};
use catchment_normalize::{IdSeed, NormalizeOptions, NormalizeRules};
use catchment_schema::Schema;
use tokio_util::sync::CancellationToken;

use crate::error::RunError;
use crate::ingest::{Ingested, ingest};
use crate::package_plan::{PackagePlan, changes_dataset_without_rows};
use crate::report::{Diagnostics, Warning};
use crate::row_source::RowSource;
use crate::runner::Runner;

/// Rows that were normalized.
pub(crate) enum BuildOutcome {
    /// They are a package, sealed.
    Package(Box<SealedPackage>),
    /// They would have brought nothing new; this was noticed.
    Empty(Box<Diagnostics>),
}

impl BuildOutcome {
    /// The package; what was noticed where there is none goes to `remarks`.
    pub(crate) fn package(self, diagnostics: &mut Diagnostics) -> Option<SealedPackage> {
        match self {
            BuildOutcome::Package(package) => Some(*package),
            BuildOutcome::Empty(noticed) => {
                diagnostics.absorb(*noticed);
                None
            }
        }
    }
}

/// The package of `source`.
pub(crate) async fn build_from_source(
    runner: &Runner,
    store: &PackageStore,
    source: &Source,
    plan: PackagePlan,
    events: &ProgressChannel,
    stop: &CancellationToken,
) -> Result<BuildOutcome, RunError> {
    let PackagePlan { header, schema, state, boundaries, without_rows, notes, .. } = plan;
    let run = Extraction::with_options(source, &state, &boundaries, &without_rows, runner.options.extract, events)?;
    let run = run.with_stop_signal(&stop.clone().into());
    build(runner, store, (header, schema), RowSource::Extraction(run, notes), stop).await
}

/// The package of all rows of `feed`.
pub(crate) async fn build(
    runner: &Runner,
    store: &PackageStore,
    (header, schema): (PackageHeader, Schema),
    feed: RowSource<'_>,
    stop: &CancellationToken,
) -> Result<BuildOutcome, RunError> {
    let seed = IdSeed::from(runner.environment.seed());
    let rules = Arc::new(NormalizeRules::new(&schema, &header.load_id, seed, normalize_options(runner))?);
    let makes_way = changes_dataset_without_rows(&header, &schema);
    let source = header.source.clone();
    let writer = store.create_package(header, runner.options.writer)?;
    let Ingested { mut writer, mut schema, mut after, mut diagnostics, tables } =
        ingest(feed, schema, writer, rules, &runner.options, stop).await?;
    #[cfg(feature = "failpoints")]
    fail::fail_point!("run::extracted");
    // whoever queries the column beside a variant does not see these values
    let variants = std::mem::take(&mut diagnostics.findings.new_variants);
    diagnostics.warnings.extend(variants.iter().map(|variant| Warning::for_resource(&variant.table, variant.to_string())));
    if !diagnostics.is_empty() {
        tracing::info!("{diagnostics}");
    }
    for resource in tables.iter().filter_map(|table| schema.resource_of(table)) {
        after.state.mark_resource_loaded(&source, resource);
    }
    after.state.add_schema(&schema.name);
    let state_changed = after.state.update_version();
    if tables.is_empty() && !state_changed && !makes_way {
        return Ok(BuildOutcome::Empty(Box::new(diagnostics)));
    }
    for table in schema.tables.values_mut().filter(|table| tables.contains(&table.name)) {
        table.set_seen_data();
    }
    schema.update_version();
    for change in &after.boundaries {
        writer.append_cursor_entries(change)?;
    }
    let package = writer.seal(PackageFooter { schema, state: after.state, findings: diagnostics.to_stored() })?;
    runner.working_dir.save_snapshot(&package.footer().state, &package.footer().schema);
    runner.schema_files.export(&package.footer().schema);
    Ok(BuildOutcome::Package(Box::new(package)))
}

/// The options of the run, with names that the destination has room for.
fn normalize_options(runner: &Runner) -> NormalizeOptions {
    let (ours, theirs) = (runner.options.normalize.max_identifier_length, runner.destination.max_identifier_length());
    let max_identifier_length = ours.into_iter().chain(theirs).min();
    let max_columns = runner.options.normalize.max_columns.or(runner.destination.max_columns());
    NormalizeOptions { max_identifier_length, max_columns, ..runner.options.normalize.clone() }
}
