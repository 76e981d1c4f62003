//! `cargo xtask fuzz`

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::process;

/// Arguments of `cargo xtask fuzz`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to fuzz, a program of tests/fuzz: expression, link-header, origin, pagination, parser, redaction, selector, shredder, spec
    /// or stored-schema
    target: String,
    /// How long; it ends earlier where it finds something
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Passed on to libFuzzer, for example `-- -minimize_crash=1 FILE`
    #[arg(last = true)]
    args: Vec<OsString>,
}

/// What makes libFuzzer see which code an input reaches, and what makes faults panic; as `cargo fuzz` has it without a
/// sanitizer, since those need a nightly compiler and our code is safe.
const RUSTFLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Cdebug-assertions -Coverflow-checks -Ccodegen-units=1 --cfg fuzzing";

/// Builds the program with instrumentation, in a target folder of its own as its flags are others, and runs it.
///
/// What it finds interesting goes to tests/fuzz/corpus and what breaks to tests/fuzz/artifacts, which git ignores.
pub(crate) fn run(args: &Args) -> Result<()> {
    let (target, host) = (&args.target, process::host()?);
    let workspace = process::workspace()?;
    let mut build = process::cargo();
    build.args(["build", "--release", "--package", "catchment-fuzz", "--bin", target]);
    // with a target, so that build scripts and macros are built without the flags
    build.args(["--target", &host, "--target-dir"]).arg(workspace.target_directory.join("fuzz")).env("RUSTFLAGS", RUSTFLAGS);
    let messages = process::cargo_messages(&mut build)?;

    let dir = workspace.workspace_root.join("tests/fuzz").into_std_path_buf();
    let (corpus, artifacts) = (dir.join("corpus").join(target), dir.join("artifacts").join(target));
    for folder in [&corpus, &artifacts] {
        std::fs::create_dir_all(folder).with_context(|| format!("failed to make the folder {}", folder.display()))?;
    }
    let mut fuzz = Command::new(process::executable(&messages, target)?);
    fuzz.arg(format!("-max_total_time={}", args.seconds)).args(["-max_len=4096", "-timeout=10", "-print_final_stats=1"]);
    fuzz.arg(format!("-dict={}", dir.join("words.dict").display()));
    fuzz.arg(format!("-artifact_prefix={}/", artifacts.display())).args(&args.args);
    // a file among the arguments is tried alone, and folders would be taken for files then
    if args.args.iter().all(|arg| arg.to_string_lossy().starts_with('-')) {
        fuzz.arg(corpus).arg(dir.join("seeds").join(target));
    }
    process::run(&mut fuzz)
}
