//! A PostgreSQL server for tests.
#![expect(clippy::print_stderr, reason = "prints to the terminal and to the log of CI")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::script::ServerScript;
use crate::process;

/// The environment variable with the connection string of a PostgreSQL server, whose role can create databases.
pub(crate) const POSTGRES: &str = "CATCHMENT_POSTGRES";

/// The folder of Debian's packages, with a folder for each version.
const DEBIAN: &str = "/usr/lib/postgresql";

const SCRIPT: &str = include_str!("postgres.sh");

/// Returns whether [`POSTGRES`] is set.
pub(crate) fn has_postgres() -> bool {
    env::var_os(POSTGRES).is_some_and(|url| !url.is_empty())
}

/// A PostgreSQL server in a temporary folder. It is stopped when the value is dropped or this process ends.
pub(crate) struct PostgresServer {
    script: ServerScript,
    /// The folder with the programs of PostgreSQL.
    programs: PathBuf,
    port: u16,
    restart_command: String,
}

impl PostgresServer {
    /// Starts a server if PostgreSQL is installed, and otherwise prints that `check` is skipped. In CI, this is an error.
    pub(crate) fn start_for(check: &str) -> Result<Option<Self>> {
        match programs() {
            Err(missing) if !process::is_ci() => {
                eprintln!("SKIPPED: {check} was NOT checked: {missing:#}");
                Ok(None)
            }
            found => Self::start(&found?).map(Some),
        }
    }

    pub(super) fn start(programs: &Path) -> Result<Self> {
        let port = super::script::free_port()?;
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "sh"]).arg(programs).arg(port.to_string()).env("LC_ALL", "C");
        let (script, line) = ServerScript::start(&mut command, "PostgreSQL server")?;
        let restart_command = line.strip_prefix("ready; restart with: ").map(str::to_owned);
        let failed = || format!("the PostgreSQL server in {} did not start, see above", programs.display());
        Ok(Self { script, programs: programs.to_owned(), port, restart_command: restart_command.with_context(failed)? })
    }

    /// Returns the value of [`POSTGRES`].
    pub(crate) fn url(&self) -> String {
        format!("postgresql://loader:loader@127.0.0.1:{}/postgres", self.port)
    }

    /// Returns the path of the client `psql`.
    pub(crate) fn psql(&self) -> PathBuf {
        self.programs.join("psql")
    }

    /// Returns the shell command that stops the server immediately, without regard for its clients, and starts it again.
    pub(crate) fn restart_command(&self) -> &str {
        &self.restart_command
    }

    /// Blocks until the server ends, which is an error: Ctrl-C ends this process.
    pub(super) fn wait(self) -> Result<()> {
        self.script.wait()
    }
}

/// Returns the folder with the programs of PostgreSQL: the newest version of Debian's packages, otherwise the folder of
/// `pg_ctl` on the PATH.
pub(super) fn programs() -> Result<PathBuf> {
    let entries = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    // packages of the client have a folder without the server
    let folders = entries.map(|entry| entry.path().join("bin")).filter(|bin| bin.join("initdb").exists());
    if let Some(newest) = folders.max_by_key(|bin| version(bin)) {
        return Ok(newest);
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let linked = env::split_paths(&path).find_map(|folder| folder.join("pg_ctl").canonicalize().ok());
    let folder = linked.as_deref().and_then(Path::parent);
    folder.map(Path::to_owned).context(
        "PostgreSQL is not installed; install the package `postgresql` (on macOS, `brew install postgresql`, \
         with `pg_ctl` on the PATH)",
    )
}

/// Returns the version in a path such as `/usr/lib/postgresql/15/bin`, as numbers. Versions before 10 have two.
fn version(bin: &Path) -> Vec<u32> {
    let name = bin.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    name.split('.').map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Path, version};

    #[test]
    fn versions_are_read_from_paths() {
        #[track_caller]
        fn check(folder: &str, expected: &[u32]) {
            assert_eq!(version(Path::new(folder)), expected);
        }
        check("/usr/lib/postgresql/15/bin", &[15]);
        check("/usr/lib/postgresql/9.6/bin", &[9, 6]);
        check("/usr/lib/postgresql/beta/bin", &[]);
        check("bin", &[]);
    }

    #[test]
    fn newer_versions_are_greater() {
        assert!(version(Path::new("17/bin")) > version(Path::new("9.6/bin")));
    }
}
