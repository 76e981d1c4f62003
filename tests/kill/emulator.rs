//! Projects of an emulator of BigQuery.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

use crate::engine::{STAGING_PREFIX, bigquery_emulator};

/// A project of the emulator that `CATCHMENT_BIGQUERY` names. Its dataset `d` is deleted when this is dropped, because the
/// emulator has all data in memory.
#[derive(Debug)]
pub(crate) struct Project {
    endpoint: String,
    name: String,
    http: Client,
    runtime: Runtime,
}

/// The number of the next project, or of the next job.
static NUMBER: AtomicU32 = AtomicU32::new(0);

impl Project {
    /// Creates an empty project: the emulator has every project.
    pub(crate) fn create() -> Result<Project> {
        let name = format!("kill-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        Ok(Project { endpoint: bigquery_emulator()?, name, http: Client::new(), runtime: Runtime::new()? })
    }

    /// Creates a project with the dataset of this one, except staging tables. Jobs of killed processes have ended: the
    /// emulator runs a job when it receives it, and handles no other request meanwhile.
    pub(crate) fn copy(&self) -> Result<Project> {
        let copy = Project::create()?;
        if !self.has_dataset()? {
            return Ok(copy);
        }
        copy.insert("datasets", &json!({"datasetReference": {"projectId": copy.name, "datasetId": "d"}}))?;
        for table in self.tables()?.iter().filter(|table| !table.starts_with(STAGING_PREFIX)) {
            // only DDL creates required columns: copy jobs, `LIKE` and `tables.insert` of the emulator make all nullable
            copy.run(&json!({"query": {"query": self.definition(table)?, "useLegacySql": false}}))?;
            let reference = |project: &Project| json!({"projectId": project.name, "datasetId": "d", "tableId": table});
            copy.run(&json!({"copy": {"sourceTable": reference(self), "destinationTable": reference(&copy)}}))?;
        }
        Ok(copy)
    }

    /// Returns the name of the project.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether the dataset `d` exists.
    pub(crate) fn has_dataset(&self) -> Result<bool> {
        Ok(self.call(Method::GET, "datasets/d", None)?.is_some())
    }

    /// Checks that no staging tables are left.
    pub(crate) fn check_no_staging_tables(&self) -> Result<()> {
        let left: Vec<_> = self.tables()?.into_iter().filter(|table| table.starts_with(STAGING_PREFIX)).collect();
        ensure!(left.is_empty(), "staging tables are left: {}", left.join(", "));
        Ok(())
    }

    fn tables(&self) -> Result<Vec<String>> {
        let list = self.call(Method::GET, "datasets/d/tables?maxResults=1000", None)?.unwrap_or_default();
        let tables = list.get("tables").and_then(Json::as_array).cloned().unwrap_or_default();
        let id = |table: &Json| table.pointer("/tableReference/tableId")?.as_str().map(str::to_owned);
        tables.iter().map(|table| id(table).context("a table has no id")).collect()
    }

    /// Returns the statement that creates a table, whose types have no parameters.
    fn definition(&self, table: &str) -> Result<String> {
        let found = self.call(Method::GET, &format!("datasets/d/tables/{table}"), None)?.unwrap_or_default();
        let fields = found.pointer("/schema/fields").and_then(Json::as_array).context("a table has no columns")?;
        let text = |field: &Json, key| field.get(key).and_then(Json::as_str).map(str::to_owned).context("a column is incomplete");
        let column = |field: &Json| {
            let kind = text(field, "type")?.replace("FLOAT", "FLOAT64");
            let required = if text(field, "mode")? == "REQUIRED" { " NOT NULL" } else { "" };
            anyhow::Ok(format!("`{}` {kind}{required}", text(field, "name")?))
        };
        let columns = fields.iter().map(column).collect::<Result<Vec<_>>>()?;
        Ok(format!("CREATE TABLE `d`.`{table}` ({})", columns.join(", ")))
    }

    /// Executes a job.
    fn run(&self, configuration: &Json) -> Result<()> {
        let id = format!("kill_test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let job = json!({"jobReference": {"projectId": self.name, "jobId": id}, "configuration": configuration});
        // the emulator responds when the job has ended
        let job = self.call(Method::POST, "jobs", Some(&job))?.unwrap_or_default();
        let is_done = job.pointer("/status/state").is_some_and(|state| state == "DONE");
        ensure!(is_done && job.pointer("/status/errorResult").is_none_or(Json::is_null), "a job failed: {job}");
        Ok(())
    }

    fn insert(&self, path: &str, resource: &Json) -> Result<()> {
        self.call(Method::POST, path, Some(resource))?.with_context(|| format!("{path} cannot be created"))?;
        Ok(())
    }

    /// Sends a request. Returns `None` if the resource does not exist.
    fn call(&self, method: Method, path: &str, body: Option<&Json>) -> Result<Option<Json>> {
        let url = format!("{}/bigquery/v2/projects/{}/{path}", self.endpoint, self.name);
        let mut request = self.http.request(method, &url);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let (status, text) = self.runtime.block_on(async {
            let response = request.send().await?;
            anyhow::Ok((response.status(), response.text().await?))
        })?;
        match status {
            StatusCode::NOT_FOUND => Ok(None),
            _ if !status.is_success() => bail!("{status} from {url}: {text}"),
            _ if text.is_empty() => Ok(Some(Json::Null)),
            _ => Ok(Some(serde_json::from_str(&text)?)),
        }
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        if let Err(error) = self.call(Method::DELETE, "datasets/d?deleteContents=true", None) {
            println!("kill-test: failed to delete the dataset of {}: {error:#}", self.name);
        }
    }
}
