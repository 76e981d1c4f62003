//! Jobs: they have ids, and end when they have been polled.

use bytes::Bytes;
use catchment_rest_client::testing::ScriptedResponse;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value as Json, json};

use super::call::{Call, Op};
use super::dataset::JobError;
use super::fault::{Fault, error};
use super::model::{Model, not_found, ok};
use super::script;

/// The number of rows in a page of results.
const PAGE_ROWS: usize = 10;

/// A job.
#[derive(Debug, Default)]
pub(super) struct Job {
    pub(super) resource: Json,
    /// The file of a load job.
    file: Vec<u8>,
    /// The number of polls until it ends.
    polls: usize,
    /// Whether a cancelled job commits.
    commits: bool,
    is_done: bool,
    error: Option<JobError>,
    rows: Vec<Vec<Option<String>>>,
}

impl Model {
    /// Starts a job. A load job has a file.
    pub(super) fn insert_job(&mut self, resource: Json, file: Vec<u8>, fault: Option<&Fault>) -> ScriptedResponse {
        let text = |pointer: &str| resource.pointer(pointer).and_then(Json::as_str).unwrap_or_default().to_owned();
        let id = text("/jobReference/jobId");
        if self.jobs.contains_key(&id) {
            return error(409, "duplicate", &format!("Already Exists: Job p:US.{id}"));
        }
        let file = match resource.pointer("/configuration/load/sourceUris/0").and_then(Json::as_str) {
            Some(url) => {
                let object = url.trim_start_matches("gs://bucket/");
                let Some(file) = self.objects.get(object) else { return not_found(url) };
                file.clone()
            }
            None => file,
        };
        // Short queries end at once, as in the service.
        let polls = if id.starts_with("catchment_query_") { 0 } else { self.polls };
        let (polls, commits) = match fault {
            Some(Fault::RunUntilCancelled(commits)) => (usize::MAX, *commits),
            _ => (polls, false),
        };
        self.jobs.insert(id.clone(), Job { resource, file, polls, commits, ..Job::default() });
        self.started.push(id.clone());
        if polls == 0 {
            self.end_job(&id);
        }
        self.job_response(&id)
    }

    pub(super) fn get_job(&mut self, id: &str) -> ScriptedResponse {
        let Some(job) = self.jobs.get_mut(id) else { return not_found(&format!("Job p:{id}")) };
        if !job.is_done && job.polls != usize::MAX {
            job.polls = job.polls.saturating_sub(1);
            if job.polls == 0 {
                self.end_job(id);
            }
        }
        self.job_response(id)
    }

    pub(super) fn cancel_job(&mut self, id: &str) -> ScriptedResponse {
        let Some(job) = self.jobs.get_mut(id) else { return not_found(&format!("Job p:{id}")) };
        if !job.is_done && job.commits {
            self.end_job(id);
        } else if !job.is_done {
            job.is_done = true;
            job.error = Some(("stopped".to_owned(), "Job execution was cancelled: User requested cancellation".to_owned()));
        }
        ok(&json!({"kind": "bigquery#jobCancelResponse"}))
    }

    pub(super) fn results(&self, id: &str, token: Option<&str>) -> ScriptedResponse {
        let Some(job) = self.jobs.get(id) else { return not_found(&format!("Job p:{id}")) };
        if !job.is_done {
            return ok(&json!({"jobComplete": false}));
        }
        if let Some((reason, message)) = &job.error {
            return error(400, reason, message);
        }
        let first = token.and_then(|token| token.parse().ok()).unwrap_or(0);
        let cells = |row: &Vec<Option<String>>| json!({"f": row.iter().map(|cell| json!({"v": cell})).collect::<Vec<_>>()});
        let rows: Vec<Json> = job.rows.iter().skip(first).take(PAGE_ROWS).map(cells).collect();
        let mut page = json!({"jobComplete": true, "totalRows": job.rows.len().to_string(), "rows": rows});
        if first + PAGE_ROWS < job.rows.len() {
            page["pageToken"] = json!((first + PAGE_ROWS).to_string());
        }
        ok(&page)
    }

    /// Returns the response with a job.
    pub(super) fn job_response(&self, id: &str) -> ScriptedResponse {
        let Some(job) = self.jobs.get(id) else { return not_found(&format!("Job p:{id}")) };
        let mut resource = job.resource.clone();
        resource["status"] = json!({"state": if job.is_done { "DONE" } else { "RUNNING" }});
        if let Some((reason, message)) = &job.error {
            resource["status"]["errorResult"] = json!({"reason": reason, "message": message});
        }
        ok(&resource)
    }

    fn end_job(&mut self, id: &str) {
        let mut error = None;
        while let Some(fault) = self.faults.take(None, &Call::new(Op::EndJob, id)) {
            match fault {
                Fault::EndWith(reason, message) => error = Some((reason.to_owned(), message.to_owned())),
                Fault::LogLoad(load_id) => self.dataset.as_mut().unwrap().loads.push(load_id.to_owned()),
                other => panic!("{other:?} is not a fault of a job"),
            }
            if error.is_some() {
                break;
            }
        }
        let mut job = self.jobs.remove(id).unwrap();
        let result = match error {
            Some(error) => Err(error),
            None => self.run_job(id, &mut job),
        };
        (job.is_done, job.error) = (true, result.err());
        self.jobs.insert(id.to_owned(), job);
    }

    fn run_job(&mut self, id: &str, job: &mut Job) -> Result<(), JobError> {
        let now = self.next_time();
        let dataset = self.dataset.get_or_insert_default();
        let text = |pointer: &str| job.resource.pointer(pointer).and_then(Json::as_str);
        if let Some(table) = text("/configuration/load/destinationTable/tableId") {
            let table = dataset.table(table)?;
            table.rows += count_rows(std::mem::take(&mut job.file))?;
            table.files.push(id.to_owned());
            let files = table.files.len();
            self.most_files = self.most_files.max(files);
            return Ok(());
        }
        let sql = text("/configuration/query/query").unwrap_or_default();
        if sql.starts_with("SELECT") {
            job.rows = script::select(dataset, sql)?;
            return Ok(());
        }
        script::run(dataset, sql, now)
    }
}

/// Reads a Parquet file completely, so that a lost or repeated byte is an error.
fn count_rows(file: Vec<u8>) -> Result<usize, JobError> {
    let invalid = |error: &dyn std::fmt::Display| ("invalid".to_owned(), format!("Error while reading data: {error}"));
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(file)).and_then(|builder| builder.build());
    let batches = reader.map_err(|error| invalid(&error))?.collect::<Result<Vec<_>, _>>();
    Ok(batches.map_err(|error| invalid(&error))?.iter().map(|batch| batch.num_rows()).sum())
}
