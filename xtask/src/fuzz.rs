//! `cargo xtask fuzz`

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::process;

/// Arguments of `cargo xtask fuzz`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Fuzz target in tests/fuzz: expression, link-header, origin, pagination, parser, redaction, selector, shredder, spec
    /// or stored-schema
    target: String,
    /// Maximum duration; a finding stops the run earlier
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Arguments of libFuzzer, for example `-- -minimize_crash=1 FILE`
    #[arg(last = true)]
    args: Vec<OsString>,
}

/// Compiler flags for coverage instrumentation and runtime checks. The same as `cargo fuzz` without a sanitizer: sanitizers
/// require a nightly compiler, and the workspace has no `unsafe` code.
const RUSTFLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Cdebug-assertions -Coverflow-checks -Ccodegen-units=1 --cfg fuzzing";

/// Builds the fuzz target with instrumentation, in a separate target folder because of its flags, and runs it.
///
/// Interesting inputs are stored in tests/fuzz/corpus and crashing ones in tests/fuzz/artifacts; git ignores both.
pub(crate) fn run(args: &Args) -> Result<()> {
    let (target, host) = (&args.target, process::host()?);
    let workspace = process::workspace()?;
    let mut build = process::cargo();
    build.args(["build", "--release", "--package", "catchment-fuzz", "--bin", target]);
    // with `--target`, so that build scripts and macros are compiled without the flags
    build.args(["--target", &host, "--target-dir"]).arg(workspace.target_directory.join("fuzz")).env("RUSTFLAGS", RUSTFLAGS);
    let messages = process::cargo_messages(&mut build)?;

    let dir = workspace.workspace_root.join("tests/fuzz").into_std_path_buf();
    let (corpus, artifacts) = (dir.join("corpus").join(target), dir.join("artifacts").join(target));
    for folder in [&corpus, &artifacts] {
        std::fs::create_dir_all(folder).with_context(|| format!("failed to create the folder {}", folder.display()))?;
    }
    let mut fuzz = Command::new(process::executable(&messages, target)?);
    fuzz.arg(format!("-max_total_time={}", args.seconds)).args(["-max_len=4096", "-timeout=10", "-print_final_stats=1"]);
    fuzz.arg(format!("-dict={}", dir.join("words.dict").display()));
    fuzz.arg(format!("-artifact_prefix={}/", artifacts.display())).args(&args.args);
    // if the arguments contain a file, libFuzzer only runs files and would treat folders as such
    if args.args.iter().all(|arg| arg.to_string_lossy().starts_with('-')) {
        fuzz.arg(corpus).arg(dir.join("seeds").join(target));
    }
    process::run(&mut fuzz)
}
