//! The `catchment` command.

mod args;
mod config_explain;
mod demo;
mod dev_mode;
mod dry_run;
mod failure;
mod logging;
mod output;
mod packages;
mod pipeline;
mod run;
mod runtime;
mod settings;
mod signals;
mod spec_file;
mod stored;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command, ConfigCommand};
use failure::Failure;

fn main() -> ExitCode {
    match execute(Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::error_line(&failure);
            ExitCode::from(failure.code())
        }
    }
}

fn execute(args: Args) -> Result<(), Failure> {
    match args.command {
        Command::Run(args) => run::run(&args),
        Command::Demo(args) => demo::demo(&args),
        Command::Config(ConfigCommand::Explain(args)) => config_explain::explain(&args),
        Command::Pipeline(args) => pipeline::pipeline(&args),
    }
}
