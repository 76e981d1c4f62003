//! Building of packages.

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

/// The result of building a package.
pub(crate) enum BuildOutcome {
    /// A sealed package.
    Package(Box<SealedPackage>),
    /// Nothing new to load, with the diagnostics of the rows.
    Empty(Box<Diagnostics>),
}

impl BuildOutcome {
    /// Returns the package, or adds the diagnostics to `diagnostics` if there is nothing to load.
    pub(crate) fn package(self, diagnostics: &mut Diagnostics) -> Option<SealedPackage> {
        match self {
            BuildOutcome::Package(package) => Some(*package),
            BuildOutcome::Empty(of_rows) => {
                diagnostics.absorb(*of_rows);
                None
            }
        }
    }
}

/// Extracts `source` and builds its package.
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

/// Builds the package of all rows of `rows`.
pub(crate) async fn build(
    runner: &Runner,
    store: &PackageStore,
    (header, schema): (PackageHeader, Schema),
    rows: RowSource<'_>,
    stop: &CancellationToken,
) -> Result<BuildOutcome, RunError> {
    let seed = IdSeed::from(runner.environment.seed());
    let rules = Arc::new(NormalizeRules::new(&schema, &header.load_id, seed, normalize_options(runner))?);
    let changes_without_rows = changes_dataset_without_rows(&header, &schema);
    let source = header.source.clone();
    let writer = store.create_package(header, runner.options.writer)?;
    let Ingested { mut writer, mut schema, mut after, mut diagnostics, tables } =
        ingest(rows, schema, writer, rules, &runner.options, stop).await?;
    #[cfg(feature = "failpoints")]
    fail::fail_point!("run::extracted");
    // Queries of the original column do not return the values of its variant.
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
    if tables.is_empty() && !state_changed && !changes_without_rows {
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

/// Returns the options of the run within the limits of the destination.
fn normalize_options(runner: &Runner) -> NormalizeOptions {
    let (ours, theirs) = (runner.options.normalize.max_identifier_length, runner.destination.max_identifier_length());
    let max_identifier_length = ours.into_iter().chain(theirs).min();
    let max_columns = runner.options.normalize.max_columns.or(runner.destination.max_columns());
    NormalizeOptions { max_identifier_length, max_columns, ..runner.options.normalize.clone() }
}
