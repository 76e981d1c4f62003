//! The cursor in the state of a resource, in the layout of dlt.

use catchment_json::{Object, Value};
use catchment_state::{CATCHMENT_KEY, RowHash};

/// Returns the stored cursor at `path`.
pub(super) fn cursor<'k>(resource_state: &'k Object, path: &str) -> Option<&'k Object> {
    resource_state.get("incremental")?.get(path)?.as_object()
}

/// Returns the last value of the cursor at `path`.
pub(crate) fn last_value<'k>(resource_state: &'k Object, path: &str) -> Option<&'k Value> {
    cursor(resource_state, path)?.get("last_value").filter(|value| !value.is_null())
}

/// Returns the hashes of the rows at the last value of the cursor at `path`.
pub(crate) fn unique_hashes(resource_state: &Object, path: &str) -> Vec<RowHash> {
    hashes(cursor(resource_state, path).and_then(|cursor| cursor.get("unique_hashes")))
}

/// Returns the value under `key`, unless it is null.
pub(super) fn value(cursor: Option<&Object>, key: &str) -> Option<Value> {
    cursor?.get(key).filter(|value| !value.is_null()).cloned()
}

/// Parses a list of hashes. Invalid ones are ignored, because unknown rows are loaded.
pub(super) fn hashes(list: Option<&Value>) -> Vec<RowHash> {
    list.and_then(Value::as_array).unwrap_or_default().iter().filter_map(|hash| hash.as_str()?.parse().ok()).collect()
}

pub(super) fn to_list(hashes: Vec<RowHash>) -> Value {
    Value::Array(hashes.into_iter().map(|hash| Value::from(hash.to_string())).collect())
}

/// Stores the cursor at `path` in the state of its resource.
pub(super) fn set_cursor(resource_state: &mut Object, path: &str, cursor: Value) {
    let cursors = resource_state.entry("incremental".to_owned()).or_insert_with(|| Value::Object(Object::new()));
    if let Some(cursors) = cursors.as_object_mut() {
        cursors.insert(path.to_owned(), cursor);
    }
}

/// Returns the value under `key` that this program stores in addition to the values of dlt.
pub(crate) fn extension<'k>(resource_state: &'k Object, key: &str) -> Option<&'k Value> {
    resource_state.get(CATCHMENT_KEY)?.get(key)
}

/// Updates the object under `key` that this program stores in addition to the values of dlt. Removes it if it is empty.
pub(crate) fn update_extension(resource_state: &mut Object, key: &str, change: impl FnOnce(&mut Object)) {
    let mut all = resource_state.get(CATCHMENT_KEY).and_then(Value::as_object).cloned().unwrap_or_default();
    let mut entry = all.get(key).and_then(Value::as_object).cloned().unwrap_or_default();
    change(&mut entry);
    if entry.is_empty() {
        all.shift_remove(key);
    } else {
        all.insert(key.to_owned(), Value::Object(entry));
    }
    if all.is_empty() {
        resource_state.shift_remove(CATCHMENT_KEY);
    } else {
        resource_state.insert(CATCHMENT_KEY.to_owned(), Value::Object(all));
    }
}
