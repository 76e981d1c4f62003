//! Default settings and normalizers of a new schema.

use catchment_json::{Object, Value};

use crate::{DLT_ID_COLUMN, DLT_LIST_IDX_COLUMN, DLT_LOAD_ID_COLUMN, DLT_PARENT_ID_COLUMN, DLT_ROOT_ID_COLUMN};

pub(crate) fn default_settings() -> Object {
    let names = |names: &[&str]| Value::Array(names.iter().map(|n| Value::from(*n)).collect());
    let hints = Value::object([
        ("not_null", names(&[DLT_ID_COLUMN, DLT_ROOT_ID_COLUMN, DLT_PARENT_ID_COLUMN, DLT_LIST_IDX_COLUMN, DLT_LOAD_ID_COLUMN])),
        ("parent_key", names(&[DLT_PARENT_ID_COLUMN])),
        ("root_key", names(&[DLT_ROOT_ID_COLUMN])),
        ("unique", names(&[DLT_ID_COLUMN])),
        ("row_key", names(&[DLT_ID_COLUMN])),
    ]);
    Object::from_iter([("detections".to_owned(), names(&["iso_timestamp"])), ("default_hints".to_owned(), hints)])
}

pub(crate) fn default_normalizers() -> Object {
    let json = Value::object([("module", Value::from("dlt.common.normalizers.json.relational"))]);
    Object::from_iter([("names".to_owned(), Value::from("snake_case")), ("json".to_owned(), json)])
}
