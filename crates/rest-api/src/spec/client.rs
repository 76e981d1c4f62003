//! `client`.

use catchment_json::Value;

use super::keys::Keys;
use super::{ClientSpec, PaginatorSpec};
use crate::Mistake;

impl ClientSpec {
    pub(super) fn read(value: &Value, mistakes: &mut Vec<Mistake>) -> ClientSpec {
        let mut keys = Keys::of(value, "client", mistakes);
        let client = ClientSpec {
            base_url: keys.required_text("base_url", mistakes).to_owned(),
            headers: headers(&mut keys, mistakes),
            paginator: PaginatorSpec::read(&mut keys, mistakes).unwrap_or_default(),
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
