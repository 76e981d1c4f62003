//! A small disk for tests of full or read-only file systems.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Executes lines of stdin and prints the exit code of each.
const SHELL: &str = r#"while read -r line; do eval "$line" </dev/null 2>&1; code=$?; echo; echo "exit $code"; done"#;

/// A tmpfs in a private mount namespace, visible only to commands that run in it. Dropping it unmounts the disk.
pub(crate) struct SmallDisk {
    path: PathBuf,
    shell: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
}

impl SmallDisk {
    /// Mounts a disk at `path`. If mounting is not permitted, returns `None` to skip the test, or panics in CI.
    pub(crate) fn mount(path: &Path) -> Option<SmallDisk> {
        let disk = SmallDisk::enter(path).and_then(|mut disk| {
            let (code, said) = disk.shell(&format!("mount -t tmpfs -o size=64m tmpfs {}", quoted(path)));
            if code == 0 { Ok(disk) } else { Err(said) }
        });
        disk.inspect_err(|reason| skip(reason)).ok()
    }

    fn enter(path: &Path) -> Result<SmallDisk, String> {
        std::fs::create_dir_all(path).unwrap();
        let mut unshare = Command::new("unshare");
        unshare.args(["--map-root-user", "--mount", "sh", "-c", SHELL]);
        let shell = unshare.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut shell = shell.map_err(|error| format!("unshare: {error}"))?;
        let (input, output) = (shell.stdin.take(), BufReader::new(shell.stdout.take().unwrap()).lines());
        Ok(SmallDisk { path: path.to_owned(), shell, input, output })
    }

    /// Executes a shell command and returns its exit code and output. The exit code is 127 if the shell did not start.
    pub(crate) fn shell(&mut self, line: &str) -> (i32, String) {
        // fails if the shell did not start
        let _ = writeln!(self.input.as_mut().unwrap(), "{line}");
        let mut said = Vec::new();
        for line in self.output.by_ref().map_while(Result::ok) {
            match line.strip_prefix("exit ") {
                Some(code) => return (code.parse().unwrap(), said.join("\n")),
                None => said.push(line),
            }
        }
        (127, "unshare failed to create a mount namespace".to_owned())
    }

    /// Runs a command in the mount namespace and returns its exit code and output.
    pub(crate) fn run(&mut self, command: &Command) -> (Option<i32>, String) {
        let dir = command.get_current_dir().unwrap_or(Path::new("."));
        let variables = command.get_envs().filter_map(|(name, value)| Some(format!("{}={}", name.display(), quoted(value?))));
        let words = std::iter::once(command.get_program()).chain(command.get_args()).map(quoted);
        let words: Vec<_> = variables.chain(words).collect();
        let (code, said) = self.shell(&format!("cd {} && {}", quoted(dir), words.join(" ")));
        (Some(code), said)
    }

    /// Changes the size of the disk.
    pub(crate) fn resize(&mut self, size: &str) {
        self.remount(&format!("size={size}"));
    }

    pub(crate) fn make_read_only(&mut self) {
        self.remount("ro");
    }

    pub(crate) fn make_writable(&mut self) {
        self.remount("rw");
    }

    fn remount(&mut self, option: &str) {
        let line = format!("mount -o remount,{option} {}", quoted(&self.path));
        let (code, said) = self.shell(&line);
        assert_eq!(code, 0, "{line}: {said}");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // the shell exits when its stdin is closed
        drop(self.input.take());
        let _ = self.shell.wait();
    }
}

#[expect(clippy::print_stderr, reason = "reports a skipped test")]
fn skip(reason: &str) {
    let message = format!("failed to mount a disk, so full disks are not tested: {reason}");
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{message}");
    eprintln!("SKIPPED: {message}");
}

/// Quotes a word for the shell.
fn quoted(word: impl AsRef<std::ffi::OsStr>) -> String {
    format!("'{}'", word.as_ref().to_str().unwrap().replace('\'', r"'\''"))
}
