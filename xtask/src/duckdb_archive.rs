//! DuckDB, compiled once for all profiles.

use anyhow::{Context as _, Result};
use cargo_metadata::{BuildScript, Message};

use crate::process;

/// Builds DuckDB in the dev profile, where that is not done yet, and gives the arguments that make cargo link that
/// archive in any other profile in the place of compiling it anew, for half an hour.
///
/// They say what the build script of `libduckdb-sys` would say (`links` overrides of cargo's configuration). The
/// archive is the same: both profiles optimise DuckDB alike and leave debug information out.
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

/// What DuckDB's build script said in the dev profile.
fn build_script() -> Result<BuildScript> {
    let messages = process::cargo_messages(process::cargo().args(["build", "--package", "catchment-load"]))?;
    let script = messages.into_iter().find_map(|message| match message {
        Message::BuildScriptExecuted(script) if script.package_id.repr.contains("libduckdb-sys") => Some(script),
        _ => None,
    });
    script.context("cargo says nothing of the build script of libduckdb-sys")
}
