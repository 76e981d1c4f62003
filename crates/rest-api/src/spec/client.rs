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
    "How the API is reached.",
    &[
        FieldSchema::required("base_url", ValueType::Template, "The URL that paths are relative to."),
        FieldSchema::new("headers", ValueType::MapOf(&ValueType::Template), "Headers of every request."),
        FieldSchema::new(
            "auth",
            ValueType::Tagged(&AUTH),
            "Who asks. Fields that are left out are looked up in the configuration.",
        ),
        FieldSchema::new("paginator", ValueType::Tagged(&PAGINATOR), "How to come from page to page; found out by default."),
        FieldSchema::new(
            "session",
            ValueType::Unsupported("retries and time-outs are those of the configuration (`runtime`)"),
            "",
        ),
        FieldSchema::new(
            "requests_per_second",
            ValueType::Number,
            "The most requests a second, evenly spread; as many as there are by default.",
        ),
        FieldSchema::new(
            "requests_in_flight",
            ValueType::Integer(1, 10_000),
            "The most requests at a time; as many as there are by default.",
        ),
        FieldSchema::new(
            "parallel_pages",
            ValueType::Integer(1, 1000),
            "How many pages of one resource are fetched at a time, where the paginator can name them ahead; 1 by default.",
        ),
        FieldSchema::new(
            "trusted_origins",
            ValueType::Names,
            "Origins, such as https://files.example.com, that get headers and credentials too where a link leads there.",
        ),
    ],
);

/// How an API is reached.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClientSpec {
    /// The URL that paths are relative to.
    pub base_url: Template,
    /// Headers of every request.
    pub headers: Vec<(String, Template)>,
    /// Who asks; nobody by default.
    pub auth: Option<AuthSpec>,
    /// How to come from page to page; found out by default.
    pub paginator: PaginatorSpec,
    /// The most requests a second.
    pub requests_per_second: Option<f64>,
    /// The most requests at a time.
    pub requests_in_flight: Option<usize>,
    /// How many pages of one resource are fetched at a time.
    pub parallel_pages: Option<usize>,
    /// Origins that get headers and credentials too where a link leads there.
    pub trusted_origins: Vec<String>,
}

impl ClientSpec {
    pub(super) fn read(keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) -> ClientSpec {
        if keys.number("requests_per_second").is_some_and(|rate| rate.is_nan() || rate <= 0.0) {
            diagnostics.push(keys.diagnostic("requests_per_second", "expected more than 0"));
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

/// A text in which references may stand.
pub(super) fn template(keys: &ObjectReader<'_>, key: &str, diagnostics: &mut Vec<SpecDiagnostic>) -> Option<Template> {
    keys.parsed(key, |text| Template::parse(text, TemplateContext::Client), diagnostics)
}
