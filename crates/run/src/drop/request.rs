//! Requests to drop resources.

use catchment_extract::Source;

use super::{CursorAssignment, ResourcePattern};

/// What to drop from a pipeline: tables and state of resources, other parts of the state, and cursor values to set.
///
/// ```
/// use catchment_run::{DropRequest, ResourcePattern};
///
/// let request = DropRequest {
///     resources: vec![ResourcePattern::exact("issues"), "re:old_".parse()?],
///     set_cursors: vec!["events=2024-05-31".parse()?],
///     ..DropRequest::default()
/// };
/// assert!(!request.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct DropRequest {
    /// The resources whose tables and state are dropped. Default: none.
    pub resources: Vec<ResourcePattern>,
    /// The JSONPaths of values to delete from the state of each source, such as `resources.issues.incremental`. Default:
    /// none.
    pub state_paths: Vec<String>,
    /// Whether all resources of the pipeline are dropped; `resources` is then ignored. Resources that only another pipeline
    /// with the same schema has loaded are kept. Default: false.
    pub drop_all: bool,
    /// The cursor values to set. A dropped resource gets the value after its state is deleted. Default: none.
    pub set_cursors: Vec<CursorAssignment>,
    /// Whether only state is dropped, and all tables are kept. Default: false.
    pub state_only: bool,
    /// The source to which the request is restricted, by its name or that of its schema. Default: all sources.
    pub source: Option<String>,
    /// The definition of a source, with the resources that depend on dropped ones. A dependent resource that is not dropped
    /// itself then keeps the parent cursor up to which it was extracted, as with
    /// [`RefreshMode::DropResources`](crate::RefreshMode::DropResources). Otherwise, it is extracted again together with its
    /// parent resource. Default: none.
    pub definition: Option<Source>,
}

impl DropRequest {
    /// Creates a request to drop resources by name.
    pub fn of_resources<N: Into<String>>(names: impl IntoIterator<Item = N>) -> DropRequest {
        DropRequest { resources: names.into_iter().map(ResourcePattern::exact).collect(), ..DropRequest::default() }
    }

    /// Returns true if the request drops and sets nothing.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.state_paths.is_empty() && !self.drop_all && self.set_cursors.is_empty()
    }
}
