//! Pipelines.

use std::path::Path;
use std::sync::Arc;

use catchment_extract::Source;
use catchment_load::Destination;
use catchment_run::{CancellationToken, LoadInfo, RunError, RunOptions, SystemHost, WorkingDir, run};

/// Loads sources into one dataset, and remembers what it has loaded.
#[derive(Clone)]
pub struct Pipeline {
    name: String,
    destination: Arc<dyn Destination>,
    working_dir: WorkingDir,
    options: RunOptions,
}

impl Pipeline {
    /// The pipeline `name` into `destination`, with its working folder below `pipelines_dir`.
    pub fn new(name: impl Into<String>, destination: impl Destination + 'static, pipelines_dir: impl AsRef<Path>) -> Pipeline {
        let name = name.into();
        let working_dir = WorkingDir::new(pipelines_dir.as_ref(), &name);
        Pipeline { name, destination: Arc::new(destination), working_dir, options: RunOptions::default() }
    }

    /// The same pipeline with other bounds on memory and threads.
    #[must_use]
    pub fn options(mut self, options: RunOptions) -> Pipeline {
        self.options = options;
        self
    }

    /// Loads `source`, after what earlier runs left behind.
    ///
    /// # Errors
    ///
    /// Where not everything could be loaded; nothing of `source` was loaded then.
    pub async fn run(&self, source: &Source) -> Result<LoadInfo, RunError> {
        self.run_until(source, &CancellationToken::new()).await
    }

    /// [`Pipeline::run`], until `stop` is cancelled: what is sealed then is kept, nothing else.
    ///
    /// # Errors
    ///
    /// Those of [`Pipeline::run`], and [`RunError::Stopped`].
    pub async fn run_until(&self, source: &Source, stop: &CancellationToken) -> Result<LoadInfo, RunError> {
        run(&self.name, source, &self.destination, &self.working_dir, &self.options, &SystemHost, stop).await
    }

    /// The destination.
    pub fn destination(&self) -> &dyn Destination {
        &*self.destination
    }

    /// The working folder.
    pub fn working_dir(&self) -> &WorkingDir {
        &self.working_dir
    }
}
