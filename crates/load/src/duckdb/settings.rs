//! What is set of a DuckDB destination.

use std::path::{Path, PathBuf};
use std::time::Duration;

use catchment_settings::{FieldReader, FromSettingValue, FromSettings, IncompleteSettings, SettingValue, Settings, ThreadCount};

use super::{DuckDbOptions, MemoryLimit};

/// How DuckDB is opened: `destination.duckdb`.
///
/// ```
/// use std::path::Path;
///
/// use catchment_load::DuckDbSettings;
/// use catchment_settings::{NoSettings, Settings};
///
/// let settings = Settings::new(&NoSettings).read::<DuckDbSettings>()?;
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
    /// Whether the configuration does not say which file it is.
    pub fn has_default_file(&self) -> bool {
        self.file.is_none()
    }

    /// The options for a pipeline. A file that is not set is named like the pipeline; relative ones stand in `local_dir`, and
    /// `:pipeline:` in the pipeline's working folder.
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
    fn scope(settings: Settings<'_>) -> Settings<'_> {
        settings.section(["destination", "duckdb"])
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let default = DuckDbOptions::new("");
        let about = "The file: a path, `duckdb:///path`, or `:pipeline:` for one in the pipeline's working folder. By default \
                     `<pipeline>.duckdb` in the folder for local files.";
        let file = fields.scalar("credentials", about);
        let inner = fields.nested("credentials", "database", "The same, where the credentials are given as a table.");
        Ok(DuckDbSettings {
            file: file.or(inner),
            memory_limit: fields.with_default(
                "memory_limit",
                "The memory that DuckDB may use, such as `512MB` or `50%`; more goes to a folder beside the file. `auto` begins \
                 with 64 MB and raises it as the rows need, up to 80 % of the machine.",
                default.memory_limit,
            ),
            // DuckDB starts them at once, and 100,000 of them take minutes
            threads: fields
                .optional::<ThreadCount>("threads", "How many threads DuckDB uses; by default one to load, and all for queries.")
                .map(|threads| threads.get() as u64),
            wait: fields.with_default(
                "wait",
                "How many seconds a file that another process has open is waited for.",
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

/// Whether it is a database of another kind than a local file.
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
            // `:memory:` would be gone with the process
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
    fn so_many_threads_that_duckdb_does_not_start_are_refused() {
        let check = |text: &str, expected: Option<u64>| {
            assert_eq!(ThreadCount::from_value(&text.into()).map(|threads| threads.get() as u64), expected, "{text}");
        };
        check("1", Some(1));
        check("1024", Some(1024));
        check("100000", None);
        check("0", None);
    }

    #[test]
    fn where_the_file_is() {
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
