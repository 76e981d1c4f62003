//! How the command fails.

use std::error::Error;

use catchment::RunError;

/// What went wrong, and whose matter it is.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line, the spec or the configuration is wrong: exit code 2.
    Usage(anyhow::Error),
    /// The run failed: exit code 1.
    Run(anyhow::Error),
    /// A signal stopped the run: exit code 128 and its number.
    Signal(u8),
}

impl Failure {
    pub(crate) fn code(&self) -> u8 {
        match self {
            Failure::Usage(_) => 2,
            Failure::Run(_) => 1,
            Failure::Signal(number) => 128 + number,
        }
    }
}

impl From<std::io::Error> for Failure {
    /// What happened to output or to a signal handler.
    fn from(error: std::io::Error) -> Self {
        Failure::Run(error.into())
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        Failure::Run(error.into())
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Usage(error) | Failure::Run(error) => write!(f, "error: {}", chain(error.as_ref())),
            Failure::Signal(_) => write!(f, "stopped by a signal: what was complete is kept, and nothing else was changed"),
        }
    }
}

/// An error and what caused it, each said once.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.contains(&said) {
            text = format!("{text}\n  because: {said}");
        }
        next = cause.source();
    }
    text
}
