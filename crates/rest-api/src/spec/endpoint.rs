//! Endpoints.

use catchment_json::Value;

use super::client::headers;
use super::keys::{Keys, wrong};
use super::{EndpointSpec, IncrementalSpec, PaginatorSpec};
use crate::{Mistake, Template};

impl EndpointSpec {
    /// Reads an endpoint, a path or an object; `default_path` is that of one that has none.
    pub(super) fn read(value: Option<&Value>, default_path: &str, at: &str, mistakes: &mut Vec<Mistake>) -> EndpointSpec {
        let empty = Value::object::<String>([]);
        let (path, value) = match value {
            None => (default_path, &empty),
            Some(Value::Text(path)) => (path.as_str(), &empty),
            Some(value @ Value::Object(_)) => (default_path, value),
            Some(other) => {
                mistakes.push(wrong(at, "a path or an object", other));
                (default_path, &empty)
            }
        };
        let mut keys = Keys::of(value, at, mistakes);
        let path = keys.text("path", mistakes).unwrap_or(path);
        let incremental = keys.get("incremental").map(|value| IncrementalSpec::read(value, &keys.path("incremental"), mistakes));
        let is_incremental = incremental.is_some();
        let header = |(name, text): (String, String), mistakes: &mut Vec<Mistake>| {
            let path = format!("{at}.headers.{name}");
            template(&text, &path, is_incremental, mistakes).map(|template| (name, template))
        };
        let endpoint = EndpointSpec {
            path: template(path, &keys.path("path"), is_incremental, mistakes).unwrap_or_default(),
            params: params(&mut keys, is_incremental, mistakes),
            headers: headers(&mut keys, mistakes).into_iter().filter_map(|entry| header(entry, mistakes)).collect(),
            paginator: PaginatorSpec::read(&mut keys, mistakes),
            data_selector: keys.json_path("data_selector", mistakes),
            incremental,
        };
        if let Some(method) = keys.text("method", mistakes)
            && !method.eq_ignore_ascii_case("get")
        {
            let problem = format!("found {method:?}; this version can only GET");
            mistakes.push(Mistake { path: keys.path("method"), problem });
        }
        keys.not_yet(&["json", "data", "response_actions", "auth"], mistakes);
        keys.finish(mistakes);
        endpoint
    }
}

/// Parameters as the reference sends them: null is left out, a list is sent value by value.
fn params(keys: &mut Keys<'_>, is_incremental: bool, mistakes: &mut Vec<Mistake>) -> Vec<(String, Template)> {
    let mut params = Vec::new();
    for (name, value) in keys.object("params", mistakes).into_iter().flatten() {
        let path = keys.path(&format!("params.{name}"));
        let texts: Vec<String> = match value {
            Value::Null => Vec::new(),
            Value::Array(values) => values.iter().map(text).collect(),
            Value::Object(_) => {
                mistakes.push(wrong(&path, "a string, a number, a boolean or a list of them", value));
                Vec::new()
            }
            scalar => vec![text(scalar)],
        };
        for text in texts {
            params.extend(template(&text, &path, is_incremental, mistakes).map(|template| (name.clone(), template)));
        }
    }
    params
}

fn template(text: &str, path: &str, is_incremental: bool, mistakes: &mut Vec<Mistake>) -> Option<Template> {
    let problem = match Template::parse(text) {
        Ok(template) if template.is_incremental() && !is_incremental => {
            "it has a placeholder of the cursor, but the endpoint has no `incremental`".to_owned()
        }
        Ok(template) => return Some(template),
        Err(problem) => problem,
    };
    mistakes.push(Mistake { path: path.to_owned(), problem });
    None
}

/// A scalar as Python writes it into a query.
fn text(value: &Value) -> String {
    match value {
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        other => other.to_plain_text(),
    }
}
