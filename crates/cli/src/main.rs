//! The `catchment` command.

mod args;
#[cfg(test)]
mod command_reference;
mod config_explain;
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
mod package_display;
mod packages;
mod pipeline;
mod run;
mod runtime;
mod settings;
mod signals;
mod spec_file;

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
        Command::Demo(args) => demo::demo(&args, output),
        Command::Config(ConfigCommand::Explain(args)) => config_explain::explain(&args, output),
        Command::Pipeline(args) => pipeline::pipeline(&args, output),
    }
}
