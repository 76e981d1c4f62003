//! Requests of the first and the next page.

use catchment_json::Value;

use super::Paginator;
use crate::error::Error;
use crate::request::Request;
use crate::request_config::RequestConfig;
use crate::response::Response;

/// The request of the next page.
pub(super) struct NextRequest {
    pub(super) request: Request,
    /// The position of the page.
    pub(super) position: Option<Value>,
    /// A warning about the origin of the request.
    pub(super) warning: Option<String>,
}

/// Turns `request` into that of the first page, or of the page at `position`. Returns a warning about its origin.
pub(super) fn first_request(
    paginator: &mut Box<dyn Paginator>,
    rules: &RequestConfig,
    request: &mut Request,
    position: Option<&Value>,
) -> Result<Option<String>, Error> {
    match position {
        None => paginator.init_request(request).map(|()| None),
        Some(position) => {
            paginator.resume(position)?;
            let (next, warning) = advance(paginator, rules, request)?;
            *request = next;
            Ok(warning)
        }
    }
}

/// Returns the request of the page after `response`, which is the response to `request`.
pub(super) fn next_request(
    paginator: &mut Box<dyn Paginator>,
    rules: &RequestConfig,
    request: &Request,
    response: &Response,
) -> Result<Option<NextRequest>, Error> {
    paginator.update_state(response)?;
    if !paginator.has_next_page() {
        return Ok(None);
    }
    let position = paginator.position();
    let (request, warning) = advance(paginator, rules, request)?;
    Ok(Some(NextRequest { request, position, warning }))
}

/// Returns the request of the next page and a warning about its origin. Strips the credentials if a response led to an
/// untrusted origin.
fn advance(
    paginator: &mut Box<dyn Paginator>,
    rules: &RequestConfig,
    request: &Request,
) -> Result<(Request, Option<String>), Error> {
    let mut next = request.clone();
    paginator.update_request(&mut next)?;
    next.check_length().map_err(|kind| Error::from(kind).with_request(&request.method, &request.full_url()))?;
    if rules.is_trusted_from(&request.url, &next.url) {
        return Ok((next, None));
    }
    let from = request.url.origin().ascii_serialization();
    let warning =
        request.trusted.then(|| format!("{from} links to its next page at another origin: {}", untrusted_origin_warning(&next)));
    next.strip_credentials(&rules.redactor);
    Ok((next, warning))
}

/// Returns a warning if a pagination begins at an untrusted origin, because its URL comes from data.
pub(super) fn untrusted_start_warning(request: &Request) -> Option<String> {
    let explain = || format!("a URL leads to another origin than the API: {}", untrusted_origin_warning(request));
    (!request.trusted).then(explain)
}

/// Explains which data an untrusted request lacks, and how to trust its origin.
pub(super) fn untrusted_origin_warning(request: &Request) -> String {
    let origin = request.url.origin().ascii_serialization();
    format!(
        "headers, credentials and secrets are not sent to {origin}; if it belongs to the API, add it to the client of the spec: trusted_origins: [\"{origin}\"]"
    )
}
