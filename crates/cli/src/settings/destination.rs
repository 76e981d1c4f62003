//! The destination of a run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use catchment::{Destination, Diagnostics, DuckDb, DuckDbSettings, WorkingDir};

use super::{Configuration, DatabaseFile};
use crate::failure::CliError;

/// The destinations, for messages.
const SUPPORTED: &str = "duckdb, postgres or bigquery";

/// The destination of a run.
pub(crate) struct RunDestination {
    pub(crate) destination: Arc<dyn Destination>,
    /// Notes and warnings for the report of the run.
    pub(crate) diagnostics: Diagnostics,
    /// The default database file, which later runs from other folders use too.
    pub(crate) default_file: Option<PathBuf>,
}

impl RunDestination {
    /// Creates a destination without files.
    fn new(destination: Arc<dyn Destination>) -> RunDestination {
        RunDestination { destination, diagnostics: Diagnostics::default(), default_file: None }
    }
}

/// The names of the files of a destination.
#[derive(Clone, Copy)]
pub(crate) struct RunNames<'n> {
    /// The default database file without extension.
    pub(crate) file_stem: &'n str,
    pub(crate) dataset: &'n str,
}

impl Configuration {
    /// Creates the destination `name`. In development mode, the default file of DuckDB is in the working folder, which the
    /// next such run deletes.
    pub(crate) fn destination(
        &self,
        name: &str,
        working_dir: &WorkingDir,
        names: RunNames<'_>,
        dev_mode: bool,
    ) -> Result<RunDestination, CliError> {
        match name {
            "duckdb" => self.duckdb(working_dir, names, dev_mode),
            "postgres" => self.postgres(),
            "bigquery" => self.bigquery(),
            "filesystem" => {
                Err(CliError::Usage(anyhow!("destination {name:?} is not supported by this version; use {SUPPORTED}")))
            }
            other => Err(CliError::Usage(anyhow!("unknown destination {other:?}; use {SUPPORTED}"))),
        }
    }

    fn duckdb(&self, working_dir: &WorkingDir, names: RunNames<'_>, dev_mode: bool) -> Result<RunDestination, CliError> {
        let settings = self.read::<DuckDbSettings>()?;
        let is_in_dev_folder = dev_mode && settings.has_default_file();
        let local = if is_in_dev_folder { working_dir.path().to_owned() } else { self.folders()?.local };
        // a configured folder for local files counts as a configured location
        let is_default = settings.has_default_file() && local.as_os_str().is_empty();
        let mut options = settings.options(names.file_stem, &local, working_dir.path());
        if options.path.starts_with(&local) && !local.as_os_str().is_empty() {
            let created = std::fs::create_dir_all(&local);
            created.with_context(|| format!("failed to create {}", local.display())).map_err(CliError::Run)?;
        }
        let path = std::path::absolute(&options.path);
        let invalid = || {
            let path = options.path.display();
            format!("invalid path \"{path}\" in destination.duckdb.credentials; set the path of a file")
        };
        let path = path.with_context(invalid).map_err(CliError::Usage)?;
        let mut file = if is_default {
            DatabaseFile::default(path, working_dir.default_database(), Path::exists)
        } else {
            let last = working_dir.trace().and_then(|trace| trace.load).map(|load| load.location);
            DatabaseFile::configured(path, last.as_deref(), Path::exists)
        };
        file.warn_of_dataset(names.dataset);
        options.path.clone_from(&file.path);
        Ok(RunDestination {
            destination: Arc::new(DuckDb::with_options(options)),
            default_file: file.is_default.then_some(file.path),
            diagnostics: file.diagnostics,
        })
    }

    fn postgres(&self) -> Result<RunDestination, CliError> {
        let destination = self.0.postgres().map_err(|error| CliError::Usage(error.into()))?;
        Ok(RunDestination::new(Arc::new(destination)))
    }

    fn bigquery(&self) -> Result<RunDestination, CliError> {
        let destination = self.0.bigquery().map_err(|error| CliError::Usage(error.into()))?;
        Ok(RunDestination::new(Arc::new(destination)))
    }
}
