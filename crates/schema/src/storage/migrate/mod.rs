//! Migration of stored schemas from older engine versions, with one function for each step.
//!
//! The steps ignore unknown and invalid parts; the subsequent read reports errors. A migrated schema has a new hash; the
//! stored hash becomes a previous hash on the next [`Schema::update_version`].

mod columns;
mod restructure;
mod steps;
#[cfg(test)]
mod tests;

use catchment_json::{Object, Value};

use super::StoredSchemaError;
use crate::Schema;

/// A migration from one engine version to the next.
type Step = fn(&mut Object);

/// The migrations in order; the first one migrates version 1 to 2.
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

/// Migrates the stored schema `value` to [`Schema::ENGINE_VERSION`].
///
/// # Errors
///
/// Returns an error if `value` is not an object or its engine version is not supported.
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
        None => "required key is missing; the document is not a stored schema".to_owned(),
        Some((_, Some(engine @ 1..=Schema::ENGINE_VERSION))) => return Ok(engine),
        Some((found, engine)) => {
            let is_newer = engine.is_some_and(|engine| engine > Schema::ENGINE_VERSION);
            let advice = if is_newer { "; a newer tool wrote this schema, upgrade to read it" } else { "" };
            format!("found {found}, expected 1 to {}{advice}", Schema::ENGINE_VERSION)
        }
    };
    Err(error("engine_version", problem))
}

fn error(path: &str, problem: String) -> StoredSchemaError {
    StoredSchemaError { path: path.to_owned(), problem }
}

/// Returns the object under `key`.
fn object_mut<'o>(object: &'o mut Object, key: &str) -> Option<&'o mut Object> {
    object.get_mut(key).and_then(Value::as_object_mut)
}

/// Returns the object under `key`, creating it if missing.
fn object_or_new<'o>(object: &'o mut Object, key: &str) -> Option<&'o mut Object> {
    object.entry(key.to_owned()).or_insert_with(|| Value::Object(Object::new())).as_object_mut()
}

/// Returns the tables of a schema of version 3 or later.
fn tables_mut(schema: &mut Object) -> impl Iterator<Item = &mut Object> {
    object_mut(schema, "tables").into_iter().flat_map(|tables| tables.values_mut().filter_map(Value::as_object_mut))
}
