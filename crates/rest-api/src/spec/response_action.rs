//! What is made of certain answers.

use super::object_reader::ObjectReader;
use crate::spec_schema::{FieldSchema, ObjectSchema, ValueType};
use crate::{Expression, SpecDiagnostic};

pub(super) static RESPONSE_ACTION: ObjectSchema = ObjectSchema::new(
    "response_action",
    "What to do with an answer. The first action that applies decides.",
    &[
        FieldSchema::new("status_code", ValueType::Integer(100, 599), "Only for answers with this status."),
        FieldSchema::new("content", ValueType::Text, "Only for answers that have this text in their body."),
        FieldSchema::new(
            "when",
            ValueType::Text,
            "Only for answers of which this expression over `status`, `headers` and `body` is true.",
        ),
        FieldSchema::required(
            "action",
            ValueType::OneOf(&["ignore", "retry", "fail"]),
            "ignore ends the pages silently, retry sends the request again, fail makes it an error.",
        ),
    ],
);

/// What to do with an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseActionSpec {
    /// Only for answers with this status.
    pub status_code: Option<u16>,
    /// Only for answers that have this text in their body.
    pub content: Option<String>,
    /// Only for answers of which this is true.
    pub when: Option<Expression>,
    /// What is done.
    pub action: ActionSpec,
}

/// What is done with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionSpec {
    /// The pages end silently.
    Ignore,
    /// The request is sent again.
    Retry,
    /// It is an error.
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
