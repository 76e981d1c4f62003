//! What a lookup finds, in the type that the source gave it.

use std::collections::BTreeMap;
use std::fmt;

use crate::Secret;

/// A setting as it was found, not yet of the type that is asked for.
///
/// What came from an environment variable is a [`SettingValue::Text`] with exactly its characters; what
/// came from TOML has its TOML type. Its `Debug` shows the type only, since any value may be a secret.
#[derive(Clone, PartialEq)]
pub enum SettingValue {
    /// A text. Held as a [`Secret`] whatever the field is, so that it cannot be printed by accident.
    Text(Secret),
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// A number with a fraction, or infinity, or not a number.
    Float(f64),
    /// A list.
    List(Vec<SettingValue>),
    /// A table: a nested configuration given field by field.
    Table(BTreeMap<String, SettingValue>),
}

/// What templates of the reference's `init` have in place of a value.
const PLACEHOLDER: &str = "<configure me>";

/// How many characters of a text an error shows.
const SHOWN: usize = 60;

impl SettingValue {
    /// Says what it is, for an error: `the text "maybe"`, or where `redact` only `a text (not shown)`.
    pub fn describe(&self, redact: bool) -> String {
        match self {
            Self::Text(_) if redact => "a text (not shown)".to_owned(),
            Self::Bool(_) if redact => "true or false (not shown)".to_owned(),
            Self::Integer(_) | Self::Float(_) if redact => "a number (not shown)".to_owned(),
            Self::Text(text) => {
                let text = text.expose();
                let start: String = text.chars().take(SHOWN).collect();
                let more = if start.len() < text.len() { " …" } else { "" };
                format!("the text {start:?}{more}")
            }
            Self::Bool(value) => format!("the boolean {value}"),
            Self::Integer(number) => format!("the number {number}"),
            Self::Float(number) => format!("the number {number:?}"),
            Self::List(items) => format!("a list of {}", items.len()),
            Self::Table(_) => "a table".to_owned(),
        }
    }

    /// Whether it is the `<configure me>` of a template, which somebody should have put a value in place of.
    pub fn is_placeholder(&self) -> bool {
        matches!(self, Self::Text(text) if text.expose() == PLACEHOLDER)
    }

    /// The value as TOML writes it, or where `redact` only `***`.
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
    fn a_masked_description_shows_the_type_only() {
        fn check(value: impl Into<SettingValue>, plain: &str, redact: &str) {
            let value = value.into();
            assert_eq!(value.describe(false), plain);
            assert_eq!(value.describe(true), redact);
        }
        check("maybe", "the text \"maybe\"", "a text (not shown)");
        check("a\nb", "the text \"a\\nb\"", "a text (not shown)");
        check(712_345, "the number 712345", "a number (not shown)");
        check(1.0, "the number 1.0", "a number (not shown)");
        check(true, "the boolean true", "true or false (not shown)");
        check("é".repeat(61), &format!("the text \"{}\" …", "é".repeat(60)), "a text (not shown)");
    }

    #[test]
    fn written_as_toml() {
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
    fn debug_shows_nothing_of_it() {
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
