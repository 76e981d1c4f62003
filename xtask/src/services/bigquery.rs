//! An emulator of BigQuery for tests.
#![expect(clippy::print_stderr, reason = "prints to the terminal and to the log of CI")]

use std::env;
use std::process::Command;

use anyhow::{Result, bail};

use super::script::{ServerScript, free_port};
use crate::process;

/// The environment variable with the URL of an emulator.
pub(crate) const BIGQUERY: &str = "CATCHMENT_BIGQUERY";

/// The environment variable with the path of a Python that has bqemulator.
const PYTHON: &str = "CATCHMENT_BQEMULATOR_PYTHON";

const SCRIPT: &str = include_str!("bigquery.sh");
const LAUNCHER: &str = include_str!("bqemulator.py");

/// Returns whether [`BIGQUERY`] is set.
pub(crate) fn has_bigquery() -> bool {
    env::var_os(BIGQUERY).is_some_and(|url| !url.is_empty())
}

/// An emulator. It is stopped when the value is dropped or this process ends.
pub(crate) struct BigQueryEmulator {
    _script: ServerScript,
    port: u16,
}

impl BigQueryEmulator {
    /// Starts an emulator if it is installed, and otherwise prints that `check` is skipped. In CI, this is an error.
    pub(crate) fn start_for(check: &str) -> Result<Option<Self>> {
        let Some(python) = env::var_os(PYTHON) else {
            let missing = format!("set {PYTHON} to a Python with the package bqemulator, as `.ci/run` installs it");
            if process::is_ci() {
                bail!(missing);
            }
            eprintln!("SKIPPED: {check} was NOT checked: {missing}");
            return Ok(None);
        };
        let port = free_port()?;
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "sh"]).arg(&python).arg(LAUNCHER).args([port, free_port()?].map(|port| port.to_string()));
        match ServerScript::start(&mut command, "BigQuery emulator")? {
            (script, line) if line == "ready" => Ok(Some(Self { _script: script, port })),
            _ => bail!("the BigQuery emulator of {} did not start, see above", python.display()),
        }
    }

    /// Returns the value of [`BIGQUERY`].
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}
