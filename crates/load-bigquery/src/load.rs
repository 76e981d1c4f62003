//! Loads of packages.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use catchment_load::sql::{DatasetName, Planning, SqlReader as _, TextRows};
use catchment_load::{LoadAttempt, LoadError, LoadOutcome, LoadPlan, LoadResult, StagedTable};
use catchment_load_package::{SealedPackage, fail_point};
use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::BigQueryOptions;
use crate::applied_trees::{self, LoadNames};
use crate::client::JobUsage;
use crate::definition;
use crate::destination::CAPABILITIES;
use crate::dialect::{BigQueryDialect, LOCK_TABLE, name_hash, staging_table};
use crate::query_job::guard;
use crate::reader::BigQueryReader;
use crate::script::{LoggedLoads, Script, select_loads};
use crate::script_jobs::ScriptJobs;
use crate::stage::{Staging, upload_permits};
use crate::transaction::{self, Transaction};

/// The maximum number of times that a load is repeated after transient errors.
const MAX_RETRIES: u32 = 6;

/// The maximum number of times that a load is planned again because other loads changed the dataset.
const MAX_CHANGES: u32 = 30;

/// The maximum delay between two attempts, and how often it doubles at most.
const MAX_DELAY: Duration = Duration::from_secs(60);
const MAX_GROWTH: u32 = 6;

/// The warning of a load with several transactions.
const DIVIDED: &str = "the package exceeds the limits of a transaction of BigQuery (100 tables, 1 MiB of statements) and is loaded in \
                       several: until the last one, queries read a part of it; load fewer resources at once with `--select`";

/// Where the removal of a partly loaded package is described.
const REMEDY: &str = "see \"Remove a partly loaded package\" in the guide \"Load into BigQuery\"";

/// The load of a package, with what earlier attempts of this process have done.
pub(crate) struct PackageLoad<'l> {
    options: &'l BigQueryOptions,
    package: &'l Arc<SealedPackage>,
    attempt: &'l Arc<LoadAttempt>,
    stop: &'l CancellationToken,
    dataset: DatasetName,
    /// The staging tables that are complete.
    staged: Option<Vec<StagedTable>>,
    usage: JobUsage,
    /// The root tables that earlier transactions of the load have changed.
    applied: BTreeSet<String>,
}

