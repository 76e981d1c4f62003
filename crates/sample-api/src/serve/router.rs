//! Routing of requests to responses, without network.

use std::sync::Arc;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue, LINK};
use hyper::{Method, Response, StatusCode, Uri};

use super::link::PageLinks;
use super::query::{Invalid, Parameters};
use crate::generate::Issues;

/// The content of a server.
#[derive(Clone)]
pub(super) enum ServedContent {
    Issues(Arc<Issues>),
    Pages(Arc<[Bytes]>),
}

/// Returns the response to one request.
pub(super) fn respond(content: &ServedContent, base_url: &str, method: &Method, uri: &Uri) -> Response<Full<Bytes>> {
    let parameters = Parameters::parse(uri.query().unwrap_or_default());
    let response = match (method, content, route(uri.path())) {
        (&Method::GET, ServedContent::Issues(issues), Some(Route::Issues(style))) => {
            issue_page(issues, style, base_url, uri.path(), &parameters)
        }
        (&Method::GET, ServedContent::Pages(pages), Some(Route::Pages)) => static_page(pages, base_url, uri.path(), &parameters),
        _ => return json(StatusCode::NOT_FOUND, r#"{"message":"Not Found"}"#),
    };
    response.unwrap_or_else(|Invalid { parameter, expected }| {
        let message = format!(r#"{{"message":"invalid parameter {parameter}: expected {expected}"}}"#);
        json(StatusCode::UNPROCESSABLE_ENTITY, message)
    })
}

/// The location of the next link in a response.
#[derive(Clone, Copy)]
enum LinkStyle {
    Header,
    Json,
}

enum Route {
    Issues(LinkStyle),
    Pages,
}

/// Parses a path. Any owner and repository name is valid.
fn route(path: &str) -> Option<Route> {
    let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    match segments.as_slice() {
        ["repos", owner, name, "issues"] if is_name(owner) && is_name(name) => Some(Route::Issues(LinkStyle::Header)),
        ["json-link", "issues"] => Some(Route::Issues(LinkStyle::Json)),
        ["pages"] => Some(Route::Pages),
        _ => None,
    }
}

/// Returns whether a name can be used in a link without escaping.
fn is_name(segment: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !segment.is_empty() && segment.bytes().all(allowed)
}

fn issue_page(
    issues: &Issues,
    style: LinkStyle,
    base_url: &str,
    path: &str,
    parameters: &Parameters,
) -> Result<Response<Full<Bytes>>, Invalid> {
    let (page, per_page) = (parameters.page()?, parameters.per_page()?);
    let selection = parameters.selection()?;
    let links = PageLinks { base_url, path, parameters, page, last: issues.count(&selection).div_ceil(per_page).max(1) };
    let skip = (page - 1).saturating_mul(per_page);
    let array = issues.array(issues.select(&selection, skip, per_page));
    Ok(match style {
        LinkStyle::Header => with_link(json(StatusCode::OK, array), &links),
        LinkStyle::Json => {
            let next = links.next().map_or("null".into(), |url| format!("\"{url}\""));
            json(StatusCode::OK, format!(r#"{{"data":{array},"next":{next}}}"#))
        }
    })
}

fn static_page(pages: &[Bytes], base_url: &str, path: &str, parameters: &Parameters) -> Result<Response<Full<Bytes>>, Invalid> {
    let page = parameters.page()?;
    let links = PageLinks { base_url, path, parameters, page, last: pages.len().max(1) };
    let empty = Bytes::from_static(b"[]");
    let body = pages.get(page - 1).cloned().unwrap_or(empty);
    Ok(with_link(json(StatusCode::OK, body), &links))
}

fn json(status: StatusCode, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

fn with_link(mut response: Response<Full<Bytes>>, links: &PageLinks) -> Response<Full<Bytes>> {
    // a link is ASCII without control characters, so it is a valid header value
    let value = links.header().and_then(|links| HeaderValue::try_from(links).ok());
    if let Some(value) = value {
        response.headers_mut().insert(LINK, value);
    }
    response
}

#[cfg(test)]
mod tests;
