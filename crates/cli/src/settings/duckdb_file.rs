//! Location of the DuckDB database file.

use std::path::{Path, PathBuf};

use catchment::{Diagnostics, Warning};

/// The database file of a run, with diagnostics about its location.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DatabaseFile {
    pub(crate) path: PathBuf,
    /// Whether the location is not configured, so that the default in the current folder applies.
    pub(crate) is_default: bool,
    /// Notes and warnings for the report of the run.
    pub(crate) diagnostics: Diagnostics,
}

/// The setting that configures the location.
const SETTING: &str = "DESTINATION__DUCKDB__CREDENTIALS";

impl DatabaseFile {
    /// Creates a configured file. `last` is the location that the last run of the pipeline reported.
    pub(crate) fn configured(path: PathBuf, last: Option<&str>, exists: impl Fn(&Path) -> bool) -> DatabaseFile {
        let is_last = last.is_none_or(|last| last.strip_prefix("duckdb:///").is_some_and(|last| Path::new(last) == path));
        let mut file = DatabaseFile { path, is_default: false, diagnostics: Diagnostics::default() };
        if let (false, false, Some(last)) = (is_last, exists(&file.path), last) {
            let path = file.path.display();
            let warning = format!(
                "the last run of this pipeline loaded into {last}; {path} is a new file, so this run loads everything again"
            );
            file.diagnostics.warnings.push(Warning::new(warning));
        }
        file
    }

    /// Selects the default file: `path` in the current folder, or `remembered`, the default file of earlier runs. A pipeline
    /// that is run from another folder thus keeps using its dataset.
    pub(crate) fn default(path: PathBuf, remembered: Option<PathBuf>, exists: impl Fn(&Path) -> bool) -> DatabaseFile {
        let mut file = DatabaseFile { path, is_default: true, diagnostics: Diagnostics::default() };
        let Some(remembered) = remembered.filter(|remembered| *remembered != file.path) else { return file };
        let (here, there) = (file.path.display(), remembered.display());
        let warning = match (exists(&file.path), exists(&remembered)) {
            (false, true) => {
                let note =
                    format!("using {there}, the database of earlier runs of this pipeline; set {SETTING} to use another one");
                file.diagnostics.notes.push(note);
                file.path = remembered;
                return file;
            }
            (true, true) => {
                format!("using {here}; earlier runs of this pipeline also loaded into {there}; set {SETTING} to choose one")
            }
            (true, false) => format!("using {here}; earlier runs of this pipeline loaded into {there}, which no longer exists"),
            (false, false) => {
                let problem = format!("earlier runs of this pipeline loaded into {there}, which no longer exists");
                format!("{problem}; {here} is a new file, so this run loads everything again")
            }
        };
        file.diagnostics.warnings.push(Warning::new(warning));
        file
    }

    /// Adds a warning if table names would be ambiguous, as DuckDB names a database after its file.
    pub(crate) fn warn_of_dataset(&mut self, dataset: &str) {
        let name = self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let database = name.split('.').next().unwrap_or_default();
        if database.to_lowercase() == dataset.to_lowercase() {
            let warning = format!(
                "dataset `{dataset}` has the same name as its database file {name}, so `{dataset}.table` is ambiguous in DuckDB; \
                 choose another --dataset-name, or another file with {SETTING}"
            );
            self.diagnostics.warnings.push(Warning::new(warning));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::DatabaseFile;

    #[track_caller]
    fn check_default(remembered: Option<&str>, existing: &[&str], expected: &str, diagnostic: Option<&str>) {
        let exists = |path: &Path| existing.iter().any(|existing| Path::new(existing) == path);
        let file = DatabaseFile::default("/here/p.duckdb".into(), remembered.map(PathBuf::from), exists);
        assert_eq!(file.path, Path::new(expected));
        assert!(file.is_default);
        assert_eq!(file.diagnostics.to_string(), diagnostic.unwrap_or_default());
    }

    #[test]
    fn a_run_from_another_folder_uses_the_remembered_file() {
        check_default(None, &[], "/here/p.duckdb", None);
        check_default(Some("/here/p.duckdb"), &["/here/p.duckdb"], "/here/p.duckdb", None);
        check_default(
            Some("/there/p.duckdb"),
            &["/there/p.duckdb"],
            "/there/p.duckdb",
            Some(
                "note: using /there/p.duckdb, the database of earlier runs of this pipeline; set DESTINATION__DUCKDB__CREDENTIALS to \
                 use another one",
            ),
        );
    }

    #[test]
    fn a_file_in_the_current_folder_takes_precedence_with_a_warning() {
        check_default(
            Some("/there/p.duckdb"),
            &["/there/p.duckdb", "/here/p.duckdb"],
            "/here/p.duckdb",
            Some(
                "warning: using /here/p.duckdb; earlier runs of this pipeline also loaded into /there/p.duckdb; set \
                 DESTINATION__DUCKDB__CREDENTIALS to choose one",
            ),
        );
        check_default(
            Some("/there/p.duckdb"),
            &["/here/p.duckdb"],
            "/here/p.duckdb",
            Some(
                "warning: using /here/p.duckdb; earlier runs of this pipeline loaded into /there/p.duckdb, which no longer exists",
            ),
        );
    }

    #[test]
    fn a_missing_file_is_reported() {
        check_default(
            Some("/there/p.duckdb"),
            &[],
            "/here/p.duckdb",
            Some(
                "warning: earlier runs of this pipeline loaded into /there/p.duckdb, which no longer exists; /here/p.duckdb is a new \
                 file, so this run loads everything again",
            ),
        );
    }

    #[test]
    fn a_new_configured_file_is_reported_if_the_last_run_used_another() {
        #[track_caller]
        fn check(last: Option<&str>, exists: bool, expected: &str) {
            let file = DatabaseFile::configured("/data/x.duckdb".into(), last, |_| exists);
            assert_eq!((file.diagnostics.to_string().as_str(), file.is_default), (expected, false));
        }
        let warning = "warning: the last run of this pipeline loaded into duckdb:////old/y.duckdb; /data/x.duckdb is a new file, so this \
                       run loads everything again";
        check(None, false, "");
        check(Some("duckdb:////data/x.duckdb"), false, "");
        check(Some("duckdb:////old/y.duckdb"), true, "");
        check(Some("duckdb:////old/y.duckdb"), false, warning);
    }

    #[test]
    fn a_dataset_with_the_name_of_its_file_is_ambiguous() {
        #[track_caller]
        fn check(path: &str, dataset: &str, is_ambiguous: bool) {
            let mut file = DatabaseFile::configured(path.into(), None, |_| true);
            file.warn_of_dataset(dataset);
            let warnings = file.diagnostics.warnings;
            assert_eq!(warnings.len(), usize::from(is_ambiguous), "{warnings:?}");
            assert!(
                warnings.iter().all(|warning| warning.message.contains(dataset) && warning.message.contains("--dataset-name"))
            );
        }
        check("/data/github.duckdb", "github", true);
        check("/data/GitHub.duckdb", "gitHUB", true);
        check("/data/github", "github", true);
        check("/data/github.prod.duckdb", "github", true);
        check("/data/github.duckdb", "github_dataset", false);
        check("/github/data.duckdb", "github", false);
    }
}
