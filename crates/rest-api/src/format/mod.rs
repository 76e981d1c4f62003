//! File formats of specs.

mod json;
mod places;
mod toml;

use std::path::Path;

use catchment_json::Value;

use crate::{SpecDiagnostic, SpecError};

pub(crate) use places::KeyLocations;

/// The file format of a spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpecFormat {
    /// JSON
    Json,
    /// TOML
    Toml,
    /// YAML
    Yaml,
}

impl SpecFormat {
    /// Returns the format for the extension of a file name: `.json`, `.toml`, `.yaml` or `.yml`.
    ///
    /// ```
    /// use catchment_rest_api::SpecFormat;
    ///
    /// assert_eq!(SpecFormat::from_path("specs/github.yml".as_ref()), Some(SpecFormat::Yaml));
    /// assert_eq!(SpecFormat::from_path("github".as_ref()), None);
    /// ```
    pub fn from_path(path: &Path) -> Option<SpecFormat> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "json" => Some(SpecFormat::Json),
            "toml" => Some(SpecFormat::Toml),
            "yaml" | "yml" => Some(SpecFormat::Yaml),
            _ => None,
        }
    }

    pub(crate) fn parse(self, text: &str) -> Result<(Value, KeyLocations), SpecError> {
        let mut locations = KeyLocations::default();
        let value = match self {
            SpecFormat::Json => json::parse(text),
            SpecFormat::Toml => toml::parse(text, &mut locations),
            SpecFormat::Yaml => {
                Value::parse_yaml_with_locations(text, &mut |path, line, column| locations.note(path, (line, column)))
                    .map_err(|error| error.to_string())
            }
        };
        let value = value.map_err(|problem| SpecDiagnostic::new("", problem))?;
        Ok((value, locations))
    }
}
