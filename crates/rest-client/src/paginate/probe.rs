//! Examination of the first page of an endpoint.

use std::sync::Arc;

use catchment_json::{Document, JsonPath, Selection, Value};
use catchment_settings::Redactor;
use reqwest::StatusCode;

use super::auto::Auto;
use super::config::PaginationConfig;
use super::kind::DetectedPaginator;
use super::next_request::{first_request, next_request, untrusted_start_warning};
use super::paginator::Paginator as _;
use super::row_selector::RowSelector;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::excerpt::redacted;
use crate::page_memory::MemoryPermit;
use crate::request::Request;
use crate::request_config::RequestConfig;
use crate::response::Response;
use crate::select::RowsLayout;
use crate::transport::Transport;

/// The first page of an endpoint and its pagination, returned by [`RestClient::probe`](crate::RestClient::probe).
///
/// A response that a [response action](crate::ResponseAction) ignores has no rows and no next page, and a warning.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Probe {
    /// The rows of the page.
    pub rows: Selection,
    /// The redacted URL of the response.
    pub url: String,
    /// The status of the response.
    pub status: StatusCode,
    /// The length of the body in bytes.
    pub body_len: usize,
    /// The path of the rows: the configured data selector, else the detected one. `None` if the body itself contains the
    /// rows.
    pub data_selector: Option<JsonPath>,
    /// Whether the body has a list of rows, instead of a single row. False for an ignored response.
    pub is_list: bool,
    /// The paginator that [`Auto`] detects in the page, or the message of its error, also for an ignored response. The
    /// pagination follows it only if no other paginator is configured.
    pub detected: Result<DetectedPaginator, String>,
    /// Whether the configured paginator finds a next page.
    pub has_next_page: bool,
    /// Warnings for the user, for example about missing rows.
    pub warnings: Vec<String>,
}

/// Sends the first request of a pagination and examines the response.
pub(crate) async fn probe(
    transport: &Arc<Transport>,
    rules: &RequestConfig,
    request: Request,
    config: PaginationConfig,
) -> Result<Probe, Error> {
    let redactor = rules.redactor.clone();
    examine(transport, rules, request, config).await.map_err(|error| error.redacted(&redactor))
}

async fn examine(
    transport: &Arc<Transport>,
    rules: &RequestConfig,
    mut request: Request,
    config: PaginationConfig,
) -> Result<Probe, Error> {
    let PaginationConfig { mut paginator, data_selector, data_selector_required, .. } = config;
    let mut selector = RowSelector::new(data_selector, data_selector_required);
    let mut auto = Auto::default();
    auto.init_request(&mut request.clone())?;
    let mut warnings = Vec::from_iter(untrusted_start_warning(&request));
    warnings.extend(first_request(&mut paginator, rules, &mut request, None)?);
    let mut response = transport.send(rules, &request, None, &mut MemoryPermit::default()).await?;
    if response.is_ignored() {
        return ignored(&response, selector.path().cloned(), warnings, &rules.redactor);
    }
    let document = response.document()?.clone();
    let (rows, warning) = selector.select(&document, &response)?;
    let is_list = rows.shape == RowsLayout::List;
    response.set_rows(rows);
    warnings.extend(warning);
    let next = next_request(&mut paginator, rules, &request, &response)?;
    warnings.extend(paginator.take_warnings());
    warnings.extend(next.as_ref().and_then(|next| next.warning.clone()));
    let detected = match auto.update_state(&response) {
        Ok(()) => Ok(auto.detected().cloned().unwrap_or(DetectedPaginator::SinglePage)),
        Err(error) => Err(error.redacted(&rules.redactor).to_string()),
    };
    let warnings = redacted_warnings(&warnings, &rules.redactor);
    Ok(Probe {
        url: response.shown_url(),
        status: response.status(),
        body_len: response.body_len(),
        rows: Selection { document, ids: response.take_rows().ids },
        data_selector: selector.path().cloned(),
        is_list,
        detected,
        has_next_page: next.is_some(),
        warnings,
    })
}

/// Returns the result for a response that an action ignored. Its body may have any format.
fn ignored(
    response: &Response,
    data_selector: Option<JsonPath>,
    mut warnings: Vec<String>,
    redactor: &Redactor,
) -> Result<Probe, Error> {
    let reason = format!("a response action ignored the response with status {}", response.status().as_u16());
    warnings.push(format!("{reason}: a pagination ends without rows"));
    let document = Document::from_value(&Value::Null).map_err(|error| response.error(ErrorKind::InvalidJson(error)))?;
    Ok(Probe {
        url: response.shown_url(),
        status: response.status(),
        body_len: response.body_len(),
        rows: Selection::from_document(document),
        data_selector,
        is_list: false,
        detected: Err(reason),
        has_next_page: false,
        warnings: redacted_warnings(&warnings, redactor),
    })
}

fn redacted_warnings(warnings: &[String], redactor: &Redactor) -> Vec<String> {
    warnings.iter().map(|warning| redacted(warning, redactor)).collect()
}
