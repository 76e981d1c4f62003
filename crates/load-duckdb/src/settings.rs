//! Settings of the DuckDB destination.

use std::path::{Path, PathBuf};
use std::time::Duration;

use catchment_settings::{
    FieldReader, FromSettingValue, FromSettings, IncompleteSettings, ScopedSettings, SettingValue, ThreadCount,
};

use crate::{DuckDbOptions, MemoryLimit};

/// The settings of the DuckDB destination: `destination.duckdb`.
///
/// ```
/// use std::path::Path;
///
/// use catchment_load_duckdb::DuckDbSettings;
/// use catchment_settings::{NoSettings, ScopedSettings};
///
/// let settings = ScopedSettings::new(&NoSettings).read::<DuckDbSettings>()?;
/// let options = settings.options("github", Path::new("/data"), Path::new("/pipelines/github"));
/// assert_eq!(options.path, Path::new("/data/github.duckdb"));
/// # Ok::<(), catchment_settings::SettingsError>(())
/// ```
#[derive(Debug)]
pub struct DuckDbSettings {
    file: Option<DuckDbLocation>,
    memory_limit: MemoryLimit,
    threads: Option<u64>,
    wait: Duration,
}

impl DuckDbSettings {
    /// Returns true if the configuration sets no file.
    pub fn has_default_file(&self) -> bool {
        self.file.is_none()
    }

    /// Returns the options for a pipeline. The default file is named after the pipeline. Relative paths are resolved against
    /// `local_dir`, and `:pipeline:` against `working_dir`.
    pub fn options(self, pipeline: &str, local_dir: &Path, working_dir: &Path) -> DuckDbOptions {
        let by_name = || PathBuf::from(format!("{pipeline}.duckdb"));
        let path = match self.file {
            Some(DuckDbLocation::At(path)) => local_dir.join(path),
            Some(DuckDbLocation::InWorkingDir) => working_dir.join(by_name()),
            None => local_dir.join(by_name()),
        };
        DuckDbOptions { path, memory_limit: self.memory_limit, threads: self.threads, wait: self.wait }
    }
}

impl FromSettings for DuckDbSettings {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings.section(["destination", "duckdb"])
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let default = DuckDbOptions::new("");
        let description = "The database file: a path, `duckdb:///path`, or `:pipeline:` for a file in the working folder of \
                           the pipeline. Default: `<pipeline>.duckdb` in the folder for local files.";
        let file = fields.scalar("credentials", description);
        let inner = fields.nested("credentials", "database", "The database file, if `credentials` is a table.");
        Ok(DuckDbSettings {
            file: file.or(inner),
            memory_limit: fields.with_default(
                "memory_limit",
                "The memory limit of DuckDB, such as `512MB` or `50%`; data beyond it goes to a folder next to the file. `auto` \
                 starts with 64 MB and grows with the needs of the rows, up to 80 % of the memory of the machine.",
                default.memory_limit,
            ),
            // DuckDB starts all threads at once: 100,000 of them take minutes.
            threads: fields
                .optional::<ThreadCount>("threads", "Number of DuckDB threads. Default: one for loads, one per core for queries.")
                .map(|threads| threads.get() as u64),
            wait: fields.with_default(
                "wait",
                "Maximum time in seconds to wait for a database file that another process has open.",
                default.wait,
            ),
        })
    }
}

impl FromSettingValue for MemoryLimit {
    const EXPECTED: &'static str = "`auto`, or a number with a unit such as `512MB`, `2GB` or `50%`";

    fn from_value(value: &SettingValue) -> Option<Self> {
        String::from_value(value)?.parse().ok()
    }

    fn to_toml(&self) -> String {
        format!("\"{self}\"")
    }
}

/// Returns true if `path` is a URL or names a remote database.
fn is_url(path: &str) -> bool {
    path.contains("://") || ["duckdb:", "md:", "motherduck:"].iter().any(|scheme| path.starts_with(scheme))
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum DuckDbLocation {
    At(PathBuf),
    InWorkingDir,
}

impl FromSettingValue for DuckDbLocation {
    const EXPECTED: &'static str = "the path of a file, `duckdb:///path`, or `:pipeline:`";

    fn from_value(value: &SettingValue) -> Option<Self> {
        let text = String::from_value(value)?;
        let path = text.strip_prefix("duckdb:///").unwrap_or(&text);
        match path {
            ":pipeline:" => Some(DuckDbLocation::InWorkingDir),
            // An in-memory database would be lost with the process.
            _ if path.is_empty() || path.starts_with(':') || is_url(path) => None,
            _ => Some(DuckDbLocation::At(PathBuf::from(path))),
        }
    }

    fn to_toml(&self) -> String {
        match self {
            DuckDbLocation::At(path) => path.to_toml(),
            DuckDbLocation::InWorkingDir => "\":pipeline:\"".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thread_counts_beyond_the_limit_are_rejected() {
        let check = |text: &str, expected: Option<u64>| {
            assert_eq!(ThreadCount::from_value(&text.into()).map(|threads| threads.get() as u64), expected, "{text}");
        };
        check("1", Some(1));
        check("1024", Some(1024));
        check("100000", None);
        check("0", None);
    }

    #[test]
    fn credentials_set_the_file() {
        fn check(text: &str, expected: Option<&str>) {
            let file = DuckDbLocation::from_value(&text.into());
            let settings = |file| DuckDbSettings { file, memory_limit: MemoryLimit::Auto, threads: None, wait: Duration::ZERO };
            let path = file.map(|file| settings(Some(file)).options("p", Path::new("/local"), Path::new("/folder/p")).path);
            assert_eq!(path.as_deref(), expected.map(Path::new), "{text}");
        }
        check("x.duckdb", Some("/local/x.duckdb"));
        check("/data/x.duckdb", Some("/data/x.duckdb"));
        check("duckdb:///x.duckdb", Some("/local/x.duckdb"));
        check("duckdb:////data/x.duckdb", Some("/data/x.duckdb"));
        check(":pipeline:", Some("/folder/p/p.duckdb"));
        check("duckdb:///:pipeline:", Some("/folder/p/p.duckdb"));
        check(":memory:", None);
        check("md:warehouse", None);
        check("s3://bucket/x.duckdb", None);
        check("duckdb://host/x", None);
        check("", None);
    }
}
