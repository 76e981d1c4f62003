//! Reads checked objects key by key. Values that do not match the schema have been reported and are ignored.

use catchment_json::{JsonPath, Object, Value};

use crate::key_path::join;
use crate::{Expression, SpecDiagnostic};

/// An object and its path in the spec.
pub(super) struct ObjectReader<'v> {
    path: String,
    entries: Option<&'v Object>,
}

impl<'v> ObjectReader<'v> {
    /// Creates a reader of the object at `path`.
    pub(super) fn of(value: &'v Value, path: impl Into<String>) -> ObjectReader<'v> {
        ObjectReader { path: path.into(), entries: value.as_object() }
    }

    pub(super) fn path(&self, key: &str) -> String {
        join(&self.path, key)
    }

    /// Returns the value of `key`, or `None` if it is missing or null.
    pub(super) fn get(&self, key: &str) -> Option<&'v Value> {
        self.entries?.get(key).filter(|value| !value.is_null())
    }

    /// Returns whether the value of `key` is null.
    pub(super) fn is_null(&self, key: &str) -> bool {
        self.entries.and_then(|entries| entries.get(key)).is_some_and(Value::is_null)
    }

    pub(super) fn text(&self, key: &str) -> Option<&'v str> {
        self.get(key)?.as_str()
    }

    pub(super) fn owned_text(&self, key: &str) -> Option<String> {
        self.text(key).map(str::to_owned)
    }

    pub(super) fn bool(&self, key: &str) -> Option<bool> {
        self.get(key)?.as_bool()
    }

    /// Returns an integer that fits into `N`.
    pub(super) fn integer<N: TryFrom<i64>>(&self, key: &str) -> Option<N> {
        self.get(key)?.as_i64().and_then(|number| N::try_from(number).ok())
    }

    pub(super) fn number(&self, key: &str) -> Option<f64> {
        if let Value::Number(number) = self.get(key)? { number.as_f64() } else { None }
    }

    /// Returns the entries whose keys begin with `x-`. They are custom extensions and copied unchanged.
    pub(super) fn extensions(&self) -> impl Iterator<Item = (&'v String, &'v Value)> {
        self.entries.into_iter().flatten().filter(|(key, _)| key.starts_with("x-"))
    }

    pub(super) fn object(&self, key: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
        self.get(key).and_then(Value::as_object).into_iter().flatten()
    }

    pub(super) fn list(&self, key: &str) -> impl Iterator<Item = (String, &'v Value)> {
        let path = self.path(key);
        let elements = self.get(key).and_then(Value::as_array).unwrap_or_default();
        elements.iter().enumerate().map(move |(index, element)| (format!("{path}[{index}]"), element))
    }

    /// Returns the elements of a list of strings, or a single string.
    pub(super) fn names(&self, key: &str) -> Vec<String> {
        match self.get(key) {
            Some(Value::String(name)) => vec![name.clone()],
            Some(Value::Array(names)) => names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns a valid JSONPath.
    pub(super) fn json_path(&self, key: &str) -> Option<JsonPath> {
        JsonPath::parse(self.text(key)?).ok()
    }

    /// Returns an expression over `variables`, or reports why it is invalid.
    pub(super) fn expression(&self, key: &str, variables: &[&str], diagnostics: &mut Vec<SpecDiagnostic>) -> Option<Expression> {
        self.parsed(key, |text| Expression::parse(text, variables), diagnostics)
    }

    /// Parses a string, or reports why it is invalid.
    pub(super) fn parsed<T>(
        &self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
        diagnostics: &mut Vec<SpecDiagnostic>,
    ) -> Option<T> {
        match parse(self.text(key)?) {
            Ok(parsed) => Some(parsed),
            Err(problem) => {
                diagnostics.push(self.diagnostic(key, problem));
                None
            }
        }
    }

    pub(super) fn diagnostic(&self, key: &str, problem: impl Into<String>) -> SpecDiagnostic {
        SpecDiagnostic::new(self.path(key), problem)
    }
}
