//! The check of one resource.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use catchment_extract::{Resource, ResumePoint, Row, StopSignal};
use catchment_json::Node;
use catchment_rest_client::{Probe, Request};

use super::candidates::{cursor_candidates, primary_key_candidates};
use super::configured::{cursor_warning, primary_key_warning};
use super::fields::fields;
use super::{CheckError, CheckedPage};
use crate::endpoint::{Endpoint, IncludedFields, with_fields};
use crate::{PaginatorSpec, ResourceSpec, plan};

/// The maximum number of parent rows that are tried for a request.
const MAX_PARENT_ROWS: usize = 100;

/// A resource with what is needed to request its first page.
pub(super) struct Checker<'c> {
    pub(super) spec: &'c ResourceSpec,
    pub(super) endpoint: &'c Endpoint,
    pub(super) resource: &'c Resource,
    /// The paginator of the client.
    pub(super) default_paginator: &'c PaginatorSpec,
    /// The current time, in microseconds since 1970.
    pub(super) now: i64,
}

impl Checker<'_> {
    /// Returns the first parent row that has the fields for a request; `None` for a resource without a parent. `rows` are the
    /// rows of the resources that were checked before.
    pub(super) fn parent_row(&self, rows: &HashMap<String, Vec<Row>>) -> Result<Option<Row>, CheckError> {
        let Some(parent) = &self.spec.parent else { return Ok(None) };
        let not_checked = |reason: String| CheckError::NotChecked(reason);
        let Some(rows) = rows.get(parent) else {
            return Err(not_checked(format!("its parent resource `{parent}` has no page")));
        };
        let mut skipped = None;
        for row in rows.iter().take(MAX_PARENT_ROWS) {
            match self.endpoint.check_parent_row(row) {
                Ok(None) => return Ok(Some(row.clone())),
                Ok(Some(warning)) => skipped = Some(warning),
                Err(error) => return Err(failed(&error)),
            }
        }
        Err(not_checked(skipped.unwrap_or_else(|| format!("the first page of its parent resource `{parent}` has no rows"))))
    }

    /// Requests the first page, and returns it with its rows after the processing steps.
    pub(super) async fn check(&self, parent: Option<Row>) -> Result<(CheckedPage, Vec<Row>), CheckError> {
        let request = self.request(parent.as_ref())?;
        let method = request.method.clone();
        let start = Instant::now();
        let probe = self.endpoint.client().probe(request).await.map_err(|error| failed(&error))?;
        let elapsed = start.elapsed();
        let IncludedFields { fields: included, mut warnings } = match &parent {
            Some(row) => self.endpoint.included_fields(row).map_err(|error| failed(&*error))?,
            None => IncludedFields::default(),
        };
        let Probe { rows, url, status, body_len, data_selector, is_list, detected, has_next_page, warnings: of_page, .. } = probe;
        warnings.extend(of_page);
        let received = rows.ids.len();
        let rows = with_fields(rows, &included).and_then(|rows| self.resource.apply_steps(rows, &StopSignal::default()));
        let rows = Row::from_child_page(&rows.map_err(|error| failed(&*error))?, parent.clone().map(Arc::new).as_ref());
        let nodes: Vec<Node<'_>> = rows.iter().map(Row::node).collect();
        let configured = self.spec.endpoint.paginator.as_ref().unwrap_or(self.default_paginator);
        let is_detected = matches!(configured, PaginatorSpec::Auto);
        let detected_paginator = detected.ok().filter(|_| is_detected);
        let cursor = self.resource.incremental.as_ref();
        warnings.extend(primary_key_warning(&self.resource.primary_key, &nodes));
        warnings.extend(cursor.and_then(|cursor| cursor_warning(cursor, &nodes)));
        let page = CheckedPage {
            request: format!("{method} {url}"),
            parent_row: parent.map(|row| row.node().excerpt(80)),
            status: status.as_u16(),
            elapsed,
            body_len,
            rows: received,
            loaded_rows: rows.len(),
            data_selector,
            is_data_selector_configured: self.spec.endpoint.data_selector.is_some(),
            is_list,
            paginator: detected_paginator.as_ref().map_or_else(|| plan::shown(configured), ToString::to_string),
            detected_paginator,
            has_next_page,
            fields: fields(&nodes),
            primary_key: self.resource.primary_key.clone(),
            primary_key_candidates: primary_key_candidates(&self.resource.name, &nodes),
            cursor: cursor.map(|cursor| cursor.cursor_path.as_str().to_owned()),
            cursor_candidates: cursor_candidates(&nodes),
            warnings,
        };
        Ok((page, rows))
    }

    /// Builds the request of the first page. A range in windows starts with its last window, which has the newest rows.
    fn request(&self, parent: Option<&Row>) -> Result<Request, CheckError> {
        let start = self.start();
        let windows = self.endpoint.windows(&start, self.now).transpose().map_err(|error| failed(&error))?;
        let start = windows.as_ref().and_then(|windows| windows.last()).unwrap_or(&start);
        self.endpoint.request(start, parent).map_err(|error| failed(&error))
    }

    /// Returns the start of a first run.
    fn start(&self) -> ResumePoint {
        let Some(cursor) = &self.resource.incremental else { return ResumePoint::default() };
        let initial = cursor.initial_value.clone();
        ResumePoint::new(initial.clone(), initial).with_end_value(cursor.end_value.clone())
    }
}

/// Converts an error to its message with those of its causes.
fn failed(error: &(dyn std::error::Error + 'static)) -> CheckError {
    let mut text = error.to_string();
    for cause in std::iter::successors(error.source(), |error| error.source()).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    CheckError::Failed(text)
}
