//! Databases for tests.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use catchment_settings::Secret;
use thiserror::Error;

use crate::{ConnectError, OptionsError, Postgres, PostgresOptions, connect, describe};

/// The environment variable with the connection string of a server, whose role can create databases.
const SERVER: &str = "CATCHMENT_POSTGRES";

/// The interval and the number of looks for other sessions: 10 s in total.
const LOOK_INTERVAL: Duration = Duration::from_millis(20);
const MAX_LOOKS: u32 = 500;

/// A new database on the server that the environment variable `CATCHMENT_POSTGRES` names. It is dropped with the value.
///
/// The methods block the thread, so they cannot be called by a task.
///
/// ```no_run
/// use catchment_load_postgres::testing::TestDatabase;
///
/// let Some(database) = TestDatabase::create()? else { return Ok(()) };
/// database.execute("CREATE TABLE t (id bigint)")?;
/// # Ok::<(), catchment_load_postgres::testing::TestDatabaseError>(())
/// ```
#[derive(Debug)]
pub struct TestDatabase {
    server: PostgresOptions,
    name: String,
}

/// A failed operation of a [`TestDatabase`].
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TestDatabaseError {
    /// No server is configured in CI, where tests must not be skipped.
    #[error("set CATCHMENT_POSTGRES to the connection string of a PostgreSQL server, or use `cargo xtask services`")]
    NoServer,
    /// The connection string is invalid.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// The connection failed.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A statement failed.
    #[error("{reason}, in: {sql}")]
    Statement {
        /// The statement.
        sql: String,
        /// The error of the server.
        reason: String,
    },
    /// The thread has no tokio runtime.
    #[error("failed to start a tokio runtime")]
    Runtime(#[from] std::io::Error),
    /// Sessions of other processes did not end.
    #[error("database {0} still has other sessions")]
    Busy(String),
}

impl TestDatabase {
    /// Creates an empty database. Returns `None` if `CATCHMENT_POSTGRES` is not set.
    ///
    /// # Errors
    ///
    /// Returns an error if the database cannot be created, and in CI (if the environment variable `CI` is set) also if
    /// `CATCHMENT_POSTGRES` is not set.
    pub fn create() -> Result<Option<TestDatabase>, TestDatabaseError> {
        let url = std::env::var(SERVER).ok().filter(|url| !url.is_empty());
        match url {
            Some(url) => {
                let server = PostgresOptions::parse(&Secret::from(url.as_str()))?;
                TestDatabase::create_from(server, "template1").map(Some)
            }
            None if std::env::var_os("CI").is_some() => Err(TestDatabaseError::NoServer),
            None => Ok(None),
        }
    }

    /// Creates a database with the contents of this one, once other sessions of this one have ended.
    ///
    /// # Errors
    ///
    /// Returns an error if other sessions do not end within 10 s, or if the database cannot be created.
    pub fn copy(&self) -> Result<TestDatabase, TestDatabaseError> {
        self.wait_for_sessions()?;
        TestDatabase::create_from(self.server.clone(), &self.name)
    }

    /// Waits until sessions of killed processes have ended.
    ///
    /// # Errors
    ///
    /// Returns an error if they do not end within 10 s.
    pub fn wait_for_sessions(&self) -> Result<(), TestDatabaseError> {
        // fails if there are any
        let look = format!("SELECT 1 / (count(*) = 0)::int FROM pg_stat_activity WHERE datname = '{}'", self.name);
        for _ in 0..MAX_LOOKS {
            match execute(&self.server, &look) {
                Err(TestDatabaseError::Statement { .. }) => std::thread::sleep(LOOK_INTERVAL),
                other => return other,
            }
        }
        Err(TestDatabaseError::Busy(self.name.clone()))
    }

    /// Returns the options of a connection to the database.
    pub fn options(&self) -> PostgresOptions {
        let mut options = self.server.clone();
        options.database.clone_from(&self.name);
        options
    }

    /// Returns the destination in the database.
    pub fn destination(&self) -> Postgres {
        Postgres::new(self.options())
    }

    /// Returns the connection string of the database: [`PostgresOptions::connection_string`].
    pub fn connection_string(&self) -> Secret {
        self.options().connection_string()
    }

    /// Returns the name of the database.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Executes statements.
    ///
    /// # Errors
    ///
    /// Returns the error of the first statement that fails.
    pub fn execute(&self, sql: &str) -> Result<(), TestDatabaseError> {
        execute(&self.options(), sql)
    }

    fn create_from(server: PostgresOptions, template: &str) -> Result<TestDatabase, TestDatabaseError> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("catchment_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        execute(&server, &format!("CREATE DATABASE {name} TEMPLATE {template}"))?;
        Ok(TestDatabase { server, name })
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Err(error) = execute(&self.server, &format!("DROP DATABASE {} WITH (FORCE)", self.name)) {
            tracing::warn!(%error, "failed to drop a test database");
        }
    }
}

fn execute(options: &PostgresOptions, sql: &str) -> Result<(), TestDatabaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (client, connection) = connect(options).await?;
        tokio::spawn(connection);
        let failed = |error| TestDatabaseError::Statement { sql: sql.to_owned(), reason: describe(&error) };
        client.batch_execute(sql).await.map_err(failed)
    })
}
