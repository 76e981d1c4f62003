//! Own types of paginators and credentials.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use catchment_json::Value;
use catchment_rest_client::{Auth, Paginator};

use crate::format::KeyLocations;
use crate::{Spec, SpecError, SpecFormat};

type MakePaginator = dyn Fn(&Value) -> Result<Box<dyn Paginator>, String> + Send + Sync;
type MakeAuth = dyn Fn(&Value) -> Result<Arc<dyn Auth>, String> + Send + Sync;

/// Paginators and credentials of a program, by the names that specs use them by.
///
/// ```
/// use catchment_rest_api::{SpecFormat, Registry, RestApi};
/// use catchment_rest_client::HeaderCursor;
///
/// // any type with the trait `Paginator`; what stands beside `type` are its settings
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
    /// The same registry with one more paginator, which `make` makes of the settings beside its `type`.
    #[must_use]
    pub fn paginator(
        mut self,
        name: impl Into<String>,
        make: impl Fn(&Value) -> Result<Box<dyn Paginator>, String> + Send + Sync + 'static,
    ) -> Registry {
        self.paginators.insert(name.into(), Arc::new(make));
        self
    }

    /// The same registry with one more type of credentials, which `make` makes of the settings beside its `type`, references
    /// resolved.
    #[must_use]
    pub fn auth(
        mut self,
        name: impl Into<String>,
        make: impl Fn(&Value) -> Result<Arc<dyn Auth>, String> + Send + Sync + 'static,
    ) -> Registry {
        self.auths.insert(name.into(), Arc::new(make));
        self
    }

    /// Reads a spec that uses them.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn parse(&self, text: &str, format: SpecFormat) -> Result<Spec, SpecError> {
        let (value, places) = format.parse(text)?;
        Spec::read(&value, &places, self)
    }

    /// Reads a spec that was parsed already.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn read(&self, value: &Value) -> Result<Spec, SpecError> {
        Spec::read(value, &KeyLocations::default(), self)
    }

    /// The names of all that are of a kind: `paginator` or `auth`.
    pub(crate) fn registered_names(&self, kind: &str) -> Vec<String> {
        match kind {
            "paginator" => self.paginators.keys().cloned().collect(),
            "auth" => self.auths.keys().cloned().collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn make_paginator(&self, name: &str, settings: &Value) -> Result<Box<dyn Paginator>, String> {
        self.paginators.get(name).ok_or_else(|| format!("no paginator {name:?} is registered"))?(settings)
    }

    pub(crate) fn make_auth(&self, name: &str, settings: &Value) -> Result<Arc<dyn Auth>, String> {
        self.auths.get(name).ok_or_else(|| format!("no credentials {name:?} are registered"))?(settings)
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (paginators, auths) = (self.paginators.keys(), self.auths.keys());
        f.debug_struct("Registry").field("paginators", &paginators).field("auths", &auths).finish()
    }
}
