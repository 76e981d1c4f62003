//! Groups of resources.

use catchment_schema::{Contract, WriteDisposition};

use crate::Resource;

/// Resources that share a name and a schema.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name, under which the state keeps what its resources know.
    pub name: String,
    /// Its resources, in the order in which they are extracted.
    pub resources: Vec<Resource>,
    /// What rows may change of the tables whose resources say nothing themselves; what was said last by default.
    pub schema_contract: Option<Contract>,
}

impl Source {
    /// A source without resources.
    pub fn new(name: impl Into<String>) -> Source {
        Source { name: name.into(), resources: Vec::new(), schema_contract: None }
    }

    /// The same source with one more resource.
    #[must_use]
    pub fn with(mut self, resource: Resource) -> Source {
        self.resources.push(resource);
        self
    }

    /// The resources that a run loads: those that are not to be skipped.
    pub fn loaded(&self) -> impl Iterator<Item = &Resource> {
        self.resources.iter().filter(|resource| resource.write_disposition != WriteDisposition::Skip)
    }

    /// Its resource of that name, to change it.
    pub fn resource_mut(&mut self, name: &str) -> Option<&mut Resource> {
        self.resources.iter_mut().find(|resource| resource.name == name)
    }

    /// The same source with a contract of what rows may change.
    #[must_use]
    pub fn schema_contract(mut self, contract: Contract) -> Source {
        self.schema_contract = Some(contract);
        self
    }

    /// The same source, of which a run takes at most `rows` rows of each resource.
    #[must_use]
    pub fn add_limit(mut self, rows: u64) -> Source {
        self.resources = self.resources.into_iter().map(|resource| resource.add_limit(rows)).collect();
        self
    }
}

impl From<Resource> for Source {
    /// A resource alone is a source of its own name.
    fn from(resource: Resource) -> Self {
        Source::new(resource.name.clone()).with(resource)
    }
}
