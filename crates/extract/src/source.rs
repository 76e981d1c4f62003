//! Groups of resources.

use catchment_schema::{SchemaContract, naming};
use thiserror::Error;

use crate::Resource;

/// Resources that share a name and a schema.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name, under which the state keeps what its resources know.
    pub name: String,
    /// Its resources, in the order in which they are begun.
    pub resources: Vec<Resource>,
    /// What rows may change of the tables whose resources say nothing themselves; what was said last by default.
    pub schema_contract: Option<SchemaContract>,
}

/// A name that no resource of the source has.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("source `{source_name}` has no resource {name:?}; {hint}")]
pub struct UnknownResource {
    /// The source.
    pub source_name: String,
    /// The name.
    pub name: String,
    /// What there is.
    pub hint: String,
}

impl Source {
    /// A source without resources.
    pub fn new(name: impl Into<String>) -> Source {
        Source { name: name.into(), resources: Vec::new(), schema_contract: None }
    }

    /// The same source with one more resource.
    #[must_use]
    pub fn with_resource(mut self, resource: Resource) -> Source {
        self.resources.push(resource);
        self
    }

    /// The resources that a run loads: those that are selected and not to be skipped.
    pub fn selected_resources(&self) -> impl Iterator<Item = &Resource> {
        self.resources.iter().filter(|resource| resource.is_loaded())
    }

    /// Its resource of that name, to change it.
    pub fn resource_mut(&mut self, name: &str) -> Option<&mut Resource> {
        self.resources.iter_mut().find(|resource| resource.name == name)
    }

    /// The same source, of which the resources `names` are loaded and no others.
    ///
    /// # Errors
    ///
    /// Where it has no resource of a name.
    ///
    /// ```
    /// use catchment_extract::{Resource, Source};
    ///
    /// let source = Source::new("geography").with_resource(Resource::rows("rivers", [1])).with_resource(Resource::rows("lakes", [2]));
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

    /// The same source with a contract of what rows may change.
    #[must_use]
    pub fn schema_contract(mut self, contract: SchemaContract) -> Source {
        self.schema_contract = Some(contract);
        self
    }

    /// The same source, of which a run takes at most `rows` rows of each resource.
    #[must_use]
    pub fn add_limit(mut self, rows: u64) -> Source {
        self.resources = self.resources.into_iter().map(|resource| resource.add_limit(rows)).collect();
        self
    }

    /// The name that is most like `name`, or all that there are.
    pub(crate) fn suggest(&self, name: &str) -> String {
        let names = || self.resources.iter().map(|resource| resource.name.as_str());
        match naming::nearest(name, names(), 500) {
            Some(other) => format!("did you mean `{other}`?"),
            None => format!("it has {}", names().collect::<Vec<_>>().join(", ")),
        }
    }
}

impl From<Resource> for Source {
    /// A resource alone is a source of its own name.
    fn from(resource: Resource) -> Self {
        Source::new(resource.name.clone()).with_resource(resource)
    }
}
