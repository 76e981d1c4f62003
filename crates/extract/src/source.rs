//! Groups of resources.

use catchment_schema::{SchemaContract, naming};
use thiserror::Error;

use crate::Resource;

/// Resources that share a name and a schema.
#[derive(Debug, Clone)]
pub struct Source {
    /// The name of the source, which is its key in the state.
    pub name: String,
    /// The resources, which start in this order.
    pub resources: Vec<Resource>,
    /// The schema contract of tables whose resources have none. Default: the contract in the stored schema.
    pub schema_contract: Option<SchemaContract>,
}

/// A resource name that does not exist in the source.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("source `{source_name}` has no resource {name:?}; {hint}")]
pub struct UnknownResource {
    /// The name of the source.
    pub source_name: String,
    /// The unknown name.
    pub name: String,
    /// A similar name, or all names.
    pub hint: String,
}

impl Source {
    /// Creates a source without resources.
    pub fn new(name: impl Into<String>) -> Source {
        Source { name: name.into(), resources: Vec::new(), schema_contract: None }
    }

    /// Adds a resource.
    #[must_use]
    pub fn with_resource(mut self, resource: Resource) -> Source {
        self.resources.push(resource);
        self
    }

    /// Returns the resources whose rows are loaded: selected ones with a write disposition other than `skip`.
    pub fn selected_resources(&self) -> impl Iterator<Item = &Resource> {
        self.resources.iter().filter(|resource| resource.is_loaded())
    }

    /// Returns the resource with this name for modification.
    pub fn resource_mut(&mut self, name: &str) -> Option<&mut Resource> {
        self.resources.iter_mut().find(|resource| resource.name == name)
    }

    /// Selects the resources to load by name and deselects all others.
    ///
    /// # Errors
    ///
    /// Returns an error if a name does not exist in the source.
    ///
    /// ```
    /// use catchment_extract::{Resource, Source};
    ///
    /// let (rivers, lakes) = (Resource::rows("rivers", [1]), Resource::rows("lakes", [2]));
    /// let source = Source::new("geography").with_resource(rivers).with_resource(lakes);
    /// assert_eq!(source.clone().select(["lakes"])?.selected_resources().count(), 1);
    /// let error = source.select(["river"]).unwrap_err();
    /// assert_eq!(error.to_string(), "source `geography` has no resource \"river\"; did you mean `rivers`?");
    /// # Ok::<(), catchment_extract::UnknownResource>(())
    /// ```
    pub fn select<N: AsRef<str>>(mut self, names: impl IntoIterator<Item = N>) -> Result<Source, UnknownResource> {
        let names: Vec<N> = names.into_iter().collect();
        let is_known = |name: &&N| self.resources.iter().any(|resource| resource.name == name.as_ref());
        if let Some(unknown) = names.iter().find(|name| !is_known(name)) {
            let (source_name, name) = (self.name.clone(), unknown.as_ref().to_owned());
            return Err(UnknownResource { hint: self.suggest(&name), source_name, name });
        }
        for resource in &mut self.resources {
            resource.selected = names.iter().any(|name| name.as_ref() == resource.name);
        }
        Ok(self)
    }

    /// Sets the schema contract.
    #[must_use]
    pub fn schema_contract(mut self, contract: SchemaContract) -> Source {
        self.schema_contract = Some(contract);
        self
    }

    /// Sets a limit of `rows` rows for each resource.
    #[must_use]
    pub fn add_limit(mut self, rows: u64) -> Source {
        self.resources = self.resources.into_iter().map(|resource| resource.add_limit(rows)).collect();
        self
    }

    /// Returns a hint with the most similar name, or with all names.
    pub(crate) fn suggest(&self, name: &str) -> String {
        let names = || self.resources.iter().map(|resource| resource.name.as_str());
        match naming::nearest(name, names(), 500) {
            Some(other) => format!("did you mean `{other}`?"),
            None => format!("it has {}", names().collect::<Vec<_>>().join(", ")),
        }
    }
}

impl From<Resource> for Source {
    /// Creates a source that has the name of its only resource.
    fn from(resource: Resource) -> Self {
        Source::new(resource.name.clone()).with_resource(resource)
    }
}
