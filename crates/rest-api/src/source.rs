//! A spec to a source.

use catchment_extract::{Incremental, Resource, Source, Start};
use catchment_rest_client::{Pages, Request, RestClient, RestClientBuilder};
use thiserror::Error;

use crate::paginator::paginator;
use crate::{EndpointSpec, PaginatorSpec, ResourceSpec, Spec};

/// A spec that no client can be made for.
#[derive(Debug, Error)]
#[error("{path}: {source}")]
pub struct SourceError {
    /// The path of the key.
    pub path: String,
    /// What the client says.
    pub source: catchment_rest_client::Error,
}

/// The source that a spec describes; resources that are not selected are left out. `client` has what the spec
/// does not say: retries and time-outs.
///
/// # Errors
///
/// Where the base URL or a header cannot be used.
pub fn rest_api_source(spec: &Spec, client: RestClientBuilder) -> Result<Source, SourceError> {
    let mut client = client.base_url(&spec.client.base_url);
    for (name, value) in &spec.client.headers {
        client = client.header(name, value);
    }
    let client = client.build().map_err(|source| SourceError { path: "client".to_owned(), source })?;
    let mut source = Source::new(&spec.name);
    for (index, resource) in spec.resources.iter().enumerate().filter(|(_, resource)| resource.selected) {
        let failed = |source| SourceError { path: format!("resources[{index}].endpoint"), source };
        let client = endpoint_client(&client, &spec.client.paginator, &resource.endpoint);
        // A path that cannot be a URL is told now, not in the middle of a run.
        request(&client, &resource.endpoint, &Start::default()).map_err(failed)?;
        source = source.with(to_resource(resource, client));
    }
    Ok(source)
}

fn to_resource(spec: &ResourceSpec, client: RestClient) -> Resource {
    let endpoint = spec.endpoint.clone();
    let mut resource = Resource::stream(&spec.name, move |start| pages(&client, &endpoint, start))
        .write_disposition(spec.write_disposition)
        .primary_key(spec.primary_key.clone());
    resource.table_name.clone_from(&spec.table_name);
    resource.merge_key.clone_from(&spec.merge_key);
    resource.merge = spec.merge.clone();
    resource.columns.clone_from(&spec.columns);
    resource.schema_contract = spec.schema_contract;
    resource.max_table_nesting = spec.max_table_nesting;
    resource.incremental = spec.endpoint.incremental.as_ref().map(|incremental| Incremental {
        cursor_path: incremental.cursor_path.clone(),
        initial_value: incremental.initial_value.clone(),
    });
    resource
}

fn endpoint_client(client: &RestClient, default: &PaginatorSpec, endpoint: &EndpointSpec) -> RestClient {
    let client = client.clone();
    let client = client.with_paginator(paginator(endpoint.paginator.as_ref().unwrap_or(default)));
    match &endpoint.data_selector {
        Some(selector) => client.with_data_selector(selector.clone()),
        None => client,
    }
}

/// The first request of a run.
fn request(client: &RestClient, endpoint: &EndpointSpec, start: &Start) -> Result<Request, catchment_rest_client::Error> {
    let mut request = client.request(&endpoint.path.fill(start))?;
    for (name, template) in &endpoint.headers {
        request = request.header(name, &template.fill(start))?;
    }
    for (name, template) in &endpoint.params {
        request = request.param(name, template.fill(start));
    }
    let start_param = endpoint.incremental.as_ref().and_then(|incremental| incremental.start_param.as_ref());
    if let Some(name) = start_param.filter(|_| start.last_value.is_some()) {
        request = request.param(name, start.last_value_text());
    }
    Ok(request)
}

fn pages(client: &RestClient, endpoint: &EndpointSpec, start: &Start) -> Pages {
    request(client, endpoint, start).map_or_else(Pages::failed, |request| client.paginate(request))
}
