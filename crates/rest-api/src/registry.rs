//! Custom types of paginators and credentials.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use catchment_json::Value;
use catchment_rest_client::{Auth, Paginator};

use crate::format::KeyLocations;
use crate::{Spec, SpecError, SpecFormat};

type MakePaginator = dyn Fn(&Value) -> Result<Box<dyn Paginator>, String> + Send + Sync;
type MakeAuth = dyn Fn(&Value) -> Result<Arc<dyn Auth>, String> + Send + Sync;

/// Custom paginators and credentials, by the type names that specs use.
///
/// ```
/// use catchment_rest_api::{SpecFormat, Registry, RestApi};
/// use catchment_rest_client::HeaderCursor;
///
/// // any type that implements `Paginator`; the keys next to `type` are its settings
/// let registry = Registry::default().paginator("next_page_header", |settings| {
///     let header = settings.get("header").and_then(|header| header.as_str()).ok_or("`header` is missing")?;
///     Ok(Box::new(HeaderCursor::new().cursor_key(header)))
/// });
/// let spec = r#"{
///     "client": {"base_url": "https://api.example.com", "paginator": {"type": "next_page_header", "header": "X-Next"}},
///     "resources": ["issues"]
/// }"#;
/// let spec = registry.parse(spec, SpecFormat::Json)?;
/// let source = RestApi::new(&spec).registry(registry).source()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Registry {
    paginators: BTreeMap<String, Arc<MakePaginator>>,
    auths: BTreeMap<String, Arc<MakeAuth>>,
}

impl Registry {
    /// Adds a paginator. `make` creates it from the settings next to its `type`.
    #[must_use]
    pub fn paginator(
        mut self,
        name: impl Into<String>,
        make: impl Fn(&Value) -> Result<Box<dyn Paginator>, String> + Send + Sync + 'static,
    ) -> Registry {
        self.paginators.insert(name.into(), Arc::new(make));
        self
    }

    /// Adds a type of credentials. `make` creates them from the settings next to their `type`, with references resolved.
    #[must_use]
    pub fn auth(
        mut self,
        name: impl Into<String>,
        make: impl Fn(&Value) -> Result<Arc<dyn Auth>, String> + Send + Sync + 'static,
    ) -> Registry {
        self.auths.insert(name.into(), Arc::new(make));
        self
    }

    /// Parses a spec that uses the registered types.
    ///
    /// # Errors
    ///
    /// Returns all errors in the spec.
    pub fn parse(&self, text: &str, format: SpecFormat) -> Result<Spec, SpecError> {
        let (value, locations) = format.parse(text)?;
        Spec::read(&value, &locations, self)
    }

    /// Reads a spec from a parsed value.
    ///
    /// # Errors
    ///
    /// Returns all errors in the spec.
    pub fn read(&self, value: &Value) -> Result<Spec, SpecError> {
        Spec::read(value, &KeyLocations::default(), self)
    }

    /// Returns the registered names of a group: `paginator` or `auth`.
    pub(crate) fn registered_names(&self, kind: &str) -> Vec<String> {
        match kind {
            "paginator" => self.paginators.keys().cloned().collect(),
            "auth" => self.auths.keys().cloned().collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn make_paginator(&self, name: &str, settings: &Value) -> Result<Box<dyn Paginator>, String> {
        let make = self.paginators.get(name);
        make.ok_or_else(|| format!("paginator {name:?} is not registered; add it with `Registry::paginator`"))?(settings)
    }

    pub(crate) fn make_auth(&self, name: &str, settings: &Value) -> Result<Arc<dyn Auth>, String> {
        let make = self.auths.get(name);
        make.ok_or_else(|| format!("credentials {name:?} are not registered; add them with `Registry::auth`"))?(settings)
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (paginators, auths) = (self.paginators.keys(), self.auths.keys());
        f.debug_struct("Registry").field("paginators", &paginators).field("auths", &auths).finish()
    }
}
