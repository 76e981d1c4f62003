//! `catchment pipeline NAME failed-jobs`, `load-package` and `abort-packages`.

use anyhow::anyhow;
use catchment::WorkingDir;
use catchment::load_package::{PackageError, PackageStore, Place, Stored};
use clap::ValueEnum;

use crate::failure::Failure;
use crate::output::Output;
use crate::stored::{Described, RowCounts, state};

/// What is done with one package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Action {
    Info,
    RowCounts,
    Retry,
    Abort,
}

/// Lists what was set aside.
pub(crate) fn failed_jobs(working_dir: &WorkingDir, name: &str, output: &Output) -> Result<(), Failure> {
    let aside = store(working_dir)?.look(Place::Aside).map_err(failed)?;
    if aside.is_empty() {
        output.line(format_args!("no package of pipeline {name} is set aside"))?;
        return Ok(());
    }
    for stored in &aside {
        output.line(Described(stored))?;
    }
    let command = format!("catchment pipeline {name} load-package LOAD_ID");
    output.line(format_args!("`{command} retry` has the next run try one again, `{command} abort` removes it"))?;
    Ok(())
}

/// Shows one package, has it tried again, or removes it. `words` are the load id and the action, as far as they are given.
pub(crate) fn load_package(working_dir: &WorkingDir, name: &str, words: &[String], output: &Output) -> Result<(), Failure> {
    let (load_id, action) = parse(words).map_err(Failure::Usage)?;
    let store = store(working_dir)?;
    let Some(stored) = find(&store, name, load_id)? else {
        output.line(format_args!("no package of pipeline {name} waits or is set aside"))?;
        return Ok(());
    };
    match (action, load_id) {
        (Action::Info, _) => output.line(Described(&stored))?,
        (Action::RowCounts, _) => output.line(format_args!("package {}:{}", stored.name, RowCounts(&stored)))?,
        (Action::Retry, Some(load_id)) => {
            if stored.place != Place::Aside {
                return Err(Failure::Usage(anyhow!("package {load_id} is not set aside ({})", state(&stored))));
            }
            store.retry(load_id).map_err(failed)?;
            output.line(format_args!("package {load_id} is back: the next run tries it again"))?;
        }
        (Action::Abort, Some(load_id)) => {
            let removed = Described(&stored).to_string();
            store.remove(load_id, &Place::ALL).map_err(failed)?;
            output.line(format_args!("removed {removed}"))?;
        }
        (Action::Retry | Action::Abort, None) => {
            return Err(Failure::Usage(anyhow!("load-package: retry and abort need a LOAD_ID; the latest is {}", stored.name)));
        }
    }
    Ok(())
}

/// Removes all that waits to be normalised or loaded. What was set aside is out of the way already, and stays.
pub(crate) fn abort_packages(working_dir: &WorkingDir, name: &str, output: &Output) -> Result<(), Failure> {
    let store = store(working_dir)?;
    let (mut removed, mut in_use) = (0, Vec::new());
    for stored in waiting(&store)? {
        let described = Described(&stored).to_string();
        match store.remove(&stored.name, &WAITING) {
            Ok(()) => {
                removed += 1;
                output.line(format_args!("removed {described}"))?;
            }
            Err(error @ PackageError::InUse { .. }) => in_use.push(error.to_string()),
            // loaded, or removed by somebody else, at this moment
            Err(PackageError::Missing { .. }) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    if removed == 0 && in_use.is_empty() {
        output.line(format_args!("no package of pipeline {name} waits to be normalized or loaded"))?;
    }
    let aside = store.load_ids(Place::Aside).map_err(failed)?;
    if !aside.is_empty() {
        output.line(format_args!("what was set aside stays: {}", aside.join(", ")))?;
    }
    if in_use.is_empty() { Ok(()) } else { Err(Failure::Run(anyhow!("not all was removed: {}", in_use.join(", ")))) }
}

/// The load id and the action; each may be left out.
fn parse(words: &[String]) -> anyhow::Result<(Option<&str>, Action)> {
    let action = |word: &str| {
        let names: Vec<_> = Action::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect();
        let names: Vec<_> = names.iter().map(|name| name.get_name()).collect();
        Action::from_str(word, false)
            .map_err(|_| anyhow!("load-package: found {word:?}, expected a load id or one of {}", names.join(", ")))
    };
    match words {
        [] => Ok((None, Action::Info)),
        [word] if word.starts_with(|c: char| c.is_ascii_digit()) => Ok((Some(word), Action::Info)),
        [word] => Ok((None, action(word)?)),
        [load_id, word, ..] => Ok((Some(load_id), action(word)?)),
    }
}

/// The package of that load id, or the latest that waits or is aside.
fn find(store: &PackageStore, name: &str, load_id: Option<&str>) -> Result<Option<Stored>, Failure> {
    let mut all = waiting(store)?;
    all.extend(store.look(Place::Aside).map_err(failed)?);
    let Some(load_id) = load_id else { return Ok(all.into_iter().max_by(|one, other| one.name.cmp(&other.name))) };
    let names: Vec<_> = all.iter().map(|stored| stored.name.clone()).collect();
    match all.into_iter().find(|stored| stored.name == load_id) {
        None if names.is_empty() => Err(Failure::Usage(anyhow!("pipeline {name} has no package {load_id}; there is none"))),
        None => Err(Failure::Usage(anyhow!("pipeline {name} has no package {load_id}; there are {}", names.join(", ")))),
        found => Ok(found),
    }
}

/// Where packages wait.
const WAITING: [Place; 2] = [Place::Extracted, Place::Packages];

fn waiting(store: &PackageStore) -> Result<Vec<Stored>, Failure> {
    let looked: Result<Vec<_>, _> = WAITING.into_iter().map(|place| store.look(place)).collect();
    Ok(looked.map_err(failed)?.into_iter().flatten().collect())
}

fn store(working_dir: &WorkingDir) -> Result<PackageStore, Failure> {
    working_dir.packages().map_err(failed)
}

fn failed(error: PackageError) -> Failure {
    Failure::Run(error.into())
}
