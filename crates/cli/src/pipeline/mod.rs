//! `catchment pipeline`: lists, inspects and changes pipelines.

mod drop;
mod info;
mod package_display;
mod packages;
mod schema;

use std::path::Path;

use anyhow::anyhow;
use catchment::WorkingDir;

use crate::args::{PipelineArgs, PipelineOperation};
use crate::failure::CliError;
use crate::output::Output;
use crate::pipeline_context::PipelineContext;
use crate::runtime::build_runtime;
use crate::settings::Configuration;

pub(crate) fn pipeline(args: &PipelineArgs, output: &Output) -> Result<(), CliError> {
    let Some(name) = &args.name else {
        if args.operation.is_some() {
            return Err(CliError::Usage(anyhow!("missing pipeline name; `catchment pipeline` lists the pipelines")));
        }
        let pipelines_dir = Configuration::load(output)?.pipelines_dir(args.pipeline.pipelines_dir.as_ref())?;
        return list(&pipelines_dir, output);
    };
    let context = PipelineContext::load(name, &args.pipeline, output)?;
    match &args.operation {
        Some(PipelineOperation::Sync(args)) => return sync(&context, args.discard_pending, output),
        Some(PipelineOperation::Drop(args)) => return drop::drop_resources(&context, args, output),
        _ => context.ensure_working_dir()?,
    }
    let (name, working_dir) = (&context.name, &context.working_dir);
    match &args.operation {
        None | Some(PipelineOperation::Info) => info::info(working_dir, name, args.verbose, output),
        Some(PipelineOperation::Schema(args)) => schema::show_schemas(working_dir, name, args.format, output),
        Some(PipelineOperation::FailedJobs) => packages::failed_jobs(working_dir, name, output),
        Some(PipelineOperation::LoadPackage(args)) => packages::load_package(working_dir, name, &args.package, output),
        Some(PipelineOperation::AbortPackages) => packages::abort_packages(working_dir, name, output),
        Some(PipelineOperation::Sync(_) | PipelineOperation::Drop(_)) => Ok(()),
    }
}

fn list(pipelines_dir: &Path, output: &Output) -> Result<(), CliError> {
    let names = WorkingDir::list(pipelines_dir).map_err(|error| CliError::Run(error.into()))?;
    if names.is_empty() {
        output.line(format_args!("no pipelines in {}", pipelines_dir.display()))?;
    }
    for name in names {
        output.line(name)?;
    }
    Ok(())
}

/// Restores the working folder from the dataset.
fn sync(context: &PipelineContext, discard_pending: bool, output: &Output) -> Result<(), CliError> {
    let pipeline = context.pipeline(output)?;
    let info = build_runtime()?
        .block_on(async { if discard_pending { pipeline.sync_discarding_pending().await } else { pipeline.sync().await } })?;
    output.line(info)?;
    Ok(())
}
