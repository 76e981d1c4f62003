//! Endpoints of resources.

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
    "The endpoint of a resource: its requests and the location of rows in responses.",
    &[
        FieldSchema::new("path", ValueType::Template, "The path, relative to the base URL; the name of the resource by default."),
        FieldSchema::new("method", ValueType::Text, "The HTTP method; GET by default."),
        FieldSchema::new("params", PARAMS, "Query parameters, and values for each placeholder {name} in the path."),
        FieldSchema::new("json", ValueType::Any, "The request body, sent as JSON."),
        FieldSchema::new(
            "data",
            ValueType::Either(&[ValueType::Template, ValueType::MapOf(&ValueType::Any)], "a string or an object"),
            "The request body: a text that is sent unchanged, or an object of form fields.",
        ),
        FieldSchema::new(
            "headers",
            ValueType::MapOf(&ValueType::Template),
            "Headers of the requests; they override those of the client.",
        ),
        FieldSchema::new("auth", ValueType::Tagged(&AUTH), "Credentials that override those of the client; null sends none."),
        FieldSchema::new("paginator", ValueType::Tagged(&PAGINATOR), "The paginator; that of the client by default."),
        FieldSchema::new(
            "data_selector",
            ValueType::JsonPath,
            "The path of the rows in a response; detected automatically by default.",
        ),
        FieldSchema::new(
            "data_selector_required",
            ValueType::Bool,
            "Whether a response in which the data selector matches no list, object or null is an error; true by default.",
        ),
        FieldSchema::new(
            "response_actions",
            ValueType::ListOf(&ValueType::Object(&RESPONSE_ACTION)),
            "Actions for responses with certain statuses or contents.",
        ),
        FieldSchema::new(
            "incremental",
            ValueType::Object(&INCREMENTAL),
            "Incremental loading; by default every run loads all rows.",
        ),
        FieldSchema::new(
            "on_parent_value_missing",
            ValueType::OneOf(&["exclude", "raise"]),
            "Whether a parent row without a value for a placeholder is skipped with a warning (exclude) or fails the run (raise); exclude by default.",
        ),
    ],
);

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// The endpoint of a resource: its requests and the location of rows in responses.
#[derive(Debug, Clone)]
pub struct EndpointSpec {
    /// The path, relative to the base URL; the name of the resource by default.
    pub path: Template,
    /// The HTTP method, in capital letters.
    pub method: String,
    /// Query parameters.
    pub params: Vec<(Template, ValueTemplate)>,
    /// The request body.
    pub body: BodySpec,
    /// Headers of the requests; they override those of the client.
    pub headers: Vec<(Template, Template)>,
    /// The authentication.
    pub auth: EndpointAuth,
    /// The paginator; that of the client by default.
    pub paginator: Option<PaginatorSpec>,
    /// The path of the rows in a response; detected automatically by default.
    pub data_selector: Option<JsonPath>,
    /// Whether a response without a list, object or null at the data selector is an error; true by default.
    pub data_selector_required: bool,
    /// Actions for certain responses.
    pub response_actions: Vec<ResponseActionSpec>,
    /// Incremental loading; by default every run loads all rows.
    pub incremental: Option<IncrementalSpec>,
    /// The action for a parent row without a required value; exclude by default.
    pub on_parent_value_missing: OnParentValueMissing,
}

/// The action for a parent row in which a field of a placeholder or of `include_from_parent` is null or missing. For a
/// placeholder in the path, an empty string counts as missing too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnParentValueMissing {
    /// Skips the row with a warning. A missing field of `include_from_parent` is null in the child rows.
    #[default]
    Exclude,
    /// Fails the run.
    Raise,
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum BodySpec {
    /// No body.
    #[default]
    None,
    /// A value, sent as JSON.
    Json(ValueTemplate),
    /// Form fields.
    Form(Vec<(Template, ValueTemplate)>),
    /// A text, sent as written.
    Text(Template),
}

/// Authentication of an endpoint.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum EndpointAuth {
    /// Inherits the client's credentials.
    #[default]
    Inherit,
    /// Sends no credentials.
    None,
    /// Uses its own credentials.
    Override(AuthSpec),
}

impl EndpointSpec {
    /// Reads an endpoint from a path or an object. `default_path` applies if it has no path.
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
            diagnostics.push(keys.diagnostic("incremental", "a parameter already has a cursor; an endpoint can have only one"));
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

    /// Calls `f` with each template of the request and the key that contains it.
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

    /// Checks that requests for a window contain its end.
    fn check_window(&self, keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) {
        let Some(incremental) = self.incremental.as_ref().filter(|incremental| incremental.window.is_some()) else { return };
        let mut has_end = incremental.end_param.is_some();
        self.for_each_template(&mut |_, template| has_end |= template.has_end_value());
        if !has_end {
            let problem = "the request does not contain the end of the window; set `end_param` or use {incremental.end_value}";
            diagnostics.push(keys.diagnostic("incremental.window", problem));
        }
    }

    fn check_placeholders(&self, keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) {
        self.for_each_template(&mut |key, template| {
            if template.is_incremental() && self.incremental.is_none() {
                let problem = "contains a cursor placeholder, but the endpoint has no `incremental`";
                diagnostics.push(keys.diagnostic(key, problem));
            }
            if key == "params" && template.is_urlencoded() {
                let problem =
                    "contains a placeholder with `:urlencode`, but query parameters are always encoded; remove the format";
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
            diagnostics.push(keys.diagnostic("data", "`json` is also set; a request has only one body"));
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
