//! Declarative REST API source: builds the resources of a pipeline from the description of an API.
//!
//! A [`Spec`] uses the keys of dlt's `rest_api_source`. [`Spec::parse`] reads it from JSON, TOML or YAML, serde from any
//! other format, and [`SpecBuilder`] builds it in code. An invalid spec reports every error at once, with the paths of its
//! keys. [`RestApi`] builds the source, whose resources fetch their pages during extraction.
//!
//! ```
//! use catchment_rest_api::{SpecFormat, RestApi, Spec};
//!
//! let spec = Spec::parse(
//!     r#"
//!     client:
//!       base_url: https://api.example.com
//!     resources:
//!     - issues
//!     - name: comments
//!       endpoint: issues/{resources.issues.id}/comments
//!       processing_steps:
//!       - filter: row.author != "bot"
//!     "#,
//!     SpecFormat::Yaml,
//! )?;
//! let source = RestApi::new(&spec).source()?;
//! assert_eq!(source.resources[1].parent(), Some("issues"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! In addition to the keys of dlt, specs support expressions in place of Python functions ([`Expression`]), rate and
//! concurrency limits per client, the response actions `retry` and `fail`, fields of several ancestors, and references to
//! secrets ([`Reference`]). [`Registry`] adds custom paginators and credentials. [`json_schema`] supports editors.

mod auth;
mod builder;
mod check;
mod convert;
mod endpoint;
mod entity;
mod error;
mod explain;
mod expression;
mod field_uses;
mod format;
mod key_path;
mod pages;
mod paginator;
mod parent_fields;
mod plan;
mod registry;
mod response_action;
mod run_cursor;
mod secrets;
mod source;
mod spec;
mod spec_schema;
mod step;
mod template;
#[cfg(test)]
mod tests;
mod url_spec;
mod windows;

pub use builder::{ResourceBuilder, SpecBuilder};
pub use catchment_json::Value;
pub use check::{CheckError, CheckedField, CheckedPage, CursorCandidate, CursorOrder, ResourceCheck};
pub use convert::CursorConversion;
pub use error::{SpecDiagnostic, SpecError};
pub use explain::{SecretOrigin, SecretSource};
pub use expression::Expression;
pub use format::SpecFormat;
pub use plan::PlannedResource;
pub use registry::Registry;
pub use source::{RestApi, SourceError, SourceErrorKind};
pub use spec::{
    ActionSpec, AuthSpec, BodySpec, ClientSpec, CounterSpec, EndpointAuth, EndpointSpec, IncludedParentField, IncrementalSpec,
    OnParentValueMissing, PaginatorSpec, ParamTarget, PipelineSpec, ProcessingStep, ResourceSpec, ResponseActionSpec, Spec,
    TotalSpec,
};
pub use spec_schema::json_schema;
pub use template::{Reference, Template, ValueTemplate};
pub use url_spec::{SavedPipeline, SavedSpec, UrlSpec, UrlSpecError};
