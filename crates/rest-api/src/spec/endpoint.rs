//! Endpoints.

use catchment_json::{Path, Value};

use super::auth::AUTH;
use super::incremental::INCREMENTAL;
use super::keys::Keys;
use super::paginator::PAGINATOR;
use super::params::{self, PARAMS};
use super::response_action::RESPONSE_ACTION;
use super::{AuthSpec, IncrementalSpec, PaginatorSpec, ResponseActionSpec};
use crate::shape::{Field, Kind, Shape, unknown};
use crate::template::In;
use crate::{Mistake, Template, ValueTemplate};

pub(super) const ENDPOINT: Kind = Kind::Either(&[Kind::Template, Kind::Object(&SHAPE)], "a path or an object");

pub(super) static SHAPE: Shape = Shape::new(
    "endpoint",
    "Where the rows of a resource are.",
    &[
        Field::new("path", Kind::Template, "The path, relative to the base URL; the name of the resource by default."),
        Field::new("method", Kind::Text, "The method; GET by default."),
        Field::new("params", PARAMS, "Parameters of the query, and of the path where it has {name}."),
        Field::new("json", Kind::Any, "The body, sent as JSON."),
        Field::new(
            "data",
            Kind::Either(&[Kind::Template, Kind::MapOf(&Kind::Any)], "a string or an object"),
            "The body as it is, or the fields of a form.",
        ),
        Field::new("headers", Kind::MapOf(&Kind::Template), "Headers, over those of the client."),
        Field::new("auth", Kind::Tagged(&AUTH), "Who asks, in the place of what the client says; null is nobody."),
        Field::new("paginator", Kind::Tagged(&PAGINATOR), "How to come from page to page; as the client says by default."),
        Field::new("data_selector", Kind::JsonPath, "Where the rows are in a page; found out by default."),
        Field::new(
            "data_selector_required",
            Kind::Bool,
            "Whether a response in which the data selector finds no list, object or null is an error; true by default.",
        ),
        Field::new("response_actions", Kind::ListOf(&Kind::Object(&RESPONSE_ACTION)), "What to do with certain answers."),
        Field::new("incremental", Kind::Object(&INCREMENTAL), "How new rows are told from old ones; all are new by default."),
        Field::new(
            "on_parent_value_missing",
            Kind::OneOf(&["exclude", "raise"]),
            "Whether a parent row without a value for a placeholder is skipped with a warning, or fails the run; exclude by default.",
        ),
    ],
);

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// Where the rows of a resource are.
#[derive(Debug, Clone)]
pub struct EndpointSpec {
    /// The path, relative to the base URL; the name of the resource by default.
    pub path: Template,
    /// The method, in capital letters.
    pub method: String,
    /// Parameters of the query.
    pub params: Vec<(Template, ValueTemplate)>,
    /// The body.
    pub body: BodySpec,
    /// Headers, over those of the client.
    pub headers: Vec<(Template, Template)>,
    /// Who asks.
    pub auth: AuthChoice,
    /// How to come from page to page; as the client says by default.
    pub paginator: Option<PaginatorSpec>,
    /// Where the rows are in a page; found out by default.
    pub data_selector: Option<Path>,
    /// Whether a response in which the data selector finds no list, object or null is an error; true by default.
    pub data_selector_required: bool,
    /// What to do with certain answers.
    pub response_actions: Vec<ResponseActionSpec>,
    /// How new rows are told from old ones; all are new by default.
    pub incremental: Option<IncrementalSpec>,
    /// What happens to a parent row without a value that the request or the rows need; it is excluded by default.
    pub on_parent_value_missing: OnParentValueMissing,
}

/// What happens to a parent row in which a field that a placeholder or `include_from_parent` names is null or missing. For
/// a placeholder in the path, an empty string counts as missing too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnParentValueMissing {
    /// No request is made for the row, with a warning. A missing field of `include_from_parent` is null in the child rows.
    #[default]
    Exclude,
    /// The run fails.
    Raise,
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum BodySpec {
    /// There is none.
    #[default]
    None,
    /// A value, sent as JSON.
    Json(ValueTemplate),
    /// The fields of a form.
    Form(Vec<(Template, ValueTemplate)>),
    /// A text as it is.
    Text(Template),
}

/// Who asks at an endpoint.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum AuthChoice {
    /// Whoever the client says.
    #[default]
    Client,
    /// Nobody.
    Nobody,
    /// Somebody else.
    Own(AuthSpec),
}

