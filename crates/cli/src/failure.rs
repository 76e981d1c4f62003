//! Errors of the command and their exit codes.

use std::error::Error;

use catchment::rest_client::Error as ClientError;
use catchment::{DatasetError, RunError, error_chain};
use catchment_settings::SettingsError;

/// An error of the command, by exit code.
#[derive(Debug)]
pub(crate) enum CliError {
    /// Invalid command line, spec or configuration: exit code 2.
    Usage(anyhow::Error),
    /// Failed run: exit code 1.
    Run(anyhow::Error),
    /// Signal that stopped the run: exit code 128 plus the signal number.
    Signal(u8),
}

impl CliError {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            CliError::Usage(_) => 2,
            CliError::Run(_) => 1,
            CliError::Signal(number) => 128 + number,
        }
    }
}

impl From<std::io::Error> for CliError {
    /// Wraps an error of stdout or of a signal handler.
    fn from(error: std::io::Error) -> Self {
        CliError::Run(error.into())
    }
}

impl From<SettingsError> for CliError {
    fn from(error: SettingsError) -> Self {
        CliError::Usage(error.into())
    }
}

impl From<RunError> for CliError {
    fn from(error: RunError) -> Self {
        CliError::Run(error.into())
    }
}

impl From<DatasetError> for CliError {
    fn from(error: DatasetError) -> Self {
        CliError::Run(error.into())
    }
}

impl std::fmt::Display for CliError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CliError::Usage(error) | CliError::Run(error) => {
                write!(f, "error: {}", error_chain(error.as_ref(), "\n  caused by: "))?;
                match help(error.as_ref()) {
                    Some(advice) => write!(f, "\n  help: {advice}"),
                    None => Ok(()),
                }
            }
            CliError::Signal(_) => {
                write!(f, "stopped by a signal; complete packages were saved for the next run, nothing else was changed")
            }
        }
    }
}

/// Iterates over an error and its sources.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// Returns the remedy for a failed request.
fn help(error: &(dyn Error + 'static)) -> Option<&'static str> {
    causes(error).find_map(|cause| cause.downcast_ref::<ClientError>()?.kind().help())
}
