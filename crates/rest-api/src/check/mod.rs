//! Check of a spec: one page of each resource.

mod candidates;
mod checker;
mod configured;
mod display;
mod fields;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use catchment_extract::ResumePoint;
use catchment_json::JsonPath;
use catchment_rest_client::DetectedPaginator;

pub use candidates::{CursorCandidate, CursorOrder};
pub use fields::CheckedField;

use checker::Checker;

use crate::endpoint::Endpoint;
use crate::{ResourceSpec, RestApi, SourceError};

/// The result of a check of one resource, returned by [`RestApi::check`]. Displays as a paragraph.
#[derive(Debug, Clone)]
pub struct ResourceCheck {
    /// The name of the resource.
    pub name: String,
    /// The parent resource.
    pub parent: Option<String>,
    /// The first page, or the reason why it could not be loaded.
    pub page: Result<CheckedPage, CheckError>,
}

/// The reason why a resource has no checked page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The request or the response failed.
    #[error("{0}")]
    Failed(String),
    /// The parent resource has no row to request the resource with.
    #[error("not checked: {0}")]
    NotChecked(String),
}

/// The first page of a resource and what was detected in it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CheckedPage {
    /// The method and the redacted URL of the request.
    pub request: String,
    /// The beginning of the parent row, for a dependent resource.
    pub parent_row: Option<String>,
    /// The status of the response.
    pub status: u16,
    /// The time until the response was complete.
    pub elapsed: Duration,
    /// The length of the body in bytes.
    pub body_len: usize,
    /// The number of rows in the response.
    pub rows: usize,
    /// The number of rows after the processing steps.
    pub loaded_rows: usize,
    /// The path of the rows; `None` if the body itself contains the rows.
    pub data_selector: Option<JsonPath>,
    /// Whether the path is configured, instead of detected.
    pub is_data_selector_configured: bool,
    /// Whether the page is a list, instead of a single row.
    pub is_list: bool,
    /// The paginator with its settings: the configured one, else the detected one.
    pub paginator: String,
    /// The detected paginator, unless one is configured.
    pub detected_paginator: Option<DetectedPaginator>,
    /// Whether further pages follow.
    pub has_next_page: bool,
    /// The fields of the rows, in the order of their first occurrence.
    pub fields: Vec<CheckedField>,
    /// The configured primary key.
    pub primary_key: Vec<String>,
    /// Fields that could be the primary key: unique in the page, and with a name of an identifier.
    pub primary_key_candidates: Vec<String>,
    /// The configured cursor.
    pub cursor: Option<String>,
    /// Fields that could be the cursor: timestamps and dates.
    pub cursor_candidates: Vec<CursorCandidate>,
    /// Problems of the page and of the configuration.
    pub warnings: Vec<String>,
}

impl RestApi<'_> {
    /// Requests the first page of each resource, each parent before its dependent resources, and reports what was detected.
    /// A dependent resource is requested for the first row of its parent resource that has the required fields. Nothing is
    /// loaded, and a failed resource does not end the check.
    ///
    /// ```no_run
    /// use catchment_rest_api::{RestApi, Spec, SpecFormat};
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let spec = r#"{"client": {"base_url": "https://api.example.com"}, "resources": ["issues"]}"#;
    /// let spec = Spec::parse(spec, SpecFormat::Json)?;
    /// for check in RestApi::new(&spec).check(|_| true).await? {
    ///     println!("{check}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// `is_selected` selects resources by name; their parent resources are requested too.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`source`](Self::source).
    pub async fn check(&self, is_selected: impl Fn(&str) -> bool) -> Result<Vec<ResourceCheck>, SourceError> {
        let source = self.source()?;
        let endpoints: HashMap<&str, (&ResourceSpec, Endpoint)> =
            self.endpoints(self.now())?.into_iter().map(|(spec, endpoint)| (spec.name.as_str(), (spec, endpoint))).collect();
        let selected = self.with_ancestors(is_selected);
        let (mut checks, mut rows) = (Vec::new(), HashMap::new());
        for planned in self.plan(|_| ResumePoint::default())? {
            let Some((spec, endpoint)) = endpoints.get(planned.name.as_str()) else { continue };
            let Some(resource) = source.resources.iter().find(|resource| resource.name == planned.name) else { continue };
            if !selected.contains(&planned.name) {
                continue;
            }
            let checker = Checker { spec, endpoint, resource, default_paginator: &self.spec.client.paginator, now: self.now() };
            let page = match checker.parent_row(&rows) {
                Ok(parent) => checker.check(parent).await,
                Err(error) => Err(error),
            };
            let page = page.map(|(page, loaded)| {
                rows.insert(planned.name.clone(), loaded);
                page
            });
            checks.push(ResourceCheck { name: planned.name, parent: planned.parent, page });
        }
        Ok(checks)
    }

    /// Returns the selected resources and their ancestors.
    fn with_ancestors(&self, is_selected: impl Fn(&str) -> bool) -> HashSet<String> {
        let selected = self.spec.resources.iter().filter(|spec| is_selected(&spec.name));
        selected.flat_map(|spec| std::iter::once(spec.name.clone()).chain(self.ancestors(spec))).collect()
    }
}
