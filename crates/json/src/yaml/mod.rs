//! Values as YAML, by the core schema of YAML 1.2.
//!
//! The module belongs to this crate because YAML is another syntax for the same values. Schema files and spec files both use
//! it.

mod error;
mod read;
mod resolve;
mod write;
#[cfg(test)]
mod yaml_tests;

pub use error::YamlError;

use crate::Value;

impl Value {
    /// Parses YAML text. Empty text yields null.
    ///
    /// Keys without quotes are strings as written, so `1: a` has the key `"1"`. `yes`, `no`, `on` and `off` are strings.
    /// Aliases are resolved.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not YAML, has more than one document, or contains something that a [`Value`] cannot
    /// represent: lists or objects as keys, or tags outside the core schema. Also returns an error for duplicate keys, merge
    /// keys (`<<`), arrays and objects nested deeper than [`Document::MAX_DEPTH`](crate::Document::MAX_DEPTH), and aliases
    /// that expand to more than 4 MiB.
    ///
    /// ```
    /// use catchment_json::Value;
    ///
    /// let value = Value::parse_yaml("rivers:\n- name: Rhine\n  km: 1_230\n  mouth: [51.98, 4.08]\n")?;
    /// assert_eq!(value.to_string(), r#"{"rivers":[{"name":"Rhine","km":"1_230","mouth":[51.98,4.08]}]}"#);
    /// # Ok::<(), catchment_json::YamlError>(())
    /// ```
    pub fn parse_yaml(text: &str) -> Result<Value, YamlError> {
        read::read(text, None)
    }

    /// Parses YAML text like [`Value::parse_yaml`] and reports the location of each object entry and list element to
    /// `on_location`: a path such as `rivers[0].name`, its line and its column, both counted from 1.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Value::parse_yaml`].
    ///
    /// ```
    /// use catchment_json::Value;
    ///
    /// let mut found = Vec::new();
    /// Value::parse_yaml_with_locations("rivers:\n- name: Rhine\n", &mut |path, line, column| found.push((path, line, column)))?;
    /// let found: Vec<_> = found.iter().map(|(path, line, column)| (path.as_str(), *line, *column)).collect();
    /// assert_eq!(found, [("rivers", 1, 1), ("rivers[0]", 2, 3), ("rivers[0].name", 2, 3)]);
    /// # Ok::<(), catchment_json::YamlError>(())
    /// ```
    pub fn parse_yaml_with_locations(text: &str, on_location: &mut dyn FnMut(String, usize, usize)) -> Result<Value, YamlError> {
        read::read(text, Some(on_location))
    }

    /// Returns YAML text that [`Value::parse_yaml`] reads as the same value, and parsers of YAML 1.1 as an equal one.
    /// Strings that either version would read as another type are quoted.
    ///
    /// ```
    /// use catchment_json::Value;
    ///
    /// let value = Value::object([("name", Value::from("Rhine")), ("gauged", Value::from("no")), ("km", Value::from(1230))]);
    /// assert_eq!(value.to_yaml(), "name: Rhine\ngauged: \"no\"\nkm: 1230\n");
    /// ```
    pub fn to_yaml(&self) -> String {
        write::write(self)
    }
}
