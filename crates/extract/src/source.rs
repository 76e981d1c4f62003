//! Groups of resources.

use crate::Resource;

/// Resources that share a name and a schema.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name, under which the state keeps what its resources know.
    pub name: String,
    /// Its resources, in the order in which they are extracted.
    pub resources: Vec<Resource>,
}

impl Source {
    /// A source without resources.
    pub fn new(name: impl Into<String>) -> Source {
        Source { name: name.into(), resources: Vec::new() }
    }

    /// The same source with one more resource.
    #[must_use]
    pub fn with(mut self, resource: Resource) -> Source {
        self.resources.push(resource);
        self
    }

    /// Its resource of that name, to change it.
    pub fn resource_mut(&mut self, name: &str) -> Option<&mut Resource> {
        self.resources.iter_mut().find(|resource| resource.name == name)
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
