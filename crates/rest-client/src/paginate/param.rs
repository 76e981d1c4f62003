//! Where a paginator puts what it asks for.

use catchment_json::Value;

use crate::error::Error;
use crate::request::Request;

/// A place in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ParamTarget {
    /// A parameter of the query.
    Query(String),
    /// The field of the body that a dotted path leads to.
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
