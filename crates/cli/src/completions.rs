//! `catchment completions`: completion scripts of shells.

use clap::CommandFactory as _;

use crate::args::{Cli, CompletionsArgs};
use crate::failure::CliError;
use crate::output::Output;

pub(crate) fn completions(args: &CompletionsArgs, output: &Output) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "catchment", &mut script);
    output.line(String::from_utf8_lossy(&script).trim_end())?;
    Ok(())
}
