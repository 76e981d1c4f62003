//! Requests of the API by operation.

use catchment_rest_client::testing::ReceivedRequest;
use serde_json::Value as Json;

/// An operation of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    GetDataset,
    CreateDataset,
    CreateTable,
    GetTable,
    DeleteTable,
    InsertJob,
    GetJob,
    CancelJob,
    Results,
    BeginUpload,
    Chunk,
    UploadStatus,
    DeleteObject,
    Token,
    /// The end of a job, which is not a request.
    EndJob,
    Unknown,
}

/// An operation and what it is applied to: a dataset, table, job or upload session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) op: Op,
    pub(crate) target: String,
}

impl Call {
    pub(crate) fn new(op: Op, target: &str) -> Call {
        Call { op, target: target.to_owned() }
    }

    /// Returns the operation of a request.
    pub(crate) fn of(request: &ReceivedRequest) -> Call {
        let body: Json = serde_json::from_slice(&request.body).unwrap_or_default();
        let in_body = |pointer: &str| body.pointer(pointer).and_then(Json::as_str).unwrap_or_default().to_owned();
        let parts: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
        let (op, target) = match (request.method.as_str(), parts.as_slice()) {
            ("POST", ["token"]) => (Op::Token, String::new()),
            ("POST", ["upload", "bigquery", "v2", "projects", _, "jobs"]) => (Op::BeginUpload, in_body("/jobReference/jobId")),
            ("POST", ["upload", "storage", "v1", "b", _, "o"]) => {
                (Op::BeginUpload, request.param("name").unwrap_or_default().to_owned())
            }
            ("DELETE", ["storage", "v1", "b", _, "o", object]) => {
                (Op::DeleteObject, percent_encoding::percent_decode_str(object).decode_utf8_lossy().into_owned())
            }
            ("PUT", ["upload", "bigquery", "v2", "projects", _, "jobs"] | ["upload", "storage", "v1", "b", _, "o"]) => {
                let is_status = request.header("content-range") == Some("bytes */*");
                let op = if is_status { Op::UploadStatus } else { Op::Chunk };
                (op, request.param("upload_id").unwrap_or_default().to_owned())
            }
            (method, ["bigquery", "v2", "projects", _, path @ ..]) => match (method, path) {
                ("GET", ["datasets", dataset]) => (Op::GetDataset, (*dataset).to_owned()),
                ("POST", ["datasets"]) => (Op::CreateDataset, in_body("/datasetReference/datasetId")),
                ("POST", ["datasets", _, "tables"]) => (Op::CreateTable, in_body("/tableReference/tableId")),
                ("GET", ["datasets", _, "tables", table]) => (Op::GetTable, (*table).to_owned()),
                ("DELETE", ["datasets", _, "tables", table]) => (Op::DeleteTable, (*table).to_owned()),
                ("POST", ["jobs"]) => (Op::InsertJob, in_body("/jobReference/jobId")),
                ("GET", ["jobs", job]) => (Op::GetJob, (*job).to_owned()),
                ("POST", ["jobs", job, "cancel"]) => (Op::CancelJob, (*job).to_owned()),
                ("GET", ["queries", job]) => (Op::Results, (*job).to_owned()),
                _ => (Op::Unknown, request.path.clone()),
            },
            _ => (Op::Unknown, request.path.clone()),
        };
        Call { op, target }
    }
}
