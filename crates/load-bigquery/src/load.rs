//! Loads of packages.

use std::sync::Arc;
use std::time::Duration;

use catchment_load::sql::{DatasetName, Planning, SqlReader as _};
use catchment_load::{LoadAttempt, LoadError, LoadOutcome, LoadPlan, LoadResult, StagedTable};
use catchment_load_package::{SealedPackage, fail_point};
use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::BigQueryOptions;
use crate::client::{ApiError, JobId, JobUsage};
use crate::destination::CAPABILITIES;
use crate::dialect::{BigQueryDialect, name_hash, staging_table};
use crate::query_job::{configuration, guard};
use crate::reader::BigQueryReader;
use crate::script::{LOCK_TABLE, LoggedLoads, Script, select_loads};
use crate::stage::{Staging, upload_permits};

/// The maximum number of times that a load is repeated after transient errors.
const MAX_RETRIES: u32 = 6;

/// The maximum number of times that a load is planned again because other loads changed the dataset.
const MAX_CHANGES: u32 = 30;

/// The maximum delay between two attempts, and how often it doubles at most.
const MAX_DELAY: Duration = Duration::from_secs(60);
const MAX_GROWTH: u32 = 6;

/// The number of system tables that each load changes, with the table of the lock.
const SYSTEM_TABLES: usize = 4;

/// The maximum length of a script in bytes: <https://cloud.google.com/bigquery/quotas#query_jobs>.
const MAX_SCRIPT: usize = 1 << 20;

