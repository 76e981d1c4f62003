//! How the command fails.

use std::error::Error;

use catchment::RunError;
use catchment::rest_client::Error as ClientError;
use catchment_settings::SettingsError;

/// What went wrong, and whose matter it is.
#[derive(Debug)]
pub(crate) enum CliError {
    /// The command line, the spec or the configuration is wrong: exit code 2.
    Usage(anyhow::Error),
    /// The run failed: exit code 1.
    Run(anyhow::Error),
    /// A signal stopped the run: exit code 128 and its number.
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
    /// What happened to output or to a signal handler.
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

impl std::fmt::Display for CliError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CliError::Usage(error) | CliError::Run(error) => {
                write!(f, "error: {}", error_chain(error.as_ref()))?;
                match help(error.as_ref()) {
                    Some(advice) => write!(f, "\n  try: {advice}"),
                    None => Ok(()),
                }
            }
            CliError::Signal(_) => write!(f, "stopped by a signal: what was complete is kept, and nothing else was changed"),
        }
    }
}

/// An error and what caused it.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// An error and what caused it, each said once. What lies below an error of the client is said by it.
fn error_chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    for cause in causes(error).skip(1) {
        let said = cause.to_string();
        if !text.contains(&said) {
            text = format!("{text}\n  because: {said}");
        }
        if cause.is::<ClientError>() {
            break;
        }
    }
    text
}

/// What to try where a request failed.
fn help(error: &(dyn Error + 'static)) -> Option<&'static str> {
    causes(error).find_map(|cause| cause.downcast_ref::<ClientError>()?.kind().help())
}
