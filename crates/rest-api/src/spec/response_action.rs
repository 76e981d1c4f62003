//! What is made of certain answers.

use super::keys::Keys;
use crate::shape::{Field, Kind, Shape};
use crate::{Expression, Mistake};

pub(super) static RESPONSE_ACTION: Shape = Shape::new(
    "response_action",
    "What to do with an answer. The first action that applies decides.",
    &[
        Field::new("status_code", Kind::Integer(100, 599), "Only for answers with this status."),
        Field::new("content", Kind::Text, "Only for answers that have this text in their body."),
        Field::new("when", Kind::Text, "Only for answers of which this expression over `status`, `headers` and `body` is true."),
        Field::required(
            "action",
            Kind::OneOf(&["ignore", "retry", "fail"]),
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
    pub(super) fn read(keys: &Keys<'_>, mistakes: &mut Vec<Mistake>) -> ResponseActionSpec {
        let when = keys.expression("when", &["status", "headers", "body"], mistakes);
        let action = match keys.text("action") {
            Some("retry") => ActionSpec::Retry,
            Some("fail") => ActionSpec::Fail,
            _ => ActionSpec::Ignore,
        };
        ResponseActionSpec { status_code: keys.integer("status_code"), content: keys.owned_text("content"), when, action }
    }
}
