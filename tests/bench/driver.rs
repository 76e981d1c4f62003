//! Comparison of runs with the floor.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use catchment::DuckDb;

use crate::usage;
use crate::{pages, table};

/// Arguments of the comparison.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Number of pages; several sizes are measured one after the other
    #[arg(required = true)]
    sizes: Vec<usize>,
    /// Folder with pages as JSON files, used instead of generated pages; repeated if there are too few
    #[arg(long, value_name = "DIR")]
    pages: Option<PathBuf>,
    /// Merge the pages by id instead of appending them
    #[arg(long, conflicts_with = "pages")]
    merge: bool,
    /// Number of measurements of each part; the fastest time and the highest memory count
    #[arg(long)]
    rounds: usize,
    /// Path of the `catchment` binary
    #[arg(long)]
    catchment: PathBuf,
}

/// Measures all sizes and prints a table for each.
pub(crate) fn compare(args: &Args) -> Result<()> {
    let mut peaks = Vec::new();
    for size in &args.sizes {
        peaks.push(compare_size(args, *size)?);
    }
    if let ([first, .., last], [fewest, .., most]) = (peaks.as_slice(), args.sizes.as_slice()) {
        println!("\npeak memory, last size / first size: {:.2}", *last as f64 / *first as f64);
        let slope = (*last as f64 - *first as f64) / 1e3 / (*most as f64 - *fewest as f64);
        println!("additional memory per page: {slope:.0} KB");
    }
    Ok(())
}

/// Measures `size` pages, prints the table, and returns the peak memory of the run.
fn compare_size(args: &Args, size: usize) -> Result<u64> {
    let dir = tempfile::tempdir()?;
    let pages_dir = dir.path().join("pages");
    std::fs::create_dir(&pages_dir)?;
    match &args.pages {
        Some(from) => pages::copy(from, size, &pages_dir)?,
        None => pages::generate(size, &pages_dir)?,
    }
    let bytes = pages::bytes(&pages_dir)?;
    let server = Server::start(&pages_dir)?;
    let merge = if args.merge { r#","write_disposition":"merge","primary_key":"id""# } else { "" };
    let spec = server.write_spec(dir.path(), merge)?;

    let mut measured = [None; 4];
    let mut rows = 0;
    for round in 0..args.rounds {
        let new_file = |name: &str| dir.path().join(format!("{name}_{round}.duckdb"));
        let (inserted, loaded) = (new_file("insert"), new_file("run"));
        let commands = [
            part("download", [Path::new(&server.url)]),
            part("parse", [&*pages_dir]),
            part("insert", [&*pages_dir, &inserted]),
            part("run", [&*args.catchment, &spec, &loaded]),
        ];
        for (command, best) in commands.into_iter().zip(&mut measured) {
            let usage = usage::read(&command?.output()?)?;
            *best = Some(best.map_or(usage, |best| usage::better(best, usage)));
        }
        rows = count(&loaded, "bench_dataset")?;
        let expected = count(&inserted, "main")?;
        ensure!(rows == expected, "the run loaded {rows} rows, expected {expected}");
        std::fs::remove_file(inserted)?;
        std::fs::remove_file(loaded)?;
    }
    let [Some(download), Some(parse), Some(insert), Some(run)] = measured else { anyhow::bail!("no round was measured") };
    let kind = if args.pages.is_some() { "pages" } else { "generated pages" };
    let title = format!("{size} {kind}, {:.1} MB of JSON, {rows} rows; best of {} rounds", bytes as f64 / 1e6, args.rounds);
    let parts = [("download only", download), ("parse only", parse), ("Arrow batches into a new file", insert)];
    table::print(&title, &parts, run);
    Ok(run.peak)
}

/// Creates a command that runs a part of this program in a separate process.
pub(crate) fn part<'p>(name: &str, args: impl IntoIterator<Item = &'p Path>) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(name).args(args);
    Ok(command)
}

/// Returns the number of rows in all tables of a dataset, except system tables.
fn count(file: &Path, dataset: &str) -> Result<i64> {
    let sql = "SELECT sum(estimated_size)::BIGINT FROM duckdb_tables() \
               WHERE schema_name = current_schema() AND NOT starts_with(table_name, '_dlt')";
    let counting = async { catchment::Dataset::new(DuckDb::new(file), dataset).query(sql).await };
    Ok(tokio::runtime::Runtime::new()?.block_on(counting)?.first_i64().unwrap_or(0))
}

/// The process that serves the pages. It ends when this is dropped.
pub(crate) struct Server {
    process: Child,
    /// The URL of the first page.
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start(pages: &Path) -> Result<Server> {
        let mut process = part("serve", [pages])?.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut url = String::new();
        let output = process.stdout.take().context("the server has no output")?;
        BufReader::new(output).read_line(&mut url)?;
        Ok(Server { process, url: url.trim().to_owned() })
    }

    /// Writes the spec `bench.json` of the pages, with further keys of the resource, and returns its path.
    pub(crate) fn write_spec(&self, dir: &Path, keys: &str) -> Result<PathBuf> {
        let (base, path) = self.url.rsplit_once('/').context("the server printed no URL")?;
        let spec = dir.join("bench.json");
        let resource = format!(r#"{{"name":"issues","endpoint":"{path}"{keys}}}"#);
        std::fs::write(&spec, format!(r#"{{"client":{{"base_url":"{base}"}},"resources":[{resource}]}}"#))?;
        Ok(spec)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // the server exits when its stdin is closed
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
