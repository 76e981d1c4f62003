//! `client`.

use super::auth::AUTH;
use super::object_reader::ObjectReader;
use super::paginator::PAGINATOR;
use super::{AuthSpec, PaginatorSpec};
use crate::spec_schema::{FieldSchema, ObjectSchema, ValueType};
use crate::template::TemplateContext;
use crate::{SpecDiagnostic, Template};

pub(super) static CLIENT: ObjectSchema = ObjectSchema::new(
    "client",
    "The connection to the API.",
    &[
        FieldSchema::required("base_url", ValueType::Template, "The base URL of all paths."),
        FieldSchema::new("headers", ValueType::MapOf(&ValueType::Template), "Headers of all requests."),
        FieldSchema::new(
            "auth",
            ValueType::Tagged(&AUTH),
            "Credentials for the API. Missing fields are read from the configuration.",
        ),
        FieldSchema::new("paginator", ValueType::Tagged(&PAGINATOR), "The paginator; detected automatically by default."),
        FieldSchema::new("session", ValueType::Unsupported("set retries and timeouts in the configuration (`runtime`)"), ""),
        FieldSchema::new(
            "requests_per_second",
            ValueType::Number,
            "The maximum number of requests per second, evenly spaced; unlimited by default.",
        ),
        FieldSchema::new(
            "requests_in_flight",
            ValueType::Integer(1, 10_000),
            "The maximum number of concurrent requests; unlimited by default.",
        ),
        FieldSchema::new(
            "parallel_pages",
            ValueType::Integer(1, 1000),
            "The number of pages of a resource that are requested in parallel; 1 by default. Applies to page numbers and offsets with a known total.",
        ),
        FieldSchema::new(
            "trusted_origins",
            ValueType::Names,
            "Additional origins, such as https://files.example.com, that receive headers and credentials if a link leads there.",
        ),
    ],
);

/// The connection to an API.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClientSpec {
    /// The base URL of all paths.
    pub base_url: Template,
    /// Headers of all requests.
    pub headers: Vec<(String, Template)>,
    /// The credentials; none by default.
    pub auth: Option<AuthSpec>,
    /// The paginator; detected automatically by default.
    pub paginator: PaginatorSpec,
    /// The maximum number of requests per second.
    pub requests_per_second: Option<f64>,
    /// The maximum number of concurrent requests.
    pub requests_in_flight: Option<usize>,
    /// The number of pages of a resource that are fetched in parallel.
    pub parallel_pages: Option<usize>,
    /// Additional origins that receive headers and credentials when links lead there.
    pub trusted_origins: Vec<String>,
}

impl ClientSpec {
    pub(super) fn read(keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) -> ClientSpec {
        if keys.number("requests_per_second").is_some_and(|rate| rate.is_nan() || rate <= 0.0) {
            diagnostics.push(keys.diagnostic("requests_per_second", "expected a number greater than 0"));
        }
        ClientSpec {
            base_url: template(keys, "base_url", diagnostics).unwrap_or_default(),
            headers: headers(keys, diagnostics),
            auth: keys.get("auth").map(|auth| AuthSpec::read(auth, &keys.path("auth"), diagnostics)),
            paginator: PaginatorSpec::read(keys, diagnostics).unwrap_or_default(),
            requests_per_second: keys.number("requests_per_second"),
            requests_in_flight: keys.integer("requests_in_flight"),
            parallel_pages: keys.integer("parallel_pages"),
            trusted_origins: keys.names("trusted_origins"),
        }
    }
}

fn headers(keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) -> Vec<(String, Template)> {
    let headers = ObjectReader::of(keys.get("headers").unwrap_or(&catchment_json::Value::Null), keys.path("headers"));
    let names = keys.object("headers").map(|(name, _)| name);
    names.filter_map(|name| Some((name.clone(), template(&headers, name, diagnostics)?))).collect()
}

/// Reads a string that may contain references.
pub(super) fn template(keys: &ObjectReader<'_>, key: &str, diagnostics: &mut Vec<SpecDiagnostic>) -> Option<Template> {
    keys.parsed(key, |text| Template::parse(text, TemplateContext::Client), diagnostics)
}
