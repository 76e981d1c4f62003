//! Targets of pagination parameters in a request.

use catchment_json::Value;

use crate::error::Error;
use crate::request::Request;

/// The target of a pagination parameter in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ParamTarget {
    /// A query parameter.
    Query(String),
    /// A field of the body, by its dotted path.
    Body(String),
}

impl ParamTarget {
    pub(super) fn set(&self, request: &mut Request, value: Value) -> Result<(), Error> {
        match self {
            ParamTarget::Query(name) => {
                request.set_param(name, value.to_plain_text());
                Ok(())
            }
            ParamTarget::Body(path) => request.set_body_field(path, value),
        }
    }
}
