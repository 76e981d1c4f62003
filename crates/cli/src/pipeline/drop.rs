//! `catchment pipeline NAME drop`.

use std::io::{IsTerminal as _, Write as _, stderr, stdin};

use anyhow::{Context as _, anyhow};
use catchment::{DropRequest, RunError};

use crate::args::DropArgs;
use crate::failure::CliError;
use crate::output::Output;
use crate::pipeline_context::PipelineContext;
use crate::runtime::build_runtime;

/// Shows what is dropped, asks, and drops it.
pub(super) fn drop_resources(context: &PipelineContext, args: &DropArgs, output: &Output) -> Result<(), CliError> {
    let request = DropRequest { definition: context.source()?, ..request(args).map_err(CliError::Usage)? };
    let pipeline = context.pipeline(output)?;
    let runtime = build_runtime()?;
    let plan = runtime.block_on(pipeline.plan_drop(&request)).map_err(usage_or_run)?;
    output.line(&plan)?;
    if plan.is_empty() {
        return Ok(());
    }
    if !args.yes && !is_confirmed(output)? {
        output.line("nothing was changed")?;
        return Ok(());
    }
    let info = runtime.block_on(plan.commit())?;
    output.line(info)?;
    Ok(())
}

fn request(args: &DropArgs) -> anyhow::Result<DropRequest> {
    let patterns = args.resources.iter().map(|text| text.parse().map_err(anyhow::Error::new));
    let cursors = args.set_cursor.iter().map(|text| text.parse().map_err(|error| anyhow!("--set-cursor: {error}")));
    let request = DropRequest {
        resources: patterns.collect::<Result<_, _>>()?,
        state_paths: args.state_paths.clone(),
        drop_all: args.drop_all,
        set_cursors: cursors.collect::<Result<_, _>>()?,
        state_only: args.state_only,
        source: args.source.clone(),
        ..DropRequest::default()
    };
    anyhow::ensure!(!request.is_empty(), "nothing to drop; name resources, or set --drop-all, --state-paths or --set-cursor");
    Ok(request)
}

/// Asks on the terminal whether to apply the plan.
fn is_confirmed(output: &Output) -> Result<bool, CliError> {
    if !stdin().is_terminal() {
        return Err(CliError::Usage(anyhow!("stdin is not a terminal, so the drop cannot be confirmed; set --yes")));
    }
    output.error_line("apply these changes? [y/N]");
    stderr().flush()?;
    let mut line = String::new();
    stdin().read_line(&mut line).context("failed to read from the terminal").map_err(CliError::Run)?;
    Ok(matches!(line.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Returns an invalid request as an error of usage.
fn usage_or_run(error: RunError) -> CliError {
    match &error {
        RunError::Drop(drop) if drop.is_invalid_request() => CliError::Usage(error.into()),
        _ => CliError::Run(error.into()),
    }
}
