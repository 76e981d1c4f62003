//! The report of a load.

use catchment_load::LoadUsage;
use serde::{Deserialize, Serialize};

use super::format::{write_diagnostics, write_row_counts};
use super::row_counts::sum;
use super::{Diagnostics, RowCounts, Warning, timestamp};

/// The report of a run. Displays as text and serializes as the JSON object that `catchment run --progress json` prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadInfo {
    /// The name of the pipeline.
    pub pipeline_name: String,
    /// The name of the dataset.
    pub dataset_name: String,
    /// The location of the destination, without secrets.
    #[serde(rename = "destination")]
    pub location: String,
    /// The start time of the run in microseconds since 1970.
    #[serde(with = "timestamp")]
    pub started_at: i64,
    /// The end time of the run in microseconds since 1970.
    #[serde(with = "timestamp")]
    pub finished_at: i64,
    /// The loaded and failed packages, oldest first: those of earlier runs, then the package of this run if it has anything
    /// to load.
    #[serde(rename = "load_packages")]
    pub packages: Vec<PackageInfo>,
    /// The diagnostics of rows that resulted in no package, because nothing was new.
    #[serde(flatten)]
    pub diagnostics: Diagnostics,
}

/// One package in the report of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageInfo {
    /// The load id.
    pub load_id: String,
    /// The outcome of the load.
    #[serde(flatten)]
    pub outcome: PackageOutcome,
    /// The rows of the package by table.
    pub row_counts: RowCounts,
    /// What the destination charges for, if it reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<LoadUsage>,
    /// The diagnostics of building and loading the package.
    #[serde(flatten)]
    pub diagnostics: Diagnostics,
}

/// The outcome of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", content = "reason", rename_all = "snake_case")]
pub enum PackageOutcome {
    /// The run loaded its own package, or a package that a separate normalize step has built.
    Loaded,
    /// The run loaded a pending package of an earlier run.
    Recovered,
    /// An earlier run loaded the package, but its result was lost.
    #[serde(rename = "loaded_before")]
    AlreadyLoaded,
    /// The package can never be loaded, for this reason, and was moved to the failed packages.
    #[serde(rename = "set_aside")]
    Failed(String),
}

impl LoadInfo {
    /// Returns the rows of the packages with outcome `Loaded`, by table.
    pub fn row_counts(&self) -> RowCounts {
        let own = self.packages.iter().filter(|package| package.outcome == PackageOutcome::Loaded);
        sum(own.map(|package| &package.row_counts))
    }

    /// Returns the warnings of the run: those of its packages and those of rows without a package, but no notes. Warnings do
    /// not change the outcome of a package.
    ///
    /// ```no_run
    /// # async fn example(info: catchment_run::LoadInfo) {
    /// for warning in info.warnings() {
    ///     eprintln!("warning: {warning}");
    /// }
    /// # }
    /// ```
    pub fn warnings(&self) -> impl Iterator<Item = &Warning> {
        let of_packages = self.packages.iter().flat_map(|package| &package.diagnostics.warnings);
        of_packages.chain(&self.diagnostics.warnings)
    }
}

impl std::fmt::Display for LoadInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The clock may have been set back meanwhile.
        let seconds = (self.finished_at - self.started_at).max(0) as f64 / 1e6;
        let loaded = self.packages.iter().filter(|p| !matches!(p.outcome, PackageOutcome::Failed(_))).count();
        let packages = if loaded == 1 { "package" } else { "packages" };
        writeln!(f, "pipeline {} loaded {loaded} {packages} in {seconds:.2} s", self.pipeline_name)?;
        write!(f, "  into dataset {} of {}", self.dataset_name, self.location)?;
        if self.packages.is_empty() {
            write!(f, "\n  nothing new to load")?;
        }
        for package in &self.packages {
            let what = match &package.outcome {
                PackageOutcome::Loaded => "loaded".to_owned(),
                PackageOutcome::Recovered => "recovered from an earlier run".to_owned(),
                PackageOutcome::AlreadyLoaded => "already loaded by an earlier run".to_owned(),
                PackageOutcome::Failed(reason) => format!("failed: {reason}"),
            };
            write!(f, "\n  package {}: {what}", package.load_id)?;
            write_row_counts(&package.row_counts, f)?;
            if let Some(usage) = &package.usage {
                write!(f, "\n    {usage}")?;
            }
            write_diagnostics(&package.diagnostics, f)?;
        }
        write_diagnostics(&self.diagnostics, f)
    }
}

#[cfg(test)]
mod tests {
    use catchment_normalize::{Discarded, NormalizeFindings, NullOnlyColumn};

    use super::{LoadInfo, PackageInfo, PackageOutcome};
    use crate::report::{Diagnostics, Warning};

