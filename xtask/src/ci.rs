//! `cargo xtask ci`
#![expect(clippy::print_stderr, reason = "prints to the terminal and to the log of CI")]

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::services::{self, BIGQUERY, BigQueryEmulator, POSTGRES, PostgresServer};
use crate::{book, conformance, kill_test, process, test, tidy};

struct Step {
    name: &'static str,
    run: fn() -> Result<()>,
}

/// All steps, cheapest first, so that most failures are reported early.
const STEPS: &[Step] = &[
    Step { name: "format", run: format },
    Step { name: "tidy", run: tidy::run_all },
    Step { name: "deny", run: deny },
    Step { name: "clippy", run: clippy },
    Step { name: "docs", run: docs },
    Step { name: "test", run: test::run_all },
    Step { name: "conformance", run: conformance::run_all },
    Step { name: "book", run: book::run_all },
    Step { name: "kill-test", run: kill_test::run_some },
];

/// Runs the steps and stops at the first failure.
pub(crate) fn run() -> Result<()> {
    std::env::set_current_dir(process::root()?).context("failed to enter the workspace folder")?;
    // once more with the variables of the servers, which all steps inherit
    if !services::has_postgres()
        && let Some(server) = PostgresServer::start_for("PostgreSQL")?
    {
        return process::run(process::command(std::env::current_exe()?).arg("ci").env(POSTGRES, server.url()));
    }
    if !services::has_bigquery()
        && let Some(emulator) = BigQueryEmulator::start_for("BigQuery")?
    {
        return process::run(process::command(std::env::current_exe()?).arg("ci").env(BIGQUERY, emulator.url()));
    }
    let started = Instant::now();
    for step in STEPS {
        eprintln!("ci: {} …", step.name);
        let step_started = Instant::now();
        let result = (step.run)();
        let time = seconds(step_started.elapsed());
        let verdict = if result.is_ok() { "ok" } else { "FAILED" };
        eprintln!("ci: {} {verdict} in {time}", step.name);
        result.with_context(|| format!("ci step `{}` failed", step.name))?;
    }
    let time = seconds(started.elapsed());
    eprintln!("ci: all {} steps ok in {time}", STEPS.len());
    Ok(())
}

fn format() -> Result<()> {
    process::run(process::cargo().args(["fmt", "--all", "--check"]))
}

fn clippy() -> Result<()> {
    process::run(process::cargo().args(["clippy", "--workspace", "--all-targets"]).args(["--", "-D", "warnings"]))?;
    // programs that use only PostgreSQL or BigQuery compile without DuckDB
    ["postgres", "bigquery"].iter().try_for_each(|feature| {
        let only = ["clippy", "--package", "catchment", "--no-default-features", "--features", feature];
        process::run(process::cargo().args(only).args(["--all-targets", "--", "-D", "warnings"]))
    })
}

fn docs() -> Result<()> {
    process::run(
        process::cargo()
            // only libraries, as the pages of the binary `catchment` would overwrite those of the facade
            .args(["doc", "--no-deps", "--workspace", "--lib"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}

fn deny() -> Result<()> {
    if process::has_cargo_subcommand("deny") {
        process::run(process::cargo().args(["deny", "check", "bans", "licenses", "sources"]))?;
        return advisories();
    }
    let message = "dependencies were NOT checked, as cargo-deny is not installed; \
                   install it with `cargo install cargo-deny --locked`";
    if process::is_ci() {
        bail!(message);
    }
    eprintln!("ci: SKIPPED: {message}");
    Ok(())
}

/// Checks dependencies for known vulnerabilities. Skipped if the advisory database cannot be downloaded.
fn advisories() -> Result<()> {
    if process::run(process::cargo().args(["deny", "fetch", "db"])).is_err() {
        eprintln!("ci: SKIPPED: advisories were NOT checked, as the advisory database could not be downloaded");
        return Ok(());
    }
    process::run(process::cargo().args(["deny", "--offline", "check", "advisories"]))
}

fn seconds(time: Duration) -> String {
    let whole = time.as_secs();
    if whole < 60 { format!("{:.1} s", time.as_secs_f64()) } else { format!("{} min {:02} s", whole / 60, whole % 60) }
}

#[cfg(test)]
mod tests {
    use super::{Duration, seconds};

    #[track_caller]
    fn check(millis: u64, expected: &str) {
        assert_eq!(seconds(Duration::from_millis(millis)), expected);
    }

    #[test]
    fn times_are_rounded_and_have_units() {
        check(0, "0.0 s");
        check(1_240, "1.2 s");
        check(59_900, "59.9 s");
        check(60_000, "1 min 00 s");
        check(1_625_000, "27 min 05 s");
    }
}
