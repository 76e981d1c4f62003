//! Errors of the BigQuery API.

use catchment_load::LoadError;
use catchment_rest_client::StatusCode;
use serde::Deserialize;

use crate::dialect::STAGING_PREFIX;

/// The maximum number of characters of a message in an error.
const SHOWN: usize = 500;

/// The description of an error by the service: `ErrorProto`.
#[derive(Debug, Clone, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct ErrorProto {
    /// The reason, such as `notFound`.
    pub reason: String,
    /// The message.
    pub message: String,
}

/// An error of the BigQuery API.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", describe(.reason, .message))]
pub struct ApiError {
    /// The reason that the service gave, such as `notFound`; empty if it gave none.
    pub reason: String,
    /// The message.
    pub message: String,
    /// The status of the response, if one arrived.
    pub status: Option<StatusCode>,
    /// Whether the request can succeed later.
    pub is_transient: bool,
}

/// What an error means for a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// A retry can succeed.
    Transient,
    /// The load succeeds after a change of permissions, quotas or settings.
    Blocked,
    /// The rows or the schema caused the error.
    Terminal,
}

impl ApiError {
    /// Creates the error of a job.
    pub(crate) fn of_job(error: &ErrorProto) -> ApiError {
        // A staging table expired, or another load deleted the lock. Another attempt creates it again.
        let is_staging_missing = error.reason == "notFound" && error.message.contains(STAGING_PREFIX);
        // Two first loads create the system tables at the same time.
        let is_duplicate = error.reason == "duplicate";
        let is_transient = is_staging_missing || is_duplicate || classify(&error.reason, &error.message) == Failure::Transient;
        ApiError { reason: error.reason.clone(), message: error.message.clone(), status: None, is_transient }
    }

    /// Creates the error of a response.
    pub(crate) fn of_response(status: StatusCode, body: &str) -> ApiError {
        let error = parse_body(body);
        let message = if error.message.is_empty() { format!("the service returned {status}") } else { error.message };
        let is_transient = is_transient_response(status, &error.reason, &message);
        ApiError { reason: error.reason, message, status: Some(status), is_transient }
    }

    /// Creates an error without a response.
    pub(crate) fn without_response(message: impl ToString, is_transient: bool) -> ApiError {
        ApiError { reason: String::new(), message: message.to_string(), status: None, is_transient }
    }

    /// Returns true if a table, dataset or job does not exist.
    pub fn is_not_found(&self) -> bool {
        self.reason == "notFound" || (self.status == Some(StatusCode::NOT_FOUND) && self.reason.is_empty())
    }

    /// Returns true if a table, dataset or job of the name exists already.
    pub fn is_duplicate(&self) -> bool {
        self.reason == "duplicate" || (self.status == Some(StatusCode::CONFLICT) && self.reason.is_empty())
    }

    /// Returns true if an upload session does not exist any more.
    pub(crate) fn is_session_lost(&self) -> bool {
        self.is_not_found() || self.status == Some(StatusCode::GONE)
    }

    /// Returns true for the error of a transaction that BigQuery ends because another one changed the same table.
    pub(crate) fn is_conflict(&self) -> bool {
        is_conflict(&self.message)
    }

    /// Returns the error of a load whose `step` failed, which does not depend on the rows.
    pub(crate) fn into_load_error(self, step: &str, location: &str) -> LoadError {
        let (reason, step, location) = (self.to_string(), step.to_owned(), location.to_owned());
        match self.is_transient {
            true => LoadError::Unavailable { step, location, reason },
            false => LoadError::Statement { step, location, reason, terminal: false },
        }
    }

    /// Returns the error of a load whose `step` failed, which the rows can have caused.
    pub(crate) fn into_error_of_rows(self, step: &str, location: &str) -> LoadError {
        let is_of_rows = !self.is_transient && classify(&self.reason, &self.message) == Failure::Terminal;
        match self.into_load_error(step, location) {
            LoadError::Statement { step, location, reason, .. } => {
                LoadError::Statement { step, location, reason, terminal: is_of_rows }
            }
            other => other,
        }
    }
}

/// Returns true if a request with this response can succeed later.
pub(crate) fn is_transient_response(status: StatusCode, reason: &str, message: &str) -> bool {
    let by_reason = classify(reason, message) == Failure::Transient;
    status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::REQUEST_TIMEOUT || status.is_server_error() || by_reason
}

/// Returns the reason and message in the body of an error response.
pub(crate) fn parse_body(body: &str) -> ErrorProto {
    #[derive(Deserialize)]
    struct Body {
        error: Outer,
    }
    #[derive(Deserialize)]
    #[serde(default)]
    #[derive(Default)]
    struct Outer {
        message: String,
        errors: Vec<ErrorProto>,
    }
    let Ok(Body { error }) = serde_json::from_str(body) else { return ErrorProto::default() };
    let first = error.errors.into_iter().next().unwrap_or_default();
    let message = if error.message.is_empty() { first.message } else { error.message };
    ErrorProto { reason: first.reason, message }
}

/// A part of the message about a bucket in another location than the dataset.
const OTHER_LOCATION: &str = "different locations";

/// Classifies an error by the reason in the table of error messages of the documentation
/// (<https://cloud.google.com/bigquery/docs/error-messages>).
fn classify(reason: &str, message: &str) -> Failure {
    match reason {
        _ if is_conflict(message) => Failure::Transient,
        // Rows that another program has streamed cannot be changed for up to 90 minutes.
        _ if message.contains("streaming buffer") => Failure::Blocked,
        _ if message.contains(OTHER_LOCATION) => Failure::Blocked,
        "backendError"
        | "internalError"
        | "rateLimitExceeded"
        | "jobRateLimitExceeded"
        | "jobBackendError"
        | "jobInternalError"
        | "tableUnavailable"
        | "timeout" => Failure::Transient,
        "invalid" | "invalidQuery" | "resourcesExceeded" => Failure::Terminal,
        _ => Failure::Blocked,
    }
}