impl<'l> PackageLoad<'l> {
    pub(crate) fn new(
        options: &'l BigQueryOptions,
        package: &'l Arc<SealedPackage>,
        attempt: &'l Arc<LoadAttempt>,
        stop: &'l CancellationToken,
    ) -> PackageLoad<'l> {
        let dataset = DatasetName::new(&BigQueryDialect, None, &package.header().dataset);
        PackageLoad {
            options,
            package,
            attempt,
            stop,
            dataset,
            staged: None,
            usage: JobUsage::default(),
            applied: BTreeSet::new(),
        }
    }

    /// Loads the package, and repeats it after transient errors and if other loads change the dataset meanwhile.
    pub(crate) async fn run(mut self) -> Result<LoadResult, LoadError> {
        let (mut retries, mut changes) = (0, 0);
        loop {
            let error = match self.try_load().await {
                Err(error @ LoadError::Unavailable { .. }) if retries < MAX_RETRIES => {
                    retries += 1;
                    // A staging table may be missing.
                    self.staged = None;
                    error
                }
                Err(error @ LoadError::DatasetChanged { .. }) if changes < MAX_CHANGES => {
                    changes += 1;
                    error
                }
                result => return result.map_err(|error| self.keep_partly_loaded(error)),
            };
            tracing::warn!("{error}; retrying the load");
            let delay = self.delay(retries, changes);
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                () = self.stop.cancelled() => return Err(LoadError::Cancelled),
            }
        }
    }

    /// Returns an error with which the package is kept if a part of it is loaded: without the package, the rest could not be
    /// loaded, and the next run would load that part again.
    fn keep_partly_loaded(&self, error: LoadError) -> LoadError {
        if self.applied.is_empty() || !error.is_terminal() {
            return error;
        }
        let reason = format!(
            "{error}; earlier transactions of load {} have changed {} root tables, so the package is kept: run again after the \
             cause is corrected in the dataset, or abort the package and delete its rows ({REMEDY})",
            self.load_id(),
            self.applied.len(),
        );
        let (step, location) = ("load the rest of the package".to_owned(), self.options.display_location());
        LoadError::Statement { step, location, reason, terminal: false }
    }

    /// Returns the delay before the next attempt, which differs between loads that exclude each other.
    fn delay(&self, retries: u32, changes: u32) -> Duration {
        let growth = retries.saturating_sub(1).max(changes / 4).min(MAX_GROWTH);
        let base = (self.options.retry_delay * 2_u32.pow(growth)).min(MAX_DELAY);
        let hash = name_hash(&format!("{} {retries} {changes}", self.load_id()));
        let spread = u32::from_str_radix(hash.get(..2).unwrap_or_default(), 16).unwrap_or_default();
        base / 2 + base * spread / 256
    }

    async fn try_load(&mut self) -> Result<LoadResult, LoadError> {
        let mut reader = BigQueryReader::open(self.options, &self.package.header().dataset, self.stop).await?;
        reader.client = reader.client.with_usage(self.usage.clone());
        fail_point!("load::opened");
        let mut definitions = self.script_jobs("define", &reader).await?;
        let mut transactions = self.script_jobs("apply", &reader).await?;
        self.create_dataset(&mut reader).await?;
        // Read before the plan is made: a load that is logged meanwhile makes it outdated.
        let mut loads = self.read_loads(&mut reader).await?;
        let Some(mut plan) = self.planning().plan(&mut reader).await? else {
            self.delete_staging_tables(&reader).await;
            return Ok(LoadResult { usage: self.usage.total(), ..LoadOutcome::AlreadyLoaded.into() });
        };
        let refused = |reason| self.refused(reason);
        let parts = transaction::divide(&plan.apply, &plan.confirm, !self.applied.is_empty()).map_err(refused)?;
        let is_divided = parts.iter().any(|part| part.is_divided);
        let scripts = definition::scripts(&self.dataset, &loads, &plan, is_divided).map_err(refused)?;
        fail_point!("load::planned");
        if self.staged.as_ref() != Some(&plan.stage) {
            self.stage(&reader, &plan).await?;
        }
        if is_divided {
            plan.warnings.push(DIVIDED.to_owned());
        }
        // A change that they describe may also be the cause of an error.
        plan.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
        for script in scripts {
            self.define(&reader, &script, &mut definitions).await?;
        }
        fail_point!("load::evolved");
        for part in parts {
            self.apply(&reader, part, &loads, &mut transactions).await?;
            self.applied.extend(part.trees.iter().filter(|_| part.confirm.is_none()).map(|tree| tree.root.clone()));
            if part.begins {
                // The row of the unfinished load.
                loads.count += 1;
                loads.last = loads.last.take().max(Some(self.load_id().to_owned()));
            }
        }
        self.delete_staging_tables(&reader).await;
        Ok(LoadResult { outcome: LoadOutcome::Loaded, warnings: plan.warnings, usage: self.usage.total() })
    }

    fn refused(&self, reason: String) -> LoadError {
        let (step, location) = ("apply the package".to_owned(), self.options.display_location());
        LoadError::Statement { step, location, reason, terminal: true }
    }

    fn planning(&self) -> Planning<'_> {
        let (capabilities, applied) = (&CAPABILITIES, &self.applied);
        Planning { dialect: &BigQueryDialect, capabilities, dataset: &self.dataset, package: self.package, applied }
    }

    async fn script_jobs(&self, name: &'static str, reader: &BigQueryReader) -> Result<ScriptJobs<'l>, LoadError> {
        let maximum_bytes_billed = self.options.maximum_bytes_billed;
        ScriptJobs::after_earlier_attempts(name, self.package, self.stop, maximum_bytes_billed, reader).await
    }

    async fn create_dataset(&self, reader: &mut BigQueryReader) -> Result<(), LoadError> {
        if reader.has_dataset {
            return Ok(());
        }
        let created = reader.client.create_dataset(&self.package.header().dataset, &reader.dataset_location);
        guard(self.stop, "create the dataset", &reader.location, created).await?;
        reader.has_dataset = true;
        Ok(())
    }

    /// Reads the loads of the dataset, and what unfinished ones of the pipeline have changed.
    async fn read_loads(&mut self, reader: &mut BigQueryReader) -> Result<LoggedLoads, LoadError> {
        let queries = [select_loads(&self.dataset), applied_trees::select(&self.dataset, self.names().pipeline)];
        let mut found = reader.read_existing("read the loads", &queries).await?.into_iter();
        let loads = found.next().flatten();
        self.applied = self.applied_of_load(found.next().flatten().unwrap_or_default())?;
        let mut cells = loads.into_iter().flatten().next().unwrap_or_default().into_iter();
        let mut number = || cells.next().flatten().and_then(|count| count.parse().ok()).unwrap_or_default();
        let (count, complete) = (number(), number());
        Ok(LoggedLoads { count, complete, last: cells.next().flatten() })
    }

    fn applied_of_load(&self, rows: TextRows) -> Result<BTreeSet<String>, LoadError> {
        applied_trees::of_load(rows, self.load_id()).map_err(|other| LoadError::Statement {
            step: "apply the package".to_owned(),
            location: self.options.display_location(),
            reason: format!(
                "load {other} of the pipeline has changed only a part of its tables: it still runs, or was interrupted; run the \
                 pipeline again when it has ended, in the working folder that has its package; if that is lost, delete its rows \
                 ({REMEDY})"
            ),
            terminal: false,
        })
    }

    fn names(&self) -> LoadNames<'_> {
        let (header, schema) = (self.package.header(), &self.package.footer().schema);
        LoadNames { load_id: &header.load_id, pipeline: header.base_state.pipeline_name(), schema: &schema.name }
    }

    async fn stage(&mut self, reader: &BigQueryReader, plan: &LoadPlan) -> Result<(), LoadError> {
        let staging = Staging {
            client: &reader.client,
            options: self.options,
            package: self.package,
            attempt: self.attempt,
            stop: self.stop,
            dataset_location: &reader.dataset_location,
            location: &reader.location,
            uploads: upload_permits(),
        };
        staging.stage(&plan.stage).await?;
        self.staged = Some(plan.stage.clone());
        Ok(())
    }

    /// Creates and changes tables, which transactions cannot.
    async fn define(&self, reader: &BigQueryReader, script: &Script, jobs: &mut ScriptJobs<'_>) -> Result<(), LoadError> {
        self.attempt.record_step("the definition of tables");
        let defined = jobs.run(reader, script).await;
        if self.stop.is_cancelled() {
            return Err(LoadError::Cancelled);
        }
        defined.map_err(|error| {
            let step = script.failed_step(&error.message).unwrap_or("define tables");
            error.clone().into_error_of_rows(step, &reader.location)
        })
    }

    /// Changes rows in one transaction, and verifies that it was committed.
    async fn apply(
        &self,
        reader: &BigQueryReader,
        part: Transaction<'_>,
        loads: &LoggedLoads,
        jobs: &mut ScriptJobs<'_>,
    ) -> Result<(), LoadError> {
        let first = part.trees.first().map(|tree| format!(" that begins with table `{}`", tree.root)).unwrap_or_default();
        self.attempt.record_step(&format!("the transaction{first}"));
        if self.stop.is_cancelled() {
            return Err(LoadError::Cancelled);
        }
        fail_point!("load::applied");
        let script = part.script(&self.dataset, self.names(), loads);
        let applied = jobs.run(reader, &script).await;
        fail_point!("load::committed");
        // The transaction may have been committed although the job was cancelled or a request failed.
        let mut verifying = reader.without_cancellation();
        let is_committed = match part.confirm {
            Some(_) => self.planning().is_loaded(&mut verifying).await?,
            None => {
                let query = applied_trees::select(&self.dataset, self.names().pipeline);
                let found = verifying.read_existing("read the changed tables", &[query]).await?;
                let applied = self.applied_of_load(found.into_iter().flatten().flatten().collect())?;
                part.trees.iter().all(|tree| applied.contains(&tree.root))
            }
        };
        match applied {
            _ if is_committed => Ok(()),
            _ if self.stop.is_cancelled() => Err(LoadError::Cancelled),
            Ok(()) => Err(LoadError::DatasetChanged { location: reader.location.clone() }),
            Err(error) if error.is_conflict() => Err(LoadError::DatasetChanged { location: reader.location.clone() }),
            Err(error) => {
                let step = script.failed_step(&error.message).unwrap_or("apply the package");
                Err(error.into_error_of_rows(step, &reader.location))
            }
        }
    }

    /// Deletes the staging tables. Those that remain expire.
    async fn delete_staging_tables(&self, reader: &BigQueryReader) {
        let dataset = &self.package.header().dataset;
        let tables = self.package.segments().iter().chain(self.package.cursor_segments()).map(|segment| &segment.table);
        let count = tables.collect::<BTreeSet<_>>().len();
        let names = (0..count).map(|number| staging_table(self.load_id(), number)).chain([LOCK_TABLE.to_owned()]);
        let client = &reader.client;
        let deleted = join_all(names.map(|name| async move { client.delete_table(dataset, &name).await })).await;
        for error in deleted.into_iter().filter_map(Result::err) {
            tracing::warn!("failed to delete a staging table in {}: {error}; it expires within a day", reader.location);
        }
    }

    fn load_id(&self) -> &str {
        &self.package.header().load_id
    }
}
