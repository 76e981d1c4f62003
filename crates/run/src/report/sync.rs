//! The report of restoring the working folder.

use serde::{Deserialize, Serialize};

/// The report of [`Runner::sync`](crate::Runner::sync).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncInfo {
    /// The name of the pipeline.
    pub pipeline_name: String,
    /// The name of the dataset.
    pub dataset_name: String,
    /// The location of the destination, without secrets.
    #[serde(rename = "destination")]
    pub location: String,
    /// The version of the restored state.
    pub state_version: i64,
    /// The restored schemas, by name.
    pub schemas: Vec<SyncedSchema>,
    /// The load ids of the discarded extracts and packages, oldest first.
    pub discarded: Vec<String>,
}

/// A restored schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncedSchema {
    /// The name.
    pub name: String,
    /// The version.
    pub version: u64,
}

impl std::fmt::Display for SyncInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let SyncInfo { pipeline_name, dataset_name, location, state_version, schemas, discarded } = self;
        write!(f, "pipeline {pipeline_name} restored from dataset {dataset_name} of {location}")?;
        write!(f, "\n  state version {state_version}")?;
        schemas.iter().try_for_each(|SyncedSchema { name, version }| write!(f, "\n  schema {name}: version {version}"))?;
        discarded.iter().try_for_each(|load_id| write!(f, "\n  discarded package {load_id}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{SyncInfo, SyncedSchema};

    #[test]
    fn reports_are_displayed() {
        let info = SyncInfo {
            pipeline_name: "p".to_owned(),
            dataset_name: "d".to_owned(),
            location: "duckdb:///p.duckdb".to_owned(),
            state_version: 3,
            schemas: vec![SyncedSchema { name: "github".to_owned(), version: 2 }],
            discarded: vec!["1.5".to_owned()],
        };
        insta::assert_snapshot!(info, @r"
        pipeline p restored from dataset d of duckdb:///p.duckdb
          state version 3
          schema github: version 2
          discarded package 1.5
        ");
    }
}
