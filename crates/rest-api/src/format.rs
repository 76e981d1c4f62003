//! The notations of a spec.

use std::path::Path;

use catchment_json::Value;

use crate::{Mistake, SpecError};

/// How a spec is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON
    Json,
    /// TOML
    Toml,
}

impl Format {
    /// The format that the ending of a file's name says.
    pub fn of_file(path: &Path) -> Option<Format> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "json" => Some(Format::Json),
            "toml" => Some(Format::Toml),
            _ => None,
        }
    }

    pub(crate) fn parse(self, text: &str) -> Result<Value, SpecError> {
        let problem = match self {
            Format::Json => match Value::parse(text) {
                Ok(value) => return Ok(value),
                Err(error) => error.to_string(),
            },
            Format::Toml => match text.parse::<toml::Table>() {
                Ok(table) => return Ok(from_toml(toml::Value::Table(table))),
                Err(error) => format!("invalid TOML: {}", error.to_string().trim_end()),
            },
        };
        Err(SpecError { mistakes: vec![Mistake { path: String::new(), problem }] })
    }
}

fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::from(text),
        toml::Value::Integer(n) => Value::from(n),
        toml::Value::Float(n) => Value::from(n),
        toml::Value::Boolean(b) => Value::from(b),
        toml::Value::Datetime(at) => Value::from(at.to_string()),
        toml::Value::Array(elements) => Value::Array(elements.into_iter().map(from_toml).collect()),
        toml::Value::Table(table) => Value::object(table.into_iter().map(|(key, value)| (key, from_toml(value)))),
    }
}
