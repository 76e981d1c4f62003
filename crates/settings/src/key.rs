//! What is asked for: a field under its sections.

/// The sections that a field stands under.
///
/// They are of three kinds, since a lookup treats them differently:
/// - explicit sections (`sources`, `<module>`, `<source>`): looked under all of them first, then with
///   the last left out, and so on up to none.
/// - a fixed section (`runtime`): stands in each place that is looked at.
/// - nested fields (`credentials`): the names of the fields that led into a nested configuration. The
///   last one takes the place of the fixed section; those that begin with `_` are not written down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    explicit: Vec<String>,
    fixed: Option<String>,
    nested: Vec<String>,
}

impl Scope {
    /// No section at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds explicit sections, from the outermost inwards.
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

    /// Goes into the nested configuration in `field`.
    #[must_use]
    pub fn nested(mut self, field: impl Into<String>) -> Self {
        self.nested.push(field.into());
        self
    }

    /// The explicit sections, the outermost first.
    pub fn explicit_sections(&self) -> &[String] {
        &self.explicit
    }

    /// The fixed section.
    pub fn fixed_section(&self) -> Option<&str> {
        self.fixed.as_deref()
    }

    /// A field under all of its sections, as the tables of a TOML file would be named: `destination.duckdb.threads`.
    pub fn path(&self, field: &str) -> String {
        let sections = self.explicit.iter().chain(&self.nested).chain(&self.fixed).map(String::as_str);
        sections.chain([field]).collect::<Vec<_>>().join(".")
    }

    /// The nested fields, the outermost first.
    pub fn nested_fields(&self) -> &[String] {
        &self.nested
    }
}

/// What is asked of a [`Lookup`](crate::Lookup): a field, its sections, and whether it is a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingKey {
    scope: Scope,
    name: String,
    secret: bool,
}

impl SettingKey {
    /// The field `name` under `scope`. A `secret` may only stand where secrets are held.
    pub fn new(scope: Scope, name: impl Into<String>, secret: bool) -> Self {
        Self { scope, name: name.into(), secret }
    }

    /// The sections that the field stands under.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The name of the field.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the field is a secret.
    pub fn is_secret(&self) -> bool {
        self.secret
    }
}
