//! Comparison of runs into PostgreSQL with the floor: downloading the pages, parsing them, and `psql \\copy` of the same rows
//! from CSV files into existing tables.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use catchment::Dataset;
use catchment_load_postgres::testing::TestDatabase;

use crate::driver::{Server, part};
use crate::{pages, table, usage};

/// Arguments of the comparison. The server is named by `CATCHMENT_POSTGRES`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Number of pages
    #[arg(long)]
    pages: usize,
    /// Number of measurements of each part; the fastest time and the highest memory count
    #[arg(long)]
    rounds: usize,
    /// Path of the `catchment` binary
    #[arg(long)]
    catchment: PathBuf,
    /// Path of the `psql` binary
    #[arg(long)]
    psql: PathBuf,
}

/// Arguments of the measurement of `psql`.
#[derive(Debug, clap::Args)]
pub(crate) struct Copy {
    psql: PathBuf,
    /// Folder with a CSV file for each table
    dir: PathBuf,
    /// Connection string of the database
    url: String,
}

/// The schema of the loaded tables.
const DATASET: &str = "bench_dataset";

/// Measures the parts and a run, and prints a table.
pub(crate) fn compare(args: &Args) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let [pages_dir, csv_dir] = ["pages", "csv"].map(|name| dir.path().join(name));
    [&pages_dir, &csv_dir].into_iter().try_for_each(std::fs::create_dir)?;
    pages::generate(args.pages, &pages_dir)?;
    let server = Server::start(&pages_dir)?;
    let spec = server.write_spec(dir.path(), "")?;

    let loaded = database()?;
    usage::read(&run(args, &spec, &loaded, &dir.path().join("first"))?.output()?)?;
    let tables = tables(&loaded)?;
    export(args, &loaded, &tables, &csv_dir)?;
    let rows = count(&loaded, &tables)?;
    let empty = loaded.copy()?;
    for table in &tables {
        empty.execute(&format!("TRUNCATE {DATASET}.{table}"))?;
    }

    let mut measured = [None; 4];
    for round in 0..args.rounds {
        let (copied, run_into) = (empty.copy()?, database()?);
        let commands = [
            part("download", [Path::new(&server.url)])?,
            part("parse", [&*pages_dir])?,
            part("copy", [&*args.psql, &csv_dir, Path::new(copied.connection_string().expose())])?,
            run(args, &spec, &run_into, &dir.path().join(round.to_string()))?,
        ];
        for (mut command, best) in commands.into_iter().zip(&mut measured) {
            let usage = usage::read(&command.output()?)?;
            *best = Some(best.map_or(usage, |best| usage::better(best, usage)));
        }
        for database in [&copied, &run_into] {
            let found = count(database, &tables)?;
            ensure!(found == rows, "{found} rows were loaded, expected {rows}");
        }
    }
    let [Some(download), Some(parse), Some(copy), Some(run)] = measured else { anyhow::bail!("no round was measured") };
    let bytes = pages::bytes(&pages_dir)? as f64 / 1e6;
    let title = format!(
        "{} generated pages into PostgreSQL, {bytes:.1} MB of JSON, {rows} rows; best of {} rounds; CPU without the server",
        args.pages, args.rounds
    );
    table::print(&title, &[("download only", download), ("parse only", parse), ("psql \\copy from CSV files", copy)], run);
    Ok(())
}

/// Copies the CSV files into the tables with one `psql`, and measures it.
pub(crate) fn copy(args: &Copy) -> Result<()> {
    let mut psql = psql(&args.psql, &args.url);
    for entry in std::fs::read_dir(&args.dir)? {
        let file = entry?.path();
        let table = file.file_stem().context("a CSV file without a name")?.to_string_lossy().into_owned();
        psql.arg("-c").arg(format!("\\copy {DATASET}.{table} from '{}' csv", file.display()));
    }
    usage::print_of_child(|| {
        let output = psql.output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    })
}

fn database() -> Result<TestDatabase> {
    TestDatabase::create()?.context("CATCHMENT_POSTGRES is not set")
}

/// Creates a command that measures a run.
fn run(args: &Args, spec: &Path, database: &TestDatabase, folder: &Path) -> Result<Command> {
    let mut command = part("run", [&*args.catchment, spec, folder])?;
    command.args(["--postgres", database.connection_string().expose()]);
    Ok(command)
}

fn psql(program: &Path, url: &str) -> Command {
    let mut psql = Command::new(program);
    psql.args(["--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-d", url]);
    psql
}

/// Returns the names of the tables with rows of the pages.
fn tables(database: &TestDatabase) -> Result<Vec<String>> {
    let sql = format!(
        "SELECT table_name FROM information_schema.tables \
         WHERE table_schema = '{DATASET}' AND table_name NOT LIKE '\\_dlt%' ORDER BY 1"
    );
    let dataset = Dataset::new(database.destination(), DATASET);
    let found = tokio::runtime::Runtime::new()?.block_on(dataset.query(&sql))?;
    found.batches.iter().map(names).collect::<Result<Vec<_>>>().map(|names| names.concat())
}

fn names(batch: &arrow::record_batch::RecordBatch) -> Result<Vec<String>> {
    use arrow::array::AsArray as _;
    let names = batch.column(0).as_string_opt::<i32>().context("names that are not text")?;
    Ok(names.iter().flatten().map(str::to_owned).collect())
}

/// Writes the rows of each table to a CSV file.
fn export(args: &Args, database: &TestDatabase, tables: &[String], dir: &Path) -> Result<()> {
    let mut psql = psql(&args.psql, database.connection_string().expose());
    for table in tables {
        psql.arg("-c").arg(format!("\\copy {DATASET}.{table} to '{}' csv", dir.join(table).with_extension("csv").display()));
    }
    ensure!(psql.status()?.success(), "psql failed to write the CSV files");
    Ok(())
}

/// Returns the number of rows in all tables.
fn count(database: &TestDatabase, tables: &[String]) -> Result<i64> {
    let counts: Vec<_> = tables.iter().map(|table| format!("(SELECT count(*) FROM {table})")).collect();
    let dataset = Dataset::new(database.destination(), DATASET);
    let counted = tokio::runtime::Runtime::new()?.block_on(dataset.query(&format!("SELECT {}", counts.join(" + "))))?;
    Ok(counted.first_i64().unwrap_or(0))
}
