//! Cursor values for the next page.

use catchment_json::Value;

use super::param::ParamTarget;
use crate::error::Error;
use crate::request::Request;

/// A cursor value and its target in the next request.
#[derive(Debug, Clone)]
pub(super) struct Cursor {
    pub(super) param: ParamTarget,
    /// The cursor value. Never shown in messages, because it may grant access to the pages.
    pub(super) next: Option<Value>,
}

impl Cursor {
    pub(super) fn new(param: &str) -> Cursor {
        Cursor { param: ParamTarget::Query(param.to_owned()), next: None }
    }

    pub(super) fn update_request(&mut self, request: &mut Request) -> Result<(), Error> {
        match self.next.take() {
            Some(value) => self.param.set(request, value),
            None => Ok(()),
        }
    }

    pub(super) fn resume(&mut self, position: &Value) {
        self.next = Some(position.clone());
    }
}
