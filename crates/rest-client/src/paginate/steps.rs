//! From one request to the next.

use catchment_json::Value;

use super::Paginator;
use crate::error::Error;
use crate::request::Request;
use crate::response::Response;
use crate::rules::Rules;

/// The request of the next page.
pub(super) struct Next {
    pub(super) request: Request,
    /// What the paginator says of it.
    pub(super) position: Option<Value>,
}

/// Makes `request` that of the first page, or of the one at `position`.
pub(super) fn first_request(
    paginator: &mut Box<dyn Paginator>,
    rules: &Rules,
    request: &mut Request,
    position: Option<&Value>,
) -> Result<(), Error> {
    match position {
        None => paginator.init_request(request),
        Some(position) => {
            paginator.resume(position)?;
            *request = update(paginator, rules, request)?;
            Ok(())
        }
    }
}

/// The page after `response`, the answer to `request`.
pub(super) fn next_step(
    paginator: &mut Box<dyn Paginator>,
    rules: &Rules,
    request: &Request,
    response: &Response,
) -> Result<Option<Next>, Error> {
    paginator.update_state(response)?;
    if !paginator.has_next_page() {
        return Ok(None);
    }
    let position = paginator.position();
    Ok(Some(Next { request: update(paginator, rules, request)?, position }))
}

/// `request` for the next page, without credentials where an answer has led it to an origin that is not trusted.
fn update(paginator: &mut Box<dyn Paginator>, rules: &Rules, request: &Request) -> Result<Request, Error> {
    let mut next = request.clone();
    paginator.update_request(&mut next)?;
    if !rules.trust(&request.url, &next.url) {
        if request.trusted {
            let (from, to) = (request.url.origin().ascii_serialization(), next.url.origin().ascii_serialization());
            tracing::warn!("{from} has its next page at {to}: headers and credentials are not sent there");
        }
        next.distrust();
    }
    Ok(next)
}
