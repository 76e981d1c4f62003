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
use output::Output;

fn main() -> ExitCode {
    let (args, output) = (Args::parse(), Output::default());
    match execute(args, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.error_line(&failure);
            ExitCode::from(failure.code())
        }
    }
}

fn execute(args: Args, output: &Output) -> Result<(), Failure> {
    match args.command {
        Command::Run(args) => run::run(&args, output),
        Command::Demo(args) => demo::demo(&args, output),
        Command::Config(ConfigCommand::Explain(args)) => config_explain::explain(&args, output),
        Command::Pipeline(args) => pipeline::pipeline(&args, output),
    }
}
