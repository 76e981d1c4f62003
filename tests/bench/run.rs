//! A run of the `catchment` command.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::usage;

/// Loads `spec` into `file` with `catchment run` and measures the whole process.
pub(crate) fn run(catchment: &Path, spec: &Path, file: &Path) -> Result<()> {
    let mut command = Command::new(catchment);
    command.arg("run").arg(spec).args(["--progress", "off", "--pipelines-dir"]).arg(file.with_extension("pipelines"));
    command.env("DESTINATION__DUCKDB__CREDENTIALS", file);
    usage::print_of_child(|| {
        let output = command.output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    })
}
