//! `catchment run --dry-run`: what a run would do.

use std::collections::HashMap;

use catchment::State;
use catchment::extract::{Boundaries, Extraction, Source};
use catchment::rest_api::{PlannedResource, RestApi};

use crate::failure::CliError;
use crate::output::Output;

/// Shows the resources in the order in which they are begun, and the first request of each, by what is `known` of earlier
/// runs. Nothing is requested and nothing is opened.
pub(crate) fn show(
    api: &RestApi<'_>,
    source: &Source,
    known: Option<State>,
    title: &str,
    output: &Output,
) -> Result<(), CliError> {
    let from = if known.is_some() { "the last run from here" } else { "the beginning, as there was no run from here" };
    let state = known.unwrap_or_else(|| State::new("", "", ""));
    let run = Extraction::new(source, &state, &Boundaries::new()).map_err(|error| CliError::Usage(error.into()))?;
    let plan =
        api.plan(|resource| run.resume_point(resource).unwrap_or_default()).map_err(|error| CliError::Usage(error.into()))?;
    output.line(format_args!("{title}, going on from {from}; nothing was loaded"))?;
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
            false => write!(f, "\n{}  its rows feed others and are not loaded", "  ".repeat(self.planned.depth)),
        }
    }
}
