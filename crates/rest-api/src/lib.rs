//! The declarative REST API source: a description of an API becomes resources.
//!
//! A [`Spec`] is read from JSON or TOML ([`Spec::parse`]), with the keys of dlt's `rest_api_source`; what is
//! wrong with it is reported all at once, by the paths of the keys. [`rest_api_source`] turns it into a
//! source whose resources fetch their pages when they are extracted.
//!
//! ```
//! use catchment_rest_api::{Format, Spec};
//!
//! let spec = Spec::parse(r#"{"client": {"base_url": "https://api.example.com"}, "resources": ["issues"]}"#, Format::Json)?;
//! assert_eq!(spec.resources[0].name, "issues");
//! # Ok::<(), catchment_rest_api::SpecError>(())
//! ```

mod error;
mod format;
mod paginator;
mod source;
mod spec;
#[cfg(test)]
mod spec_tests;
mod template;

pub use error::{Mistake, SpecError};
pub use format::Format;
pub use source::{SourceError, rest_api_source};
pub use spec::{
    ClientSpec, EndpointSpec, IncrementalSpec, PaginatorSpec, ParamSpec, PipelineSpec, RangeSpec, ResourceSpec, Spec, TotalSpec,
};
pub use template::Template;
