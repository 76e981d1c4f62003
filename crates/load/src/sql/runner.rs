//! The runner of loads: executes the plan of a package in one transaction of a session.

use std::collections::BTreeSet;
use std::sync::Arc;

use catchment_load_package::{SealedPackage, fail_point};
use tokio_util::sync::CancellationToken;

use super::name::DatasetName;
use super::session::{SqlSession, Statement};
use super::{Dialect, Planning, SqlReader as _};
use crate::plan::{ApplyStep, LoadPlan, RowTarget};
use crate::{Capabilities, LoadAttempt, LoadError, LoadOutcome, LoadResult, TableBatches};

/// Opens sessions of a destination.
#[expect(async_fn_in_trait, reason = "only adapters implement it, and each knows whether its futures must be `Send`")]
pub trait Connector {
    /// The type of sessions.
    type Session: SqlSession;

    /// Returns the dialect of the engine.
    fn dialect(&self) -> &'static dyn Dialect;

    /// Returns what the engine can do.
    fn capabilities(&self) -> &'static Capabilities;

    /// Opens a session, and waits if the destination is locked. If `stop` is cancelled, the wait and the statements of the
    /// session end with [`LoadError::Cancelled`]. Without `stop`, they cannot be cancelled.
    async fn connect(&self, stop: Option<&CancellationToken>) -> Result<Self::Session, LoadError>;

    /// Prepares another attempt after a failed one, for example by waiting or with more memory. Returns false if the error
    /// is final.
    async fn prepare_retry(&self, error: &LoadError, stop: &CancellationToken) -> bool;

    /// Finishes a committed load. Errors are only logged.
    async fn finish(&self, session: Self::Session, load_id: &str) {
        let _ = (session, load_id);
    }
}

/// Loads a package in one transaction, and again if the connector can [retry](Connector::prepare_retry).
///
/// # Errors
///
/// Returns an error if the package cannot be loaded. The dataset is then unchanged.
pub async fn load<C: Connector>(
    connector: &C,
    package: &Arc<SealedPackage>,
    attempt: &Arc<LoadAttempt>,
    stop: &CancellationToken,
) -> Result<LoadResult, LoadError> {
    let load = PackageLoad { connector, package, attempt, stop };
    loop {
        match load.run().await {
            Err(error) if connector.prepare_retry(&error, stop).await => {}
            result => return result,
        }
    }
}

/// A load is one transaction, so none has changed tables before.
static NO_TABLES: BTreeSet<String> = BTreeSet::new();

/// The parameters of a load, shared by all its attempts.
struct PackageLoad<'l, C> {
    connector: &'l C,
    package: &'l Arc<SealedPackage>,
    attempt: &'l Arc<LoadAttempt>,
    stop: &'l CancellationToken,
}

