//! The `catchment` command.

mod args;
mod backfill;
mod check;
#[cfg(test)]
mod command_reference;
mod completions;
mod config_explain;
mod cursor_range;
mod demo;
#[cfg(test)]
mod destination_reference;
mod dev_mode;
mod dry_run;
mod failure;
#[cfg(test)]
mod generated_page;
mod logging;
mod output;
mod pipeline;
mod pipeline_context;
mod query;
mod run;
mod run_setup;
mod run_target;
mod runtime;
mod save_spec;
mod settings;
mod signals;
mod spec_input;
mod traffic;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Cli, Command, ConfigCommand};
use failure::CliError;
use output::Output;

fn main() -> ExitCode {
    let (args, output) = (Cli::parse(), Output::default());
    match execute(args, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.error_line(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

fn execute(args: Cli, output: &Output) -> Result<(), CliError> {
    match args.command {
        Command::Run(args) => run::run(&args, output),
        Command::Check(args) => check::check(&args, output),
        Command::Query(args) => query::query(&args, output),
        Command::Backfill(args) => backfill::backfill(&args, output),
        Command::Demo(args) => demo::demo(&args, output),
        Command::Config(ConfigCommand::Explain(args)) => config_explain::explain(&args, output),
        Command::Pipeline(args) => pipeline::pipeline(&args, output),
        Command::Completions(args) => completions::completions(&args, output),
    }
}
