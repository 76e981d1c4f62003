//! Typed specs.

mod auth;
mod bigquery;
mod client;
mod columns;
mod disposition;
mod endpoint;
mod hints;
mod include;
mod incremental;
mod object_reader;
mod paginator;
mod params;
mod parents;
mod pipeline;
mod processing_step;
mod resource;
mod response_action;
mod root;

use catchment_json::Value;
use serde::de::{Deserialize, Deserializer, Error as _};

pub use auth::AuthSpec;
pub use client::ClientSpec;
pub use endpoint::{BodySpec, EndpointAuth, EndpointSpec, OnParentValueMissing};
pub use include::IncludedParentField;
pub use incremental::IncrementalSpec;
pub use paginator::{CounterSpec, PaginatorSpec, ParamTarget, TotalSpec};
pub use pipeline::PipelineSpec;
pub use processing_step::ProcessingStep;
pub use resource::ResourceSpec;
pub use response_action::{ActionSpec, ResponseActionSpec};

#[cfg(test)]
pub(crate) use resource::merge_defaults;
pub(crate) use root::SPEC;

/// Returns the names of all variants of an enum in a constant.
macro_rules! names {
    ($of:ident) => {{
        let mut names = [""; $of::ALL.len()];
        let mut index = 0;
        while index < names.len() {
            names[index] = $of::ALL[index].name();
            index += 1;
        }
        names
    }};
}
pub(crate) use names;

/// The description of a REST API source.
///
/// [`Spec::parse`] reads it from JSON, TOML or YAML, serde from any other format, and [`SpecBuilder`](crate::SpecBuilder)
/// builds it in code.
///
/// ```
/// use catchment_rest_api::Spec;
///
/// let spec: Spec = serde_json::from_value(serde_json::json!({
///     "client": {"base_url": "https://api.example.com"},
///     "resources": ["issues", {"name": "comments", "endpoint": "issues/{resources.issues.id}/comments"}],
/// }))?;
/// assert_eq!(spec.resources[1].parent.as_deref(), Some("issues"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Spec {
    /// The name of the source; `rest_api` by default.
    pub name: String,
    /// The connection to the API.
    pub client: ClientSpec,
    /// The resources to load, with defaults applied.
    pub resources: Vec<ResourceSpec>,
    /// Defaults for the pipeline.
    pub pipeline: PipelineSpec,
}

impl<'de> Deserialize<'de> for Spec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Spec, D::Error> {
        Spec::from_value(&Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
