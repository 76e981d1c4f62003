//! Kills runs and compares the datasets after recovery.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

use crate::contents;
use crate::plan::{At, Kill, Passes, Random, plan};
use crate::scenario::Scenario;
use crate::steps::STEPS;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Minimum number of killed runs
    #[arg(long)]
    kills: usize,
    /// Seed for the choice of steps and times [default: the current time]
    #[arg(long)]
    seed: Option<u64>,
}

/// Uninterrupted runs of a scenario, as the reference.
struct Undisturbed {
    /// The folder before the run of each revision.
    before: [TempDir; 2],
    /// The contents of the dataset before, between and after the two runs.
    contents: [Vec<String>; 3],
    /// The duration of each run.
    time: [Duration; 2],
}

pub(crate) fn drive(args: &Args) -> Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = args.seed.unwrap_or(now.as_micros() as u64);
    println!("kill-test: seed {seed}");
    let (mut undisturbed, mut passes) = (BTreeMap::new(), Passes::new());
    for scenario in Scenario::ALL {
        undisturbed.insert(scenario.name(), Undisturbed::make(scenario, &mut passes)?);
    }
    let passed = |step: &&str| passes.values().any(|passes| passes.contains_key(*step));
    if let Some(step) = STEPS.iter().find(|step| !passed(step)) {
        bail!("no run passes the step {step}; update STEPS in tests/kill/steps.rs");
    }
    let (mut counts, mut covered, mut killed) = (BTreeMap::<&str, [usize; 3]>::new(), BTreeSet::new(), 0);
    let kills = plan(args.kills, &passes, &mut Random(seed));
    for (number, kill) in kills.iter().enumerate() {
        if number > 0 && number.is_multiple_of(100) {
            println!("kill-test: {number} of {} runs", kills.len());
        }
        let Some(undisturbed) = undisturbed.get(kill.scenario.name()) else { continue };
        let repeat = || format!("{kill:?}; repeat it with `cargo xtask kill-test --kills {} --seed {seed}`", args.kills);
        let is_killed_again = undisturbed.check(kill).with_context(repeat)?;
        let [at_steps, at_times, twice] = counts.entry(kill.scenario.name()).or_default();
        match kill.at {
            At::Step { step, .. } => {
                *at_steps += 1;
                covered.insert((kill.scenario.name(), step));
            }
            At::Time(_) => *at_times += 1,
        }
        *twice += usize::from(is_killed_again);
        killed += 1 + usize::from(is_killed_again);
    }
    println!("{:<16}{:>10}{:>10}{:>10}", "", "at steps", "at times", "twice");
    for (scenario, [at_steps, at_times, twice]) in &counts {
        println!("{scenario:<16}{at_steps:>10}{at_times:>10}{twice:>10}");
    }
    let all: BTreeSet<_> =
        passes.iter().flat_map(|((scenario, _), passes)| passes.keys().map(move |step| (scenario, step))).collect();
    println!(
        "kill-test: killed {killed} runs, at {} of {} steps of {} scenarios and at random times; all datasets are correct",
        covered.len(),
        all.len(),
        counts.len()
    );
    Ok(())
}

impl Undisturbed {
    fn make(scenario: Scenario, passes: &mut Passes) -> Result<Undisturbed> {
        let dir = tempfile::tempdir()?;
        let before = [tempfile::tempdir()?, tempfile::tempdir()?];
        let (mut contents, mut time) = ([const { Vec::new() }; 3], [Duration::ZERO; 2]);
        for revision in [0, 1] {
            copy(dir.path(), before[revision].path())?;
            let begin = Instant::now();
            let output = victim(scenario, revision as u32, dir.path()).output()?;
            time[revision] = begin.elapsed();
            ensure!(output.status.success(), "{scenario:?}: {}", String::from_utf8_lossy(&output.stderr));
            passes.insert((scenario.name(), revision as u32), serde_json::from_slice(&output.stdout)?);
            contents[revision + 1] = contents::read(scenario, dir.path())?;
            contents::check_no_leftovers(dir.path())?;
        }
        Ok(Undisturbed { before, contents, time })
    }

    /// Kills a run, runs again and compares the dataset. Returns whether the second run was killed too: it may finish
    /// before.
    fn check(&self, kill: &Kill) -> Result<bool> {
        let dir = self.killed(kill)?;
        self.check_atomicity(kill, dir.path()).context("after the kill")?;
        let is_killed_again = match &kill.again {
            Some(at) => self.kill(kill, at, dir.path())?,
            None => false,
        };
        if is_killed_again {
            self.check_atomicity(kill, dir.path()).context("after the second kill")?;
        }
        let output = victim(kill.scenario, kill.revision, dir.path()).output()?;
        ensure!(output.status.success(), "the next run failed: {}", String::from_utf8_lossy(&output.stderr));
        compare(&contents::read(kill.scenario, dir.path())?, &self.contents[kill.revision as usize + 1])?;
        contents::check_no_leftovers(dir.path())?;
        Ok(is_killed_again)
    }

    /// Checks that a kill leaves the dataset as it was before or after the load. Reads a copy: opening the database file of
    /// a killed process recovers it, which the next run has to do.
    fn check_atomicity(&self, kill: &Kill, dir: &Path) -> Result<()> {
        let copied = tempfile::tempdir()?;
        copy(dir, copied.path())?;
        let found = contents::read(kill.scenario, copied.path())?;
        let revision = kill.revision as usize;
        if found == self.contents[revision] { Ok(()) } else { compare(&found, &self.contents[revision + 1]) }
    }

    /// Returns the folder of a killed run. Runs differ in duration and in segment boundaries, and so in how often they pass
    /// a step; if a run finishes before the kill, another run is killed earlier.
    fn killed(&self, kill: &Kill) -> Result<TempDir> {
        let mut at = kill.at.clone();
        loop {
            let dir = tempfile::tempdir()?;
            copy(self.before[kill.revision as usize].path(), dir.path())?;
            if self.kill(kill, &at, dir.path())? {
                return Ok(dir);
            }
            at = at.earlier().context("the run finished without passing the step")?;
        }
    }

    /// Runs the pipeline and kills it. Returns false if it finished before.
    fn kill(&self, kill: &Kill, at: &At, dir: &Path) -> Result<bool> {
        let mut command = victim(kill.scenario, kill.revision, dir);
        let output = match at {
            At::Step { step, pass } => command.args(["--step", step, "--pass", &pass.to_string()]).output()?,
            At::Time(part) => {
                let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
                std::thread::sleep(self.time[kill.revision as usize].mul_f64(*part));
                child.kill()?;
                child.wait_with_output()?
            }
        };
        let is_killed = output.status.signal() == Some(9);
        let stderr = String::from_utf8_lossy(&output.stderr);
        ensure!(is_killed || output.status.success(), "the run to be killed failed: {stderr}");
        Ok(is_killed)
    }
}

fn compare(found: &[String], expected: &[String]) -> Result<()> {
    let missing: Vec<_> = expected.iter().filter(|row| !found.contains(row)).take(5).collect();
    let extra: Vec<_> = found.iter().filter(|row| !expected.contains(row)).take(5).collect();
    let (rows, wanted) = (found.len(), expected.len());
    ensure!(found == expected, "the dataset has {rows} rows, expected {wanted}; missing {missing:?}, unexpected {extra:?}");
    Ok(())
}

/// Creates a command that runs this program as a victim.
fn victim(scenario: Scenario, revision: u32, dir: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap_or_default());
    command.args(["victim", scenario.name(), &revision.to_string()]).arg(dir);
    command.stdin(Stdio::null());
    command
}

/// Copies a folder recursively.
fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
