//! A folder in which commands run one after the other.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::command::binary;
use crate::dataset::Dataset;

/// A folder with the pipelines of a user, and the dataset that they load.
pub(super) struct Session {
    pub(super) dataset: Dataset,
    dir: PathBuf,
}

impl Session {
    pub(super) fn new(dataset: Dataset) -> Session {
        let dir = dataset.dir().join("project");
        std::fs::create_dir(&dir).unwrap();
        Session { dataset, dir }
    }

    /// Calls `test` with a session on DuckDB, and with one on PostgreSQL if a server is available.
    pub(super) fn on_each_destination(test: impl Fn(&Session)) {
        test(&Session::new(Dataset::new()));
        if let Some(dataset) = Dataset::postgres() {
            test(&Session::new(dataset));
        }
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Returns the name of the destination.
    pub(super) fn destination(&self) -> &'static str {
        if self.dataset.postgres_database().is_some() { "postgres" } else { "duckdb" }
    }

    /// Writes a file in the folder.
    pub(super) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.dir.join(name), text).unwrap();
    }

    /// Returns the command `catchment` with these arguments.
    pub(super) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(args).current_dir(&self.dir).env("CATCHMENT_DATA_DIR", self.dir.join("data")).stdin(Stdio::null());
        command.env("RUNTIME__REQUEST_BACKOFF_FACTOR", "0").env("DESTINATION_TYPE", self.destination());
        match self.dataset.postgres_database() {
            Some(database) => command.env("DESTINATION__POSTGRES__CREDENTIALS", database.connection_string().expose()),
            None => command.env("DESTINATION__DUCKDB__CREDENTIALS", self.dataset.file()),
        };
        command
    }

    /// Runs the command and returns the exit code, stdout and stderr.
    pub(super) fn output(&self, args: &[&str]) -> (Option<i32>, String, String) {
        let output = self.command(args).output().unwrap();
        let [said, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.code(), said, error)
    }

    /// Runs the command, which must succeed, and returns stdout.
    #[track_caller]
    pub(super) fn run(&self, args: &[&str]) -> String {
        let (code, said, error) = self.output(args);
        assert_eq!(code, Some(0), "{args:?}: {said}{error}");
        said
    }

    /// Runs the command, which must fail with this exit code and a message that contains `expected`.
    #[track_caller]
    pub(super) fn fails(&self, args: &[&str], expected_code: i32, expected: &str) {
        let (code, said, error) = self.output(args);
        assert!(code == Some(expected_code) && error.contains(expected), "{args:?}: {code:?} {said}{error}");
    }

    /// Returns the rows of a query as CSV without the header, in one line.
    #[track_caller]
    pub(super) fn query(&self, name: &str, sql: &str) -> String {
        let csv = self.run(&["query", name, sql]);
        csv.lines().skip(1).collect::<Vec<_>>().join("; ")
    }
}
