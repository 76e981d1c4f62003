//! What a fresh schema says of types and nesting.

use catchment_json::{Object, Value};

use crate::{DLT_ID, DLT_LIST_IDX, DLT_LOAD_ID, DLT_PARENT_ID, DLT_ROOT_ID};

pub(crate) fn default_settings() -> Object {
    let names = |names: &[&str]| Value::Array(names.iter().map(|n| Value::from(*n)).collect());
    let hints = Value::object([
        ("not_null", names(&[DLT_ID, DLT_ROOT_ID, DLT_PARENT_ID, DLT_LIST_IDX, DLT_LOAD_ID])),
        ("parent_key", names(&[DLT_PARENT_ID])),
        ("root_key", names(&[DLT_ROOT_ID])),
        ("unique", names(&[DLT_ID])),
        ("row_key", names(&[DLT_ID])),
    ]);
    Object::from_iter([("detections".to_owned(), names(&["iso_timestamp"])), ("default_hints".to_owned(), hints)])
}

pub(crate) fn default_normalizers() -> Object {
    let json = Value::object([("module", Value::from("dlt.common.normalizers.json.relational"))]);
    Object::from_iter([("names".to_owned(), Value::from("snake_case")), ("json".to_owned(), json)])
}
