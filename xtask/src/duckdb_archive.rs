//! Reuse of the compiled DuckDB archive across profiles.

use anyhow::{Context as _, Result};
use cargo_metadata::{BuildScript, Message};

use crate::process;

/// Builds DuckDB in the dev profile if necessary, and returns cargo arguments that link this archive in other profiles
/// instead of recompiling it for half an hour.
///
/// The arguments override the output of the build script of `libduckdb-sys` (`links` overrides in cargo's configuration).
/// The archive would be identical: all profiles compile DuckDB with the same optimization and without debug information.
pub(crate) fn cargo_args() -> Result<Vec<String>> {
    let script = build_script()?;
    let key = format!("target.{}.duckdb", process::host()?);
    let list = |paths: Vec<String>| format!("{paths:?}");
    let paths = list(script.linked_paths.iter().map(ToString::to_string).collect());
    let libs = list(script.linked_libs.iter().map(ToString::to_string).collect());
    let settings = [
        format!("{key}.rustc-link-search={paths}"),
        format!("{key}.rustc-link-lib={libs}"),
        format!("{key}.rustc-env.OUT_DIR={:?}", script.out_dir.as_str()),
    ];
    Ok(settings.into_iter().flat_map(|setting| ["--config".to_owned(), setting]).collect())
}

/// Returns the output of DuckDB's build script in the dev profile.
fn build_script() -> Result<BuildScript> {
    let messages = process::cargo_messages(process::cargo().args(["build", "--package", "catchment-load-duckdb"]))?;
    let script = messages.into_iter().find_map(|message| match message {
        Message::BuildScriptExecuted(script) if script.package_id.repr.contains("libduckdb-sys") => Some(script),
        _ => None,
    });
    script.context("no build script of libduckdb-sys in the messages of cargo")
}
