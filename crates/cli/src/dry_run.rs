//! `catchment run --dry-run`: the plan of a run.

use std::collections::HashMap;

use catchment::State;
use catchment::extract::{Boundaries, Extraction, Source};
use catchment::rest_api::{PlannedResource, RestApi};

use crate::failure::CliError;
use crate::output::Output;

/// Prints the resources in the order in which they start, with their first requests.
///
/// `known` is the state of the last run, where cursors resume. Sends no request and does not open the destination.
pub(crate) fn show(
    api: &RestApi<'_>,
    source: &Source,
    known: Option<State>,
    title: &str,
    output: &Output,
) -> Result<(), CliError> {
    let start = match known {
        Some(_) => "resuming after the last run in this working folder",
        None => "starting from the beginning, no earlier run in this working folder",
    };
    let state = known.unwrap_or_else(|| State::new("", "", ""));
    let run = Extraction::new(source, &state, &Boundaries::new()).map_err(|error| CliError::Usage(error.into()))?;
    let plan =
        api.plan(|resource| run.resume_point(resource).unwrap_or_default()).map_err(|error| CliError::Usage(error.into()))?;
    output.line(format_args!("{title}, {start}; nothing was loaded"))?;
    let resources: HashMap<_, _> = source.resources.iter().map(|resource| (resource.name.as_str(), resource)).collect();
    for mut planned in plan {
        let Some(resource) = resources.get(planned.name.as_str()) else { continue };
        if run.resume_point(&planned.name).is_none() {
            continue;
        }
        planned.write_disposition = resource.write_disposition;
        output.line(Shown { planned, is_loaded: resource.is_loaded() })?;
    }
    Ok(())
}

struct Shown {
    planned: PlannedResource,
    is_loaded: bool,
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.planned.fmt(f)?;
        match self.is_loaded {
            true => Ok(()),
            false => write!(f, "\n{}  not loaded: only read for dependent resources", "  ".repeat(self.planned.depth)),
        }
    }
}
