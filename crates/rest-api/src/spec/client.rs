//! `client`.

use super::auth::AUTH;
use super::keys::Keys;
use super::paginator::PAGINATOR;
use super::{AuthSpec, PaginatorSpec};
use crate::shape::{Field, Kind, Shape};
use crate::template::In;
use crate::{Mistake, Template};

pub(super) static CLIENT: Shape = Shape::new(
    "client",
    "How the API is reached.",
    &[
        Field::required("base_url", Kind::Template, "The URL that paths are relative to."),
        Field::new("headers", Kind::MapOf(&Kind::Template), "Headers of every request."),
        Field::new("auth", Kind::Tagged(&AUTH), "Who asks. Fields that are left out are looked up in the configuration."),
        Field::new("paginator", Kind::Tagged(&PAGINATOR), "How to come from page to page; found out by default."),
        Field::new("session", Kind::Refused("retries and time-outs are those of the configuration (`runtime`)"), ""),
        Field::new(
            "requests_per_second",
            Kind::Number,
            "The most requests a second, evenly spread; as many as there are by default.",
        ),
        Field::new(
            "requests_in_flight",
            Kind::Integer(1, 10_000),
            "The most requests at a time; as many as there are by default.",
        ),
        Field::new(
            "parallel_pages",
            Kind::Integer(1, 1000),
            "How many pages of one resource are fetched at a time, where the paginator can name them ahead; 1 by default.",
        ),
        Field::new(
            "trusted_origins",
            Kind::Names,
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
    pub(super) fn read(keys: &Keys<'_>, mistakes: &mut Vec<Mistake>) -> ClientSpec {
        if keys.number("requests_per_second").is_some_and(|rate| rate.is_nan() || rate <= 0.0) {
            mistakes.push(keys.mistake("requests_per_second", "expected more than 0"));
        }
        ClientSpec {
            base_url: template(keys, "base_url", mistakes).unwrap_or_default(),
            headers: headers(keys, mistakes),
            auth: keys.get("auth").map(|auth| AuthSpec::read(auth, &keys.path("auth"), mistakes)),
            paginator: PaginatorSpec::read(keys, mistakes).unwrap_or_default(),
            requests_per_second: keys.number("requests_per_second"),
            requests_in_flight: keys.integer("requests_in_flight"),
            parallel_pages: keys.integer("parallel_pages"),
            trusted_origins: keys.names("trusted_origins"),
        }
    }
}

fn headers(keys: &Keys<'_>, mistakes: &mut Vec<Mistake>) -> Vec<(String, Template)> {
    let headers = Keys::of(keys.get("headers").unwrap_or(&catchment_json::Value::Null), keys.path("headers"));
    let names = keys.object("headers").map(|(name, _)| name);
    names.filter_map(|name| Some((name.clone(), template(&headers, name, mistakes)?))).collect()
}

/// A text in which references may stand.
pub(super) fn template(keys: &Keys<'_>, key: &str, mistakes: &mut Vec<Mistake>) -> Option<Template> {
    keys.parsed(key, |text| Template::parse(text, In::Client), mistakes)
}
