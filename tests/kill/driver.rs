//! Kills runs and compares the datasets after recovery.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail, ensure};

use crate::contents::{self, Contents};
use crate::engine::Engine;
use crate::place::Place;
use crate::plan::{At, Interrupt, Kill, Passes, Random, plan};
use crate::scenario::Scenario;
use crate::steps::steps;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Minimum number of killed runs
    #[arg(long)]
    kills: usize,
    /// Seed for the choice of steps and times [default: the current time]
    #[arg(long)]
    seed: Option<u64>,
    /// Destination of the runs; CATCHMENT_POSTGRES names a PostgreSQL server, CATCHMENT_BIGQUERY an emulator of BigQuery
    #[arg(long)]
    destination: Engine,
    /// Shell command that stops the server immediately and starts it again
    #[arg(long)]
    restart: Option<String>,
}

/// Uninterrupted runs of a scenario, as the reference.
struct Undisturbed<'a> {
    /// The folder and database before the run of each revision.
    before: [Place; 2],
    /// The contents of the dataset before, between and after the two runs.
    contents: [Contents; 3],
    /// The duration of each run.
    time: [Duration; 2],
    /// The command that restarts the server.
    restart: Option<&'a str>,
}

pub(crate) fn drive(args: &Args) -> Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = args.seed.unwrap_or(now.as_micros() as u64);
    println!("kill-test: seed {seed}");
    let (mut undisturbed, mut passes) = (BTreeMap::new(), Passes::new());
    for scenario in Scenario::ALL {
        undisturbed.insert(scenario.name(), Undisturbed::make(scenario, args, &mut passes)?);
    }
    let passed = |step: &&str| passes.values().any(|passes| passes.contains_key(*step));
    let steps = steps(args.destination);
    if let Some(step) = steps.iter().find(|step| !passed(step)) {
        bail!("no run passes the step {step}; update STEPS in tests/kill/steps.rs");
    }
    let (mut counts, mut covered, mut killed) = (BTreeMap::<&str, [usize; 4]>::new(), BTreeSet::new(), 0);
    let kills = plan(args.kills, &steps, args.restart.is_some(), &passes, &mut Random(seed));
    for (number, kill) in kills.iter().enumerate() {
        if number > 0 && number.is_multiple_of(100) {
            println!("kill-test: {number} of {} runs", kills.len());
        }
        let Some(undisturbed) = undisturbed.get(kill.scenario.name()) else { continue };
        let repeat = || {
            let destination = args.destination.name();
            let command = format!("cargo xtask kill-test --destination {destination} --kills {} --seed {seed}", args.kills);
            format!("{kill:?}; repeat it with `{command}`")
        };
        let is_killed_again = undisturbed.check(kill).with_context(repeat)?;
        let [at_steps, at_times, twice, stops] = counts.entry(kill.scenario.name()).or_default();
        match (kill.interrupt, &kill.at) {
            (Interrupt::Server, _) => *stops += 1,
            (Interrupt::Process, At::Step { step, .. }) => {
                *at_steps += 1;
                covered.insert((kill.scenario.name(), *step));
            }
            (Interrupt::Process, At::Time(_)) => *at_times += 1,
        }
        *twice += usize::from(is_killed_again);
        killed += usize::from(kill.interrupt == Interrupt::Process) + usize::from(is_killed_again);
    }
    println!("{:<16}{:>10}{:>10}{:>10}{:>14}", "", "at steps", "at times", "twice", "server stops");
    for (scenario, [at_steps, at_times, twice, stops]) in &counts {
        println!("{scenario:<16}{at_steps:>10}{at_times:>10}{twice:>10}{stops:>14}");
    }
    let stops: usize = counts.values().map(|[.., stops]| stops).sum();
    if args.restart.is_some() {
        println!("kill-test: stopped the server in {stops} runs");
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

impl<'a> Undisturbed<'a> {
    fn make(scenario: Scenario, args: &'a Args, passes: &mut Passes) -> Result<Undisturbed<'a>> {
        let place = Place::new(args.destination)?;
        let (mut before, mut contents, mut time) = (Vec::new(), <[Contents; 3]>::default(), [Duration::ZERO; 2]);
        for revision in [0, 1] {
            before.push(place.copy()?);
            let begin = Instant::now();
            let output = victim(scenario, revision as u32, &place).output()?;
            time[revision] = begin.elapsed();
            ensure!(output.status.success(), "{scenario:?}: {}", String::from_utf8_lossy(&output.stderr));
            passes.insert((scenario.name(), revision as u32), serde_json::from_slice(&output.stdout)?);
            contents[revision + 1] = contents::read(scenario, &place)?;
            place.check_no_leftovers()?;
        }
        let before = before.try_into().ok().context("two runs")?;
        Ok(Undisturbed { before, contents, time, restart: args.restart.as_deref() })
    }

    /// Interrupts a run, runs again and compares the dataset. Returns whether the second run was killed too: it may finish
    /// before.
    fn check(&self, kill: &Kill) -> Result<bool> {
        let place = self.interrupted(kill)?;
        self.check_atomicity(kill, &place).context("after the kill")?;
        let is_killed_again = match &kill.again {
            Some(at) => self.interrupt(kill, at, &place)?,
            None => false,
        };
        if is_killed_again {
            self.check_atomicity(kill, &place).context("after the second kill")?;
        }
        let output = victim(kill.scenario, kill.revision, &place).output()?;
        ensure!(output.status.success(), "the next run failed: {}", String::from_utf8_lossy(&output.stderr));
        compare(&contents::read(kill.scenario, &place)?, &self.contents[kill.revision as usize + 1])?;
        place.check_no_leftovers()?;
        Ok(is_killed_again)
    }

    /// Checks that a kill leaves the dataset as it was before or after the load. Reads a copy: opening the database file of
    /// a killed process recovers it, which the next run has to do.
    fn check_atomicity(&self, kill: &Kill, place: &Place) -> Result<()> {
        let found = contents::read(kill.scenario, &place.copy()?)?;
        let revision = kill.revision as usize;
        let (before, after) = (&self.contents[revision], &self.contents[revision + 1]);
        let is_before = match place.has_transactional_ddl()? {
            true => found == *before,
            false => found.rows == before.rows && found.has_columns_of(before, after),
        };
        if is_before {
            return Ok(());
        }
        compare(&found, after)
    }

    /// Returns the place of an interrupted run. Runs differ in duration and in segment boundaries, and so in how often they
    /// pass a step; if a run finishes before the interrupt, another run is interrupted earlier.
    fn interrupted(&self, kill: &Kill) -> Result<Place> {
        let mut at = kill.at.clone();
        loop {
            let place = self.before[kill.revision as usize].copy()?;
            if self.interrupt(kill, &at, &place)? {
                return Ok(place);
            }
            at = at.earlier().context("the run finished without passing the step")?;
        }
    }

    /// Runs the pipeline and interrupts it. Returns false if it finished before.
    fn interrupt(&self, kill: &Kill, at: &At, place: &Place) -> Result<bool> {
        let command = victim(kill.scenario, kill.revision, place);
        match (kill.interrupt, self.restart) {
            (Interrupt::Server, Some(restart)) => self.stop_server(command, restart, kill, at),
            _ => self.kill(command, kill, at),
        }
    }

    fn kill(&self, mut command: Command, kill: &Kill, at: &At) -> Result<bool> {
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
        ensure!(is_killed || output.status.success(), "the run to be killed failed: {}", stderr(&output));
        Ok(is_killed)
    }

    /// Stops and starts the server during a run, which must succeed.
    fn stop_server(&self, mut command: Command, restart: &str, kill: &Kill, at: &At) -> Result<bool> {
        let (output, is_stopped) = match at {
            At::Step { step, pass } => {
                command.args(["--step", step, "--pass", &pass.to_string(), "--command", restart]);
                let output = command.output()?;
                let passes: BTreeMap<String, u32> = serde_json::from_slice(&output.stdout).unwrap_or_default();
                let is_passed = passes.get(*step).is_some_and(|passed| passed >= pass);
                (output, is_passed)
            }
            At::Time(part) => {
                let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
                std::thread::sleep(self.time[kill.revision as usize].mul_f64(*part));
                let is_running = child.try_wait()?.is_none();
                let status = Command::new("sh").args(["-c", restart]).status()?;
                ensure!(status.success(), "the server did not restart");
                (child.wait_with_output()?, is_running)
            }
        };
        ensure!(output.status.success(), "the run during a stop of the server failed: {}", stderr(&output));
        Ok(is_stopped)
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn compare(found: &Contents, expected: &Contents) -> Result<()> {
    for (name, found, expected) in [("columns", &found.columns, &expected.columns), ("rows", &found.rows, &expected.rows)] {
        let missing: Vec<_> = expected.iter().filter(|row| !found.contains(row)).take(5).collect();
        let extra: Vec<_> = found.iter().filter(|row| !expected.contains(row)).take(5).collect();
        let (count, wanted) = (found.len(), expected.len());
        ensure!(
            found == expected,
            "the dataset has {count} {name}, expected {wanted}; missing {missing:?}, unexpected {extra:?}"
        );
    }
    Ok(())
}

/// Creates a command that runs this program as a victim.
fn victim(scenario: Scenario, revision: u32, place: &Place) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap_or_default());
    command.args(["victim", scenario.name(), &revision.to_string()]).arg(place.path());
    command.args(["--destination", place.engine().name()]);
    if let Some(name) = place.database_name() {
        command.args(["--database", name]);
    }
    command.stdin(Stdio::null());
    command
}
