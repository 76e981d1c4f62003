//! The cost of a cursor: extraction with and without one, compared with copying and parsing the pages alone.
//!
//! Each round measures all variants in turn. The medians of their CPU times are compared.

#![expect(clippy::print_stdout, reason = "a benchmark prints its results")]

use std::hint::black_box;
use std::ops::ControlFlow;
use std::time::Duration;

use catchment_extract::{Boundaries, Extraction, Incremental, MemoryBudget, Resource, Source};
use catchment_json::{Document, JsonPath};
use catchment_sample_api::Issues;
use catchment_state::State;
use futures_util::{StreamExt as _, stream};
use nix::sys::resource::{UsageWho, getrusage};

const PAGES: usize = 100;
const ROWS: usize = 100;
const ROUNDS: usize = 31;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let issues = Issues::new(u32::try_from(PAGES * ROWS)?, 7);
    let pages: Vec<Vec<u8>> = issues.pages(ROWS).map(String::into_bytes).collect();
    let bytes: usize = pages.iter().map(Vec::len).sum();
    println!("{} pages of {ROWS} rows, {:.1} MB, medians of {ROUNDS} rounds", pages.len(), bytes as f64 / 1e6);

    let resource = || {
        let pages = pages.clone();
        Resource::stream("issues", move |_| stream::iter(pages.clone()).map(Document::parse)).primary_key(["id"])
    };
    let by = |path: &str| Ok::<_, Failure>(Incremental::at_path(JsonPath::parse(path)?).initial_value("1970-01-01T00:00:00Z"));
    let sources: Vec<(&str, Source)> = vec![
        ("extracted", resource().into()),
        ("with a cursor", resource().incremental(by("updated_at")?).into()),
        ("with a cursor of a path", resource().incremental(by("user.id")?.initial_value(0)).into()),
    ];
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); sources.len() + 1];
    for _ in 0..ROUNDS {
        times[0].push(measure(|| drain(pages.clone()))?);
        for ((_, source), times) in sources.iter().zip(&mut times[1..]) {
            times.push(measure(|| extract(source))?);
        }
    }
    let medians: Vec<f64> = times.iter_mut().map(|times| median(times)).collect();
    let names = std::iter::once("drained").chain(sources.iter().map(|(name, _)| *name));
    for (name, median) in names.zip(&medians) {
        let page = median * 1e6 / pages.len() as f64;
        println!(
            "{name:<24} {page:>7.1} µs a page   {:.2} of draining   {:.2} of no cursor",
            median / medians[0],
            median / medians[1]
        );
    }
    Ok(())
}

fn drain(pages: Vec<Vec<u8>>) -> Result<(), Failure> {
    for page in pages {
        black_box(Document::parse(page)?);
    }
    Ok(())
}

fn extract(source: &Source) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let state = State::new("p", "d", "t");
    let run = Extraction::new(source, &state, &Boundaries::new())?;
    let sink = |extracted| {
        black_box(extracted);
        ControlFlow::Continue(())
    };
    black_box(runtime.block_on(run.run(&MemoryBudget::new(32 << 20), &sink))?);
    Ok(())
}

/// Measures the CPU time of this process during `work`.
fn measure(work: impl FnOnce() -> Result<(), Failure>) -> Result<Duration, Failure> {
    let before = processor_time()?;
    work()?;
    Ok(processor_time()? - before)
}

fn processor_time() -> Result<Duration, Failure> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let (user, system) = (usage.user_time(), usage.system_time());
    let micros = (user.tv_sec() + system.tv_sec()) * 1_000_000 + user.tv_usec() + system.tv_usec();
    Ok(Duration::from_micros(u64::try_from(micros)?))
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}
