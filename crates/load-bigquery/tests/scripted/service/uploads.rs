//! Resumable uploads.

use catchment_rest_client::testing::{ReceivedRequest, ScriptedResponse};
use serde_json::Value as Json;

use super::fault::{Fault, error};
use super::model::Model;

/// The size of a chunk must be a multiple of this, except for the last.
const CHUNK_UNIT: usize = 256 << 10;

/// An upload session.
#[derive(Debug, Default)]
pub(super) struct Session {
    resource: Json,
    stored: Vec<u8>,
    /// The name of the file in the bucket, for an upload to Cloud Storage.
    object: Option<String>,
    /// The id of the job that the complete upload has started.
    job: Option<String>,
    is_complete: bool,
}

impl Model {
    pub(super) fn begin_upload(&mut self, request: &ReceivedRequest) -> ScriptedResponse {
        if request.param("uploadType") != Some("resumable") {
            return error(400, "invalid", "uploadType is not resumable");
        }
        let id = self.next_time().to_string();
        let resource = serde_json::from_slice(&request.body).unwrap();
        let object = request.param("name").map(str::to_owned);
        self.sessions.insert(id.clone(), Session { resource, object, ..Session::default() });
        let (host, path) = (request.header("host").unwrap_or_default(), &request.path);
        ScriptedResponse::json(200, "").header("Location", format!("http://{host}{path}?uploadType=resumable&upload_id={id}"))
    }

    pub(super) fn continue_upload(&mut self, id: &str, request: &ReceivedRequest, fault: Option<&Fault>) -> ScriptedResponse {
        if let Some(Fault::LoseSession(status)) = fault {
            self.sessions.remove(id);
            return ScriptedResponse::json(*status, "").header("Content-Type", "text/plain");
        }
        let Some(session) = self.sessions.get_mut(id) else { return ScriptedResponse::json(404, "Not Found") };
        if session.is_complete {
            return match session.job.clone() {
                Some(job) => self.job_response(&job),
                None => ScriptedResponse::json(200, "{}"),
            };
        }
        let Some((range, total)) = content_range(request) else {
            return error(400, "invalid", "invalid Content-Range");
        };
        if let Some((first, end)) = range {
            if first != session.stored.len() || end - first != request.body.len() {
                return error(400, "invalid", &format!("bytes {first} to {end} do not follow {}", session.stored.len()));
            }
            if total.is_none() && !end.is_multiple_of(CHUNK_UNIT) {
                return error(400, "invalid", "the size of the chunk is not a multiple of 256 KiB");
            }
            let bytes = match fault {
                Some(Fault::StorePart(bytes)) => *bytes,
                _ => usize::MAX,
            };
            session.stored.extend(request.body.iter().take(bytes));
        }
        if total == Some(session.stored.len()) {
            let (resource, file) = (session.resource.clone(), std::mem::take(&mut session.stored));
            session.is_complete = true;
            if let Some(object) = session.object.clone() {
                self.objects.insert(object, file);
                return ScriptedResponse::json(200, "{}");
            }
            let job = resource["jobReference"]["jobId"].as_str().unwrap().to_owned();
            session.job = Some(job);
            return self.insert_job(resource, file, None);
        }
        let response = ScriptedResponse::json(308, "");
        match session.stored.len() {
            0 => response,
            stored => response.header("Range", format!("bytes=0-{}", stored - 1)),
        }
    }
}

/// A range of bytes, and the size of the file if it is known.
type ContentRange = (Option<(usize, usize)>, Option<usize>);

/// Parses `bytes FIRST-LAST/TOTAL`, in which a range and a total can be `*`.
fn content_range(request: &ReceivedRequest) -> Option<ContentRange> {
    let (range, total) = request.header("content-range")?.strip_prefix("bytes ")?.split_once('/')?;
    let total = if total == "*" { None } else { Some(total.parse().ok()?) };
    let range = match range.split_once('-') {
        Some((first, last)) => Some((first.parse().ok()?, last.parse::<usize>().ok()? + 1)),
        None => None,
    };
    Some((range, total))
}
