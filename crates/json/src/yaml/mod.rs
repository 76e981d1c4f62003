//! Values as YAML, by the core rules of YAML 1.2.
//!
//! It stands here and not with schemas, the first that are read from it: YAML is another spelling of the values
//! that JSON has, and spec files are spelt in it too.

mod error;
mod read;
mod resolve;
mod write;
#[cfg(test)]
mod yaml_tests;

pub use error::YamlError;

use crate::Value;

impl Value {
    /// Parses YAML text; an empty one is null.
    ///
    /// Keys that are not quoted are taken as they are written, so `1: a` has the key `"1"`. `yes`, `no`, `on` and `off`
    /// are strings. Aliases are followed.
    ///
    /// # Errors
    ///
    /// Where the text is not YAML, has more than one document, or something that no [`Value`] is: lists or objects as
    /// keys, tags of a program. Where one key is there twice, a merge key (`<<`) stands, arrays and objects are nested
    /// deeper than [`Document::MAX_DEPTH`](crate::Document::MAX_DEPTH), or aliases make much of little text.
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

    /// As [`Value::parse_yaml`], and tells `note` where each entry of an object and each element of a list stands: by a
    /// path such as `rivers[0].name`, its line and its column, both from 1.
    ///
    /// # Errors
    ///
    /// Those of [`Value::parse_yaml`].
    ///
    /// ```
    /// use catchment_json::Value;
    ///
    /// let mut places = Vec::new();
    /// Value::parse_yaml_with_locations("rivers:\n- name: Rhine\n", &mut |path, line, column| places.push((path, line, column)))?;
    /// let places: Vec<_> = places.iter().map(|(path, line, column)| (path.as_str(), *line, *column)).collect();
    /// assert_eq!(places, [("rivers", 1, 1), ("rivers[0]", 2, 3), ("rivers[0].name", 2, 3)]);
    /// # Ok::<(), catchment_json::YamlError>(())
    /// ```
    pub fn parse_yaml_with_locations(text: &str, note: &mut dyn FnMut(String, usize, usize)) -> Result<Value, YamlError> {
        read::read(text, Some(note))
    }

    /// YAML text that [`Value::parse_yaml`] reads back as the same value, and parsers of YAML 1.1 as an equal one:
    /// what either would take for something else is quoted.
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
