//! The declarative REST API source: a description of an API becomes resources.
//!
//! A [`Spec`] is read from JSON, TOML or YAML ([`Spec::parse`]), with the keys of dlt's `rest_api_source`, from anything that
//! serde reads, or built by a program ([`SpecBuilder`]). What is wrong with it is reported all at once, by the paths of the
//! keys. [`RestApi`] turns it into a source whose resources fetch their pages when they are extracted.
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
//! Beyond the keys of dlt there are expressions where dlt has functions ([`Expression`]), limits of requests per client,
//! `retry` and `fail` as response actions, fields of several parents, and references to secrets ([`Reference`]). Own
//! paginators and credentials are registered by name ([`Registry`]). [`json_schema`] is for editors.

mod auth;
mod builder;
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
mod secrets;
mod source;
mod spec;
mod spec_schema;
mod step;
mod template;
#[cfg(test)]
mod tests;
mod windows;

pub use builder::{ResourceBuilder, SpecBuilder};
pub use catchment_json::Value;
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