    fn info() -> LoadInfo {
        let findings = NormalizeFindings {
            discarded: [("issues".to_owned(), Discarded { rows: 1, values: 2 })].into(),
            null_only_columns: [NullOnlyColumn { table: "issues".to_owned(), column: "closed_by".to_owned() }].into(),
            ..NormalizeFindings::default()
        };
        let package = |load_id: &str, outcome, rows| PackageInfo {
            load_id: load_id.to_owned(),
            outcome,
            row_counts: [("issues".to_owned(), rows), ("issues__labels".to_owned(), 2)].into(),
            usage: None,
            diagnostics: Diagnostics { findings: findings.clone(), ..Diagnostics::default() },
        };
        LoadInfo {
            pipeline_name: "p".to_owned(),
            dataset_name: "d".to_owned(),
            location: "duckdb:///p.duckdb".to_owned(),
            started_at: 1_700_000_000_000_000,
            finished_at: 1_700_000_000_250_000,
            packages: vec![
                package("1.5", PackageOutcome::Failed("it is stale".to_owned()), 3),
                package("2.5", PackageOutcome::Loaded, 1),
            ],
            diagnostics: Diagnostics::default(),
        }
    }

    /// Returns a report with warnings of a package and of rows without a package.
    fn with_warnings() -> LoadInfo {
        let mut info = info();
        info.packages.remove(0);
        for package in &mut info.packages {
            package.diagnostics.findings = NormalizeFindings::default();
            package.diagnostics.notes.push("left a table".to_owned());
            package.diagnostics.warnings.push(Warning::for_resource("issues", "rows may be missing").with_count(3));
        }
        info.diagnostics.warnings.push(Warning::new("nothing came"));
        info
    }

    #[test]
    fn warnings_are_displayed() {
        insta::assert_snapshot!(with_warnings(), @r"
        pipeline p loaded 1 package in 0.25 s
          into dataset d of duckdb:///p.duckdb
          package 2.5: loaded
            issues: 1 row
            issues__labels: 2 rows
            note: left a table
            warning: issues: rows may be missing (3 times)
            warning: nothing came
        ");
    }

    #[test]
    fn warnings_are_serialized() {
        let json = serde_json::to_string(&with_warnings()).unwrap();
        insta::assert_snapshot!(json, @r#"{"pipeline_name":"p","dataset_name":"d","destination":"duckdb:///p.duckdb","started_at":"2023-11-14T22:13:20+00:00","finished_at":"2023-11-14T22:13:20.250000+00:00","load_packages":[{"load_id":"2.5","state":"loaded","row_counts":{"issues":1,"issues__labels":2},"notes":["left a table"],"warnings":[{"resource":"issues","message":"rows may be missing","count":3}]}],"warnings":[{"message":"nothing came","count":1}]}"#);
        assert_eq!(serde_json::from_str::<LoadInfo>(&json).unwrap(), with_warnings());
    }

    #[test]
    fn notes_are_not_warnings() {
        assert_eq!(info().warnings().count(), 0);
        let shown: Vec<_> = with_warnings().warnings().map(ToString::to_string).collect();
        assert_eq!(shown, ["issues: rows may be missing (3 times)", "nothing came"]);
    }

    #[test]
    fn reports_are_displayed() {
        insta::assert_snapshot!(info(), @r"
        pipeline p loaded 1 package in 0.25 s
          into dataset d of duckdb:///p.duckdb
          package 1.5: failed: it is stale
            issues: 3 rows
            issues__labels: 2 rows
            note: issues: 1 row and 2 values discarded by the schema contract
            note: issues: only null values in closed_by
          package 2.5: loaded
            issues: 1 row
            issues__labels: 2 rows
            note: issues: 1 row and 2 values discarded by the schema contract
            note: issues: only null values in closed_by
        ");
    }

    #[test]
    fn reports_are_serialized() {
        let json = serde_json::to_string(&info()).unwrap();
        insta::assert_snapshot!(json, @r#"{"pipeline_name":"p","dataset_name":"d","destination":"duckdb:///p.duckdb","started_at":"2023-11-14T22:13:20+00:00","finished_at":"2023-11-14T22:13:20.250000+00:00","load_packages":[{"load_id":"1.5","state":"set_aside","reason":"it is stale","row_counts":{"issues":3,"issues__labels":2},"discarded":{"issues":{"rows":1,"values":2}},"null_only_columns":[{"table":"issues","column":"closed_by"}]},{"load_id":"2.5","state":"loaded","row_counts":{"issues":1,"issues__labels":2},"discarded":{"issues":{"rows":1,"values":2}},"null_only_columns":[{"table":"issues","column":"closed_by"}]}]}"#);
        assert_eq!(serde_json::from_str::<LoadInfo>(&json).unwrap(), info());
    }

    #[test]
    fn row_counts_exclude_other_packages() {
        assert_eq!(info().row_counts(), [("issues".to_owned(), 1), ("issues__labels".to_owned(), 2)].into());
    }
}
