//! `catchment pipeline NAME failed-jobs`, `load-package` and `abort-packages`.

use anyhow::anyhow;
use catchment::WorkingDir;
use catchment::load_package::{PackageEntry, PackageError, PackageQueue, PackageStore};
use clap::ValueEnum;

use super::package_display::{PackageDisplay, RowCountsDisplay, status};
use crate::failure::CliError;
use crate::output::Output;

/// An action on one package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PackageAction {
    Info,
    RowCounts,
    Retry,
    Abort,
}

/// Lists failed packages.
pub(super) fn failed_jobs(working_dir: &WorkingDir, name: &str, output: &Output) -> Result<(), CliError> {
    let failed_packages = open_store(working_dir)?.inspect(PackageQueue::Failed).map_err(failed)?;
    if failed_packages.is_empty() {
        output.line(format_args!("pipeline {name} has no failed packages"))?;
        return Ok(());
    }
    for entry in &failed_packages {
        output.line(PackageDisplay(entry))?;
    }
    let command = format!("catchment pipeline {name} load-package LOAD_ID");
    output.line(format_args!("help: `{command} retry` retries a package in the next run, `{command} abort` removes it"))?;
    Ok(())
}

/// Shows, retries or removes one package. `args` are the load ID and the action; both are optional.
pub(super) fn load_package(working_dir: &WorkingDir, name: &str, args: &[String], output: &Output) -> Result<(), CliError> {
    let (load_id, action) = parse_args(args).map_err(CliError::Usage)?;
    let store = open_store(working_dir)?;
    let Some(entry) = find_package(&store, name, load_id)? else {
        output.line(format_args!("pipeline {name} has no pending or failed packages"))?;
        return Ok(());
    };
    match (action, load_id) {
        (PackageAction::Info, _) => output.line(PackageDisplay(&entry))?,
        (PackageAction::RowCounts, _) => output.line(format_args!("package {}:{}", entry.name, RowCountsDisplay(&entry)))?,
        (PackageAction::Retry, Some(load_id)) => {
            if entry.queue != PackageQueue::Failed {
                let status = status(&entry);
                return Err(CliError::Usage(anyhow!("package {load_id} is {status}; only failed packages can be retried")));
            }
            store.retry(load_id).map_err(failed)?;
            output.line(format_args!("package {load_id} is pending again; the next run retries it"))?;
        }
        (PackageAction::Abort, Some(load_id)) => {
            let removed = PackageDisplay(&entry).to_string();
            store.remove(load_id, &PackageQueue::ALL).map_err(failed)?;
            output.line(format_args!("removed {removed}"))?;
        }
        (PackageAction::Retry | PackageAction::Abort, None) => {
            return Err(CliError::Usage(anyhow!(
                "load-package: retry and abort require a LOAD_ID; the latest is {}",
                entry.name
            )));
        }
    }
    Ok(())
}

/// Removes all pending packages. Failed packages stay, as they do not block runs.
pub(super) fn abort_packages(working_dir: &WorkingDir, name: &str, output: &Output) -> Result<(), CliError> {
    let store = open_store(working_dir)?;
    let (mut removed, mut in_use) = (0, Vec::new());
    for entry in pending(&store)? {
        let description = PackageDisplay(&entry).to_string();
        match store.remove(&entry.name, &PackageQueue::PENDING) {
            Ok(()) => {
                removed += 1;
                output.line(format_args!("removed {description}"))?;
            }
            Err(error @ PackageError::InUse { .. }) => in_use.push(error.to_string()),
            // loaded or removed by another process in the meantime
            Err(PackageError::NotFound { .. }) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    if removed == 0 && in_use.is_empty() {
        output.line(format_args!("pipeline {name} has no pending packages"))?;
    }
    let kept = store.load_ids(PackageQueue::Failed).map_err(failed)?;
    if !kept.is_empty() {
        output.line(format_args!("kept failed packages: {}", kept.join(", ")))?;
    }
    if in_use.is_empty() { Ok(()) } else { Err(CliError::Run(anyhow!("failed to remove packages: {}", in_use.join(", ")))) }
}

/// Parses the load ID and the action, which are both optional.
fn parse_args(args: &[String]) -> anyhow::Result<(Option<&str>, PackageAction)> {
    let action = |word: &str| {
        let names: Vec<_> = PackageAction::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect();
        let names: Vec<_> = names.iter().map(|name| name.get_name()).collect();
        PackageAction::from_str(word, false)
            .map_err(|_| anyhow!("load-package: found {word:?}, expected a load ID or one of {}", names.join(", ")))
    };
    match args {
        [] => Ok((None, PackageAction::Info)),
        [word] if word.starts_with(|c: char| c.is_ascii_digit()) => Ok((Some(word), PackageAction::Info)),
        [word] => Ok((None, action(word)?)),
        [load_id, word, ..] => Ok((Some(load_id), action(word)?)),
    }
}

/// Finds the package with a load ID, or the latest pending or failed package.
fn find_package(store: &PackageStore, name: &str, load_id: Option<&str>) -> Result<Option<PackageEntry>, CliError> {
    let mut all = pending(store)?;
    all.extend(store.inspect(PackageQueue::Failed).map_err(failed)?);
    let Some(load_id) = load_id else { return Ok(all.into_iter().max_by(|a, b| a.name.cmp(&b.name))) };
    let names: Vec<_> = all.iter().map(|entry| entry.name.clone()).collect();
    match all.into_iter().find(|entry| entry.name == load_id) {
        None if names.is_empty() => {
            Err(CliError::Usage(anyhow!("pipeline {name} has no package {load_id}, and no other pending or failed packages")))
        }
        None => Err(CliError::Usage(anyhow!("pipeline {name} has no package {load_id}; it has {}", names.join(", ")))),
        found => Ok(found),
    }
}

fn pending(store: &PackageStore) -> Result<Vec<PackageEntry>, CliError> {
    let entries: Result<Vec<_>, _> = PackageQueue::PENDING.into_iter().map(|queue| store.inspect(queue)).collect();
    Ok(entries.map_err(failed)?.into_iter().flatten().collect())
}

fn open_store(working_dir: &WorkingDir) -> Result<PackageStore, CliError> {
    working_dir.packages().map_err(failed)
}

fn failed(error: PackageError) -> CliError {
    CliError::Run(error.into())
}
