//! `catchment backfill`: loads the history of a resource in windows.

use anyhow::{Context as _, anyhow};

use crate::args::BackfillArgs;
use crate::cursor_range;
use crate::failure::CliError;
use crate::output::Output;
use crate::run_setup::RunSetup;
use crate::spec_input::SpecInput;
use crate::traffic::Traffic;

pub(crate) fn backfill(args: &BackfillArgs, output: &Output) -> Result<(), CliError> {
    let setup = RunSetup::load(&SpecInput::File(args.spec.clone()), &args.target, output)?;
    let traffic = Traffic::network();
    let api = setup.api(&traffic)?;
    let source = RunSetup::source(&api)?.select([&args.resource]);
    let source = source.map_err(|unknown| CliError::Usage(anyhow!("--resource: {unknown}")))?;
    let resource = source.selected_resources().next().with_context(|| format!("resource `{}` is not loaded", args.resource));
    let resource = resource.map_err(CliError::Usage)?;
    let windows = cursor_range::windows(resource, &args.from, &args.to, &args.window, traffic.now());
    let windows = windows.map_err(CliError::Usage)?.parallel(usize::from(args.parallel));
    windows.ranges().map_err(|error| CliError::Usage(error.into()))?;
    let progress = args.progress.unwrap_or(setup.defaults.progress);
    let prepared = setup.pipeline(None, progress, false, output)?;
    prepared.run(progress, output, async |pipeline, stop| pipeline.backfill_with_cancellation(source, &windows, stop).await)?;
    Ok(())
}
