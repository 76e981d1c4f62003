//! The notations of a spec.

mod json;
mod places;
mod toml;

use std::path::Path;

use catchment_json::Value;

use crate::{Mistake, SpecError};

pub(crate) use places::Places;

/// How a spec is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON
    Json,
    /// TOML
    Toml,
    /// YAML
    Yaml,
}

impl Format {
    /// The format that the ending of a file's name says: `.json`, `.toml`, `.yaml` or `.yml`.
    ///
    /// ```
    /// use catchment_rest_api::Format;
    ///
    /// assert_eq!(Format::of_file("specs/github.yml".as_ref()), Some(Format::Yaml));
    /// assert_eq!(Format::of_file("github".as_ref()), None);
    /// ```
    pub fn of_file(path: &Path) -> Option<Format> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "json" => Some(Format::Json),
            "toml" => Some(Format::Toml),
            "yaml" | "yml" => Some(Format::Yaml),
            _ => None,
        }
    }

    pub(crate) fn parse(self, text: &str) -> Result<(Value, Places), SpecError> {
        let mut places = Places::default();
        let value = match self {
            Format::Json => json::parse(text),
            Format::Toml => toml::parse(text, &mut places),
            Format::Yaml => Value::parse_yaml_noting(text, &mut |path, line, column| places.note(path, (line, column)))
                .map_err(|error| error.to_string()),
        };
        let value = value.map_err(|problem| Mistake::new("", problem))?;
        Ok((value, places))
    }
}
