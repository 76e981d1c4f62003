//! A spec to a source.

use catchment_extract::{Page, PageError, Resource, Source, Start};
use catchment_json::Value;
use catchment_rest_client::{Pages, Request, RestClient, RestClientBuilder, Url, redact};
use futures_util::{Stream, StreamExt as _};
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

/// The source that a spec describes. `client` has what the spec
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
    for (index, resource) in spec.resources.iter().enumerate() {
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
    let mut resource = Resource::pages(&spec.name, move |start| pages(&client, &endpoint, start))
        .write_disposition(spec.write_disposition)
        .primary_key(spec.primary_key.clone());
    resource.table_name = spec.table_name.clone().into();
    resource.merge_key.clone_from(&spec.merge_key);
    resource.merge = spec.merge.clone();
    resource.columns.clone_from(&spec.columns);
    resource.schema_contract = spec.schema_contract;
    resource.max_table_nesting = spec.max_table_nesting;
    resource.incremental = spec.endpoint.incremental.as_ref().map(|incremental| incremental.cursor.clone());
    resource.selected = spec.selected;
    resource.parallelized = spec.parallelized;
    resource.resumable = spec.resumable;
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
    if let Some(incremental) = &endpoint.incremental {
        if let Some(name) = incremental.start_param.as_ref().filter(|_| start.last_value.is_some()) {
            request = request.param(name, start.last_value_text());
        }
        if let Some(name) = incremental.end_param.as_ref().filter(|_| start.end_value.is_some()) {
            request = request.param(name, start.end_value_text());
        }
    }
    Ok(request)
}

fn pages(client: &RestClient, endpoint: &EndpointSpec, start: &Start) -> impl Stream<Item = Result<Page, PageError>> + use<> {
    let pages = request(client, endpoint, start).map_or_else(Pages::failed, |request| match &start.position {
        Some(position) => client.paginate_from(request, position),
        None => client.paginate(request),
    });
    pages.map(|page| {
        let page = page?;
        let position = page.position.filter(|position| !has_secret(position));
        Ok(Page { rows: page.rows, position, bytes: page.bytes })
    })
}

/// Whether a place in the pages has what opens them to others, which is not to be stored: then a run cannot go on from it.
fn has_secret(position: &Value) -> bool {
    match position {
        Value::Text(text) => Url::parse(text).is_ok_and(|url| redact(&url) != url.as_str()),
        Value::Array(values) => values.iter().any(has_secret),
        Value::Object(entries) => entries.values().any(has_secret),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use catchment_json::Value;

    use super::has_secret;

    #[test]
    fn places_that_open_the_pages_to_others_are_not_kept() {
        let check =
            |position: &str, expected: bool| assert_eq!(has_secret(&Value::parse(position).unwrap()), expected, "{position}");
        check(r#""https://api.example.com/issues?page=2""#, false);
        check(r#""https://api.example.com/issues?page=2&api_key=42""#, true);
        check(r#"{"link": "https://me:pw@api.example.com/issues"}"#, true);
        check(r#"["abc", 7, null]"#, false);
    }
}
