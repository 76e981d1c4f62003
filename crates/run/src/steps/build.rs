//! Building of packages.

use std::sync::Arc;

use catchment_extract::{Extraction, ProgressChannel};
use catchment_load::Destination;
use catchment_load_package::{PackageFooter, PackageHeader, PackageStore, fail_point};
use catchment_normalize::{IdSeed, NormalizeOptions, NormalizeRules};
use catchment_schema::Schema;
use tokio_util::sync::CancellationToken;

use super::built_package::BuiltPackage;
use crate::engine::{Ingested, RowSource, Spool, ingest};
use crate::environment::RunEnvironment;
use crate::error::RunError;
use crate::options::RunOptions;
use crate::plan::{PackagePlan, changes_dataset_without_rows};
use crate::report::{Diagnostics, Warning};
use crate::working_dir::{SchemaFiles, WorkingDir};

/// Builds packages in a store.
pub(crate) struct PackageBuilder<'r> {
    pub(crate) store: &'r PackageStore,
    pub(crate) options: &'r RunOptions,
    /// The destination, whose limits of names and columns apply.
    pub(crate) destination: &'r dyn Destination,
    pub(crate) environment: &'r dyn RunEnvironment,
    pub(crate) working_dir: &'r WorkingDir,
    pub(crate) schema_files: &'r SchemaFiles,
    pub(crate) stop: &'r CancellationToken,
}

/// The result of building a package.
pub(crate) enum BuildOutcome {
    /// A sealed package.
    Package(Box<BuiltPackage>),
    /// Nothing new to load, with the diagnostics of the rows.
    Empty(Box<Diagnostics>),
}

impl BuildOutcome {
    /// Returns the package, or adds the diagnostics to `diagnostics` if there is nothing to load.
    pub(crate) fn package(self, diagnostics: &mut Diagnostics) -> Option<BuiltPackage> {
        match self {
            BuildOutcome::Package(package) => Some(*package),
            BuildOutcome::Empty(of_rows) => {
                diagnostics.absorb(*of_rows);
                None
            }
        }
    }
}

impl PackageBuilder<'_> {
    /// Extracts the source of `plan` and builds its package. Rows of resumable resources are kept on disk until the package
    /// is sealed, so that another run can resume their extraction.
    pub(crate) async fn build_from_source(&self, plan: &PackagePlan, events: &ProgressChannel) -> Result<BuildOutcome, RunError> {
        let mut extraction = self.extraction(plan, events)?;
        let (package, notes) = ((plan.header.clone(), plan.schema.clone()), plan.notes.clone());
        if extraction.resumable_trees().is_empty() {
            return self.build(package, RowSource::Extraction(extraction, notes)).await;
        }
        let spool = Spool::open(self.store, plan, self.options.refresh.is_some(), &mut extraction)?;
        let built = self.build(package, RowSource::Spooled { extraction, notes, spool: &spool }).await;
        match &built {
            Ok(_) => spool.discard(),
            Err(error) => spool.close_after(error, &plan.source),
        }
        built
    }

    /// Creates the extraction of a plan.
    pub(crate) fn extraction<'p>(&self, plan: &'p PackagePlan, events: &ProgressChannel) -> Result<Extraction<'p>, RunError> {
        let PackagePlan { source, state, boundaries, without_rows, .. } = plan;
        let extraction = Extraction::with_options(source, state, boundaries, without_rows, self.options.extract, events)?;
        Ok(extraction.with_stop_signal(&self.stop.clone().into()))
    }

    /// Builds the package of all rows of `rows`.
    pub(crate) async fn build(
        &self,
        (header, schema): (PackageHeader, Schema),
        rows: RowSource<'_>,
    ) -> Result<BuildOutcome, RunError> {
        let seed = IdSeed::from(self.environment.seed());
        let rules = Arc::new(NormalizeRules::new(&schema, &header.load_id, seed, self.normalize_options())?);
        let changes_without_rows = changes_dataset_without_rows(&header, &schema);
        let source = header.source.clone();
        let writer = self.store.create_package(header, self.options.writer)?;
        let Ingested { mut writer, mut schema, mut after, mut diagnostics, tables } =
            ingest(rows, schema, writer, rules, self.options, self.stop).await?;
        fail_point!("run::extracted");
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
        self.working_dir.save_snapshot(&package.footer().state, &package.footer().schema);
        self.schema_files.export(&package.footer().schema);
        Ok(BuildOutcome::Package(Box::new(BuiltPackage { package: Arc::new(package), diagnostics })))
    }

    /// Returns the options of the run within the limits of the destination.
    fn normalize_options(&self) -> NormalizeOptions {
        let ours = &self.options.normalize;
        let capabilities = self.destination.capabilities();
        let identifier_length = capabilities.identifiers.max_length;
        let identifier_length = ours.max_identifier_length.map_or(identifier_length, |ours| ours.min(identifier_length));
        let max_columns = ours.max_columns.or(capabilities.max_columns);
        NormalizeOptions { max_identifier_length: Some(identifier_length), max_columns, ..ours.clone() }
    }
}
