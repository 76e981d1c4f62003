//! Merging compared with loading again.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use catchment::{DuckDb, Pipeline};
use clap::ValueEnum as _;

use crate::orders::{How, Which, orders};
use crate::usage::{self, Usage};
use crate::{driver, table};

/// Arguments of the merge bench.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Number of rows in the table
    #[arg(long)]
    rows: u64,
    /// Number of measurements of each part; the fastest time and the highest memory count
    #[arg(long)]
    rounds: usize,
}

/// One load.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Load {
    how: How,
    which: Which,
    /// Number of rows in the table
    rows: u64,
    /// Folder with the database and the working folder
    dir: PathBuf,
}

/// Measures a load in this process.
pub(crate) fn load(load: &Load) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let source = load.how.of(orders(load.which, load.rows));
    usage::print(|| {
        let info = runtime.block_on(pipeline(&load.dir).run(source))?;
        ensure!(info.packages.len() == 1, "{} packages were loaded", info.packages.len());
        Ok(())
    })
}

fn pipeline(dir: &Path) -> Pipeline {
    Pipeline::new("orders", DuckDb::new(dir.join("orders.duckdb")), "shop").pipelines_dir(dir)
}

/// Measures all loads and prints a table.
pub(crate) fn merge(args: &Args) -> Result<()> {
    let mut lines: Vec<(String, Usage)> = Vec::new();
    for _ in 0..args.rounds {
        let mut round = Vec::new();
        let dir = tempfile::tempdir()?;
        round.push(("load into a new file".to_owned(), measure(args, How::Replace, Which::All, dir.path())?));
        round.push(("load again (replace)".to_owned(), measure(args, How::Replace, Which::All, dir.path())?));
        for how in How::MERGES {
            let dir = tempfile::tempdir()?;
            let name = how.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
            let some = if how == How::InsertOnly { Which::SomeNew } else { Which::SomeChanged };
            let mut part = |title: &str, which| -> Result<()> {
                round.push((format!("{name}: {title}"), measure(args, how, which, dir.path())?));
                Ok(())
            };
            part("all, new file", Which::All)?;
            part("1 %", some)?;
            check(args.rows, how, dir.path())?;
            part("all", Which::AllChanged)?;
        }
        lines = match lines.as_slice() {
            [] => round,
            _ => lines.into_iter().zip(round).map(|((name, one), (_, other))| (name, usage::better(one, other))).collect(),
        };
    }
    table::print_beside(&format!("a table of {} rows; best of {} rounds", args.rows, args.rounds), &lines, 1);
    Ok(())
}

fn measure(args: &Args, how: How, which: Which, dir: &Path) -> Result<Usage> {
    let names = [how.to_possible_value(), which.to_possible_value()];
    let mut command = driver::part("load", [])?;
    command.args(names.iter().flatten().map(|value| value.get_name())).arg(args.rows.to_string()).arg(dir);
    usage::read(&command.output()?)
}

/// Checks the row counts of the table after some rows were merged.
fn check(rows: u64, how: How, dir: &Path) -> Result<()> {
    let some = Which::SomeChanged.count(rows);
    let (all, changed) = match how {
        How::Replace => (rows, 0),
        How::DeleteInsert | How::Upsert => (rows, some),
        How::InsertOnly => (rows + some, 0),
        How::Scd2 => (rows + some, some),
    };
    let sql = "SELECT count(*) || ' rows, ' || count(*) FILTER (revision = 1) || ' changed' AS found FROM orders";
    let runtime = tokio::runtime::Runtime::new()?;
    let found = runtime.block_on(pipeline(dir).sql_client().query(sql))?;
    let expected = format!("{all} rows, {changed} changed");
    let found = found.str_column("found")?.flatten().next().unwrap_or_default();
    ensure!(found == expected, "after {how:?} the table has {found}, expected {expected}");
    Ok(())
}
