//! What a run did.

use catchment_json::Value;
use catchment_schema::{format_timestamp, is_system_name};

/// The report of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadInfo {
    /// The pipeline.
    pub pipeline_name: String,
    /// The dataset.
    pub dataset_name: String,
    /// Where it is; without secrets.
    pub location: String,
    /// When the run began, in microseconds since 1970.
    pub started_at: i64,
    /// When it ended.
    pub finished_at: i64,
    /// The packages that were loaded or set aside, oldest first: those of earlier runs, then that of this one,
    /// where there was anything to load.
    pub packages: Vec<PackageInfo>,
}

/// One package in the report of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageInfo {
    /// Its load id.
    pub load_id: String,
    /// What became of it.
    pub outcome: PackageOutcome,
    /// The rows that it has for each table.
    pub tables: Vec<(String, u64)>,
}

/// What became of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackageOutcome {
    /// This run made and loaded it.
    Loaded,
    /// An earlier run had made it, and this one loaded it.
    Recovered,
    /// An earlier run had loaded it, and had not learnt so.
    LoadedBefore,
    /// It cannot be loaded, for this reason, and was moved out of the way.
    SetAside(String),
}

impl LoadInfo {
    /// The rows that this run itself loaded, by table.
    pub fn row_counts(&self) -> &[(String, u64)] {
        let own = self.packages.last().filter(|package| package.outcome == PackageOutcome::Loaded);
        own.map_or(&[], |package| &package.tables)
    }

    /// The report as JSON.
    pub fn to_value(&self) -> Value {
        let package = |package: &PackageInfo| {
            let (state, reason) = match &package.outcome {
                PackageOutcome::Loaded => ("loaded", None),
                PackageOutcome::Recovered => ("recovered", None),
                PackageOutcome::LoadedBefore => ("loaded_before", None),
                PackageOutcome::SetAside(reason) => ("set_aside", Some(reason.as_str())),
            };
            let tables = package.tables.iter().map(|(table, rows)| (table.as_str(), Value::from(*rows)));
            Value::object([
                ("load_id", Value::from(package.load_id.as_str())),
                ("state", Value::from(state)),
                ("reason", Value::from(reason)),
                ("row_counts", Value::object(tables)),
            ])
        };
        Value::object([
            ("pipeline_name", Value::from(self.pipeline_name.as_str())),
            ("dataset_name", Value::from(self.dataset_name.as_str())),
            ("destination", Value::from(self.location.as_str())),
            ("started_at", Value::from(format_timestamp(self.started_at))),
            ("finished_at", Value::from(format_timestamp(self.finished_at))),
            ("load_packages", Value::Array(self.packages.iter().map(package).collect())),
        ])
    }
}

impl std::fmt::Display for LoadInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = (self.finished_at - self.started_at) as f64 / 1e6;
        let loaded = self.packages.iter().filter(|p| !matches!(p.outcome, PackageOutcome::SetAside(_))).count();
        let packages = if loaded == 1 { "package" } else { "packages" };
        writeln!(f, "pipeline {} loaded {loaded} {packages} in {seconds:.2} s", self.pipeline_name)?;
        write!(f, "  into dataset {} of {}", self.dataset_name, self.location)?;
        if self.packages.is_empty() {
            write!(f, "\n  nothing was new")?;
        }
        for package in &self.packages {
            let what = match &package.outcome {
                PackageOutcome::Loaded => "loaded".to_owned(),
                PackageOutcome::Recovered => "loaded now, made by an earlier run".to_owned(),
                PackageOutcome::LoadedBefore => "had been loaded by an earlier run".to_owned(),
                PackageOutcome::SetAside(reason) => format!("set aside: {reason}"),
            };
            write!(f, "\n  package {}: {what}", package.load_id)?;
            for (table, rows) in package.tables.iter().filter(|(table, _)| !is_system_name(table)) {
                write!(f, "\n    {table}: {rows} {}", if *rows == 1 { "row" } else { "rows" })?;
            }
        }
        Ok(())
    }
}
