//! Schema settings that apply to new columns by name.

use catchment_json::{Object, Value};
use regex::Regex;

use crate::{Column, DataType, Schema, StoredSchemaError};

/// Rules for new columns from the settings of a schema: preferred types and default hints by column name, and type
/// detections.
#[derive(Debug, Clone)]
pub struct ColumnRules {
    preferred: Vec<(NamePattern, DataType)>,
    hints: Vec<(String, Vec<NamePattern>)>,
    detections: Vec<String>,
}

/// An exact column name, or `re:` followed by a regular expression that may match any part of the name.
#[derive(Debug, Clone)]
enum NamePattern {
    Exact(String),
    Search(Regex),
}

impl ColumnRules {
    /// Parses the rules in the settings of `schema`.
    ///
    /// # Errors
    ///
    /// Returns an error if a regular expression is invalid or a data type is unknown.
    ///
    /// ```
    /// use catchment_json::Value;
    /// use catchment_schema::{ColumnRules, DataType, Schema};
    ///
    /// let mut schema = Schema::new("s");
    /// schema.settings.insert("preferred_types".to_owned(), Value::object([("re:_at$", Value::from("timestamp"))]));
    /// assert_eq!(ColumnRules::from_schema(&schema)?.preferred_type("created_at"), Some(DataType::Timestamp));
    /// # Ok::<(), catchment_schema::StoredSchemaError>(())
    /// ```
    pub fn from_schema(schema: &Schema) -> Result<ColumnRules, StoredSchemaError> {
        let settings = &schema.settings;
        let object = |key: &str| settings.get(key).and_then(Value::as_object).cloned().unwrap_or_default();
        let list =
            |value: &Value| value.as_array().unwrap_or_default().iter().filter_map(Value::as_str).map(str::to_owned).collect();
        Ok(ColumnRules {
            preferred: parse_preferred_types(&object("preferred_types"))?,
            hints: parse_default_hints(&object("default_hints"))?,
            detections: settings.get("detections").map(list).unwrap_or_default(),
        })
    }

    /// Returns the type of a new column with the name `column`; it takes precedence over inference from values.
    pub fn preferred_type(&self, column: &str) -> Option<DataType> {
        self.preferred.iter().find(|(pattern, _)| pattern.matches(column)).map(|(_, data_type)| *data_type)
    }

    /// Returns true if any column name has `data_type` as its preferred type.
    pub fn prefers(&self, data_type: DataType) -> bool {
        self.preferred.iter().any(|(_, preferred)| *preferred == data_type)
    }

    /// Returns true if the detection `name` is enabled, such as `iso_timestamp`, `iso_date` or `large_integer`.
    pub fn detects(&self, name: &str) -> bool {
        self.detections.iter().any(|known| known == name)
    }

    /// Adds the default hints for its name to a new column.
    pub fn apply_hints(&self, column: &mut Column) {
        for (hint, patterns) in &self.hints {
            if !patterns.iter().any(|pattern| pattern.matches(&column.name)) {
                continue;
            }
            if hint == "not_null" {
                column.nullable = Some(false);
            } else {
                column.hints.entry(hint.clone()).or_insert(Value::Bool(true));
            }
        }
    }
}

impl NamePattern {
    fn read(text: &str, path: &str) -> Result<NamePattern, StoredSchemaError> {
        let Some(expression) = text.strip_prefix("re:") else { return Ok(NamePattern::Exact(text.to_owned())) };
        Regex::new(expression).map(NamePattern::Search).map_err(|error| StoredSchemaError {
            path: path.to_owned(),
            problem: format!("invalid regular expression {expression:?}: {error}"),
        })
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            NamePattern::Exact(exact) => exact == name,
            NamePattern::Search(expression) => expression.is_match(name),
        }
    }
}

fn parse_preferred_types(object: &Object) -> Result<Vec<(NamePattern, DataType)>, StoredSchemaError> {
    let read = |(pattern, name): (&String, &Value)| {
        let path = format!("settings.preferred_types.{pattern}");
        let data_type = name.as_str().and_then(DataType::from_name);
        let data_type =
            data_type.ok_or_else(|| StoredSchemaError { path: path.clone(), problem: format!("unknown data type {name}") })?;
        Ok((NamePattern::read(pattern, &path)?, data_type))
    };
    object.iter().map(read).collect()
}

fn parse_default_hints(object: &Object) -> Result<Vec<(String, Vec<NamePattern>)>, StoredSchemaError> {
    let read = |(hint, patterns): (&String, &Value)| {
        let path = format!("settings.default_hints.{hint}");
        let patterns = patterns.as_array().unwrap_or_default().iter().filter_map(Value::as_str);
        Ok((hint.clone(), patterns.map(|pattern| NamePattern::read(pattern, &path)).collect::<Result<_, _>>()?))
    };
    object.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use catchment_json::Value;

    use super::ColumnRules;
    use crate::{Column, DataType, Schema};

    fn rules(settings: &str) -> Result<ColumnRules, String> {
        let mut schema = Schema::new("s");
        schema.settings.extend(Value::parse(settings).unwrap().as_object().unwrap().clone());
        ColumnRules::from_schema(&schema).map_err(|error| error.to_string())
    }

    #[test]
    fn rules_match_columns_by_name() {
        let rules = rules(
            r#"{"preferred_types": {"re:_id$": "text", "n": "double"}, "default_hints": {"not_null": ["n"], "unique": ["re:^n"]}}"#,
        );
        let rules = rules.unwrap();
        let check = |name: &str, preferred: Option<DataType>, nullable: bool, unique: bool| {
            assert_eq!(rules.preferred_type(name), preferred, "{name}");
            let mut column = Column::new(name, DataType::Text);
            rules.apply_hints(&mut column);
            assert_eq!((column.is_nullable(), column.has_hint("unique")), (nullable, unique), "{name}");
        };
        check("user_id", Some(DataType::Text), true, false);
        check("n", Some(DataType::Double), false, true);
        check("name", None, true, true);
        assert!(rules.detects("iso_timestamp") && !rules.detects("iso_date"));
    }

    #[test]
    fn errors_name_the_invalid_rule() {
        let error = |settings| rules(settings).unwrap_err();
        assert!(
            error(r#"{"preferred_types": {"re:(": "text"}}"#)
                .contains("settings.preferred_types.re:(: invalid regular expression \"(\"")
        );
        assert!(error(r#"{"preferred_types": {"a": "txt"}}"#).ends_with("settings.preferred_types.a: unknown data type \"txt\""));
    }
}
