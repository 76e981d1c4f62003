//! `catchment query`: SQL queries in the dataset of a pipeline.

mod prompt;
mod result_file;

use std::io::{IsTerminal as _, Read as _, stdin, stdout};

use anyhow::{Context as _, anyhow};
use catchment::SqlClient;
use catchment::dataset::{FormatError, ResultFormat, ResultOptions, write_result};

use crate::args::QueryArgs;
use crate::failure::CliError;
use crate::output::Output;
use crate::pipeline_context::PipelineContext;
use crate::runtime::build_runtime;
use result_file::ResultFile;

pub(crate) fn query(args: &QueryArgs, output: &Output) -> Result<(), CliError> {
    let format = result_format(args).map_err(CliError::Usage)?;
    let context = PipelineContext::load(&args.name, &args.pipeline, output)?;
    let client = SqlClient::new(context.destination()?, &context.dataset);
    let sql = match &args.sql {
        Some(sql) => sql.clone(),
        None if stdin().is_terminal() => return prompt::run(&context, &client, args, output),
        None => read_stdin().map_err(CliError::Usage)?,
    };
    let runtime = build_runtime()?;
    match &args.output {
        None => runtime.block_on(print(&client, &sql, format)),
        Some(path) => {
            let file = ResultFile::create(path).map_err(CliError::Run)?;
            let rows = runtime.block_on(write(&client, &sql, format, None, file.writer()))?;
            file.commit().map_err(CliError::Run)?;
            let noun = if rows == 1 { "row" } else { "rows" };
            Ok(output.line(format_args!("wrote {rows} {noun} to {}", path.display()))?)
        }
    }
}

/// Returns the format: the flag, else that of the file, else a table in a terminal and CSV elsewhere.
fn result_format(args: &QueryArgs) -> anyhow::Result<ResultFormat> {
    match (args.format, &args.output) {
        (Some(format), _) => Ok(format),
        (None, Some(path)) => ResultFormat::from_path(path).with_context(|| {
            format!(
                "--output: unknown format of {}; use .csv, .json, .jsonl, .parquet or .arrow, or set --format",
                path.display()
            )
        }),
        (None, None) if stdout().is_terminal() => Ok(ResultFormat::Table),
        (None, None) => Ok(ResultFormat::Csv),
    }
}

fn read_stdin() -> anyhow::Result<String> {
    let mut sql = String::new();
    stdin().read_to_string(&mut sql).context("failed to read the query from stdin")?;
    anyhow::ensure!(!sql.trim().is_empty(), "stdin is empty; pass a SQL query as the second argument or on stdin");
    Ok(sql)
}

/// Writes the result of a query to stdout. A closed pipe, as with `| head`, is not an error.
async fn print(client: &SqlClient, sql: &str, format: ResultFormat) -> Result<(), CliError> {
    let width = terminal_width();
    match stream(client, sql, format, width, stdout()).await? {
        Err(error) if error.is_broken_pipe() => Ok(()),
        written => written.map(drop).map_err(failed),
    }
}

async fn write(
    client: &SqlClient,
    sql: &str,
    format: ResultFormat,
    width: Option<usize>,
    writer: impl std::io::Write + Send,
) -> Result<u64, CliError> {
    stream(client, sql, format, width, writer).await?.map_err(failed)
}

/// Runs a query and writes its rows.
async fn stream(
    client: &SqlClient,
    sql: &str,
    format: ResultFormat,
    width: Option<usize>,
    writer: impl std::io::Write + Send,
) -> Result<Result<u64, FormatError>, CliError> {
    let rows = client.stream(sql).await?;
    Ok(write_result(rows, format, &ResultOptions::default().max_width(width), writer).await)
}

fn failed(error: FormatError) -> CliError {
    CliError::Run(anyhow!(error))
}

/// Returns the width of the terminal, or `None` if stdout is not a terminal.
fn terminal_width() -> Option<usize> {
    rustix::termios::tcgetwinsize(stdout()).ok().map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0)
}
