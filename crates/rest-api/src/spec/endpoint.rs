//! Endpoints.

use catchment_json::{JsonPath, Value};

use super::auth::AUTH;
use super::incremental::INCREMENTAL;
use super::object_reader::ObjectReader;
use super::paginator::PAGINATOR;
use super::params::{self, PARAMS};
use super::response_action::RESPONSE_ACTION;
use super::{AuthSpec, IncrementalSpec, PaginatorSpec, ResponseActionSpec};
use crate::spec_schema::{FieldSchema, ObjectSchema, ValueType, unknown_name};
use crate::template::TemplateContext;
use crate::{SpecDiagnostic, Template, ValueTemplate};

pub(super) const ENDPOINT: ValueType =
    ValueType::Either(&[ValueType::Template, ValueType::Object(&SHAPE)], "a path or an object");

pub(super) static SHAPE: ObjectSchema = ObjectSchema::new(
    "endpoint",
    "Where the rows of a resource are.",
    &[
        FieldSchema::new("path", ValueType::Template, "The path, relative to the base URL; the name of the resource by default."),
        FieldSchema::new("method", ValueType::Text, "The method; GET by default."),
        FieldSchema::new("params", PARAMS, "Parameters of the query, and of the path where it has {name}."),
        FieldSchema::new("json", ValueType::Any, "The body, sent as JSON."),
        FieldSchema::new(
            "data",
            ValueType::Either(&[ValueType::Template, ValueType::MapOf(&ValueType::Any)], "a string or an object"),
            "The body as it is, or the fields of a form.",
        ),
        FieldSchema::new("headers", ValueType::MapOf(&ValueType::Template), "Headers, over those of the client."),
        FieldSchema::new("auth", ValueType::Tagged(&AUTH), "Who asks, in the place of what the client says; null is nobody."),
        FieldSchema::new(
            "paginator",
            ValueType::Tagged(&PAGINATOR),
            "How to come from page to page; as the client says by default.",
        ),
        FieldSchema::new("data_selector", ValueType::JsonPath, "Where the rows are in a page; found out by default."),
        FieldSchema::new(
            "data_selector_required",
            ValueType::Bool,
            "Whether a response in which the data selector finds no list, object or null is an error; true by default.",
        ),
        FieldSchema::new(
            "response_actions",
            ValueType::ListOf(&ValueType::Object(&RESPONSE_ACTION)),
            "What to do with certain answers.",
        ),
        FieldSchema::new(
            "incremental",
            ValueType::Object(&INCREMENTAL),
            "How new rows are told from old ones; all are new by default.",
        ),
        FieldSchema::new(
            "on_parent_value_missing",
            ValueType::OneOf(&["exclude", "raise"]),
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
    pub auth: EndpointAuth,
    /// How to come from page to page; as the client says by default.
    pub paginator: Option<PaginatorSpec>,
    /// Where the rows are in a page; found out by default.
    pub data_selector: Option<JsonPath>,
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
pub enum EndpointAuth {
    /// Whoever the client says.
    #[default]
    Inherit,
    /// Nobody.
    None,
    /// Somebody else.
    Override(AuthSpec),
}

impl EndpointSpec {
    /// Reads an endpoint, a path or an object; `default_path` is that of one that has none.
    pub(super) fn read(
        value: Option<&Value>,
        default_path: &str,
        at: &str,
        diagnostics: &mut Vec<SpecDiagnostic>,
    ) -> EndpointSpec {
        let empty = Value::object::<String>([]);
        let (path, value) = match value {
            Some(Value::String(path)) => (path.as_str(), &empty),
            Some(value) => (default_path, value),
            None => (default_path, &empty),
        };
        let keys = ObjectReader::of(value, at);
        let path = Template::parse(keys.text("path").unwrap_or(path), TemplateContext::Path).unwrap_or_else(|problem| {
            diagnostics.push(keys.diagnostic("path", problem));
            Template::default()
        });
        let (path, params) = params::read(&keys, path, diagnostics);
        let incremental = keys
            .get("incremental")
            .map(|value| IncrementalSpec::read(&ObjectReader::of(value, keys.path("incremental")), diagnostics));
        if params.incremental.is_some() && incremental.is_some() {
            diagnostics.push(keys.diagnostic("incremental", "a parameter has a cursor too; an endpoint has one at most"));
        }
        let endpoint = EndpointSpec {
            path,
            method: method(&keys, diagnostics),
            params: params.query,
            body: body(&keys, diagnostics),
            headers: headers(&keys, diagnostics),
            auth: match keys.get("auth") {
                Some(auth) => EndpointAuth::Override(AuthSpec::read(auth, &keys.path("auth"), diagnostics)),
                None if keys.is_null("auth") => EndpointAuth::None,
                None => EndpointAuth::Inherit,
            },
            paginator: PaginatorSpec::read(&keys, diagnostics),
            data_selector: keys.json_path("data_selector"),
            data_selector_required: keys.bool("data_selector_required").unwrap_or(true),
            response_actions: keys
                .list("response_actions")
                .map(|(path, action)| ResponseActionSpec::read(&ObjectReader::of(action, path), diagnostics))
                .collect(),
            incremental: incremental.or(params.incremental),
            on_parent_value_missing: match keys.text("on_parent_value_missing") {
                Some("raise") => OnParentValueMissing::Raise,
                _ => OnParentValueMissing::Exclude,
            },
        };
        endpoint.check_placeholders(&keys, diagnostics);
        endpoint.check_window(&keys, diagnostics);
        endpoint
    }

    /// Calls `f` with each template of the request, and the key that it stands under.
    pub(crate) fn for_each_template<'t>(&'t self, f: &mut dyn FnMut(&'static str, &'t Template)) {
        f("path", &self.path);
        for (name, value) in &self.params {
            f("params", name);
            value.for_each_template(&mut |template| f("params", template));
        }
        for (name, value) in &self.headers {
            f("headers", name);
            f("headers", value);
        }
        match &self.body {
            BodySpec::None => {}
            BodySpec::Json(value) => value.for_each_template(&mut |template| f("json", template)),
            BodySpec::Text(template) => f("data", template),
            BodySpec::Form(fields) => {
                for (name, value) in fields {
                    f("data", name);
                    value.for_each_template(&mut |template| f("data", template));
                }
            }
        }
    }

    /// A request for a piece of a range has to say where it ends.
    fn check_window(&self, keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) {
        let Some(incremental) = self.incremental.as_ref().filter(|incremental| incremental.window.is_some()) else { return };
        let mut has_end = incremental.end_param.is_some();
        self.for_each_template(&mut |_, template| has_end |= template.has_end_value());
        if !has_end {
            let problem = "nothing of the request says where a piece ends: set `end_param`, or use {incremental.end_value}";
            diagnostics.push(keys.diagnostic("incremental.window", problem));
        }
    }

    fn check_placeholders(&self, keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) {
        self.for_each_template(&mut |key, template| {
            if template.is_incremental() && self.incremental.is_none() {
                let problem = "it has a placeholder of the cursor, but the endpoint has no `incremental`";
                diagnostics.push(keys.diagnostic(key, problem));
            }
            if key == "params" && template.is_urlencoded() {
                let problem = "it has a placeholder with `:urlencode`, but the query is encoded anyway; leave the format out";
                diagnostics.push(keys.diagnostic(key, problem));
            }
        });
    }
}

fn method(keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) -> String {
    let written = keys.text("method").unwrap_or("GET");
    let method = written.to_ascii_uppercase();
    if !METHODS.contains(&method.as_str()) {
        diagnostics.push(keys.diagnostic("method", unknown_name(written, &METHODS)));
    }
    method
}

fn body(keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) -> BodySpec {
    let note = &mut |path, problem| diagnostics.push(SpecDiagnostic::new(path, problem));
    match (keys.get("json"), keys.get("data")) {
        (None, None) => BodySpec::None,
        (Some(_), Some(_)) => {
            diagnostics.push(keys.diagnostic("data", "there is `json` too; a request has one body"));
            BodySpec::None
        }
        (Some(json), None) => BodySpec::Json(ValueTemplate::read(json, TemplateContext::Request, &keys.path("json"), note)),
        (None, Some(data)) => match ValueTemplate::read(data, TemplateContext::Request, &keys.path("data"), note) {
            ValueTemplate::Text(text) => BodySpec::Text(text),
            ValueTemplate::Object(fields) => BodySpec::Form(fields),
            ValueTemplate::Plain(_) | ValueTemplate::List(_) => BodySpec::None,
        },
    }
}

fn headers(keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) -> Vec<(Template, Template)> {
    let Some(value) = keys.get("headers") else { return Vec::new() };
    let mut note = |path, problem| diagnostics.push(SpecDiagnostic::new(path, problem));
    let ValueTemplate::Object(headers) = ValueTemplate::read(value, TemplateContext::Request, &keys.path("headers"), &mut note)
    else {
        return Vec::new();
    };
    let header = |(name, value)| if let ValueTemplate::Text(value) = value { Some((name, value)) } else { None };
    headers.into_iter().filter_map(header).collect()
}
