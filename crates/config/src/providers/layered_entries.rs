//! Merged settings of several vault entries.

use std::collections::BTreeMap;

use catchment_json::Value as Json;
use catchment_settings::{Secret, SettingValue};
use figment::Provider as _;
use figment::providers::{Format as _, Toml};

use crate::providers::toml_value;

/// Values by full path, each with the name of its entry.
#[derive(Debug, Default)]
pub(super) struct LayeredEntries {
    values: BTreeMap<Vec<String>, (SettingValue, String)>,
}

impl LayeredEntries {
    /// Adds a value at `path`, replacing an existing one. A table is added field by field.
    pub(super) fn add(&mut self, path: Vec<String>, value: SettingValue, entry: &str) {
        match value {
            SettingValue::Table(fields) => {
                for (name, value) in fields {
                    let path = path.iter().cloned().chain([name]).collect();
                    self.add(path, value, entry);
                }
            }
            value => {
                self.values.insert(path, (value, entry.to_owned()));
            }
        }
    }

    /// Returns the value at the path, or a table of all values below it.
    pub(super) fn get(&self, path: &[&str]) -> Option<(SettingValue, &str)> {
        let mut below = self.values.iter().filter_map(|(at, found)| {
            let rest = at.get(path.len()..)?;
            at.iter().zip(path).all(|(a, b)| a == b).then_some((rest, found))
        });
        let (rest, (value, entry)) = below.next()?;
        if rest.is_empty() {
            return Some((value.clone(), entry));
        }
        let mut table = BTreeMap::new();
        insert(&mut table, rest, value);
        for (rest, (value, _)) in below {
            insert(&mut table, rest, value);
        }
        Some((SettingValue::Table(table), entry))
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = (&Vec<String>, &str)> {
        self.values.iter().map(|(path, (_, entry))| (path, entry.as_str()))
    }
}

fn insert(table: &mut BTreeMap<String, SettingValue>, path: &[String], value: &SettingValue) {
    match path {
        [] => {}
        [name] => {
            table.insert(name.clone(), value.clone());
        }
        [name, rest @ ..] => {
            let inner = table.entry(name.clone()).or_insert_with(|| SettingValue::Table(BTreeMap::new()));
            if let SettingValue::Table(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

/// Parses settings in TOML, YAML or JSON. The error message does not contain the text.
pub(super) fn parse(text: &str) -> Result<SettingValue, String> {
    if let Ok(mut data) = Toml::string(text).data() {
        let root = data.remove(&figment::Profile::Default).unwrap_or_default();
        let fields = root.iter().filter_map(|(name, node)| Some((name.clone(), toml_value(node)?)));
        return Ok(SettingValue::Table(fields.collect()));
    }
    match Json::parse_yaml(text) {
        Ok(value @ Json::Object(_)) => Ok(json_value(value).unwrap_or(SettingValue::Table(BTreeMap::new()))),
        _ => Err("the entry is not TOML, YAML or JSON with settings: use the format of secrets.toml".to_owned()),
    }
}

/// Converts a JSON value. Returns `None` for null, which means not set.
pub(crate) fn json_value(value: Json) -> Option<SettingValue> {
    Some(match value {
        Json::Null => return None,
        Json::Bool(value) => SettingValue::Bool(value),
        Json::Number(number) => match number.as_str().parse() {
            Ok(whole) => SettingValue::Integer(whole),
            Err(_) => SettingValue::Float(number.as_str().parse().ok()?),
        },
        Json::String(text) => SettingValue::Text(Secret::from(text)),
        Json::Array(items) => SettingValue::List(items.into_iter().filter_map(json_value).collect()),
        Json::Object(fields) => {
            SettingValue::Table(fields.into_iter().filter_map(|(name, value)| Some((name, json_value(value)?))).collect())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, path: &str, expected: Option<SettingValue>) {
        let mut document = LayeredEntries::default();
        document.add(Vec::new(), parse(text).unwrap(), "entry");
        let path: Vec<&str> = path.split('.').collect();
        assert_eq!(document.get(&path).map(|(value, _)| value), expected, "{text}");
    }

    #[test]
    fn toml_yaml_and_json() {
        check("[a.b]\nkey = 'x'", "a.b.key", Some(SettingValue::from("x")));
        check("a:\n  b:\n    key: x\n", "a.b.key", Some(SettingValue::from("x")));
        check(r#"{"a": {"b": {"key": "x", "none": null}}}"#, "a.b.key", Some(SettingValue::from("x")));
        check(r#"{"a": {"b": {"key": "x", "none": null}}}"#, "a.b.none", None);
        check(r#"{"a": [1, 1.5, true, null]}"#, "a", Some(SettingValue::List(vec![1.into(), 1.5.into(), true.into()])));
        check("a = 1", "b", None);
        check("", "a", None);
        for text in ["hunter2", "- hunter2", "{\"key\": "] {
            let problem = parse(text).unwrap_err();
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn tables_merge_all_entries() {
        let mut document = LayeredEntries::default();
        document.add(Vec::new(), parse("[a]\nhost = 'h'\npassword = 'old'").unwrap(), "first");
        document.add(vec!["a".to_owned()], parse("password = 'new'").unwrap(), "second");
        let expected = SettingValue::Table([("host".to_owned(), "h".into()), ("password".to_owned(), "new".into())].into());
        assert_eq!(document.get(&["a"]).unwrap().0, expected);
        assert_eq!(document.get(&["a", "password"]).unwrap(), (SettingValue::from("new"), "second"));
    }
}
