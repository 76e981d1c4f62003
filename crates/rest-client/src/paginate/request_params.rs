//! Pagination parameters of a request.

use catchment_json::Value;

use super::metadata_keys::{OFFSETS, fold_key};
use super::param_keys::{LIMIT_PARAMS, PAGE_PARAMS, SIZE_PARAMS};
use crate::response::Response;

/// The maximum depth of the search in a request body.
const MAX_DEPTH: usize = 5;

/// The query of a request, and its JSON body.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestParams<'a> {
    response: &'a Response,
    body: Option<&'a Value>,
}

impl<'a> RequestParams<'a> {
    pub(super) fn new(response: &'a Response, body: Option<&'a Value>) -> RequestParams<'a> {
        RequestParams { response, body }
    }

    /// Returns the first query parameter with one of the names and a numeric value.
    fn number(self, names: &[&str]) -> Option<(String, u64)> {
        self.response.url().query_pairs().find_map(|(key, value)| {
            names.contains(&fold_key(&key).as_str()).then_some(())?;
            Some((key.into_owned(), value.parse().ok()?))
        })
    }

    pub(super) fn offset(self) -> Option<(String, u64)> {
        self.number(OFFSETS)
    }

    pub(super) fn page(self) -> Option<(String, u64)> {
        self.number(PAGE_PARAMS)
    }

    pub(super) fn limit(self) -> Option<u64> {
        self.number(LIMIT_PARAMS).map(|(_, limit)| limit)
    }

    pub(super) fn size(self) -> Option<u64> {
        self.number(SIZE_PARAMS).map(|(_, size)| size)
    }

    /// Returns the number of rows before the page.
    pub(super) fn first_row(self) -> u64 {
        let in_body = || self.body.and_then(|body| find(body, OFFSETS, 0)?.1.as_i64()?.try_into().ok());
        self.offset().map(|(_, offset)| offset).or_else(in_body).filter(|offset| *offset > 1).unwrap_or(0)
    }

    /// Returns whether the request skips the first page.
    pub(super) fn begins_later(self) -> bool {
        self.page().is_some_and(|(_, page)| page > 1)
    }

    /// Returns whether any query parameter has this value.
    pub(super) fn has_value(self, text: &str) -> bool {
        self.response.url().query_pairs().any(|(_, value)| value == text)
    }

    /// Returns whether the parameter belongs in the request body: the request has a JSON body, and no such query parameter.
    pub(super) fn is_by_body(self, param: &str) -> bool {
        self.body.is_some() && self.response.url().query_pairs().all(|(key, _)| key != param)
    }

    /// Returns the most likely path of a parameter in the body.
    pub(super) fn body_path(self, param: &str) -> String {
        let known = self.in_body(&[&fold_key(param)]);
        let is_graphql = self.body.is_some_and(|body| body.get("query").is_some_and(|query| query.as_str().is_some()));
        known.unwrap_or_else(|| if is_graphql { format!("variables.{param}") } else { param.to_owned() })
    }

    /// Returns the path of the offset in the body.
    pub(super) fn body_offset(self) -> Option<String> {
        self.in_body(OFFSETS)
    }

    /// Returns the path of the page number in the body.
    pub(super) fn body_page(self) -> Option<String> {
        self.in_body(PAGE_PARAMS)
    }

    /// Returns the path of the page size in the body.
    pub(super) fn body_size(self) -> Option<String> {
        self.in_body(&[LIMIT_PARAMS, SIZE_PARAMS].concat())
    }

    fn in_body(self, names: &[&str]) -> Option<String> {
        self.body.and_then(|body| find(body, names, 0)).map(|(path, _)| path)
    }
}

/// Returns the first value under one of the names, with its dotted path.
fn find<'v>(value: &'v Value, names: &[&str], depth: usize) -> Option<(String, &'v Value)> {
    let object = value.as_object().filter(|_| depth < MAX_DEPTH)?;
    object.iter().find_map(|(key, value)| {
        if value.as_object().is_none() && names.contains(&fold_key(key).as_str()) {
            return Some((key.clone(), value));
        }
        let (path, found) = find(value, names, depth + 1)?;
        Some((format!("{key}.{path}"), found))
    })
}
