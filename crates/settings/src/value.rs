//! Setting values in the type of their source.

use std::collections::BTreeMap;
use std::fmt;

use crate::Secret;

/// The value of a setting, before its conversion to the type of the field.
///
/// An environment variable is a [`SettingValue::Text`] with its exact characters; a TOML value keeps its TOML type.
/// `Debug` shows only the type, because any value may be a secret.
#[derive(Clone, PartialEq)]
pub enum SettingValue {
    /// A string. Always a [`Secret`], so that it cannot be printed by accident.
    Text(Secret),
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Integer(i128),
    /// A floating-point number, including infinities and NaN.
    Float(f64),
    /// A list.
    List(Vec<SettingValue>),
    /// A table: the fields of a nested configuration.
    Table(BTreeMap<String, SettingValue>),
}

/// The placeholder value in templates that `dlt init` generates.
const PLACEHOLDER: &str = "<configure me>";

/// The maximum number of characters of a string in an error.
const SHOWN: usize = 60;

impl SettingValue {
    /// Describes the value for an error: `the string "maybe"`, or `a string (hidden)` if `redact` is set.
    pub fn describe(&self, redact: bool) -> String {
        match self {
            Self::Text(_) if redact => "a string (hidden)".to_owned(),
            Self::Bool(_) if redact => "a boolean (hidden)".to_owned(),
            Self::Integer(_) | Self::Float(_) if redact => "a number (hidden)".to_owned(),
            Self::Text(text) => {
                let text = text.expose();
                let start: String = text.chars().take(SHOWN).collect();
                let more = if start.len() < text.len() { " …" } else { "" };
                format!("the string {start:?}{more}")
            }
            Self::Bool(value) => format!("the boolean {value}"),
            Self::Integer(number) => format!("the number {number}"),
            Self::Float(number) => format!("the number {number:?}"),
            Self::List(items) => format!("a list of {}", items.len()),
            Self::Table(_) => "a table".to_owned(),
        }
    }

    /// Returns whether the value is the placeholder `<configure me>` of a template.
    pub fn is_placeholder(&self) -> bool {
        matches!(self, Self::Text(text) if text.expose() == PLACEHOLDER)
    }

    /// Renders the value as TOML, or as `***` if `redact` is set.
    pub fn to_toml(&self, redact: bool) -> String {
        match self {
            _ if redact => "***".to_owned(),
            Self::Text(text) => format!("{:?}", text.expose()),
            Self::Bool(value) => value.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Float(number) => format!("{number:?}"),
            Self::List(items) => format!("[{}]", items.iter().map(|item| item.to_toml(false)).collect::<Vec<_>>().join(", ")),
            Self::Table(fields) => {
                let fields = fields.iter().map(|(name, value)| format!("{name} = {}", value.to_toml(false)));
                format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

impl fmt::Debug for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(***)",
            Self::Bool(_) => "Bool(***)",
            Self::Integer(_) => "Integer(***)",
            Self::Float(_) => "Float(***)",
            Self::List(_) => "List(***)",
            Self::Table(_) => "Table(***)",
        })
    }
}

impl From<&str> for SettingValue {
    fn from(text: &str) -> Self {
        Self::Text(Secret::from(text))
    }
}

impl From<String> for SettingValue {
    fn from(text: String) -> Self {
        Self::Text(Secret::from(text))
    }
}

impl From<bool> for SettingValue {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for SettingValue {
    fn from(number: i64) -> Self {
        Self::Integer(number.into())
    }
}

impl From<f64> for SettingValue {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redacted_description_shows_only_the_type() {
        fn check(value: impl Into<SettingValue>, plain: &str, redact: &str) {
            let value = value.into();
            assert_eq!(value.describe(false), plain);
            assert_eq!(value.describe(true), redact);
        }
        check("maybe", "the string \"maybe\"", "a string (hidden)");
        check("a\nb", "the string \"a\\nb\"", "a string (hidden)");
        check(712_345, "the number 712345", "a number (hidden)");
        check(1.0, "the number 1.0", "a number (hidden)");
        check(true, "the boolean true", "a boolean (hidden)");
        check("é".repeat(61), &format!("the string \"{}\" …", "é".repeat(60)), "a string (hidden)");
    }

    #[test]
    fn renders_toml() {
        fn check(value: impl Into<SettingValue>, plain: &str) {
            let value = value.into();
            assert_eq!(value.to_toml(false), plain);
            assert_eq!(value.to_toml(true), "***");
        }
        check("a \"b\"", r#""a \"b\"""#);
        check(1.0, "1.0");
        check(true, "true");
        check(SettingValue::List(vec![SettingValue::from(1), SettingValue::from("x")]), r#"[1, "x"]"#);
        check(SettingValue::Table([("a".to_owned(), SettingValue::from(1))].into()), "{ a = 1 }");
    }

    #[test]
    fn debug_hides_values() {
        let table = BTreeMap::from([("key".to_owned(), SettingValue::from("hunter2"))]);
        let values = [
            SettingValue::from("hunter2"),
            SettingValue::from(712_345),
            SettingValue::List(vec![SettingValue::from("hunter2")]),
            SettingValue::Table(table),
        ];
        let shown = format!("{values:?}");
        assert_eq!(shown, "[Text(***), Integer(***), List(***), Table(***)]");
    }
}