impl EndpointSpec {
    /// Reads an endpoint, a path or an object; `default_path` is that of one that has none.
    pub(super) fn read(value: Option<&Value>, default_path: &str, at: &str, mistakes: &mut Vec<Mistake>) -> EndpointSpec {
        let empty = Value::object::<String>([]);
        let (path, value) = match value {
            Some(Value::Text(path)) => (path.as_str(), &empty),
            Some(value) => (default_path, value),
            None => (default_path, &empty),
        };
        let keys = Keys::of(value, at);
        let path = Template::parse(keys.text("path").unwrap_or(path), In::Path).unwrap_or_else(|problem| {
            mistakes.push(keys.mistake("path", problem));
            Template::default()
        });
        let (path, params) = params::read(&keys, path, mistakes);
        let incremental =
            keys.get("incremental").map(|value| IncrementalSpec::read(&Keys::of(value, keys.path("incremental")), mistakes));
        if params.incremental.is_some() && incremental.is_some() {
            mistakes.push(keys.mistake("incremental", "a parameter has a cursor too; an endpoint has one at most"));
        }
        let endpoint = EndpointSpec {
            path,
            method: method(&keys, mistakes),
            params: params.query,
            body: body(&keys, mistakes),
            headers: headers(&keys, mistakes),
            auth: match keys.get("auth") {
                Some(auth) => AuthChoice::Own(AuthSpec::read(auth, &keys.path("auth"), mistakes)),
                None if keys.is_null("auth") => AuthChoice::Nobody,
                None => AuthChoice::Client,
            },
            paginator: PaginatorSpec::read(&keys, mistakes),
            data_selector: keys.json_path("data_selector"),
            data_selector_required: keys.bool("data_selector_required").unwrap_or(true),
            response_actions: keys
                .list("response_actions")
                .map(|(path, action)| ResponseActionSpec::read(&Keys::of(action, path), mistakes))
                .collect(),
            incremental: incremental.or(params.incremental),
            on_parent_value_missing: match keys.text("on_parent_value_missing") {
                Some("raise") => OnParentValueMissing::Raise,
                _ => OnParentValueMissing::Exclude,
            },
        };
        endpoint.check_placeholders(&keys, mistakes);
        endpoint.check_window(&keys, mistakes);
        endpoint
    }

    /// Calls `f` with each template of the request, and the key that it stands under.
    pub(crate) fn each_template<'t>(&'t self, f: &mut dyn FnMut(&'static str, &'t Template)) {
        f("path", &self.path);
        for (name, value) in &self.params {
            f("params", name);
            value.each(&mut |template| f("params", template));
        }
        for (name, value) in &self.headers {
            f("headers", name);
            f("headers", value);
        }
        match &self.body {
            BodySpec::None => {}
            BodySpec::Json(value) => value.each(&mut |template| f("json", template)),
            BodySpec::Text(template) => f("data", template),
            BodySpec::Form(fields) => {
                for (name, value) in fields {
                    f("data", name);
                    value.each(&mut |template| f("data", template));
                }
            }
        }
    }

    /// A request for a piece of a range has to say where it ends.
    fn check_window(&self, keys: &Keys<'_>, mistakes: &mut Vec<Mistake>) {
        let Some(incremental) = self.incremental.as_ref().filter(|incremental| incremental.window.is_some()) else { return };
        let mut has_end = incremental.end_param.is_some();
        self.each_template(&mut |_, template| has_end |= template.has_end_value());
        if !has_end {
            let problem = "nothing of the request says where a piece ends: set `end_param`, or use {incremental.end_value}";
            mistakes.push(keys.mistake("incremental.window", problem));
        }
    }

    fn check_placeholders(&self, keys: &Keys<'_>, mistakes: &mut Vec<Mistake>) {
        self.each_template(&mut |key, template| {
            if template.is_incremental() && self.incremental.is_none() {
                let problem = "it has a placeholder of the cursor, but the endpoint has no `incremental`";
                mistakes.push(keys.mistake(key, problem));
            }
            if key == "params" && template.is_urlencoded() {
                let problem = "it has a placeholder with `:urlencode`, but the query is encoded anyway; leave the format out";
                mistakes.push(keys.mistake(key, problem));
            }
        });
    }
}

fn method(keys: &Keys<'_>, mistakes: &mut Vec<Mistake>) -> String {
    let written = keys.text("method").unwrap_or("GET");
    let method = written.to_ascii_uppercase();
    if !METHODS.contains(&method.as_str()) {
        mistakes.push(keys.mistake("method", unknown(written, &METHODS)));
    }
    method
}

fn body(keys: &Keys<'_>, mistakes: &mut Vec<Mistake>) -> BodySpec {
    let note = &mut |path, problem| mistakes.push(Mistake::new(path, problem));
    match (keys.get("json"), keys.get("data")) {
        (None, None) => BodySpec::None,
        (Some(_), Some(_)) => {
            mistakes.push(keys.mistake("data", "there is `json` too; a request has one body"));
            BodySpec::None
        }
        (Some(json), None) => BodySpec::Json(ValueTemplate::read(json, In::Request, &keys.path("json"), note)),
        (None, Some(data)) => match ValueTemplate::read(data, In::Request, &keys.path("data"), note) {
            ValueTemplate::Text(text) => BodySpec::Text(text),
            ValueTemplate::Object(fields) => BodySpec::Form(fields),
            ValueTemplate::Plain(_) | ValueTemplate::List(_) => BodySpec::None,
        },
    }
}

fn headers(keys: &Keys<'_>, mistakes: &mut Vec<Mistake>) -> Vec<(Template, Template)> {
    let Some(value) = keys.get("headers") else { return Vec::new() };
    let mut note = |path, problem| mistakes.push(Mistake::new(path, problem));
    let ValueTemplate::Object(headers) = ValueTemplate::read(value, In::Request, &keys.path("headers"), &mut note) else {
        return Vec::new();
    };
    let header = |(name, value)| if let ValueTemplate::Text(value) = value { Some((name, value)) } else { None };
    headers.into_iter().filter_map(header).collect()
}