/// The numbers of the next jobs of a load.
struct JobNumbers {
    define: u32,
    apply: u32,
}

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
        let jobs = JobNumbers {
            define: self.settle_earlier_jobs(&reader, "define").await?,
            apply: self.settle_earlier_jobs(&reader, "apply").await?,
        };
        self.create_dataset(&mut reader).await?;
        // Read before the plan is made: a load that is logged meanwhile makes it outdated.
        let loads = self.logged_loads(&mut reader).await?;
        let Some(plan) = self.planning().plan(&mut reader).await? else {
            self.delete_staging_tables(&reader).await;
            return Ok(LoadResult { usage: self.usage.total(), ..LoadOutcome::AlreadyLoaded.into() });
        };
        let define = Script::definition(&self.dataset, &loads, &plan);
        let apply = Script::transaction(&self.dataset, self.load_id(), &loads, &plan);
        self.check_limits(&plan, &[&define, &apply], &reader.location)?;
        fail_point!("load::planned");
        if self.staged.as_ref() != Some(&plan.stage) {
            self.stage(&reader, &plan).await?;
        }
        // A change that they describe may also be the cause of an error.
        plan.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
        self.define(&reader, &define, jobs.define).await?;
        fail_point!("load::evolved");
        self.apply(&mut reader, &apply, jobs.apply).await?;
        self.delete_staging_tables(&reader).await;
        Ok(LoadResult { outcome: LoadOutcome::Loaded, warnings: plan.warnings, usage: self.usage.total() })
    }

    fn planning(&self) -> Planning<'_> {
        Planning { dialect: &BigQueryDialect, capabilities: &CAPABILITIES, dataset: &self.dataset, package: self.package }
    }

    /// Waits for the scripts `name` of earlier attempts, of this process or another, which may still run. Returns the number
    /// of the next one.
    async fn settle_earlier_jobs(&self, reader: &BigQueryReader, name: &str) -> Result<u32, LoadError> {
        let mut number = 0;
        loop {
            let id = self.script_id(name, number);
            let id = JobId { id: &id, location: &reader.dataset_location };
            let step = "look up an earlier load of the package";
            let Some(job) = guard(self.stop, step, &reader.location, reader.client.job(id)).await? else {
                return Ok(number);
            };
            guard(self.stop, step, &reader.location, reader.client.wait_for_job(job, id)).await?;
            number += 1;
        }
    }

    /// Returns the id of the job of a script, which is the same if the load of the package is repeated.
    fn script_id(&self, name: &str, number: u32) -> String {
        let header = self.package.header();
        let hash = name_hash(&format!("{} {} {}", header.dataset, header.base_state.pipeline_name(), header.load_id));
        format!("catchment_{name}_{hash}_{number}")
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

    /// Creates and changes tables, which transactions cannot.
    async fn define(&self, reader: &BigQueryReader, script: &Script, number: u32) -> Result<(), LoadError> {
        if script.is_empty() {
            return Ok(());
        }
        self.attempt.record_step("the definition of tables");
        let defined = self.run_script(reader, script, &self.script_id("define", number)).await;
        if self.stop.is_cancelled() {
            return Err(LoadError::Cancelled);
        }
        let step = |error: &ApiError| script.failed_step(&error.message).unwrap_or("define tables").to_owned();
        defined.map_err(|error| error.clone().into_load_error(&step(&error), &reader.location))
    }

    /// Changes rows in one transaction, and verifies that the load is logged.
    async fn apply(&self, reader: &mut BigQueryReader, script: &Script, number: u32) -> Result<(), LoadError> {
        self.attempt.record_step("the transaction");
        if self.stop.is_cancelled() {
            return Err(LoadError::Cancelled);
        }
        fail_point!("load::applied");
        let applied = self.run_script(reader, script, &self.script_id("apply", number)).await;
        fail_point!("load::committed");
        // The transaction may have been committed although the job was cancelled or a request failed.
        reader.ignore_cancellation();
        let is_loaded = self.planning().is_loaded(reader).await?;
        match applied {
            _ if is_loaded => Ok(()),
            _ if self.stop.is_cancelled() => Err(LoadError::Cancelled),
            Ok(()) => Err(LoadError::DatasetChanged { location: reader.location.clone() }),
            Err(error) if error.is_conflict() => Err(LoadError::DatasetChanged { location: reader.location.clone() }),
            Err(error) => {
                let step = script.failed_step(&error.message).unwrap_or("apply the package");
                Err(error.into_error_of_rows(step, &reader.location))
            }
        }
    }

    /// Executes a script. A cancelled load cancels the job, but waits for its end: it may be too late.
    async fn run_script(&self, reader: &BigQueryReader, script: &Script, id: &str) -> Result<(), ApiError> {
        let client = &reader.client;
        let id = JobId { id, location: &reader.dataset_location };
        let configuration = configuration(&script.sql, None, self.options.maximum_bytes_billed);
        let job = client.insert_job(id, &configuration).await?;
        let job = tokio::select! {
            job = client.wait_for_job(job.clone(), id) => job?,
            () = self.stop.cancelled() => {
                if let Err(error) = client.cancel_job(id).await {
                    tracing::debug!("failed to cancel job {}: {error}", id.id);
                }
                client.wait_for_job(job, id).await?
            }
        };
        job.result()
    }

    /// Checks the limits of transactions and scripts, before rows are staged.
    fn check_limits(&self, plan: &LoadPlan, scripts: &[&Script], location: &str) -> Result<(), LoadError> {
        let tables = plan.changed.len() + SYSTEM_TABLES;
        let bytes = scripts.iter().map(|script| script.sql.len()).max().unwrap_or_default();
        let reason = match CAPABILITIES.max_tables_in_transaction {
            Some(maximum) if tables > maximum => format!(
                "it changes {tables} tables, and a transaction of BigQuery can change {maximum}; load the resources \
                 separately (`--select`)"
            ),
            _ if bytes > MAX_SCRIPT => format!(
                "the statements have {bytes} bytes, and BigQuery accepts 1 MiB: the tables have too many columns; store \
                 nested objects as JSON (`data_type: json` in `columns`, or `max_table_nesting`)"
            ),
            _ => return Ok(()),
        };
        let step = "apply the package".to_owned();
        Err(LoadError::Statement { step, location: location.to_owned(), reason, terminal: true })
    }

    /// Deletes the staging tables. Those that remain expire.
    async fn delete_staging_tables(&self, reader: &BigQueryReader) {
        let dataset = &self.package.header().dataset;
        let tables = self.package.segments().iter().chain(self.package.cursor_segments()).map(|segment| &segment.table);
        let count = tables.collect::<std::collections::BTreeSet<_>>().len();
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
