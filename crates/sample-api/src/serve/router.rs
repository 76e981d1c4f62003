//! From a request to its answer, without any network.

use std::sync::Arc;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue, LINK};
use hyper::{Method, Response, StatusCode, Uri};

use super::link::PageLinks;
use super::query::{Invalid, Parameters};
use crate::generate::Issues;

/// What is served.
#[derive(Clone)]
pub(super) enum ServedContent {
    Issues(Arc<Issues>),
    Pages(Arc<[Bytes]>),
}

/// Answers one request.
pub(super) fn respond(content: &ServedContent, base_url: &str, method: &Method, uri: &Uri) -> Response<Full<Bytes>> {
    let parameters = Parameters::parse(uri.query().unwrap_or_default());
    let found = match (method, content, route(uri.path())) {
        (&Method::GET, ServedContent::Issues(issues), Some(Route::Issues(style))) => {
            issue_page(issues, style, base_url, uri.path(), &parameters)
        }
        (&Method::GET, ServedContent::Pages(pages), Some(Route::Pages)) => static_page(pages, base_url, uri.path(), &parameters),
        _ => return json(StatusCode::NOT_FOUND, r#"{"message":"Not Found"}"#),
    };
    found.unwrap_or_else(|Invalid { parameter, expected }| {
        let message = format!(r#"{{"message":"invalid parameter {parameter}: expected {expected}"}}"#);
        json(StatusCode::UNPROCESSABLE_ENTITY, message)
    })
}

/// Where an answer says which page comes next.
#[derive(Clone, Copy)]
enum LinkStyle {
    Header,
    Json,
}

enum Route {
    Issues(LinkStyle),
    Pages,
}

/// The sample stands in for any repository, so each owner and name is answered.
fn route(path: &str) -> Option<Route> {
    let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    match segments.as_slice() {
        ["repos", owner, name, "issues"] if is_name(owner) && is_name(name) => Some(Route::Issues(LinkStyle::Header)),
        ["json-link", "issues"] => Some(Route::Issues(LinkStyle::Json)),
        ["pages"] => Some(Route::Pages),
        _ => None,
    }
}

/// Names go into links, so they have no character that would need escaping there.
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
    // Every part of a link is ASCII without control characters, so that it is a header value.
    let value = links.header().and_then(|links| HeaderValue::try_from(links).ok());
    if let Some(value) = value {
        response.headers_mut().insert(LINK, value);
    }
    response
}

#[cfg(test)]
mod tests;
