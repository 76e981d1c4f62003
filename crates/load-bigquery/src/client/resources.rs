//! Resources of the BigQuery API, with the fields that are used.

use serde::Deserialize;

use super::error::ErrorProto;

/// A job.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Job {
    pub(crate) job_reference: JobReference,
    pub(crate) status: JobStatus,
    pub(crate) statistics: JobStatistics,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct JobReference {
    pub(crate) job_id: String,
    pub(crate) location: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct JobStatus {
    pub(crate) state: String,
    pub(crate) error_result: Option<ErrorProto>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct JobStatistics {
    pub(crate) total_slot_ms: Option<String>,
    pub(crate) query: QueryStatistics,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct QueryStatistics {
    pub(crate) total_bytes_billed: Option<String>,
}

impl Job {
    /// Returns true if the job has ended, with or without an error.
    pub(crate) fn is_done(&self) -> bool {
        self.status.state == "DONE"
    }
}

/// A dataset.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Dataset {
    pub(crate) location: String,
}

/// A table.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Table {
    /// Milliseconds since 1970. Differs from that of an earlier table of the same name.
    pub(crate) creation_time: String,
    pub(crate) schema: TableSchema,
}

#[derive(Debug, Clone, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(crate) struct TableSchema {
    pub(crate) fields: Vec<TableField>,
}

/// A column.
#[derive(Debug, Clone, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(crate) struct TableField {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) mode: String,
    pub(crate) precision: Option<String>,
    pub(crate) scale: Option<String>,
}

/// A page of the rows of a query.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ResultsPage {
    pub(crate) job_complete: bool,
    pub(crate) schema: TableSchema,
    pub(crate) rows: Vec<ResultsRow>,
    pub(crate) page_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct ResultsRow {
    /// The cells.
    pub(crate) f: Vec<ResultsCell>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct ResultsCell {
    /// The value.
    pub(crate) v: serde_json::Value,
}
