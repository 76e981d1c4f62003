//! Child processes: the right cargo, a clean environment, an error that names the command.

use std::env;
use std::ffi::OsString;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use cargo_metadata::{Message, Metadata, MetadataCommand};

/// The cargo that runs this program.
///
/// `cargo run` tells us which package it runs; these variables are taken out again, because
/// build scripts that watch them (ring's does) would be run anew each time a build is started
/// from here and not from the shell, and what depends on them compiled again.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        if is_of_the_running_package(&name) {
            command.env_remove(name);
        }
    }
    command
}

fn is_of_the_running_package(variable: &OsString) -> bool {
    variable.to_str().is_some_and(|name| {
        name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "CARGO_PRIMARY_PACKAGE"
    })
}

/// The rustc that cargo uses.
fn rustc() -> Command {
    Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}

/// The target that cargo builds for where none is asked for.
pub(crate) fn host() -> Result<String> {
    let output = rustc().args(["--print", "host-tuple"]).output().context("failed to start rustc")?;
    Ok(String::from_utf8(output.stdout).context("rustc printed no text")?.trim().to_owned())
}

/// Runs `command` with our own input and output, and fails if it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = display_command(command);
    let status = command.status().with_context(|| format!("failed to start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed with {status}");
    }
    Ok(())
}

/// Runs cargo and returns its messages: what it built, and what build scripts said. Errors and progress are shown.
pub(crate) fn cargo_messages(command: &mut Command) -> Result<Vec<Message>> {
    command.args(["--message-format", "json-render-diagnostics"]).stdout(Stdio::piped());
    let line = display_command(command);
    let mut child = command.spawn().with_context(|| format!("failed to start `{line}`"))?;
    let output = child.stdout.take().context("cargo has no output")?;
    let messages = Message::parse_stream(BufReader::new(output)).collect::<std::io::Result<_>>();
    let status = child.wait()?;
    if !status.success() {
        bail!("`{line}` failed with {status}");
    }
    messages.context("failed to read cargo's messages")
}

/// The program of that name that cargo has built.
pub(crate) fn executable(messages: &[Message], name: &str) -> Result<PathBuf> {
    let built = messages.iter().find_map(|message| match message {
        Message::CompilerArtifact(artifact) if artifact.target.name == name => artifact.executable.clone(),
        _ => None,
    });
    Ok(built.with_context(|| format!("cargo says nothing of the program {name}"))?.into())
}

/// Whether `cargo SUBCOMMAND` is installed.
pub(crate) fn has_cargo_subcommand(subcommand: &str) -> bool {
    cargo()
        .args([subcommand, "--version"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Whether we run under CI, where a check that is skipped is an error.
pub(crate) fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true" || value == "1")
}

/// The members of the workspace as their manifests declare them, nothing resolved.
pub(crate) fn workspace() -> Result<Metadata> {
    MetadataCommand::new().no_deps().exec().context("failed to read the workspace's manifests")
}

/// The folder of the workspace, from whichever folder inside it we were called.
pub(crate) fn root() -> Result<PathBuf> {
    Ok(workspace()?.workspace_root.into_std_path_buf())
}

fn display_command(command: &Command) -> String {
    // The path of the cargo in use says nothing to whom reads the line, `cargo` can be pasted.
    let program = PathBuf::from(command.get_program());
    let mut line = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&arg.to_string_lossy());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::{Command, display_command, is_of_the_running_package, run};

    #[test]
    fn error_names_the_command_as_one_would_type_it() {
        let mut command = Command::new("/bin/sh");
        let error = run(command.args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(error.to_string(), "`sh -c exit 3` failed with exit status: 3");
        assert_eq!(display_command(&command), "sh -c exit 3");
    }

    #[test]
    fn only_variables_of_the_running_package_are_taken_out() {
        #[track_caller]
        fn check(name: &str, expected: bool) {
            assert_eq!(is_of_the_running_package(&name.into()), expected, "{name}");
        }
        check("CARGO_PKG_NAME", true);
        check("CARGO_MANIFEST_DIR", true);
        check("CARGO_MANIFEST_PATH", true);
        check("CARGO_HOME", false);
        check("CARGO_TARGET_DIR", false);
        check("CARGO_INCREMENTAL", false);
        check("PATH", false);
    }
}
