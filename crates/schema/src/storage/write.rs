//! Conversion of a schema to the stored format.

use catchment_json::{Object, Value};

use crate::{Column, Schema, Table};

pub(crate) fn write(schema: &Schema) -> Value {
    let mut out = Object::new();
    out.insert("version".to_owned(), Value::from(schema.version));
    out.insert("version_hash".to_owned(), Value::from(schema.version_hash.clone().unwrap_or_default()));
    out.insert("engine_version".to_owned(), Value::from(Schema::ENGINE_VERSION));
    out.insert("name".to_owned(), Value::from(schema.name.as_str()));
    out.insert("tables".to_owned(), Value::object(schema.tables.values().map(|t| (t.name.clone(), table(t)))));
    out.insert("settings".to_owned(), Value::Object(schema.settings.clone()));
    out.insert("normalizers".to_owned(), Value::Object(schema.normalizers.clone()));
    let hashes = schema.previous_hashes.iter().map(|hash| Value::from(hash.as_str()));
    out.insert("previous_hashes".to_owned(), Value::Array(hashes.collect()));
    out.extend(schema.extra.clone());
    Value::Object(out)
}

pub(super) fn table(table: &Table) -> Value {
    let mut out = Object::new();
    out.insert("name".to_owned(), Value::from(table.name.as_str()));
    out.insert("columns".to_owned(), Value::object(table.columns.values().map(|c| (c.name.clone(), column(c)))));
    let texts = [
        ("write_disposition", table.write_disposition.map(|d| d.name())),
        ("resource", table.resource.as_deref()),
        ("parent", table.parent.as_deref()),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            out.insert(key.to_owned(), Value::from(text));
        }
    }
    out.extend(table.hints.clone());
    Value::Object(out)
}

fn column(column: &Column) -> Value {
    let mut out = Object::new();
    out.insert("name".to_owned(), Value::from(column.name.as_str()));
    if let Some(data_type) = column.data_type {
        out.insert("data_type".to_owned(), Value::from(data_type.name()));
    }
    if let Some(nullable) = column.nullable {
        out.insert("nullable".to_owned(), Value::from(nullable));
    }
    out.extend(column.hints.clone());
    Value::Object(out)
}
