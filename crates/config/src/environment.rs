//! Environment variables, captured once.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use catchment_settings::Secret;

/// The value of an environment variable. Any value may be a secret, so none can be printed.
#[derive(Clone)]
pub(crate) enum Variable {
    Text(Secret),
    /// A value that is not UTF-8. Usable only as a path.
    Bytes(OsString),
}

/// A copy of the environment variables. Values are unchanged; `Debug` shows only names.
///
/// ```
/// use catchment_config::Environment;
///
/// let environment = Environment::from_iter([("SOURCES__API_KEY", "00712345")]);
/// assert_eq!(environment.get("SOURCES__API_KEY"), Some("00712345"));
/// assert_eq!(format!("{environment:?}"), r#"{"SOURCES__API_KEY"}"#);
/// ```
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, Variable>,
}

impl Environment {
    /// Captures the environment of this process. No other code reads it.
    pub fn from_process() -> Self {
        Self::from_os(std::env::vars_os())
    }

    /// Returns the value of a variable, or `None` if it is not set or not UTF-8.
    pub fn get(&self, name: &str) -> Option<&str> {
        match self.variables.get(name)? {
            Variable::Text(text) => Some(text.expose()),
            Variable::Bytes(_) => None,
        }
    }

    /// Returns the value of a variable as a path, or `None` if it is not set or empty.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        let path = match self.variables.get(name)? {
            Variable::Text(text) => PathBuf::from(text.expose()),
            Variable::Bytes(bytes) => PathBuf::from(bytes),
        };
        (!path.as_os_str().is_empty()).then_some(path)
    }

    pub(crate) fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.get(name)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.variables.is_empty()
    }

    fn from_os(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let variables = variables.into_iter().filter_map(|(name, value)| {
            // every name that is looked up is UTF-8
            let name = name.into_string().ok()?;
            let value = match value.into_string() {
                Ok(text) => Variable::Text(Secret::from(text)),
                Err(bytes) => Variable::Bytes(bytes),
            };
            Some((name, value))
        });
        Self { variables: variables.collect() }
    }
}

impl<N: Into<OsString>, V: Into<OsString>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        Self::from_os(variables.into_iter().map(|(name, value)| (name.into(), value.into())))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_unchanged() {
        fn check(value: &str) {
            let environment = Environment::from_iter([("NAME", value)]);
            assert_eq!(environment.get("NAME"), Some(value));
        }
        for value in ["00712345", "true", "1.10", " padded ", "\"quoted\"", "[1, 2]", ""] {
            check(value);
        }
    }

    #[test]
    fn an_empty_path_is_none() {
        let environment = Environment::from_iter([("SET", "/data"), ("EMPTY", "")]);
        assert_eq!(environment.path("SET"), Some(PathBuf::from("/data")));
        assert_eq!(environment.path("EMPTY"), None);
        assert_eq!(environment.path("UNSET"), None);
    }

    #[test]
    fn debug_shows_names_only() {
        let environment = Environment::from_iter([("B", "hunter2"), ("A", "hunter2")]);
        assert_eq!(format!("{environment:?}"), r#"{"A", "B"}"#);
    }
}
