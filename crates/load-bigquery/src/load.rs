//! Loads of packages.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use catchment_load::sql::{DatasetName, Planning, SqlReader as _};
use catchment_load::{LoadAttempt, LoadError, LoadOutcome, LoadPlan, LoadResult, StagedTable};
use catchment_load_package::{SealedPackage, fail_point};
use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::BigQueryOptions;
use crate::client::{ApiError, JobUsage};
use crate::destination::CAPABILITIES;
use crate::dialect::{BigQueryDialect, LOCK_TABLE, name_hash, staging_table};
use crate::query_job::guard;
use crate::reader::BigQueryReader;
use crate::script::{LoggedLoads, Script, select_loads};
use crate::script_jobs::ScriptJobs;
use crate::stage::{Staging, upload_permits};
use crate::transaction::{self, Transaction};
use crate::{applied_trees, definition};

/// The maximum number of times that a load is repeated after transient errors.
const MAX_RETRIES: u32 = 6;

/// The maximum number of times that a load is planned again because other loads changed the dataset.
const MAX_CHANGES: u32 = 30;

/// The maximum delay between two attempts, and how often it doubles at most.
const MAX_DELAY: Duration = Duration::from_secs(60);
const MAX_GROWTH: u32 = 6;

/// The warning of a load with several transactions.
const DIVIDED: &str = "the package changes more tables than one transaction of BigQuery can, and was loaded in several: until \
                       the last one, queries could read a part of it";

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
}

impl<'l> PackageLoad<'l> {
    pub(crate) fn new(
        options: &'l BigQueryOptions,
        package: &'l Arc<SealedPackage>,
        attempt: &'l Arc<LoadAttempt>,
        stop: &'l CancellationToken,
    ) -> PackageLoad<'l> {
        let dataset = DatasetName::new(&BigQueryDialect, None, &package.header().dataset);
        PackageLoad { options, package, attempt, stop, dataset, staged: None, usage: JobUsage::default() }
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
                result => return result,
            };
            tracing::warn!("{error}; retrying the load");
            let delay = self.delay(retries, changes);
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                () = self.stop.cancelled() => return Err(LoadError::Cancelled),
            }
        }
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
        let loads = self.logged_loads(&mut reader).await?;
        let Some(mut plan) = self.planning().plan(&mut reader).await? else {
            self.delete_staging_tables(&reader).await;
            return Ok(LoadResult { usage: self.usage.total(), ..LoadOutcome::AlreadyLoaded.into() });
        };
        let applied = self.applied_trees(&mut reader).await?;
        plan.apply.retain(|tree| !applied.contains(&tree.root));
        let parts = transaction::divide(&plan.apply, &plan.confirm, !applied.is_empty());
        let parts = parts.map_err(|reason| LoadError::Statement {
            step: "apply the package".to_owned(),
            location: reader.location.clone(),
            reason,
            terminal: true,
        })?;
        let is_divided = parts.iter().any(|part| part.is_divided);
        fail_point!("load::planned");
        if self.staged.as_ref() != Some(&plan.stage) {
            self.stage(&reader, &plan).await?;
        }
        if is_divided {
            plan.warnings.push(DIVIDED.to_owned());
        }
        // A change that they describe may also be the cause of an error.
        plan.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
        for script in definition::scripts(&self.dataset, &loads, &plan, is_divided) {
            self.define(&reader, &script, &mut definitions).await?;
        }
        fail_point!("load::evolved");
        for part in parts {
            self.apply(&mut reader, part, &loads, &mut transactions).await?;
        }
        self.delete_staging_tables(&reader).await;
        Ok(LoadResult { outcome: LoadOutcome::Loaded, warnings: plan.warnings, usage: self.usage.total() })
    }

    fn planning(&self) -> Planning<'_> {
        Planning { dialect: &BigQueryDialect, capabilities: &CAPABILITIES, dataset: &self.dataset, package: self.package }
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

    async fn logged_loads(&self, reader: &mut BigQueryReader) -> Result<LoggedLoads, LoadError> {
        let found = reader.read_existing("read the loads", &[select_loads(&self.dataset)]).await?;
        let mut cells = found.into_iter().flatten().flatten().next().unwrap_or_default().into_iter();
        let count = cells.next().flatten().and_then(|count| count.parse().ok()).unwrap_or_default();
        Ok(LoggedLoads { count, last: cells.next().flatten() })
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

    /// Returns the root tables that earlier transactions of the load have changed.
    async fn applied_trees(&self, reader: &mut BigQueryReader) -> Result<BTreeSet<String>, LoadError> {
        if !reader.has_applied_trees {
            return Ok(BTreeSet::new());
        }
        let query = applied_trees::select(&self.dataset, self.load_id());
        let found = reader.read_existing("read the changed tables", &[query]).await?;
        Ok(found.into_iter().flatten().flatten().flatten().flatten().collect())
    }

    /// Creates and changes tables, which transactions cannot.
    async fn define(&self, reader: &BigQueryReader, script: &Script, jobs: &mut ScriptJobs<'_>) -> Result<(), LoadError> {
        self.attempt.record_step("the definition of tables");
        let defined = jobs.run(reader, script).await;
        if self.stop.is_cancelled() {
            return Err(LoadError::Cancelled);
        }
        let step = |error: &ApiError| script.failed_step(&error.message).unwrap_or("define tables").to_owned();
        defined.map_err(|error| error.clone().into_load_error(&step(&error), &reader.location))
    }

    /// Changes rows in one transaction, and verifies that it was committed.
    async fn apply(
        &self,
        reader: &mut BigQueryReader,
        part: Transaction<'_>,
        loads: &LoggedLoads,
        jobs: &mut ScriptJobs<'_>,
    ) -> Result<(), LoadError> {
        self.attempt.record_step("the transaction");
        if self.stop.is_cancelled() {
            return Err(LoadError::Cancelled);
        }
        fail_point!("load::applied");
        let script = part.script(&self.dataset, self.load_id(), loads);
        let applied = jobs.run(reader, &script).await;
        fail_point!("load::committed");
        // The transaction may have been committed although the job was cancelled or a request failed.
        let mut verifying = reader.without_cancellation();
        let is_committed = match part.confirm {
            Some(_) => self.planning().is_loaded(&mut verifying).await?,
            None => {
                verifying.has_applied_trees = true;
                let applied = self.applied_trees(&mut verifying).await?;
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
