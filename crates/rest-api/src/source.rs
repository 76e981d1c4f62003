//! A spec to a source.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use catchment_extract::{Page, PageError, Resource, Row, Source, Start};
use catchment_json::{Path, Value};
use catchment_rest_client::{Page as ClientPage, Pages, RestClient, RestClientBuilder, Url, redact};
use catchment_settings::{NoSettings, Secret, Settings, SettingsError};
use futures_util::{Stream, StreamExt as _};
use thiserror::Error;

use crate::endpoint::{Endpoint, RequestError, is_entity, with_fields};
use crate::entity::EntityOrList;
use crate::registry::Registry;
use crate::response_action::response_action;
use crate::secrets::Secrets;
use crate::{AuthChoice, ResourceSpec, Spec, auth, paginator, step};

/// A spec, and what its source is made with.
///
/// ```
/// use catchment_rest_api::{Format, RestApi, Spec};
/// use catchment_rest_client::{RestClient, RetryPolicy};
///
/// let spec = Spec::parse(r#"{"client": {"base_url": "https://api.example.com"}, "resources": ["issues"]}"#, Format::Json)?;
/// let retry = RetryPolicy { max_attempts: 2, ..RetryPolicy::default() };
/// let mut source = RestApi::new(&spec).client(RestClient::builder().retry(retry)).source()?;
/// // what specs say by expressions, programs say by closures
/// if let Some(issues) = source.resource_mut("issues") {
///     *issues = issues.clone().filter(|row| row.get("pull_request").is_none());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RestApi<'a> {
    spec: &'a Spec,
    client: RestClientBuilder,
    settings: Settings<'a>,
    registry: Registry,
    clock: Clock,
}

/// Says what time it is, in microseconds since 1970.
pub(crate) type Clock = fn() -> i64;

/// A spec that no source can be made of.
#[derive(Debug, Error)]
#[error("{path}: {problem}")]
pub struct SourceError {
    /// The path of the key.
    pub path: String,
    /// What is wrong.
    pub problem: Problem,
}

/// Why no source can be made of a spec.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Problem {
    /// What the client says of a URL, a header or a setting.
    #[error(transparent)]
    Client(#[from] catchment_rest_client::Error),
    /// A secret that is not there.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// What an own paginator or own credentials say of their settings.
    #[error("{0}")]
    Own(String),
}

impl<'a> RestApi<'a> {
    /// The source of a spec, without configuration: each secret stands in the spec, and retries and time-outs are the
    /// default ones.
    pub fn new(spec: &'a Spec) -> RestApi<'a> {
        let (client, settings) = (RestClient::builder(), Settings::new(&NoSettings));
        RestApi { spec, client, settings, registry: Registry::default(), clock: system_time }
    }

    /// The same source with what the spec does not say of its client: retries and time-outs, say.
    #[must_use]
    pub fn client(mut self, client: RestClientBuilder) -> RestApi<'a> {
        self.client = client;
        self
    }

    /// The same source with the configuration that has its secrets.
    #[must_use]
    pub fn settings(mut self, settings: Settings<'a>) -> RestApi<'a> {
        self.settings = settings;
        self
    }

    /// The same source with own paginators and credentials.
    #[must_use]
    pub fn registry(mut self, registry: Registry) -> RestApi<'a> {
        self.registry = registry;
        self
    }

