//! What the request of a page asks for, by the names of its parameters.

use catchment_json::Value;

use super::metadata_keys::{OFFSETS, fold_key};
use super::param_keys::{LIMIT_PARAMS, PAGE_PARAMS, SIZE_PARAMS};
use crate::response::Response;

/// How deep a body of a request is searched.
const MAX_DEPTH: usize = 5;

/// The query of a request, and its body where that is JSON.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestParams<'a> {
    response: &'a Response,
    body: Option<&'a Value>,
}

impl<'a> RequestParams<'a> {
    pub(super) fn new(response: &'a Response, body: Option<&'a Value>) -> RequestParams<'a> {
        RequestParams { response, body }
    }

    /// The parameter of the query with one of the names and a number.
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

    /// How many rows stand before those of the page.
    pub(super) fn first_row(self) -> u64 {
        let in_body = || self.body.and_then(|body| find(body, OFFSETS, 0)?.1.as_i64()?.try_into().ok());
        self.offset().map(|(_, offset)| offset).or_else(in_body).filter(|offset| *offset > 1).unwrap_or(0)
    }

    /// Whether the request begins with a later page.
    pub(super) fn begins_later(self) -> bool {
        self.page().is_some_and(|(_, page)| page > 1)
    }

    /// Whether the query has a parameter with this value, whatever its name.
    pub(super) fn has_value(self, text: &str) -> bool {
        self.response.url().query_pairs().any(|(_, value)| value == text)
    }

    /// Whether a parameter of the query would be in the wrong place: the request says what it asks for in a body.
    pub(super) fn is_by_body(self, param: &str) -> bool {
        self.body.is_some() && self.response.url().query_pairs().all(|(key, _)| key != param)
    }

    /// Where a parameter most likely stands in the body.
    pub(super) fn body_path(self, param: &str) -> String {
        let known = self.in_body(&[&fold_key(param)]);
        let is_graphql = self.body.is_some_and(|body| body.get("query").is_some_and(|query| query.as_str().is_some()));
        known.unwrap_or_else(|| if is_graphql { format!("variables.{param}") } else { param.to_owned() })
    }

    /// Where the body has an offset.
    pub(super) fn body_offset(self) -> Option<String> {
        self.in_body(OFFSETS)
    }

    /// Where the body has the number of a page.
    pub(super) fn body_page(self) -> Option<String> {
        self.in_body(PAGE_PARAMS)
    }

    /// Where the body has the size of a page.
    pub(super) fn body_size(self) -> Option<String> {
        self.in_body(&[LIMIT_PARAMS, SIZE_PARAMS].concat())
    }

    fn in_body(self, names: &[&str]) -> Option<String> {
        self.body.and_then(|body| find(body, names, 0)).map(|(path, _)| path)
    }
}

/// The first value under one of the names, and the dotted path to it.
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
