//! Builds specs in code.

use catchment_json::{Object, SerializeError, Value, to_value};
use serde::Serialize;

use crate::key_path::join;
use crate::{Spec, SpecDiagnostic, SpecError};

/// Builds a [`Spec`] with the keys of a spec file. Values are of any type that implements `Serialize`.
/// [`build`](SpecBuilder::build) reports all errors at once.
///
/// ```
/// use catchment_rest_api::{ResourceBuilder, SpecBuilder};
/// use serde_json::json;
///
/// let issues = ResourceBuilder::new("issues")
///     .path("repos/acme/app/issues")
///     .param("state", "all")
///     .incremental(json!({"cursor_path": "updated_at", "start_param": "since"}))
///     .set("primary_key", "id")
///     .set("write_disposition", "merge");
/// let comments = ResourceBuilder::new("comments").path("repos/acme/app/issues/{resources.issues.number}/comments");
/// let spec = SpecBuilder::new("https://api.github.com")
///     .auth(json!({"type": "bearer", "token": "${env:GITHUB_TOKEN}"}))
///     .resource(issues)
///     .resource(comments)
///     .build()?;
/// assert_eq!(spec.resources[1].parent.as_deref(), Some("issues"));
/// # Ok::<(), catchment_rest_api::SpecError>(())
/// ```
#[derive(Debug, Clone)]
pub struct SpecBuilder {
    spec: ObjectBuilder,
    client: ObjectBuilder,
    resources: Vec<ResourceBuilder>,
}

/// Builds a resource of a [`SpecBuilder`].
#[derive(Debug, Clone)]
pub struct ResourceBuilder {
    resource: ObjectBuilder,
    endpoint: ObjectBuilder,
    params: ObjectBuilder,
}

/// An object under construction, and the key and error of the first value that could not be serialized.
#[derive(Clone, Default)]
struct ObjectBuilder {
    object: Object,
    failed: Option<(String, String)>,
}

impl SpecBuilder {
    /// Creates a spec for the API at `base_url`.
    pub fn new(base_url: impl Into<String>) -> SpecBuilder {
        let client = ObjectBuilder::default().with("base_url", base_url.into());
        SpecBuilder { spec: ObjectBuilder::default(), client, resources: Vec::new() }
    }

    /// Sets the credentials, as in a spec file.
    #[must_use]
    pub fn auth(self, auth: impl Serialize) -> SpecBuilder {
        self.client("auth", auth)
    }

    /// Sets the paginator, as in a spec file: a type name or an object.
    #[must_use]
    pub fn paginator(self, paginator: impl Serialize) -> SpecBuilder {
        self.client("paginator", paginator)
    }

    /// Sets another key of the client.
    #[must_use]
    pub fn client(mut self, key: &str, value: impl Serialize) -> SpecBuilder {
        self.client = self.client.with(key, value);
        self
    }

    /// Adds a resource.
    #[must_use]
    pub fn resource(mut self, resource: ResourceBuilder) -> SpecBuilder {
        self.resources.push(resource);
        self
    }

    /// Sets another key of the spec, such as `name` or `resource_defaults`.
    #[must_use]
    pub fn set(mut self, key: &str, value: impl Serialize) -> SpecBuilder {
        self.spec = self.spec.with(key, value);
        self
    }

    /// Returns the spec as the value of a spec file.
    ///
    /// # Errors
    ///
    /// Returns an error if a value cannot be serialized.
    pub fn to_value(self) -> Result<Value, SpecError> {
        let mut spec = self.spec.finish("")?;
        spec.insert("client".to_owned(), Value::Object(self.client.finish("client")?));
        let resources = self.resources.into_iter().enumerate();
        let resources = resources.map(|(index, resource)| resource.finish(&format!("resources[{index}]")));
        spec.insert("resources".to_owned(), Value::Array(resources.collect::<Result<_, _>>()?));
        Ok(Value::Object(spec))
    }

    /// Builds the spec.
    ///
    /// # Errors
    ///
    /// Returns all errors in the spec.
    pub fn build(self) -> Result<Spec, SpecError> {
        Spec::from_value(&self.to_value()?)
    }
}

impl ResourceBuilder {
    /// Creates a resource. Its name is also the default path.
    pub fn new(name: impl Into<String>) -> ResourceBuilder {
        let resource = ObjectBuilder::default().with("name", name.into());
        ResourceBuilder { resource, endpoint: ObjectBuilder::default(), params: ObjectBuilder::default() }
    }

    /// Sets the path.
    #[must_use]
    pub fn path(self, path: impl Into<String>) -> ResourceBuilder {
        self.endpoint("path", path.into())
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn param(mut self, name: &str, value: impl Serialize) -> ResourceBuilder {
        self.params = self.params.with(name, value);
        self
    }

    /// Sets the cursor.
    #[must_use]
    pub fn incremental(self, incremental: impl Serialize) -> ResourceBuilder {
        self.endpoint("incremental", incremental)
    }

    /// Sets another key of the endpoint.
    #[must_use]
    pub fn endpoint(mut self, key: &str, value: impl Serialize) -> ResourceBuilder {
        self.endpoint = self.endpoint.with(key, value);
        self
    }

    /// Sets another key of the resource, such as `primary_key`, `write_disposition` or `columns`.
    #[must_use]
    pub fn set(mut self, key: &str, value: impl Serialize) -> ResourceBuilder {
        self.resource = self.resource.with(key, value);
        self
    }

    fn finish(self, path: &str) -> Result<Value, SpecError> {
        let mut endpoint = self.endpoint.finish(&format!("{path}.endpoint"))?;
        let params = self.params.finish(&format!("{path}.endpoint.params"))?;
        if !params.is_empty() {
            endpoint.insert("params".to_owned(), Value::Object(params));
        }
        let mut resource = self.resource.finish(path)?;
        resource.insert("endpoint".to_owned(), Value::Object(endpoint));
        Ok(Value::Object(resource))
    }
}

impl ObjectBuilder {
    fn with(mut self, key: &str, value: impl Serialize) -> ObjectBuilder {
        match to_value(&value) {
            Ok(value) => {
                self.object.insert(key.to_owned(), value);
            }
            Err(error) => {
                self.failed.get_or_insert((key.to_owned(), SerializeError::to_string(&error)));
            }
        }
        self
    }

    fn finish(self, path: &str) -> Result<Object, SpecError> {
        match self.failed {
            None => Ok(self.object),
            Some((key, problem)) => Err(SpecDiagnostic::new(join(path, &key), problem).into()),
        }
    }
}

/// Omits the values, which may be secrets.
impl std::fmt::Debug for ObjectBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.object.keys()).finish()
    }
}
