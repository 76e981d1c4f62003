//! Resources of the BigQuery API, with the fields that are used.

use serde::Deserialize;

use super::error::{ApiError, ErrorProto};

/// A job.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Job {
    pub(crate) job_reference: JobReference,
    pub(crate) status: JobStatus,
    configuration: JobConfiguration,
    pub(super) statistics: JobStatistics,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct JobConfiguration {
    query: QueryConfiguration,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct QueryConfiguration {
    query: String,
}

/// What a job has used. The statistics of a script include those of its statements.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct JobStatistics {
    pub(super) total_slot_ms: Statistic,
    pub(super) query: QueryStatistics,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct QueryStatistics {
    pub(super) total_bytes_billed: Statistic,
}

/// A number, which the service sends as text. Other values, which are not needed for a load, count as 0.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Statistic(serde_json::Value);

impl Statistic {
    pub(super) fn number(&self) -> u64 {
        self.0.as_u64().or_else(|| self.0.as_str()?.parse().ok()).unwrap_or_default()
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct JobReference {
    pub(crate) job_id: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct JobStatus {
    pub(crate) state: String,
    pub(crate) error_result: Option<ErrorProto>,
}

impl Job {
    /// Returns true if this is the resource of the job `id`, with its state.
    pub(crate) fn is_complete(&self, id: &str) -> bool {
        self.job_reference.job_id == id && !self.status.state.is_empty()
    }

    /// Returns true if the job has ended, with or without an error.
    pub(crate) fn is_done(&self) -> bool {
        self.status.state == "DONE"
    }

    /// Returns true if the job is that of another query than `sql`.
    pub(crate) fn is_of_other_query(&self, sql: &str) -> bool {
        let found = &self.configuration.query.query;
        !found.is_empty() && found != sql
    }

    /// Returns the error of a job that has ended.
    pub(crate) fn result(&self) -> Result<(), ApiError> {
        match &self.status.error_result {
            Some(error) => Err(ApiError::of_job(error)),
            None => Ok(()),
        }
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

impl ResultsCell {
    /// Returns the value as text; `None` for null.
    pub(crate) fn text(&self) -> Option<String> {
        match &self.v {
            serde_json::Value::Null => None,
            serde_json::Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }
}
