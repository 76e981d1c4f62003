//! Benchmark of the conversion from JSON pages to record batches, compared with other parsers:
//! `cargo bench -p catchment-normalize`.
//!
//! All candidates use one thread. Copying the input is not measured; dropping the output is.
#![expect(clippy::print_stdout, reason = "a command that people run in a terminal")]

mod arrow_json;
mod ours;
mod pages;
mod parsers;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use clap::Parser as _;

use pages::Pages;

/// Measure the conversion of JSON to record batches.
#[derive(Debug, clap::Parser)]
#[command(name = "cargo bench -p catchment-normalize --", bin_name = "cargo bench -p catchment-normalize --")]
struct Args {
    /// Folder of JSON files to use instead of generated pages; the files are repeated
    #[arg(long, value_name = "DIR")]
    pages: Option<PathBuf>,
    /// Measurements per candidate; the fastest is reported
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Measure only candidates whose names contain this text
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// Passed by cargo to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

/// A candidate of the benchmark, one row of the printed table.
struct Candidate {
    name: &'static str,
    run: Run,
}

/// Processes copies of all pages and returns the number of rows.
type Run = Box<dyn Fn(Vec<Vec<u8>>) -> Result<usize>>;

/// The measurement of a candidate.
struct Measured {
    name: &'static str,
    seconds: f64,
    rows: usize,
}

fn main() -> Result<()> {
    let args = Args::parse();
    ensure!(args.rounds > 0, "--rounds must be at least 1");
    let pages = match &args.pages {
        Some(dir) => Pages::read(dir)?,
        None => Pages::generate(),
    };
    let (kind, count) = (if args.pages.is_some() { "given" } else { "generated" }, pages.all.len());
    println!("{count} {kind} pages, {:.1} MB of JSON; best of {} rounds\n", megabytes(&pages), args.rounds);
    let mut candidates = candidates(&pages)?;
    candidates.retain(|candidate| candidate.name.contains(&args.only));
    print(&pages, &measure(&candidates, &pages, args.rounds)?);
    Ok(())
}

fn candidates(pages: &Pages) -> Result<Vec<Candidate>> {
    Ok(vec![
        Candidate { name: SERDE_JSON, run: Box::new(parsers::serde_json) },
        Candidate { name: "simd-json, parse", run: Box::new(parsers::simd_json) },
        Candidate { name: "catchment-json, parse", run: Box::new(parsers::tape) },
        Candidate { name: "arrow-json, nested batches", run: arrow_json::candidate(pages)? },
        Candidate { name: "catchment, finished batches", run: ours::candidate(pages)? },
    ])
}

/// The baseline of the comparison.
const SERDE_JSON: &str = "serde_json, parse";

/// Measures all candidates in each round, so that temporary load of the machine affects all of them.
fn measure(candidates: &[Candidate], pages: &Pages, rounds: usize) -> Result<Vec<Measured>> {
    let mut best = vec![(Duration::MAX, 0); candidates.len()];
    for _ in 0..rounds {
        for (candidate, best) in candidates.iter().zip(&mut best) {
            let copies = pages.all.clone();
            let begin = Instant::now();
            let rows = (candidate.run)(copies).with_context(|| format!("failed to measure {}", candidate.name))?;
            *best = (begin.elapsed().min(best.0), rows);
        }
    }
    let measured = |(candidate, (time, rows)): (&Candidate, (Duration, usize))| Measured {
        name: candidate.name,
        seconds: time.as_secs_f64(),
        rows,
    };
    Ok(candidates.iter().zip(best).map(measured).collect())
}

fn print(pages: &Pages, measured: &[Measured]) {
    println!("{:<30}{:>10}{:>10}{:>10}{:>14}", "", "MB/s", "seconds", "rows", "x serde_json");
    let reference = measured.iter().find(|m| m.name == SERDE_JSON);
    for Measured { name, seconds, rows } in measured {
        let ratio = reference.map_or_else(|| "-".to_owned(), |reference| format!("{:.2}", reference.seconds / seconds));
        println!("{name:<30}{:>10.0}{seconds:>10.3}{rows:>10}{ratio:>14}", megabytes(pages) / seconds);
    }
}

fn megabytes(pages: &Pages) -> f64 {
    pages.all.iter().map(Vec::len).sum::<usize>() as f64 / 1e6
}
