//! Destinations from settings.

use std::path::Path;
use std::sync::Arc;

use catchment_load::Destination;
#[cfg(feature = "bigquery")]
use catchment_load_bigquery::{BigQuery, BigQuerySettings, GoogleCredentials};
#[cfg(feature = "duckdb")]
use catchment_load_duckdb::{DuckDb, DuckDbSettings};
#[cfg(feature = "postgres")]
use catchment_load_postgres::{Postgres, PostgresSettings};

use super::{ProjectError, Settings};

/// The destinations whose cargo features are enabled.
pub(super) const ENABLED: &[&str] = &[
    #[cfg(feature = "duckdb")]
    "duckdb",
    #[cfg(feature = "postgres")]
    "postgres",
    #[cfg(feature = "bigquery")]
    "bigquery",
];

impl Settings {
    /// Creates the destination `name` for a pipeline.
    #[cfg_attr(not(feature = "duckdb"), expect(unused_variables, reason = "only DuckDB has files"))]
    pub(super) fn destination(
        &self,
        name: &str,
        pipeline: &str,
        local_dir: &Path,
        working_dir: &Path,
    ) -> Result<Arc<dyn Destination>, ProjectError> {
        match name {
            #[cfg(feature = "duckdb")]
            "duckdb" => Ok(Arc::new(self.duckdb(pipeline, local_dir, working_dir)?)),
            #[cfg(feature = "postgres")]
            "postgres" => Ok(Arc::new(self.postgres()?)),
            #[cfg(feature = "bigquery")]
            "bigquery" => Ok(Arc::new(self.bigquery()?)),
            _ => Err(ProjectError::UnknownDestination { name: name.to_owned(), enabled: ENABLED }),
        }
    }

    #[cfg(feature = "duckdb")]
    fn duckdb(&self, pipeline: &str, local_dir: &Path, working_dir: &Path) -> Result<DuckDb, ProjectError> {
        let options = self.read::<DuckDbSettings>()?.options(pipeline, local_dir, working_dir);
        if !local_dir.as_os_str().is_empty() && options.path.starts_with(local_dir) {
            let created = std::fs::create_dir_all(local_dir);
            created.map_err(|source| ProjectError::CreateFolder { path: local_dir.to_owned(), source })?;
        }
        Ok(DuckDb::with_options(options))
    }

    /// Creates the PostgreSQL destination of the settings `destination.postgres`. Its passwords are masked in messages.
    ///
    /// # Errors
    ///
    /// Returns an error if a setting is invalid.
    #[cfg(feature = "postgres")]
    pub fn postgres(&self) -> Result<Postgres, ProjectError> {
        let options = self.read::<PostgresSettings>()?.options()?;
        let of_hosts = options.hosts.iter().filter_map(|host| host.password.as_ref());
        of_hosts.chain(&options.password).for_each(|password| self.config().redactor().add(password));
        Ok(Postgres::new(options))
    }
    /// Creates the BigQuery destination of the settings `destination.bigquery`. Its credentials are masked in messages.
    ///
    /// # Errors
    ///
    /// Returns an error if a setting is missing or invalid.
    #[cfg(feature = "bigquery")]
    pub fn bigquery(&self) -> Result<BigQuery, ProjectError> {
        let options = self.read::<BigQuerySettings>()?.options()?;
        if let GoogleCredentials::Json(secret) | GoogleCredentials::ServiceAccount { private_key: secret, .. } =
            &options.credentials
        {
            self.config().redactor().add(secret);
        }
        Ok(BigQuery::new(options))
    }
}
