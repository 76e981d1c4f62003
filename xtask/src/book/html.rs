//! The HTML of the book, built by mdBook.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process;

/// Builds the book and returns an error if mdBook prints a warning. Skips the build outside of CI if mdBook is not installed.
pub(super) fn build(docs: &Path) -> Result<()> {
    let output = match Command::new("mdbook").arg("build").arg(docs).output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !process::is_ci() => {
            eprintln!("SKIPPED: mdbook is not installed, so the HTML of the book was NOT built");
            return Ok(());
        }
        Err(error) => return Err(error).context("failed to start `mdbook`; install it with `cargo install mdbook`"),
    };
    let log = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() || has_warning(&log) {
        bail!("`mdbook build` failed or printed warnings:\n{}", log.trim_end());
    }
    Ok(())
}

fn has_warning(log: &str) -> bool {
    log.lines().any(|line| line.contains("WARN") || line.contains("ERROR"))
}

#[cfg(test)]
mod tests {
    #[track_caller]
    fn check(log: &str, expected: bool) {
        assert_eq!(super::has_warning(log), expected, "{log}");
    }

    #[test]
    fn warnings_are_found() {
        check(" INFO Book building has started\n INFO Running the html backend\n", false);
        check(" INFO Book building has started\n WARN unclosed HTML tag `<x>` found\n", true);
    }
}
