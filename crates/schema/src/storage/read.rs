//! Conversion of the stored format to a schema. Known keys are parsed; all others are preserved unchanged.

use catchment_json::{Object, Value};

use super::StoredSchemaError;
use super::migrate::migrate;
use crate::{Column, DataType, Schema, Table, WriteDisposition};

pub(crate) fn read(value: &Value) -> Result<Schema, StoredSchemaError> {
    let mut rest = RemainingFields { path: "schema", fields: migrate(value)? };
    rest.fields.shift_remove("engine_version");
    let name = rest.required_text("name")?;
    let version = rest.integer("version")?.and_then(|v| u64::try_from(v).ok()).unwrap_or(1);
    let version_hash = rest.text("version_hash")?.filter(|hash| !hash.is_empty());
    let tables = rest.object("tables")?.into_iter().map(|(name, value)| Ok((name.clone(), table(&name, &value)?)));
    let tables = tables.collect::<Result<_, StoredSchemaError>>()?;
    let settings = rest.object("settings")?;
    let normalizers = rest.object("normalizers")?;
    let previous = rest.fields.shift_remove("previous_hashes");
    let previous = previous.as_ref().and_then(Value::as_array).unwrap_or_default();
    let previous_hashes = previous.iter().filter_map(|hash| hash.as_str().map(str::to_owned)).collect();
    Ok(Schema { name, version, version_hash, previous_hashes, tables, settings, normalizers, extra: rest.fields })
}

fn table(name: &str, value: &Value) -> Result<Table, StoredSchemaError> {
    let path = format!("tables.{name}");
    let mut rest = RemainingFields::of(value, &path)?;
    rest.fields.shift_remove("name");
    let columns = rest.object("columns")?.into_iter();
    let columns = columns.map(|(name, value)| Ok((name.clone(), column(&path, &name, &value)?)));
    let columns = columns.collect::<Result<_, StoredSchemaError>>()?;
    let parent = rest.text("parent")?;
    let mut resource = rest.text("resource")?;
    let disposition = rest.text("write_disposition")?.map(|text| {
        let problem =
            || error(&format!("{path}.write_disposition"), format!("found {text:?}, expected append, replace, merge or skip"));
        WriteDisposition::from_name(&text).ok_or_else(problem)
    });
    let mut write_disposition = disposition.transpose()?;
    if parent.is_none() {
        resource.get_or_insert_with(|| name.to_owned());
        write_disposition.get_or_insert_default();
    }
    Ok(Table { name: name.to_owned(), parent, resource, write_disposition, columns, hints: rest.fields })
}

fn column(table: &str, name: &str, value: &Value) -> Result<Column, StoredSchemaError> {
    let path = format!("{table}.columns.{name}");
    let mut rest = RemainingFields::of(value, &path)?;
    rest.fields.shift_remove("name");
    let data_type = rest.text("data_type")?.map(|text| {
        DataType::from_name(&text).ok_or_else(|| error(&format!("{path}.data_type"), format!("unknown data type {text:?}")))
    });
    let data_type = data_type.transpose()?;
    let nullable = rest.fields.shift_remove("nullable").and_then(|v| v.as_bool());
    Ok(Column { name: name.to_owned(), data_type, nullable, hints: rest.fields })
}

/// The fields of an object that are not parsed yet.
struct RemainingFields<'p> {
    path: &'p str,
    fields: Object,
}

impl<'p> RemainingFields<'p> {
    fn of(value: &Value, path: &'p str) -> Result<Self, StoredSchemaError> {
        match value {
            Value::Object(object) => Ok(RemainingFields { path, fields: object.clone() }),
            other => Err(error(path, format!("expected an object, found {}", other.type_name()))),
        }
    }

    fn text(&mut self, key: &str) -> Result<Option<String>, StoredSchemaError> {
        match self.fields.shift_remove(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong(key, "a string", &other)),
        }
    }

    fn required_text(&mut self, key: &str) -> Result<String, StoredSchemaError> {
        self.text(key)?.ok_or_else(|| error(&format!("{}.{key}", self.path), "required key is missing".to_owned()))
    }

    fn integer(&mut self, key: &str) -> Result<Option<i64>, StoredSchemaError> {
        match self.fields.shift_remove(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_i64().map(Some).ok_or_else(|| self.wrong(key, "an integer", &value)),
        }
    }

    fn object(&mut self, key: &str) -> Result<Object, StoredSchemaError> {
        match self.fields.shift_remove(key) {
            None | Some(Value::Null) => Ok(Object::new()),
            Some(Value::Object(object)) => Ok(object),
            Some(other) => Err(self.wrong(key, "an object", &other)),
        }
    }

    fn wrong(&self, key: &str, expected: &str, found: &Value) -> StoredSchemaError {
        error(&format!("{}.{key}", self.path), format!("expected {expected}, found {}", found.type_name()))
    }
}

fn error(path: &str, problem: String) -> StoredSchemaError {
    StoredSchemaError { path: path.to_owned(), problem }
}
