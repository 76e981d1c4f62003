//! Builds a source from a spec.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use catchment_extract::{Incremental, Resource, ResumePoint, Source};
use catchment_json::JsonPath;
use catchment_rest_client::{RestClient, RestClientBuilder};
use catchment_settings::{NoSettings, ScopedSettings, SettingsError};
use thiserror::Error;

use crate::endpoint::{Endpoint, RequestError, is_entity};
use crate::entity::EntityOrList;
use crate::field_uses::FieldMatches;
use crate::registry::Registry;
use crate::response_action::response_action;
use crate::run_cursor::run_cursor;
use crate::secrets::Secrets;
use crate::{EndpointAuth, ResourceSpec, Spec, Template, auth, pages, paginator, step};

/// Builds a source from a spec, a client and a configuration.
///
/// ```
/// use catchment_rest_api::{SpecFormat, RestApi, Spec};
/// use catchment_rest_client::{RestClient, RetryPolicy};
///
/// let spec = Spec::parse(r#"{"client": {"base_url": "https://api.example.com"}, "resources": ["issues"]}"#, SpecFormat::Json)?;
/// let retry = RetryPolicy { max_attempts: 2, ..RetryPolicy::default() };
/// let mut source = RestApi::new(&spec).client(RestClient::builder().retry(retry)).source()?;
/// // closures add steps that a spec cannot express
/// if let Some(issues) = source.resource_mut("issues") {
///     *issues = issues.clone().filter(|row| row.get("pull_request").is_none());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RestApi<'a> {
    pub(crate) spec: &'a Spec,
    client: RestClientBuilder,
    settings: ScopedSettings<'a>,
    registry: Registry,
    clock: Clock,
}

/// Returns the current time, in microseconds since 1970.
#[derive(Clone)]
struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock(..)")
    }
}

/// An error in a spec that prevents building a source.
#[derive(Debug, Error)]
#[error("{path}: {kind}")]
pub struct SourceError {
    /// The path of the key.
    pub path: String,
    /// The cause.
    pub kind: SourceErrorKind,
}