    /// The same source with another clock, in microseconds since 1970: it ends the ranges that are asked for in windows.
    #[must_use]
    pub fn clock(mut self, clock: fn() -> i64) -> RestApi<'a> {
        self.clock = clock;
        self
    }

    /// What time it is.
    pub(crate) fn now(&self) -> i64 {
        (self.clock)()
    }

    /// The source.
    ///
    /// # Errors
    ///
    /// Where a URL or a header cannot be used, or a secret is missing.
    pub fn source(&self) -> Result<Source, SourceError> {
        let mut source = Source::new(&self.spec.name);
        for (resource, endpoint) in self.endpoints()? {
            source = source.with(to_resource(resource, Arc::new(endpoint), self.clock));
        }
        Ok(source)
    }

    /// The endpoints of all resources, in the order of the spec.
    pub(crate) fn endpoints(&self) -> Result<Vec<(&'a ResourceSpec, Endpoint)>, SourceError> {
        let secrets = Secrets::new(&self.settings, &self.spec.name);
        let client = self.client_of_spec(&secrets)?;
        let endpoint = |(index, resource): (usize, &'a ResourceSpec)| {
            let failed = |key: &str, problem| SourceError { path: format!("resources[{index}].endpoint{key}"), problem };
            let client = self.client_of(resource, &client, &secrets).map_err(|(key, problem)| failed(key, problem))?;
            let endpoint = Endpoint::new(client, resource, self.ancestors(resource), &secrets);
            let endpoint = endpoint.map_err(|error| failed("", error.into()))?;
            // A path that cannot be a URL is told now, not in the middle of a run.
            if resource.parent.is_none() {
                match endpoint.request(&Start::default(), None) {
                    Ok(_) => {}
                    Err(RequestError::Client(error)) => return Err(failed("", error.into())),
                    Err(RequestError::Fill(error)) => return Err(failed("", Problem::Own(error.to_string()))),
                }
            }
            Ok((resource, endpoint))
        };
        self.spec.resources.iter().enumerate().map(endpoint).collect()
    }

    fn client_of_spec(&self, secrets: &Secrets<'_>) -> Result<RestClient, SourceError> {
        let spec = &self.spec.client;
        let failed = |key: &str, problem| SourceError { path: format!("client{key}"), problem };
        let text = |key: &str, template| secrets.text(template).map_err(|error| failed(key, Problem::from(error)));
        let mut client = self.client.clone().base_url(text(".base_url", &spec.base_url)?.expose());
        for (name, value) in &spec.headers {
            client = client.header(name, text(&format!(".headers.{name}"), value)?.expose());
        }
        if let Some(auth) = &spec.auth {
            client = client.auth(auth::auth(auth, secrets, &self.registry).map_err(|problem| failed(".auth", problem))?);
        }
        let pages = paginator::paginator(&spec.paginator, &self.registry).map_err(|problem| failed(".paginator", problem))?;
        client = client.paginator(pages);
        client = spec.requests_per_second.into_iter().fold(client, RestClientBuilder::requests_per_second);
        client = spec.requests_in_flight.into_iter().fold(client, RestClientBuilder::requests_in_flight);
        client = spec.parallel_pages.into_iter().fold(client, RestClientBuilder::parallel_pages);
        client = spec.trusted_origins.iter().fold(client, RestClientBuilder::trusted_origin);
        client.build().map_err(|error| failed("", error.into()))
    }

    /// The client with what the endpoint of a resource says.
    fn client_of(
        &self,
        resource: &ResourceSpec,
        client: &RestClient,
        secrets: &Secrets<'_>,
    ) -> Result<RestClient, (&'static str, Problem)> {
        let endpoint = &resource.endpoint;
        let mut client = match &endpoint.auth {
            AuthChoice::Client => client.clone(),
            AuthChoice::Nobody => client.clone().without_auth(),
            AuthChoice::Own(spec) => {
                let auth = auth::auth(spec, secrets, &self.registry).map_err(|problem| (".auth", problem))?;
                client.clone().with_auth(auth)
            }
        };
        let pages = endpoint.paginator.as_ref().unwrap_or(&self.spec.client.paginator);
        let pages = paginator::paginator(pages, &self.registry).map_err(|problem| (".paginator", problem))?;
        client = match &endpoint.data_selector {
            Some(selector) => client.with_paginator(pages).with_data_selector(selector.clone()),
            None if is_entity(&endpoint.path) => {
                client.with_paginator(EntityOrList { pages, is_entity: false }).with_data_selector(Path::of_keys::<String>([]))
            }
            None => client.with_paginator(pages),
        };
        Ok(client.with_response_actions(endpoint.response_actions.iter().map(response_action)))
    }

    /// The resources that feed a resource, the nearest first.
    fn ancestors(&self, resource: &ResourceSpec) -> Vec<String> {
        let parent = |name: &String| self.spec.resources.iter().find(|other| other.name == *name)?.parent.clone();
        std::iter::successors(resource.parent.clone(), parent).take(self.spec.resources.len()).collect()
    }
}

fn system_time() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

