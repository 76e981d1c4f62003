//! Child processes: the same cargo, a clean environment, and errors that contain the command line.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::BufReader;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use cargo_metadata::{Message, Metadata, MetadataCommand};

/// Creates a command of the cargo that runs this program.
pub(crate) fn cargo() -> Command {
    command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Creates a command that may start builds.
///
/// Removes the variables of the running package that `cargo run` sets. Build scripts that watch them
/// (such as ring's) would run again, and their dependents would be recompiled, each time a build is
/// started from here instead of the shell.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if is_package_variable(&name) {
            command.env_remove(name);
        }
    }
    command
}

fn is_package_variable(variable: &OsString) -> bool {
    variable.to_str().is_some_and(|name| {
        name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "CARGO_PRIMARY_PACKAGE"
    })
}

/// Creates a command of the rustc that cargo uses.
fn rustc() -> Command {
    Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}

/// Returns the default build target of cargo.
pub(crate) fn host() -> Result<String> {
    let output = rustc().args(["--print", "host-tuple"]).output().context("failed to start rustc")?;
    Ok(String::from_utf8(output.stdout).context("the output of rustc is not UTF-8")?.trim().to_owned())
}

/// Runs `command` with inherited input and output, and returns an error if it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = display_command(command);
    let status = command.status().with_context(|| format!("failed to start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed with {status}");
    }
    Ok(())
}

/// Runs cargo and returns its messages about artifacts and build scripts. Errors and progress are printed.
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

/// Returns the path of the executable `name` that cargo has built.
pub(crate) fn executable(messages: &[Message], name: &str) -> Result<PathBuf> {
    let built = messages.iter().find_map(|message| match message {
        Message::CompilerArtifact(artifact) if artifact.target.name == name => artifact.executable.clone(),
        _ => None,
    });
    Ok(built.with_context(|| format!("no executable {name} in the messages of cargo"))?.into())
}

/// Returns whether `cargo SUBCOMMAND` is installed.
pub(crate) fn has_cargo_subcommand(subcommand: &str) -> bool {
    cargo()
        .args([subcommand, "--version"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Returns whether this is CI, where skipped checks are errors.
pub(crate) fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true" || value == "1")
}

/// Returns the members of the workspace as declared in their manifests, without resolved dependencies.
pub(crate) fn workspace() -> Result<Metadata> {
    MetadataCommand::new().no_deps().exec().context("failed to read the manifests of the workspace")
}

/// Returns the root folder of the workspace.
pub(crate) fn root() -> Result<PathBuf> {
    Ok(workspace()?.workspace_root.into_std_path_buf())
}

fn display_command(command: &Command) -> String {
    // without the path of the program, so that the line can be pasted into a shell
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
    use super::{Command, display_command, is_package_variable, run};

    #[test]
    fn errors_contain_the_command_line() {
        let mut command = Command::new("/bin/sh");
        let error = run(command.args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(error.to_string(), "`sh -c exit 3` failed with exit status: 3");
        assert_eq!(display_command(&command), "sh -c exit 3");
    }

    #[test]
    fn only_variables_of_the_running_package_are_removed() {
        #[track_caller]
        fn check(name: &str, expected: bool) {
            assert_eq!(is_package_variable(&name.into()), expected, "{name}");
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