/// The causes of a [`SourceError`].
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SourceErrorKind {
    /// An invalid URL, header or setting of the client.
    #[error(transparent)]
    Client(#[from] catchment_rest_client::Error),
    /// A missing secret.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The error of a registered paginator or registered credentials about their settings.
    #[error("{0}")]
    Custom(String),
}

impl<'a> RestApi<'a> {
    /// Creates a builder for the source of `spec`. Without [`RestApi::settings`], all secrets must be in the spec; without
    /// [`RestApi::client`], retries and timeouts have their defaults.
    pub fn new(spec: &'a Spec) -> RestApi<'a> {
        let (client, settings) = (RestClient::builder(), ScopedSettings::new(&NoSettings));
        RestApi { spec, client, settings, registry: Registry::default(), clock: Clock(Arc::new(system_time)) }
    }

    /// Sets the client builder, which holds everything that a spec does not define, such as retries and timeouts.
    #[must_use]
    pub fn client(mut self, client: RestClientBuilder) -> RestApi<'a> {
        self.client = client;
        self
    }

    /// Sets the configuration from which secrets are read.
    #[must_use]
    pub fn settings(mut self, settings: ScopedSettings<'a>) -> RestApi<'a> {
        self.settings = settings;
        self
    }

    /// Sets the registered paginators and credentials.
    #[must_use]
    pub fn registry(mut self, registry: Registry) -> RestApi<'a> {
        self.registry = registry;
        self
    }

    /// Sets the clock, in microseconds since 1970. It defines relative times, which refer to the time at which the source is
    /// built, and the end of ranges that are requested in windows. Default: the system clock.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> i64 + Send + Sync + 'static) -> RestApi<'a> {
        self.clock = Clock(Arc::new(clock));
        self
    }

    /// Returns the current time, in microseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        (self.clock.0)()
    }

    /// Builds the source.
    ///
    /// # Errors
    ///
    /// Returns an error if a URL or a header is invalid, or if a secret is missing.
    pub fn source(&self) -> Result<Source, SourceError> {
        let mut source = Source::new(&self.spec.name);
        let (secrets, now) = (Secrets::new(&self.settings, &self.spec.name), self.now());
        for (resource, endpoint) in self.endpoints(now)? {
            let cursor = resource.endpoint.incremental.as_ref().map(|incremental| run_cursor(incremental, &secrets, now));
            let cursor = cursor
                .transpose()
                .map_err(|error| SourceError { path: format!("resource `{}`", resource.name), kind: error.into() })?;
            source = source.with_resource(to_resource(resource, cursor, Arc::new(endpoint), &self.clock));
        }
        Ok(source)
    }

    /// Returns the endpoints of all resources for a run that starts at `now`, in the order of the spec.
    pub(crate) fn endpoints(&self, now: i64) -> Result<Vec<(&'a ResourceSpec, Endpoint)>, SourceError> {
        self.check_secrets()?;
        let secrets = Secrets::new(&self.settings, &self.spec.name);
        let base_url = self.spec.client.base_url.resolve(&mut |reference| secrets.resolve(reference));
        let base_url = base_url.map_err(|error| SourceError { path: "client.base_url".to_owned(), kind: error.into() })?;
        let headers = self.headers_of_spec(&secrets)?;
        let client = self.client_of_spec(&base_url, &headers, &secrets)?;
        let in_headers = headers.iter().flat_map(|(_, value)| value.secrets());
        base_url.secrets().chain(in_headers).for_each(|secret| client.redactor().add(secret));
        let endpoint = |(index, resource): (usize, &'a ResourceSpec)| {
            let failed = |key: &str, problem| SourceError { path: format!("resources[{index}].endpoint{key}"), kind: problem };
            let client = self.client_of(resource, &client, &secrets).map_err(|(key, problem)| failed(key, problem))?;
            let endpoint = Endpoint::new(client, resource, self.ancestors(resource), &secrets, now);
            let endpoint = endpoint.map_err(|error| failed("", error.into()))?;
            // Reports an invalid URL before the run instead of during it.
            if resource.parent.is_none() {
                match endpoint.request(&ResumePoint::default(), None) {
                    Ok(_) => {}
                    Err(RequestError::Client(error)) => return Err(failed("", error.into())),
                    Err(RequestError::Fill(error)) => return Err(failed("", SourceErrorKind::Custom(error.to_string()))),
                }
            }
            Ok((resource, endpoint))
        };
        self.spec.resources.iter().enumerate().map(endpoint).collect()
    }

    /// Returns an error with all missing secrets.
    fn check_secrets(&self) -> Result<(), SourceError> {
        let (mut paths, mut missing) = (Vec::new(), Vec::new());
        for secret in self.spec.secrets(&self.settings) {
            if let Err(SettingsError::Missing(fields)) = secret.ensure_available(self.spec, &self.settings) {
                paths.push(secret.path);
                // a reference may occur several times
                missing.extend(fields.into_iter().filter(|field| !missing.contains(field)).collect::<Vec<_>>());
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        Err(SourceError { path: paths.join(", "), kind: SettingsError::Missing(missing).into() })
    }

    /// Resolves the secrets in the headers of the client.
    fn headers_of_spec(&self, secrets: &Secrets<'_>) -> Result<Vec<(&'a str, Template)>, SourceError> {
        let header = |(name, value): (&'a String, &Template)| match value.resolve(&mut |reference| secrets.resolve(reference)) {
            Ok(value) => Ok((name.as_str(), value)),
            Err(error) => Err(SourceError { path: format!("client.headers.{name}"), kind: error.into() }),
        };
        self.spec.client.headers.iter().map(|(name, value)| header((name, value))).collect()
    }

    fn client_of_spec(
        &self,
        base_url: &Template,
        headers: &[(&str, Template)],
        secrets: &Secrets<'_>,
    ) -> Result<RestClient, SourceError> {
        let spec = &self.spec.client;
        let failed = |key: &str, problem| SourceError { path: format!("client{key}"), kind: problem };
        let mut client = self.client.clone().base_url(base_url.resolved_text());
        for (name, value) in headers {
            client = client.header(*name, value.resolved_text());
        }
        if let Some(auth) = &spec.auth {
            client = client.auth(auth::auth(auth, secrets, &self.registry).map_err(|problem| failed(".auth", problem))?);
        }
        let pages = paginator::paginator(&spec.paginator, &self.registry).map_err(|problem| failed(".paginator", problem))?;
        client = client.paginator(pages);
        client = spec.requests_per_second.into_iter().fold(client, RestClientBuilder::requests_per_second);
        client = spec.requests_in_flight.into_iter().fold(client, RestClientBuilder::max_in_flight_requests);
        client = spec.parallel_pages.into_iter().fold(client, RestClientBuilder::parallel_pages);
        client = spec.trusted_origins.iter().fold(client, RestClientBuilder::trusted_origin);
        client.limit_page_memory().build().map_err(|error| failed("", error.into()))
    }

    /// Returns the client with the settings of a resource's endpoint.
    fn client_of(
        &self,
        resource: &ResourceSpec,
        client: &RestClient,
        secrets: &Secrets<'_>,
    ) -> Result<RestClient, (&'static str, SourceErrorKind)> {
        let endpoint = &resource.endpoint;
        let mut client = match &endpoint.auth {
            EndpointAuth::Inherit => client.clone(),
            EndpointAuth::None => client.clone().without_auth(),
            EndpointAuth::Override(spec) => {
                let auth = auth::auth(spec, secrets, &self.registry).map_err(|problem| (".auth", problem))?;
                client.clone().with_auth(auth)
            }
        };
        let pages = endpoint.paginator.as_ref().unwrap_or(&self.spec.client.paginator);
        let pages = paginator::paginator(pages, &self.registry).map_err(|problem| (".paginator", problem))?;
        client = match &endpoint.data_selector {
            Some(selector) => client
                .with_paginator(pages)
                .with_data_selector(selector.clone())
                .with_data_selector_required(endpoint.data_selector_required),
            None if is_entity(&endpoint.path) => client
                .with_paginator(EntityOrList::new(pages, endpoint.paginator.is_none()))
                .with_data_selector(JsonPath::from_keys::<String>([])),
            None => client.with_paginator(pages),
        };
        Ok(match endpoint.response_actions.as_slice() {
            [] => client,
            actions => client.with_response_actions(actions.iter().map(response_action)),
        })
    }

    /// Returns the ancestors of a resource, nearest first.
    pub(crate) fn ancestors(&self, resource: &ResourceSpec) -> Vec<String> {
        let parent = |name: &String| self.spec.resources.iter().find(|other| other.name == *name)?.parent.clone();
        std::iter::successors(resource.parent.clone(), parent).take(self.spec.resources.len()).collect()
    }
}

fn system_time() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

fn to_resource(spec: &ResourceSpec, cursor: Option<Incremental>, endpoint: Arc<Endpoint>, clock: &Clock) -> Resource {
    let clock = Arc::clone(&clock.0);
    let uses = Arc::new(FieldMatches::of(spec));
    let mut resource = match &spec.parent {
        Some(parent) => {
            let (fields, keys) = (endpoint.parent_key_fields(), Arc::clone(&endpoint));
            let pages = move |row, start: &ResumePoint| pages::dependent_pages(&endpoint, row, start, clock());
            let resource = Resource::page_transformer(&spec.name, parent, pages);
            if fields.is_empty() { resource } else { resource.cursor_per_parent(fields, move |row| keys.parent_key(row)) }
        }
        None => Resource::pages(&spec.name, move |start| pages::root_pages(&endpoint, start, clock())),
    };
    let hints = spec.hints.clone();
    resource.table_name = spec.table_name.clone().into();
    resource.write_disposition = hints.write_disposition;
    resource.primary_key = hints.primary_key;
    resource.merge_key = hints.merge_key;
    resource.merge = hints.merge;
    resource.columns = hints.columns;
    resource.schema_contract = hints.schema_contract;
    resource.max_table_nesting = hints.max_table_nesting;
    resource.passthrough_hints = hints.passthrough_hints;
    resource.nested_hints = hints.nested;
    resource.incremental = cursor;
    resource.selected = spec.selected;
    resource.parallelized = spec.parallelized;
    resource.resumable = spec.resumable;
    resource.definition.clone_from(&spec.definition);
    let steps = spec.processing_steps.iter().enumerate();
    let resource = steps.fold(resource, |resource, (index, step)| step::apply_step(resource, index, step, &uses));
    resource.final_warnings(move || uses.take_warnings())
}
