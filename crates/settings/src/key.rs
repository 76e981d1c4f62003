//! The key of a setting: its name and its sections.

/// The sections of a field.
///
/// A lookup treats three kinds of sections differently:
/// - explicit sections (`sources`, `<module>`, `<source>`): the lookup tries all of them first, then drops the
///   innermost one at a time until none is left.
/// - a fixed section (`runtime`): part of every location.
/// - nested fields (`credentials`): the path of fields into a nested configuration. The last one replaces the fixed
///   section; names that begin with `_` are omitted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    explicit: Vec<String>,
    fixed: Option<String>,
    nested: Vec<String>,
}

impl Scope {
    /// Creates a scope without sections.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds explicit sections, outermost first.
    #[must_use]
    pub fn section<S: Into<String>>(mut self, sections: impl IntoIterator<Item = S>) -> Self {
        self.explicit.extend(sections.into_iter().map(Into::into));
        self
    }

    /// Sets the fixed section.
    #[must_use]
    pub fn fixed(mut self, section: impl Into<String>) -> Self {
        self.fixed = Some(section.into());
        self
    }

    /// Adds a nested configuration: the field `field` and its fields.
    #[must_use]
    pub fn nested(mut self, field: impl Into<String>) -> Self {
        self.nested.push(field.into());
        self
    }

    /// Returns the explicit sections, outermost first.
    pub fn explicit_sections(&self) -> &[String] {
        &self.explicit
    }

    /// Returns the fixed section.
    pub fn fixed_section(&self) -> Option<&str> {
        self.fixed.as_deref()
    }

    /// Returns the dotted path of a field with all sections, as in TOML: `destination.duckdb.threads`.
    pub fn path(&self, field: &str) -> String {
        let sections = self.explicit.iter().chain(&self.nested).chain(&self.fixed).map(String::as_str);
        sections.chain([field]).collect::<Vec<_>>().join(".")
    }

    /// Returns the nested fields, outermost first.
    pub fn nested_fields(&self) -> &[String] {
        &self.nested
    }
}

/// The request to a [`Lookup`](crate::Lookup): a field name, its sections, and whether it is a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingKey {
    scope: Scope,
    name: String,
    secret: bool,
}

impl SettingKey {
    /// Creates the key of the field `name` in `scope`. A `secret` is allowed only in providers that hold secrets.
    pub fn new(scope: Scope, name: impl Into<String>, secret: bool) -> Self {
        Self { scope, name: name.into(), secret }
    }

    /// Returns the sections of the field.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Returns the name of the field.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether the field is a secret.
    pub fn is_secret(&self) -> bool {
        self.secret
    }
}
