//! Faults of the service.

use catchment_rest_client::testing::ScriptedResponse;
use serde_json::json;

use super::call::{Call, Op};

/// The requests or jobs that a fault applies to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum When {
    /// The request with this number.
    Request(usize),
    /// Requests or ends of jobs whose target contains a text.
    Call(Op, &'static str),
    /// The end of the job of the transaction with this number, from 0.
    Transaction(usize),
}

/// A fault.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// Responds before the request takes effect.
    Respond(ScriptedResponse),
    /// Responds after the request has taken effect, in place of the response of the service.
    RespondAfter(ScriptedResponse),
    /// Ends the job with an error: its reason and message.
    EndWith(&'static str, &'static str),
    /// Logs another load before the job ends.
    LogLoad(&'static str),
    /// Runs the job until it is cancelled. It commits in spite of that if true.
    RunUntilCancelled(bool),
    /// Stores only this many bytes of a chunk.
    StorePart(usize),
    /// Ends an upload session, with this status.
    LoseSession(u16),
    /// Refuses all access tokens issued so far.
    ExpireTokens,
}

impl Fault {
    /// Responds with an error of the API.
    pub(crate) fn status(status: u16, reason: &str, message: &str) -> Fault {
        Fault::Respond(error(status, reason, message))
    }

    /// Resets the connection before the request takes effect.
    pub(crate) fn reset() -> Fault {
        Fault::Respond(ScriptedResponse::reset())
    }

    /// Resets the connection after the request has taken effect.
    pub(crate) fn lost_response() -> Fault {
        Fault::RespondAfter(ScriptedResponse::reset())
    }
}

/// Returns an error response in the form of the API.
pub(crate) fn error(status: u16, reason: &str, message: &str) -> ScriptedResponse {
    let errors = json!([{"message": message, "domain": "global", "reason": reason}]);
    ScriptedResponse::json(status, json!({"error": {"code": status, "message": message, "errors": errors}}).to_string())
}

/// The faults that are still to happen.
#[derive(Debug, Default)]
pub(super) struct Faults {
    rules: Vec<(When, Fault, usize)>,
}

impl Faults {
    pub(super) fn add(&mut self, when: When, fault: Fault, times: usize) {
        self.rules.push((when, fault, times));
    }

    /// Returns the first fault of a call, and counts it. `number` is that of the request, if it is one.
    pub(super) fn take(&mut self, number: Option<usize>, call: &Call) -> Option<Fault> {
        let matches = |when: &When| match when {
            When::Request(expected) => number == Some(*expected),
            When::Call(op, part) => *op == call.op && call.target.contains(part),
            When::Transaction(expected) => {
                let number = call.target.starts_with("catchment_apply_").then(|| call.target.rsplit('_').next()).flatten();
                call.op == Op::EndJob && number == Some(expected.to_string().as_str())
            }
        };
        let (_, fault, times) = self.rules.iter_mut().find(|(when, _, times)| *times > 0 && matches(when))?;
        *times -= 1;
        Some(fault.clone())
    }
}
