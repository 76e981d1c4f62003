//! `catchment pipeline NAME failed-jobs`, `load-package` and `abort-packages`.

use anyhow::anyhow;
use catchment::WorkingDir;
use catchment::load_package::{PackageEntry, PackageError, PackageQueue, PackageStore};
use clap::ValueEnum;

use crate::failure::CliError;
use crate::output::Output;
use crate::package_display::{PackageDisplay, RowCountsDisplay, status};

/// What is done with one package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PackageAction {
    Info,
    RowCounts,
    Retry,
    Abort,
}

/// Lists what was set aside.
pub(crate) fn failed_jobs(working_dir: &WorkingDir, name: &str, output: &Output) -> Result<(), CliError> {
    let aside = open_store(working_dir)?.inspect(PackageQueue::Failed).map_err(failed)?;
    if aside.is_empty() {
        output.line(format_args!("no package of pipeline {name} is set aside"))?;
        return Ok(());
    }
    for stored in &aside {
        output.line(PackageDisplay(stored))?;
    }
    let command = format!("catchment pipeline {name} load-package LOAD_ID");
    output.line(format_args!("`{command} retry` has the next run try one again, `{command} abort` removes it"))?;
    Ok(())
}

/// Shows one package, has it tried again, or removes it. `words` are the load id and the action, as far as they are given.
pub(crate) fn load_package(working_dir: &WorkingDir, name: &str, args: &[String], output: &Output) -> Result<(), CliError> {
    let (load_id, action) = parse_args(args).map_err(CliError::Usage)?;
    let store = open_store(working_dir)?;
    let Some(stored) = find_package(&store, name, load_id)? else {
        output.line(format_args!("no package of pipeline {name} waits or is set aside"))?;
        return Ok(());
    };
    match (action, load_id) {
        (PackageAction::Info, _) => output.line(PackageDisplay(&stored))?,
        (PackageAction::RowCounts, _) => output.line(format_args!("package {}:{}", stored.name, RowCountsDisplay(&stored)))?,
        (PackageAction::Retry, Some(load_id)) => {
            if stored.queue != PackageQueue::Failed {
                return Err(CliError::Usage(anyhow!("package {load_id} is not set aside ({})", status(&stored))));
            }
            store.retry(load_id).map_err(failed)?;
            output.line(format_args!("package {load_id} is back: the next run tries it again"))?;
        }
        (PackageAction::Abort, Some(load_id)) => {
            let removed = PackageDisplay(&stored).to_string();
            store.remove(load_id, &PackageQueue::ALL).map_err(failed)?;
            output.line(format_args!("removed {removed}"))?;
        }
        (PackageAction::Retry | PackageAction::Abort, None) => {
            return Err(CliError::Usage(anyhow!("load-package: retry and abort need a LOAD_ID; the latest is {}", stored.name)));
        }
    }
    Ok(())
}

/// Removes all that waits to be normalised or loaded. What was set aside is out of the way already, and stays.
pub(crate) fn abort_packages(working_dir: &WorkingDir, name: &str, output: &Output) -> Result<(), CliError> {
    let store = open_store(working_dir)?;
    let (mut removed, mut in_use) = (0, Vec::new());
    for stored in waiting(&store)? {
        let described = PackageDisplay(&stored).to_string();
        match store.remove(&stored.name, &WAITING) {
            Ok(()) => {
                removed += 1;
                output.line(format_args!("removed {described}"))?;
            }
            Err(error @ PackageError::InUse { .. }) => in_use.push(error.to_string()),
            // loaded, or removed by somebody else, at this moment
            Err(PackageError::NotFound { .. }) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    if removed == 0 && in_use.is_empty() {
        output.line(format_args!("no package of pipeline {name} waits to be normalized or loaded"))?;
    }
    let aside = store.load_ids(PackageQueue::Failed).map_err(failed)?;
    if !aside.is_empty() {
        output.line(format_args!("what was set aside stays: {}", aside.join(", ")))?;
    }
    if in_use.is_empty() { Ok(()) } else { Err(CliError::Run(anyhow!("not all was removed: {}", in_use.join(", ")))) }
}

/// The load id and the action; each may be left out.
fn parse_args(args: &[String]) -> anyhow::Result<(Option<&str>, PackageAction)> {
    let action = |word: &str| {
        let names: Vec<_> = PackageAction::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect();
        let names: Vec<_> = names.iter().map(|name| name.get_name()).collect();
        PackageAction::from_str(word, false)
            .map_err(|_| anyhow!("load-package: found {word:?}, expected a load id or one of {}", names.join(", ")))
    };
    match args {
        [] => Ok((None, PackageAction::Info)),
        [word] if word.starts_with(|c: char| c.is_ascii_digit()) => Ok((Some(word), PackageAction::Info)),
        [word] => Ok((None, action(word)?)),
        [load_id, word, ..] => Ok((Some(load_id), action(word)?)),
    }
}

/// The package of that load id, or the latest that waits or is aside.
fn find_package(store: &PackageStore, name: &str, load_id: Option<&str>) -> Result<Option<PackageEntry>, CliError> {
    let mut all = waiting(store)?;
    all.extend(store.inspect(PackageQueue::Failed).map_err(failed)?);
    let Some(load_id) = load_id else { return Ok(all.into_iter().max_by(|one, other| one.name.cmp(&other.name))) };
    let names: Vec<_> = all.iter().map(|stored| stored.name.clone()).collect();
    match all.into_iter().find(|stored| stored.name == load_id) {
        None if names.is_empty() => Err(CliError::Usage(anyhow!("pipeline {name} has no package {load_id}; there is none"))),
        None => Err(CliError::Usage(anyhow!("pipeline {name} has no package {load_id}; there are {}", names.join(", ")))),
        found => Ok(found),
    }
}

/// Where packages wait.
const WAITING: [PackageQueue; 2] = [PackageQueue::Extracted, PackageQueue::Normalized];

fn waiting(store: &PackageStore) -> Result<Vec<PackageEntry>, CliError> {
    let looked: Result<Vec<_>, _> = WAITING.into_iter().map(|queue| store.inspect(queue)).collect();
    Ok(looked.map_err(failed)?.into_iter().flatten().collect())
}

fn open_store(working_dir: &WorkingDir) -> Result<PackageStore, CliError> {
    working_dir.packages().map_err(failed)
}

fn failed(error: PackageError) -> CliError {
    CliError::Run(error.into())
}
