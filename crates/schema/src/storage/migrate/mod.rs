//! Stored schemas of older engine versions, brought to the one that is read: one function for each step.
//!
//! The steps take what they know and leave the rest, broken or not, as it is: reading the result says what is wrong
//! with it. What changes so has another hash; the stored one is kept, and [`Schema::bump`] moves it to the previous
//! ones.

mod columns;
mod restructure;
mod steps;
#[cfg(test)]
mod tests;

use catchment_json::{Object, Value};

use super::StoredSchemaError;
use crate::Schema;

/// What one step does to a schema: the first one makes version 2 of version 1, and so on.
type Step = fn(&mut Object);

const STEPS: [Step; 10] = [
    steps::add_filter_lists,
    restructure::restructure,
    steps::add_version_hash,
    steps::replace_system_tables,
    steps::replace_loads_table,
    steps::remove_seals,
    steps::add_previous_hashes,
    steps::mark_seen_data,
    columns::replace_foreign_keys,
    steps::disable_path_splitting,
];

/// The schema in `value` as [`Schema::ENGINE_VERSION`] has it.
///
/// # Errors
///
/// Where it is no object or has a version that is not known.
pub(super) fn migrate(value: &Value) -> Result<Object, StoredSchemaError> {
    let Value::Object(stored) = value else {
        return Err(error("schema", format!("expected an object, found {}", value.type_name())));
    };
    let engine = engine_version(stored)?;
    let mut schema = stored.clone();
    let done = usize::try_from(engine - 1).unwrap_or(0);
    for step in STEPS.iter().skip(done) {
        step(&mut schema);
    }
    columns::remove_null_marks(&mut schema);
    schema.insert("engine_version".to_owned(), Value::from(Schema::ENGINE_VERSION));
    Ok(schema)
}

fn engine_version(stored: &Object) -> Result<i64, StoredSchemaError> {
    let problem = match stored.get("engine_version").map(|found| (found, found.as_i64())) {
        None => "it is missing, so this is no schema; check which document was given".to_owned(),
        Some((_, Some(engine @ 1..=Schema::ENGINE_VERSION))) => return Ok(engine),
        Some((found, engine)) => {
            let is_newer = engine.is_some_and(|engine| engine > Schema::ENGINE_VERSION);
            let advice = if is_newer { "; a newer tool wrote it, use a version of this one that reads it" } else { "" };
            format!("found {found}, this version reads 1 to {}{advice}", Schema::ENGINE_VERSION)
        }
    };
    Err(error("engine_version", problem))
}

fn error(path: &str, problem: String) -> StoredSchemaError {
    StoredSchemaError { path: path.to_owned(), problem }
}

/// The object under `key`.
fn object_mut<'o>(object: &'o mut Object, key: &str) -> Option<&'o mut Object> {
    object.get_mut(key).and_then(Value::as_object_mut)
}

/// The object under `key`, which is made where it is missing.
fn object_or_new<'o>(object: &'o mut Object, key: &str) -> Option<&'o mut Object> {
    object.entry(key.to_owned()).or_insert_with(|| Value::Object(Object::new())).as_object_mut()
}

/// The tables of a schema, from version 3.
fn tables_mut(schema: &mut Object) -> impl Iterator<Item = &mut Object> {
    object_mut(schema, "tables").into_iter().flat_map(|tables| tables.values_mut().filter_map(Value::as_object_mut))
}
