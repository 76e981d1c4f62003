//! The state of the service, and its responses.

use std::collections::BTreeMap;

use catchment_rest_client::testing::{ReceivedRequest, ScriptedResponse};
use serde_json::{Value as Json, json};

use super::call::{Call, Op};
use super::dataset::{Dataset, Table};
use super::fault::{Fault, Faults, error};
use super::jobs::Job;
use super::uploads::Session;

/// The state of the service.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) dataset: Option<Dataset>,
    pub(super) jobs: BTreeMap<String, Job>,
    /// The ids of all jobs in the order of their start.
    pub(super) started: Vec<String>,
    pub(super) sessions: BTreeMap<String, Session>,
    /// The files in the bucket.
    pub(super) objects: BTreeMap<String, Vec<u8>>,
    pub(super) faults: Faults,
    pub(super) calls: Vec<Call>,
    /// The number of polls after which load jobs and scripts end.
    pub(super) polls: usize,
    /// Whether requests need a token. `expired` tokens are refused.
    pub(super) requires_token: bool,
    pub(super) expired: usize,
    pub(super) issued: usize,
    /// The greatest number of load jobs that have filled one staging table.
    pub(super) most_files: usize,
    pub(super) time: u64,
}

impl Model {
    /// Returns a greater number each time.
    pub(super) fn next_time(&mut self) -> u64 {
        self.time += 1;
        1_700_000_000_000 + self.time
    }

    /// Returns the response to a request.
    pub(super) fn respond(&mut self, request: &ReceivedRequest) -> ScriptedResponse {
        let call = Call::of(request);
        let fault = self.faults.take(Some(self.calls.len()), &call);
        self.calls.push(call.clone());
        match fault {
            Some(Fault::Respond(response)) => response,
            Some(Fault::RespondAfter(response)) => {
                self.take_effect(&call, request, None);
                response
            }
            Some(Fault::ExpireTokens) => {
                self.expired = self.issued;
                self.take_effect(&call, request, None)
            }
            fault => self.take_effect(&call, request, fault.as_ref()),
        }
    }

    fn take_effect(&mut self, Call { op, target }: &Call, request: &ReceivedRequest, fault: Option<&Fault>) -> ScriptedResponse {
        if *op != Op::Token && !self.is_authorized(request) {
            return error(401, "authError", "Request had invalid authentication credentials.");
        }
        let body = || serde_json::from_slice::<Json>(&request.body).unwrap();
        match op {
            Op::GetDataset => match &self.dataset {
                Some(dataset) => ok(&json!({"location": dataset.location})),
                None => not_found(&format!("Dataset p:{target}")),
            },
            Op::CreateDataset if self.dataset.is_some() => error(409, "duplicate", "Already Exists: Dataset p:d"),
            Op::CreateDataset => {
                let location = body()["location"].as_str().unwrap_or("US").to_owned();
                self.dataset = Some(Dataset { location, ..Dataset::default() });
                ok(&body())
            }
            Op::CreateTable | Op::GetTable | Op::DeleteTable if self.dataset.is_none() => not_found("Dataset p:d"),
            Op::CreateTable => self.create_table(target, &body()),
            Op::GetTable => self.table_response(target),
            Op::DeleteTable => match self.dataset.as_mut().and_then(|dataset| dataset.tables.remove(target)) {
                Some(_) => ScriptedResponse::json(204, ""),
                None => not_found(&format!("Table p:d.{target}")),
            },
            Op::InsertJob => self.insert_job(body(), Vec::new(), fault),
            Op::GetJob => self.get_job(target),
            Op::CancelJob => self.cancel_job(target),
            Op::Results => self.results(target, request.param("pageToken")),
            Op::BeginUpload => self.begin_upload(request),
            Op::Chunk | Op::UploadStatus => self.continue_upload(target, request, fault),
            Op::DeleteObject => match self.objects.remove(target) {
                Some(_) => ScriptedResponse::json(204, ""),
                None => not_found(target),
            },
            Op::Token => {
                self.issued += 1;
                let token = format!("secret-token-{}", self.issued);
                ok(&json!({"access_token": token, "expires_in": 3600, "token_type": "Bearer"}))
            }
            Op::EndJob | Op::Unknown => not_found(target),
        }
    }

    fn is_authorized(&self, request: &ReceivedRequest) -> bool {
        let Some(token) = request.header("authorization").and_then(|value| value.strip_prefix("Bearer ")) else {
            return !self.requires_token;
        };
        // Tokens of service accounts are not issued by the service.
        let number = token.strip_prefix("secret-token-").and_then(|number| number.parse::<usize>().ok());
        number.is_none_or(|number| number > self.expired)
    }

    fn create_table(&mut self, name: &str, body: &Json) -> ScriptedResponse {
        let creation_time = self.next_time();
        let tables = &mut self.dataset.as_mut().unwrap().tables;
        if tables.contains_key(name) {
            return error(409, "duplicate", &format!("Already Exists: Table p:d.{name}"));
        }
        let table = Table { creation_time, fields: body["schema"]["fields"].clone(), ..Table::default() };
        tables.insert(name.to_owned(), table);
        self.table_response(name)
    }

    fn table_response(&self, name: &str) -> ScriptedResponse {
        match self.dataset.as_ref().and_then(|dataset| dataset.tables.get(name)) {
            Some(table) => ok(&json!({"creationTime": table.creation_time.to_string(), "schema": {"fields": table.fields}})),
            None => not_found(&format!("Table p:d.{name}")),
        }
    }
}

/// Returns a successful response.
pub(super) fn ok(body: &Json) -> ScriptedResponse {
    ScriptedResponse::json(200, body.to_string())
}

/// Returns the error of something that does not exist.
pub(super) fn not_found(what: &str) -> ScriptedResponse {
    error(404, "notFound", &format!("Not found: {what}"))
}