/// Returns true for the error of a transaction that BigQuery ends because another one changed the same table. The reason of
/// these errors differs, the message does not.
fn is_conflict(message: &str) -> bool {
    ["due to concurrent update", "concurrent transaction", "Too many DML statements outstanding"]
        .iter()
        .any(|part| message.contains(part))
}

/// Returns the message with its reason, and the remedy if there is one.
fn describe(reason: &str, message: &str) -> String {
    let shown: String = message.chars().take(SHOWN).collect();
    let shown = shown.trim().trim_end_matches('.');
    let reason_shown = if reason.is_empty() { String::new() } else { format!(" (reason {reason})") };
    match remedy(reason, message) {
        Some(remedy) => format!("{shown}{reason_shown}; {remedy}"),
        None => format!("{shown}{reason_shown}"),
    }
}

fn remedy(reason: &str, message: &str) -> Option<&'static str> {
    match reason {
        _ if message.contains(OTHER_LOCATION) => Some("use a bucket in the location of the dataset"),
        "accessDenied" | "forbidden" if message.contains("storage.") => {
            Some("grant the account the role Storage Object User (roles/storage.objectUser) on the bucket")
        }
        "notFound" if message.contains("bucket") => Some("check destination.bigquery.staging_bucket_url"),
        "accessDenied" if message.contains("bigquery.jobs.create") => {
            Some("grant the account the role BigQuery Job User (roles/bigquery.jobUser) in the project")
        }
        "accessDenied" if message.contains("bigquery.datasets.create") => {
            Some("create the dataset, or grant the account the role BigQuery User (roles/bigquery.user) in the project")
        }
        "accessDenied" | "accessNotConfigured" if message.contains("has not been used in project") => {
            Some("enable the BigQuery API of the project")
        }
        "accessDenied" => Some("grant the account the role BigQuery Data Editor (roles/bigquery.dataEditor) on the dataset"),
        "authError" | "required" => Some("check destination.bigquery.credentials"),
        "billingNotEnabled" => Some("enable billing for the project: the sandbox of BigQuery has no DML"),
        "bytesBilledLimitExceeded" => Some("raise destination.bigquery.maximum_bytes_billed"),
        "quotaExceeded" => Some("wait until the quota is renewed, or request a higher one"),
        "notFound" if message.contains("in location") => Some("set destination.bigquery.location to the location of the dataset"),
        "notFound" => Some("check destination.bigquery.project_id and the name of the dataset"),
        "resourcesExceeded" => Some("load fewer rows at once: set a smaller `buffer_max_bytes` or load the resources one by one"),
        "stopped" => Some("load the package again"),
        "responseTooLarge" => Some("select fewer columns or rows"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, body: &str, is_transient: bool, expected: &str) {
        let error = ApiError::of_response(StatusCode::from_u16(status).unwrap(), body);
        assert_eq!((error.is_transient, error.to_string().as_str()), (is_transient, expected));
    }

    fn body(reason: &str, message: &str) -> String {
        serde_json::json!({"error": {"message": message, "errors": [{"reason": reason, "message": message}]}}).to_string()
    }

    #[test]
    fn errors_are_classified_by_reason() {
        check(503, "", true, "the service returned 503 Service Unavailable");
        check(403, &body("rateLimitExceeded", "Too many."), true, "Too many (reason rateLimitExceeded)");
        check(400, &body("invalidQuery", "Unrecognized name: x"), false, "Unrecognized name: x (reason invalidQuery)");
        let conflict = "Transaction is aborted due to concurrent update against table p:d.t.";
        check(400, &body("invalidQuery", conflict), true, &format!("{} (reason invalidQuery)", conflict.trim_end_matches('.')));
        check(404, "<html>", false, "the service returned 404 Not Found");
    }

    #[test]
    fn final_errors_have_remedies() {
        fn check(reason: &str, message: &str, expected: &str) {
            let shown = describe(reason, message);
            let (_, remedy) = shown.split_once("; ").unwrap_or_default();
            assert!(remedy.contains(expected) && !remedy.is_empty(), "{shown}");
        }
        check("accessDenied", "User does not have bigquery.jobs.create permission in project p.", "roles/bigquery.jobUser");
        check("accessDenied", "Permission bigquery.tables.create denied on dataset d", "roles/bigquery.dataEditor");
        check("accessDenied", "User lacks bigquery.datasets.create", "roles/bigquery.user");
        check("accessDenied", "BigQuery API has not been used in project 7 before or it is disabled.", "enable the BigQuery API");
        check(
            "forbidden",
            "a@p does not have storage.objects.create access to the Cloud Storage object.",
            "roles/storage.objectUser",
        );
        check("notFound", "The specified bucket does not exist.", "staging_bucket_url");
        check(
            "invalid",
            "Cannot read and write in different locations: source: EU, destination: US",
            "in the location of the dataset",
        );
        check("billingNotEnabled", "DML queries are not allowed in the free tier.", "enable billing");
        check("notFound", "Dataset p:d was not found in location US", "destination.bigquery.location");
        check("notFound", "Not found: Project p", "project_id");
        check("quotaExceeded", "Quota exceeded: loads per table per day", "quota");
        check("bytesBilledLimitExceeded", "Query exceeded limit for bytes billed", "maximum_bytes_billed");
    }
}
