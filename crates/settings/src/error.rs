//! Errors of reading settings.

use std::fmt::Write as _;

use crate::{LookupReport, SettingLocation};

/// A required setting that is not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingField {
    /// The name of the field.
    pub name: String,
    /// The expected value: `a string`, `a non-negative integer`.
    pub expected: String,
    /// Whether the field is a secret.
    pub secret: bool,
    /// The searched locations.
    pub searched: LookupReport,
}

/// An error of reading settings. Messages never contain a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// Required settings are not set. The message lists every location in lookup order.
    #[error("{}", missing(.0))]
    Missing(Vec<MissingField>),
    /// The value of a setting is not valid for the field.
    #[error("`{name}` must be {expected}, but {location} holds {found}")]
    InvalidValue {
        /// The name of the field.
        name: String,
        /// The expected value.
        expected: String,
        /// A description of the value, redacted if it may be a secret.
        found: String,
        /// The location of the value.
        location: Box<SettingLocation>,
    },
    /// A secret in a location where secrets are not allowed, such as `config.toml`.
    #[error("`{name}` is a secret and must not be in {location}: move it to secrets.toml")]
    SecretInPlainFile {
        /// The name of the field.
        name: String,
        /// The location of the secret.
        location: Box<SettingLocation>,
    },
    /// Several errors.
    #[error("{}", lines(.0))]
    Multiple(Vec<SettingsError>),
    /// A location could not be read.
    #[error("failed to read `{name}` from {location}")]
    Unreadable {
        /// The name of the field.
        name: String,
        /// The unreadable location.
        location: Box<SettingLocation>,
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl SettingsError {
    /// Combines errors into one, with all missing settings in one list at the end. Returns `None` if `errors` is empty.
    pub fn from_errors(errors: Vec<SettingsError>) -> Option<SettingsError> {
        let (mut others, mut missing) = (Vec::new(), Vec::new());
        for error in errors {
            match error {
                SettingsError::Missing(fields) => missing.extend(fields),
                SettingsError::Multiple(errors) => others.extend(errors),
                // report an unreadable location once, even if several fields were looked up there
                SettingsError::Unreadable { location, .. } if others.iter().any(|known| known.is_unreadable(&location)) => {}
                other => others.push(other),
            }
        }
        if !missing.is_empty() {
            others.push(SettingsError::Missing(missing));
        }
        if others.len() > 1 { Some(Self::Multiple(others)) } else { others.pop() }
    }

    fn is_unreadable(&self, at: &SettingLocation) -> bool {
        matches!(self, Self::Unreadable { location, .. } if **location == *at)
    }
}

fn lines(errors: &[SettingsError]) -> String {
    // Include the causes here: the combined error has no source, as there can be only one.
    let said = |error: &SettingsError| {
        let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
        causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
    };
    errors.iter().map(said).collect::<Vec<_>>().join("\n")
}

fn missing(fields: &[MissingField]) -> String {
    let mut text = match fields.len() {
        1 => "a setting is missing:".to_owned(),
        count => format!("{count} settings are missing:"),
    };
    for (at, field) in fields.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let secret = if field.secret { ", secret" } else { "" };
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{comma} `{}` ({}{secret})", field.name, field.expected);
    }
    for field in fields {
        if !field.searched.locations.is_empty() {
            let _ = write!(text, "\nlooked for `{}` in this order:", field.name);
        }
        for location in &field.searched.locations {
            let _ = write!(text, "\n  {location}");
        }
        for near in &field.searched.similar_keys {
            let _ = write!(text, "\n{}: did you mean `{}`?", near.location, near.suggestion);
        }
    }
    let mut noted: Vec<&str> = Vec::new();
    for note in fields.iter().flat_map(|field| &field.searched.notes) {
        // Fields of one configuration share providers, so print each note once.
        if !noted.contains(&note.as_str()) {
            noted.push(note);
            let _ = write!(text, "\n{note}");
        }
    }
    text.push_str(&what_to_add(fields));
    text
}

/// Returns the lines to add to settings files, grouped by file and table, and the equivalent environment variables.
fn what_to_add(fields: &[MissingField]) -> String {
    let mut text = String::new();
    let mut last: Option<(&std::path::Path, &str)> = None;
    let additions = || fields.iter().filter_map(|field| Some((field, field.searched.suggested_fix.as_ref()?)));
    for (field, addition) in additions() {
        if last.is_none_or(|(file, _)| file != addition.file) {
            let _ = write!(text, "\nadd to {}:", addition.file.display());
        }
        if last != Some((&addition.file, &addition.table)) && !addition.table.is_empty() {
            let _ = write!(text, "\n  [{}]", addition.table);
        }
        let _ = write!(text, "\n  {} = \"…\"", field.name);
        last = Some((&addition.file, &addition.table));
    }
    let variables: Vec<&str> = additions().map(|(_, addition)| addition.variable.as_str()).collect();
    if !variables.is_empty() {
        let _ = write!(text, "\nor set {}", variables.join(" and "));
    } else if fields.iter().any(|field| !field.searched.locations.is_empty()) {
        text.push_str("\nuse one of these locations; earlier ones take precedence");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, secret: bool, locations: &[(&str, &str)]) -> MissingField {
        MissingField {
            name: name.to_owned(),
            expected: "a string".to_owned(),
            secret,
            searched: LookupReport {
                locations: locations.iter().map(|(provider, key)| SettingLocation::new(*provider, *key)).collect(),
                notes: vec!["secrets.toml: no file at /app/secrets.toml".to_owned()],
                ..LookupReport::default()
            },
        }
    }

    #[test]
    fn missing_lists_every_location_in_order() {
        let locations = [("environment", "A__KEY"), ("secrets.toml", "a.key"), ("environment", "KEY")];
        let error = SettingsError::Missing(vec![field("key", true, &locations)]);
        assert_eq!(
            error.to_string(),
            "a setting is missing: `key` (a string, secret)\n\
             looked for `key` in this order:\n\
             \x20 A__KEY (environment)\n\
             \x20 a.key (secrets.toml)\n\
             \x20 KEY (environment)\n\
             secrets.toml: no file at /app/secrets.toml\n\
             use one of these locations; earlier ones take precedence"
        );
    }

    #[test]
    fn combines_several_errors() {
        let unreadable = |name: &str, key| SettingsError::Unreadable {
            name: name.to_owned(),
            location: Box::new(SettingLocation::new("vault", key)),
            source: "connection refused".into(),
        };
        let missing = |name| SettingsError::Missing(vec![field(name, false, &[])]);
        let errors = vec![missing("a"), unreadable("b", "x"), unreadable("c", "x"), unreadable("c", "y"), missing("d")];
        assert_eq!(
            SettingsError::from_errors(errors).unwrap().to_string(),
            "failed to read `b` from x (vault): connection refused\n\
             failed to read `c` from y (vault): connection refused\n\
             2 settings are missing: `a` (a string), `d` (a string)\n\
             secrets.toml: no file at /app/secrets.toml"
        );
        assert!(SettingsError::from_errors(Vec::new()).is_none());
    }

    #[test]
    fn missing_lists_all_fields_and_each_note_once() {
        let fields =
            vec![field("host", false, &[("environment", "HOST")]), field("password", true, &[("environment", "PASSWORD")])];
        let text = SettingsError::Missing(fields).to_string();
        assert!(text.starts_with("2 settings are missing: `host` (a string), `password` (a string, secret)\n"), "{text}");
        assert_eq!(text.matches("no file at").count(), 1);
    }
}
