//! The prompt of `catchment query` without a query.

use anyhow::Context as _;
use catchment::dataset::ResultFormat;
use catchment::{Dataset, SqlClient};
use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use super::{print, result_format};
use crate::args::QueryArgs;
use crate::failure::CliError;
use crate::output::Output;
use crate::pipeline_context::PipelineContext;
use crate::runtime::build_runtime;

/// The name of the history file in the working folder.
const HISTORY: &str = "query_history.txt";

const HELP: &str = "end a query with `;`; .tables lists the tables, .help shows this help, .quit or Ctrl-D ends";

/// A line that is not SQL.
enum PromptCommand {
    Tables,
    Help,
    Quit,
    Unknown,
}

impl PromptCommand {
    fn parse(line: &str) -> Option<PromptCommand> {
        let line = line.trim().trim_end_matches(';');
        match line {
            ".tables" => Some(PromptCommand::Tables),
            ".help" => Some(PromptCommand::Help),
            ".quit" | ".exit" | "exit" | "quit" => Some(PromptCommand::Quit),
            _ => line.starts_with('.').then_some(PromptCommand::Unknown),
        }
    }
}

/// Reads queries from the terminal and prints their results, until the input ends. A failed query does not end the prompt.
pub(super) fn run(context: &PipelineContext, client: &SqlClient, args: &QueryArgs, output: &Output) -> Result<(), CliError> {
    let format = result_format(args).map_err(CliError::Usage)?;
    let runtime = build_runtime()?;
    let mut editor = DefaultEditor::new().context("failed to open the terminal").map_err(CliError::Run)?;
    let history = context.working_dir.exists().then(|| context.working_dir.path().join(HISTORY));
    if let Some(history) = &history {
        // a missing or unreadable history is empty
        let _ = editor.load_history(history);
    }
    output.line(format_args!("dataset {} of {}; {HELP}", context.dataset, client.destination().location()))?;
    let mut sql = String::new();
    loop {
        let prompt = if sql.is_empty() { format!("{}> ", context.name) } else { "   ...> ".to_owned() };
        let line = match editor.readline(&prompt) {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => {
                sql.clear();
                continue;
            }
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(CliError::Run(anyhow::Error::new(error).context("failed to read from the terminal"))),
        };
        if sql.is_empty() && line.trim().is_empty() {
            continue;
        }
        if let Some(command) = PromptCommand::parse(&line).filter(|_| sql.is_empty()) {
            match command {
                PromptCommand::Quit => break,
                PromptCommand::Help => output.line(HELP)?,
                PromptCommand::Unknown => output.error_line(format_args!("unknown command {:?}; {HELP}", line.trim())),
                PromptCommand::Tables => match runtime.block_on(tables(context)) {
                    Ok(names) => names.iter().try_for_each(|name| output.line(name))?,
                    Err(error) => output.error_line(error),
                },
            }
            continue;
        }
        sql.push_str(&line);
        sql.push('\n');
        if sql.trim_end().ends_with(';') {
            let query = std::mem::take(&mut sql);
            // a history that cannot be written is not an error of the query
            let _ = editor.add_history_entry(query.trim());
            let _ = history.as_ref().map(|history| editor.append_history(history));
            run_query(&runtime, client, query.trim().trim_end_matches(';'), format, output);
        }
    }
    Ok(())
}

fn run_query(runtime: &tokio::runtime::Runtime, client: &SqlClient, sql: &str, format: ResultFormat, output: &Output) {
    let result = runtime.block_on(async {
        tokio::select! {
            result = print(client, sql, format) => Some(result),
            _ = tokio::signal::ctrl_c() => None,
        }
    });
    match result {
        Some(Ok(())) => {}
        Some(Err(error)) => output.error_line(error),
        None => output.error_line("cancelled"),
    }
}

/// Returns the names of the tables, without system tables.
async fn tables(context: &PipelineContext) -> Result<Vec<String>, CliError> {
    let dataset = Dataset::new(context.destination()?, &context.dataset);
    Ok(dataset.tables().await?)
}
