//! Runs the blocks of a page in one bash session.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use super::page::Block;
use super::server::Hosts;

/// The folder that pages show in place of the working folder, and of the user's folder.
///
/// They are two folders: in one, `.catchment` would hold the settings of the project and of the user.
const HOME: &str = "/home/ada";

/// The folder that `catchment` uses for the user root in place of `~/.catchment`.
const ROOT_FOLDER: &str = "/var/catchment";

/// Time that all commands of a page may take together.
const TIMEOUT: Duration = Duration::from_secs(300);

const QUERY: &str = include_str!("query.py");

/// The programs that pages run.
pub(super) struct Programs {
    /// The `catchment` that is tested.
    pub(super) catchment: PathBuf,
    /// A Python that has the package duckdb.
    pub(super) python: String,
}

/// The result of a command.
#[derive(Debug)]
pub(super) struct Outcome {
    /// Lines of stdout and stderr, in the order in which they were written.
    pub(super) lines: Vec<String>,
    /// Exit code; nothing if the command did not end.
    pub(super) exit: Option<i32>,
}

/// Runs the blocks and returns an outcome for each of them, which for a file is empty.
pub(super) fn run(blocks: &[Block], hosts: &Hosts, programs: &Programs) -> Result<Vec<Outcome>> {
    let folder = TempDir::new().context("failed to create a temporary folder")?;
    // without symbolic links, as programs print it
    let folder = &folder.path().canonicalize()?;
    let (home, user, bin, steps) = (folder.join("home"), folder.join("user"), folder.join("bin"), folder.join("steps"));
    for folder in [&home, &user, &bin, &steps] {
        fs::create_dir(folder)?;
    }
    install(&bin, hosts, programs)?;

    let mut script = String::from("umask 022\n");
    for (number, block) in blocks.iter().enumerate() {
        let step = steps.join(number.to_string());
        match block {
            Block::File { path, text, .. } => {
                fs::write(&step, hosts.to_loopback(text))?;
                let path = home.join(path);
                let parent = path.parent().unwrap_or(&home);
                script.push_str(&format!("mkdir -p {}\ncp {} {}\n", quote(parent), quote(&step), quote(&path)));
            }
            Block::Command(command) => {
                fs::write(&step, hosts.to_loopback(&command.text))?;
                let (out, exit) = (quote(&step.with_extension("out")), quote(&step.with_extension("exit")));
                script.push_str(&format!("eval \"$(cat {})\" </dev/null >{out} 2>&1\necho $? >{exit}\n", quote(&step)));
            }
        }
    }
    let script_file = steps.join("script");
    fs::write(&script_file, script)?;

    let path = std::env::var("PATH").unwrap_or_else(|_| "/usr/bin:/bin".to_owned());
    let mut bash = bash(folder)?;
    bash.arg("--norc").arg(&script_file).current_dir(&home).stdin(Stdio::null()).process_group(0).env_clear();
    bash.env("HOME", &user).env("PATH", format!("{}:{path}", bin.display())).env("LANG", "C.UTF-8").env("TZ", "UTC");
    if bash.get_program() == "bash" && is_root(folder)? {
        bash.env("CATCHMENT_DATA_DIR", user.join(".catchment"));
    }
    // a request to a host without a fixture fails at once and does not leave the machine
    let nowhere = "http://127.0.0.1:9";
    bash.env("HTTPS_PROXY", nowhere).env("HTTP_PROXY", nowhere).env("NO_PROXY", "127.0.0.1,localhost");
    let mut session = bash.spawn().context("failed to start bash")?;
    wait(&mut session);

    let outcome = |number: usize| {
        let step = steps.join(number.to_string());
        let output = or_empty(fs::read(step.with_extension("out")))?;
        let output = String::from_utf8_lossy(&output).replace(&*home.to_string_lossy(), HOME);
        let output = output.replace(&*user.to_string_lossy(), HOME).replace(ROOT_FOLDER, &format!("{HOME}/.catchment"));
        let exit = or_empty(fs::read(step.with_extension("exit")))?;
        Ok(Outcome {
            lines: hosts.to_public(&output).lines().map(str::to_owned).collect(),
            exit: String::from_utf8_lossy(&exit).trim().parse().ok(),
        })
    };
    (0..blocks.len()).map(outcome).collect()
}

/// Bash as an ordinary user: root gets a user namespace, where the system allows it.
fn bash(folder: &Path) -> Result<Command> {
    let namespace = ["--user", "--map-user=1000"];
    let mut probe = Command::new("unshare");
    probe.args(namespace).arg("true").stdout(Stdio::null()).stderr(Stdio::null());
    if is_root(folder)? && probe.status().is_ok_and(|status| status.success()) {
        let mut unshare = Command::new("unshare");
        unshare.args(namespace).arg("bash");
        return Ok(unshare);
    }
    Ok(Command::new("bash"))
}

/// Returns whether root has created a folder of ours.
fn is_root(folder: &Path) -> Result<bool> {
    Ok(fs::metadata(folder)?.uid() == 0)
}

/// Puts `catchment` and `duckdb` into a folder of programs.
fn install(bin: &Path, hosts: &Hosts, programs: &Programs) -> Result<()> {
    symlink(&programs.catchment, bin.join("catchment"))?;
    let query = bin.join("query.py");
    fs::write(&query, QUERY)?;
    let duckdb = bin.join("duckdb");
    let python = quote(Path::new(&programs.python));
    let replacements = quote(Path::new(&hosts.replacements()));
    fs::write(&duckdb, format!("#!/bin/sh\nexec {python} -B {} {replacements} \"$@\"\n", quote(&query)))?;
    fs::set_permissions(&duckdb, fs::Permissions::from_mode(0o755))?;
    Ok(())
}

/// Waits for a session, and ends the processes that it has left behind or that take too long.
fn wait(session: &mut Child) {
    let started = Instant::now();
    while started.elapsed() < TIMEOUT && matches!(session.try_wait(), Ok(None)) {
        thread::sleep(Duration::from_millis(10));
    }
    let group = format!("-{}", session.id());
    // fails where nothing is left, which is the usual case
    drop(Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status());
    drop(session.wait());
}

fn or_empty(read: std::io::Result<Vec<u8>>) -> std::io::Result<Vec<u8>> {
    match read {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        read => read,
    }
}

fn quote(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::super::page::parse;
    use super::super::server::Hosts;
    use super::{Programs, run};

    #[test]
    fn commands_share_a_session() {
        let page = "```text,file=a/b.txt\nhello\n```\n```console\n$ cd a; x=1\n$ cat b.txt; pwd\n$ echo $x $HOME >&2\n\
                    $ if\n$ cat; false\n$ exit 3\n$ echo unreachable\n```";
        let programs = Programs { catchment: "/bin/true".into(), python: "python3".to_owned() };
        let outcomes = run(&parse(page).unwrap(), &Hosts::default(), &programs).unwrap();
        let seen: Vec<_> = outcomes.iter().map(|outcome| (outcome.lines.join("|"), outcome.exit)).collect();
        assert_eq!(seen[2], ("hello|/home/ada/a".to_owned(), Some(0)));
        assert_eq!(seen[3], ("1 /home/ada".to_owned(), Some(0)));
        assert!(seen[4].0.contains("syntax error"), "{seen:?}");
        assert_eq!(seen[5], (String::new(), Some(1)));
        assert_eq!(seen[6].1, None);
        assert_eq!(seen[7], (String::new(), None));
    }
}
