//! Response actions.

use super::object_reader::ObjectReader;
use crate::spec_schema::{FieldSchema, ObjectSchema, ValueType};
use crate::{Expression, SpecDiagnostic};

pub(super) static RESPONSE_ACTION: ObjectSchema = ObjectSchema::new(
    "response_action",
    "An action for responses that match its conditions. The first matching action applies.",
    &[
        FieldSchema::new("status_code", ValueType::Integer(100, 599), "Matches only responses with this status code."),
        FieldSchema::new("content", ValueType::Text, "Matches only responses whose body contains this text."),
        FieldSchema::new(
            "when",
            ValueType::Text,
            "Matches only responses for which this expression over `status`, `headers` and `body` is true.",
        ),
        FieldSchema::required(
            "action",
            ValueType::OneOf(&["ignore", "retry", "fail"]),
            "The effect: ignore takes the response for an empty last page, retry sends the request again, fail ends the run with an error.",
        ),
    ],
);

/// A response action.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseActionSpec {
    /// Matches only responses with this status code.
    pub status_code: Option<u16>,
    /// Matches only responses whose body contains this text.
    pub content: Option<String>,
    /// Matches only responses for which the expression is true.
    pub when: Option<Expression>,
    /// The action.
    pub action: ActionSpec,
}

/// The effect of a response action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionSpec {
    /// Ends pagination without an error.
    Ignore,
    /// Sends the request again.
    Retry,
    /// Fails the run.
    Fail,
}

impl ResponseActionSpec {
    pub(super) fn read(keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) -> ResponseActionSpec {
        let when = keys.expression("when", &["status", "headers", "body"], diagnostics);
        let action = match keys.text("action") {
            Some("retry") => ActionSpec::Retry,
            Some("fail") => ActionSpec::Fail,
            _ => ActionSpec::Ignore,
        };
        ResponseActionSpec { status_code: keys.integer("status_code"), content: keys.owned_text("content"), when, action }
    }
}
