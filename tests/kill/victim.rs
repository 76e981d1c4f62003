//! The victim: one run of a pipeline that may kill itself at a step.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, anyhow};
use catchment::Pipeline;
use rustix::process::{Signal, getpid, kill_process};

use crate::engine::Engine;
use crate::place::PIPELINES;
use crate::scenario::Scenario;
use crate::steps::STEPS;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    pub(crate) scenario: Scenario,
    pub(crate) revision: u32,
    /// Folder with the dataset and the pipelines
    pub(crate) dir: PathBuf,
    /// Destination: the DuckDB file in the folder, the server CATCHMENT_POSTGRES or the emulator CATCHMENT_BIGQUERY
    #[arg(long)]
    pub(crate) destination: Engine,
    /// Database on the server, or project of the emulator
    #[arg(long)]
    pub(crate) database: Option<String>,
    /// Step at which the process is killed
    #[arg(long, requires = "pass")]
    pub(crate) step: Option<String>,
    /// Pass of the step at which the process is killed, counted from 1
    #[arg(long)]
    pub(crate) pass: Option<u32>,
    /// Shell command to run at the step, instead of killing the process
    #[arg(long, requires = "step")]
    pub(crate) command: Option<String>,
}

/// Runs the pipeline and prints the number of passes of each step.
pub(crate) fn run(args: &Args) -> Result<()> {
    let passes = Arc::new(Mutex::new(BTreeMap::<&str, u32>::new()));
    for step in STEPS {
        let (passes, last) = (Arc::clone(&passes), args.pass.filter(|_| args.step.as_deref() == Some(step)));
        let command = args.command.clone();
        let pass = move || {
            let mut passes = passes.lock().unwrap_or_else(PoisonError::into_inner);
            let count = passes.entry(step).or_default();
            *count += 1;
            if last == Some(*count) {
                let _ = match &command {
                    Some(command) => Command::new("sh").args(["-c", command]).status().map(drop),
                    None => kill_process(getpid(), Signal::KILL).map_err(Into::into),
                };
            }
        };
        fail::cfg_callback(step, pass).map_err(|error| anyhow!(error))?;
    }
    let destination = args.destination.destination(&args.dir, args.database.as_deref())?;
    let pipeline = Pipeline::new("p", destination, "d").pipelines_dir(args.dir.join(PIPELINES));
    let mut options = catchment::RunOptions::default();
    // small, for several segments
    options.writer.buffer_max_bytes = 16 << 10;
    let pipeline = pipeline.options(options);
    tokio::runtime::Runtime::new()?.block_on(pipeline.run(args.scenario.resource(args.revision)))?;
    let passes = passes.lock().unwrap_or_else(PoisonError::into_inner);
    println!("{}", serde_json::to_string(&*passes)?);
    Ok(())
}