fn to_resource(spec: &ResourceSpec, endpoint: Arc<Endpoint>, clock: Clock) -> Resource {
    let mut resource = match &spec.parent {
        Some(parent) => Resource::transformer_of_pages(&spec.name, parent, move |row, start| {
            windows(&endpoint, start, clock, move |endpoint, start| pages_of(endpoint, &row, start))
        }),
        None => Resource::pages(&spec.name, move |start| windows(&endpoint, start, clock, pages)),
    };
    resource = resource.write_disposition(spec.write_disposition).primary_key(spec.primary_key.clone());
    resource.table_name = spec.table_name.clone().into();
    resource.merge_key.clone_from(&spec.merge_key);
    resource.merge = spec.merge.clone();
    resource.columns.clone_from(&spec.columns);
    resource.kept_hints.clone_from(&spec.kept_hints);
    resource.nested_hints.clone_from(&spec.nested_hints);
    resource.schema_contract = spec.schema_contract;
    resource.max_table_nesting = spec.max_table_nesting;
    resource.incremental = spec.endpoint.incremental.as_ref().map(|incremental| incremental.cursor.clone());
    resource.selected = spec.selected;
    resource.parallelized = spec.parallelized;
    resource.resumable = spec.resumable;
    spec.processing_steps.iter().fold(resource, step::add)
}

type PageStream = std::pin::Pin<Box<dyn Stream<Item = Result<Page, PageError>> + Send>>;

/// The pages of all windows of a range, one after the other. There is one window where the spec names none.
fn windows(
    endpoint: &Arc<Endpoint>,
    start: &Start,
    clock: Clock,
    pages: impl Fn(&Endpoint, &Start) -> PageStream + Send + 'static,
) -> PageStream {
    let mut starts = match endpoint.starts(start, clock()) {
        Ok(starts) => starts,
        Err(error) => return failed(error.into()),
    };
    if let [_] = starts.as_slice() {
        return starts
            .pop()
            .map_or_else(|| Box::pin(futures_util::stream::empty()) as PageStream, |start| pages(endpoint, &start));
    }
    let endpoint = Arc::clone(endpoint);
    // a place in the pages of a window does not say which window it is
    let without_place = |page: Result<Page, PageError>| page.map(|page| page.next_at(None));
    Box::pin(futures_util::stream::iter(starts).flat_map(move |start| pages(&endpoint, &start)).map(without_place))
}

/// The pages of a resource of its own.
fn pages(endpoint: &Endpoint, start: &Start) -> PageStream {
    let request = match endpoint.request(start, None) {
        Ok(request) => request,
        Err(error) => return failed(error.into()),
    };
    let pages = match &start.position {
        Some(position) => endpoint.client().paginate_from(request, position),
        None => endpoint.client().paginate(request),
    };
    to_pages(pages, Vec::new(), endpoint.secrets().to_vec())
}

/// The pages that a row of another resource leads to.
fn pages_of(endpoint: &Endpoint, row: &Row, start: &Start) -> PageStream {
    let request = endpoint.request(start, Some(row)).map_err(PageError::from);
    match request.and_then(|request| Ok((request, endpoint.includes(row)?))) {
        Ok((request, fields)) => to_pages(endpoint.client().paginate(request), fields, endpoint.secrets().to_vec()),
        Err(error) => failed(error),
    }
}

fn failed(error: PageError) -> PageStream {
    Box::pin(futures_util::stream::iter([Err(error)]))
}

fn to_pages(pages: Pages, fields: Vec<(String, Value)>, secrets: Vec<Secret>) -> PageStream {
    let page = move |page: ClientPage| {
        let position = page.position.filter(|position| !has_secret(position, &secrets));
        Ok(Page { rows: with_fields(page.rows, &fields)?, position, bytes: page.bytes })
    };
    Box::pin(pages.map(move |found| page(found?)))
}

/// Whether a place in the pages has what opens them to others, which is not to be stored: then a run cannot go on from it.
fn has_secret(position: &Value, secrets: &[Secret]) -> bool {
    match position {
        Value::Text(text) => {
            let is_known = secrets.iter().any(|secret| text.contains(secret.expose()));
            is_known || Url::parse(text).is_ok_and(|url| redact(&url) != url.as_str())
        }
        Value::Array(values) => values.iter().any(|value| has_secret(value, secrets)),
        Value::Object(entries) => entries.values().any(|value| has_secret(value, secrets)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use catchment_json::Value;

    use super::has_secret;

    #[test]
    fn places_that_open_the_pages_to_others_are_not_kept() {
        let check = |position: &str, expected: bool| {
            assert_eq!(has_secret(&Value::parse(position).unwrap(), &["s3cret".into()]), expected, "{position}");
        };
        check(r#""https://api.example.com/issues?page=2""#, false);
        check(r#""https://api.example.com/issues?page=2&api_key=42""#, true);
        check(r#""https://api.example.com/issues?page=2&who=s3cret""#, true);
        check(r#"{"link": "https://me:pw@api.example.com/issues"}"#, true);
        check(r#"["abc", 7, null]"#, false);
    }
}