impl<C: Connector> PackageLoad<'_, C> {
    async fn run(&self) -> Result<LoadResult, LoadError> {
        let mut session = self.connector.connect(Some(self.stop)).await?;
        fail_point!("load::opened");
        session.begin().await?;
        fail_point!("load::transaction_begun");
        match self.apply(&mut session).await {
            Ok(Some(warnings)) => {
                let session = self.commit(session).await?;
                self.connector.finish(session, self.load_id()).await;
                Ok(LoadResult { outcome: LoadOutcome::Loaded, warnings, usage: None })
            }
            Ok(None) => {
                session.execute(&Statement::new("roll back", "ROLLBACK")).await?;
                Ok(LoadOutcome::AlreadyLoaded.into())
            }
            Err(error) => {
                // Closing the connection rolls back as well; the first error is the one to report.
                let _ = session.execute(&Statement::new("roll back", "ROLLBACK")).await;
                Err(error)
            }
        }
    }

    /// Applies the package without the commit. Returns the warnings, or `None` if the package is loaded already.
    async fn apply(&self, session: &mut C::Session) -> Result<Option<Vec<String>>, LoadError> {
        let dialect = self.connector.dialect();
        let dataset = DatasetName::new(dialect, session.database(), &self.package.header().dataset);
        let Some(mut plan) = self.plan(session, &dataset).await? else { return Ok(None) };
        fail_point!("load::planned");
        for staged in &plan.stage {
            self.execute(session, &staged.create).await?;
            self.write(session, &staged.rows).await?;
            fail_point!("load::table_staged");
        }
        if let Some(lock) = dialect.lock(&dataset) {
            self.execute(session, &Statement::new("lock the dataset", lock)).await?;
            let Some(current) = self.plan(session, &dataset).await? else { return Ok(None) };
            if current.stage != plan.stage {
                return Err(LoadError::DatasetChanged { location: session.location().to_owned() });
            }
            plan = current;
        }
        let LoadPlan { prepare, evolve, apply, confirm, warnings, .. } = plan;
        // A change that they describe may also be the cause of a later error.
        warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
        self.execute_all(session, &prepare).await?;
        fail_point!("load::prepared");
        self.execute_all(session, &evolve).await?;
        fail_point!("load::evolved");
        for step in apply.iter().flat_map(|tree| &tree.steps) {
            match step {
                ApplyStep::Execute(statement) => self.execute(session, statement).await?,
                ApplyStep::Write(rows) => self.write(session, rows).await?,
            }
            fail_point!("load::step_applied");
        }
        self.execute_all(session, &confirm).await?;
        self.stop_if_cancelled()?;
        Ok(Some(warnings))
    }

    /// Plans the load. Returns `None` if the package is loaded already.
    async fn plan(&self, session: &mut C::Session, dataset: &DatasetName) -> Result<Option<LoadPlan>, LoadError> {
        self.stop_if_cancelled()?;
        self.planning(dataset).plan(session).await
    }

    async fn execute_all(&self, session: &mut C::Session, statements: &[Statement]) -> Result<(), LoadError> {
        for statement in statements {
            self.execute(session, statement).await?;
            fail_point!("load::statement_executed");
        }
        Ok(())
    }

    async fn execute(&self, session: &mut C::Session, statement: &Statement) -> Result<(), LoadError> {
        self.stop_if_cancelled()?;
        self.attempt.record_step(&format!("the step \"{}\"", statement.step));
        session.execute(statement).await
    }

    async fn write(&self, session: &mut C::Session, target: &RowTarget) -> Result<(), LoadError> {
        let rows = TableBatches::new(self.package, self.attempt, target, session.location(), self.stop);
        session.write(target, rows).await
    }

    /// Commits the transaction and verifies that the package is logged. The result of a commit can be lost, and DuckDB
    /// reports success for the commit of an aborted transaction.
    async fn commit(&self, mut session: C::Session) -> Result<C::Session, LoadError> {
        fail_point!("load::applied");
        self.attempt.record_step("the commit");
        let committed = session.commit().await;
        fail_point!("load::committed");
        if committed.is_err() {
            drop(session);
            // The commit may have succeeded, so a cancellation does not end the verification.
            session = self.connector.connect(None).await?;
        }
        match committed {
            _ if self.is_loaded(&mut session).await? => Ok(session),
            Err(error) => Err(error),
            Ok(()) => Err(LoadError::Statement {
                step: "commit".to_owned(),
                location: session.location().to_owned(),
                reason: "the transaction was aborted".to_owned(),
                terminal: false,
            }),
        }
    }

    async fn is_loaded(&self, session: &mut C::Session) -> Result<bool, LoadError> {
        let dataset = DatasetName::new(self.connector.dialect(), session.database(), &self.package.header().dataset);
        self.planning(&dataset).is_loaded(session).await
    }

    fn planning<'s>(&'s self, dataset: &'s DatasetName) -> Planning<'s> {
        let (dialect, capabilities) = (self.connector.dialect(), self.connector.capabilities());
        Planning { dialect, capabilities, dataset, package: self.package, applied: &NO_TABLES }
    }

    fn load_id(&self) -> &str {
        &self.package.header().load_id
    }

    fn stop_if_cancelled(&self) -> Result<(), LoadError> {
        if self.stop.is_cancelled() { Err(LoadError::Cancelled) } else { Ok(()) }
    }
}
