//! Kills runs one after the other, and compares.

use std::collections::BTreeMap;
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
    /// How many runs are killed at least
    #[arg(long)]
    kills: usize,
    /// What the choice of steps and times is drawn from; another one each time by default
    #[arg(long)]
    seed: Option<u64>,
}

/// What runs that nobody disturbs make of a scenario.
struct Undisturbed {
    /// The folder before the run of each revision.
    before: [TempDir; 2],
    /// What the dataset holds after it.
    after: [Vec<String>; 2],
    /// How long it took.
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
        bail!("no run passes the step {step}: the list of steps is not that of the program");
    }
    let (mut counts, mut killed) = (BTreeMap::<&str, [usize; 3]>::new(), 0);
    let kills = plan(args.kills, &passes, &mut Random(seed));
    for (number, kill) in kills.iter().enumerate() {
        if number > 0 && number.is_multiple_of(100) {
            println!("kill-test: {number} of {} runs", kills.len());
        }
        let Some(undisturbed) = undisturbed.get(kill.scenario.name()) else { continue };
        let signals = undisturbed.check(kill).with_context(|| format!("{kill:?} of seed {seed}"))?;
        let [at_steps, at_times, twice] = counts.entry(kill.scenario.name()).or_default();
        match kill.at {
            At::Step { .. } => *at_steps += signals.min(1),
            At::Time(_) => *at_times += signals.min(1),
        }
        *twice += usize::from(signals == 2);
        killed += signals;
    }
    println!("{:<16}{:>10}{:>10}{:>10}", "", "at steps", "at times", "and again");
    for (scenario, [at_steps, at_times, twice]) in &counts {
        println!("{scenario:<16}{at_steps:>10}{at_times:>10}{twice:>10}");
    }
    println!("kill-test: {killed} runs were killed, at {} steps and at random times; all datasets are right", STEPS.len());
    ensure!(killed >= args.kills, "only {killed} runs were killed, {} were asked for: repeat it", args.kills);
    Ok(())
}

impl Undisturbed {
    fn make(scenario: Scenario, passes: &mut Passes) -> Result<Undisturbed> {
        let at_work = tempfile::tempdir()?;
        let before = [tempfile::tempdir()?, tempfile::tempdir()?];
        let (mut after, mut time) = ([Vec::new(), Vec::new()], [Duration::ZERO; 2]);
        for revision in [0, 1] {
            copy(at_work.path(), before[revision].path())?;
            let begin = Instant::now();
            let output = victim(scenario, revision as u32, at_work.path()).output()?;
            time[revision] = begin.elapsed();
            ensure!(output.status.success(), "{scenario:?}: {}", String::from_utf8_lossy(&output.stderr));
            passes.insert((scenario.name(), revision as u32), serde_json::from_slice(&output.stdout)?);
            after[revision] = contents::read(scenario, at_work.path())?;
        }
        Ok(Undisturbed { before, after, time })
    }

    /// Has a run killed, runs once more, and compares. Returns how often a run was killed: one may end before its time.
    fn check(&self, kill: &Kill) -> Result<usize> {
        let revision = kill.revision as usize;
        let dir = tempfile::tempdir()?;
        copy(self.before[revision].path(), dir.path())?;
        let mut killed = 0;
        for at in std::iter::once(&kill.at).chain(&kill.again) {
            killed += usize::from(self.kill(kill, at, dir.path())?);
        }
        let output = victim(kill.scenario, kill.revision, dir.path()).output()?;
        ensure!(output.status.success(), "the next run fails: {}", String::from_utf8_lossy(&output.stderr));
        let found = contents::read(kill.scenario, dir.path())?;
        let expected = &self.after[revision];
        if &found != expected {
            let lacks: Vec<_> = expected.iter().filter(|row| !found.contains(row)).take(5).collect();
            let more: Vec<_> = found.iter().filter(|row| !expected.contains(row)).take(5).collect();
            bail!("the dataset has {} rows instead of {}; it lacks {lacks:?}, and has {more:?}", found.len(), expected.len());
        }
        Ok(killed)
    }

    /// Runs the pipeline and kills it. False where it ended before.
    fn kill(&self, kill: &Kill, at: &At, dir: &Path) -> Result<bool> {
        let mut command = victim(kill.scenario, kill.revision, dir);
        let status = match at {
            At::Step { step, pass } => {
                let output = command.args(["--step", step, "--pass", &pass.to_string()]).output()?;
                let is_fine = output.status.signal() == Some(9) || output.status.success();
                ensure!(is_fine, "the run that was to be killed fails: {}", String::from_utf8_lossy(&output.stderr));
                output.status
            }
            At::Time(part) => {
                let mut child = command.stdout(Stdio::null()).spawn()?;
                std::thread::sleep(self.time[kill.revision as usize].mul_f64(*part));
                child.kill()?;
                child.wait()?
            }
        };
        Ok(status.signal() == Some(9))
    }
}

/// This program, as a victim.
fn victim(scenario: Scenario, revision: u32, dir: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap_or_default());
    command.args(["victim", scenario.name(), &revision.to_string()]).arg(dir);
    command.stdin(Stdio::null());
    command
}

/// Copies all that is in a folder.
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
