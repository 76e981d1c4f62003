//! A value of one answer that asks for the next page.

use catchment_json::Value;

use super::param::ParamTarget;
use crate::error::Error;
use crate::request::Request;

/// The value for the next page, and where it goes.
#[derive(Debug, Clone)]
pub(super) struct Cursor {
    pub(super) param: ParamTarget,
    /// Not shown in messages: it may open the pages to others.
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
