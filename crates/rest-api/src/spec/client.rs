//! `client` and paginators.

use catchment_json::{Path, Value};

use super::keys::{Keys, unknown};
use super::{ClientSpec, PaginatorSpec};
use crate::Mistake;

/// The paginators that this version follows.
const PAGINATORS: [&str; 4] = ["auto", "header_link", "json_link", "single_page"];
/// Those of the reference that it does not.
const PAGINATORS_NOT_YET: [&str; 4] = ["cursor", "header_cursor", "offset", "page_number"];

impl ClientSpec {
    pub(super) fn read(value: &Value, mistakes: &mut Vec<Mistake>) -> ClientSpec {
        let mut keys = Keys::of(value, "client", mistakes);
        let client = ClientSpec {
            base_url: keys.required_text("base_url", mistakes).to_owned(),
            headers: headers(&mut keys, mistakes),
            paginator: paginator(&mut keys, mistakes).unwrap_or_default(),
        };
        keys.not_yet(&["auth", "session"], mistakes);
        keys.finish(mistakes);
        client
    }
}

pub(super) fn headers(keys: &mut Keys<'_>, mistakes: &mut Vec<Mistake>) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    for (name, value) in keys.object("headers", mistakes).into_iter().flatten() {
        match value.as_str() {
            Some(text) => headers.push((name.clone(), text.to_owned())),
            None => mistakes.push(super::keys::wrong(&keys.path(&format!("headers.{name}")), "a string", value)),
        }
    }
    headers
}

/// A paginator by its name, or an object with its `type` and parameters.
pub(super) fn paginator(keys: &mut Keys<'_>, mistakes: &mut Vec<Mistake>) -> Option<PaginatorSpec> {
    let value = keys.get("paginator")?;
    let path = keys.path("paginator");
    if let Some(name) = value.as_str() {
        let empty = Value::object::<String>([]);
        return by_type(name, &path, &mut Keys::of(&empty, path.as_str(), mistakes), mistakes);
    }
    let mut keys = Keys::of(value, path.as_str(), mistakes);
    let name = keys.text("type", mistakes).unwrap_or("auto");
    let paginator = by_type(name, &keys.path("type"), &mut keys, mistakes)?;
    keys.finish(mistakes);
    Some(paginator)
}

fn by_type(name: &str, path: &str, keys: &mut Keys<'_>, mistakes: &mut Vec<Mistake>) -> Option<PaginatorSpec> {
    match name {
        "auto" => Some(PaginatorSpec::Auto),
        "single_page" => Some(PaginatorSpec::SinglePage),
        "header_link" => {
            let links_next_key = keys.text("links_next_key", mistakes).unwrap_or("next").to_owned();
            Some(PaginatorSpec::HeaderLink { links_next_key })
        }
        "json_link" | "json_response" => {
            let next_url_path = keys.json_path("next_url_path", mistakes).unwrap_or_else(|| Path::key("next"));
            Some(PaginatorSpec::JsonLink { next_url_path })
        }
        other => {
            let problem = if PAGINATORS_NOT_YET.contains(&other) {
                format!("this version does not support the paginator {other:?}; it has {}", PAGINATORS.join(", "))
            } else {
                unknown(other, &PAGINATORS)
            };
            mistakes.push(Mistake { path: path.to_owned(), problem });
            None
        }
    }
}
