//! Cursors in the state of a resource.
//!
//! The layout is that of dlt: `{"incremental": {CURSOR_PATH: {"last_value": …, "unique_hashes": […], …}}}`. Beside it,
//! [`CATCHMENT_KEY`] holds what Catchment stores for a cursor.

use catchment_json::{Object, Value};
use catchment_state::{CATCHMENT_KEY, CursorEntryKey, CursorEntryKind};

const INCREMENTAL: &str = "incremental";

/// The boundary rows of each cursor, or their number if a table holds them.
const BOUNDARY: &str = "boundary";

/// The cursors of parent rows of each cursor, or their number if a table holds them.
const PARENTS: &str = "parents";

/// The position in the pages, with the cursor of an incomplete run.
const RESUME: &str = "resume";

/// Returns the cursors of a resource by path.
pub(super) fn cursors(resource_state: &Object) -> impl Iterator<Item = (&str, &Object)> {
    let cursors = resource_state.get(INCREMENTAL).and_then(Value::as_object).into_iter().flatten();
    cursors.filter_map(|(path, cursor)| Some((path.as_str(), cursor.as_object()?)))
}

/// Returns the value from which the next run starts: the last value, else the initial value; null without both.
pub(super) fn start_of(cursor: &Object) -> Value {
    let mut values = ["last_value", "initial_value"].into_iter().filter_map(|key| cursor.get(key));
    values.find(|value| !value.is_null()).cloned().unwrap_or_default()
}

/// Returns the cursors of a resource whose entries are in tables, according to its state.
pub(super) fn entries_in_tables(source: &str, resource: &str, resource_state: &Object) -> Vec<CursorEntryKey> {
    let own = resource_state.get(CATCHMENT_KEY);
    let of_kind = |kind: CursorEntryKind| {
        let (key, count) = match kind {
            CursorEntryKind::Rows => (BOUNDARY, "rows"),
            CursorEntryKind::Parents => (PARENTS, "count"),
        };
        let marks = own.and_then(|own| own.get(key)?.as_object()).into_iter().flatten();
        let in_table = marks.filter(move |(_, mark)| mark.get(count).and_then(Value::as_i64).is_some_and(|count| count > 0));
        in_table.map(move |(path, _)| CursorEntryKey::new(kind, source, resource, path))
    };
    CursorEntryKind::ALL.into_iter().flat_map(of_kind).collect()
}

/// Returns the state of a resource whose cursor at `path` starts at `value`, as if it were its initial value: rows at the
/// value are loaded again, all parent rows start there, and no lag reaches behind it. Backfilled ranges are kept, because
/// their rows are, and so are the positions in the pages of parent resources.
pub(super) fn restart(resource_state: Option<&Object>, path: &str, value: &Value) -> Object {
    let mut restarted = resource_state.cloned().unwrap_or_default();
    let cursor = [("initial_value", value.clone()), ("last_value", value.clone()), ("unique_hashes", Value::Array(Vec::new()))];
    let cursors = restarted.entry(INCREMENTAL.to_owned()).or_insert_with(|| Value::Object(Object::new()));
    if let Some(cursors) = cursors.as_object_mut() {
        cursors.insert(path.to_owned(), Value::object(cursor));
    }
    if let Some(own) = restarted.get_mut(CATCHMENT_KEY).and_then(Value::as_object_mut) {
        own.shift_remove(RESUME);
        for key in [BOUNDARY, PARENTS] {
            if let Some(of_cursors) = own.get_mut(key).and_then(Value::as_object_mut) {
                of_cursors.shift_remove(path);
            }
            if own.get(key).and_then(Value::as_object).is_some_and(Object::is_empty) {
                own.shift_remove(key);
            }
        }
        if own.is_empty() {
            restarted.shift_remove(CATCHMENT_KEY);
        }
    }
    restarted
}

#[cfg(test)]
mod tests {
    use catchment_json::{Object, Value};

    use super::{cursors, entries_in_tables, restart, start_of};

    fn object(text: &str) -> Object {
        Value::parse(text).unwrap().as_object().cloned().unwrap()
    }

    #[test]
    fn a_restarted_cursor_has_only_its_value() {
        #[track_caller]
        fn check(before: Option<&str>, expected: &str) {
            let restarted = restart(before.map(object).as_ref(), "at", &Value::from(5));
            assert_eq!(Value::Object(restarted).to_string(), expected);
        }
        let cursor = r#"{"initial_value":5,"last_value":5,"unique_hashes":[]}"#;
        let alone = format!(r#"{{"incremental":{{"at":{cursor}}}}}"#);
        check(None, &alone);
        check(
            Some(r#"{"incremental":{"at":{"initial_value":1,"last_value":9,"unique_hashes":["Tp44cKMYfAuJ"],"start_value":7}}}"#),
            &alone,
        );
        check(
            Some(
                r#"{"incremental":{"at":{"last_value":9},"n":{"last_value":1}},"_catchment":{"boundary":{"at":{"rows":0}},"parents":{"at":{"count":2}},"resume":{"position":1}}}"#,
            ),
            &format!(r#"{{"incremental":{{"at":{cursor},"n":{{"last_value":1}}}}}}"#),
        );
        check(
            Some(
                r#"{"other":1,"incremental":{"at":{"last_value":9}},"_catchment":{"boundary":{"at":{"rows":0},"n":{"rows":1}},"windows":{"at":{"[1,2]":true}},"fed":{"r":true}}}"#,
            ),
            &format!(
                r#"{{"other":1,"incremental":{{"at":{cursor}}},"_catchment":{{"boundary":{{"n":{{"rows":1}}}},"windows":{{"at":{{"[1,2]":true}}}},"fed":{{"r":true}}}}}}"#
            ),
        );
    }

    #[test]
    fn entries_in_tables_are_found_by_their_counts() {
        #[track_caller]
        fn check(state: &str, expected: &[&str]) {
            let found = entries_in_tables("s", "r", &object(state));
            let shown: Vec<String> = found.iter().map(|key| format!("{:?} {}", key.kind, key.cursor_path)).collect();
            assert_eq!(shown, expected, "{state}");
        }
        check("{}", &[]);
        check(r#"{"_catchment":{"boundary":{"at":{"rows":0,"whole_rows":["x"]}},"parents":{"at":{"by_parent":{}}}}}"#, &[]);
        check(
            r#"{"_catchment":{"boundary":{"at":{"rows":3}},"parents":{"at":{"count":2},"n":{"count":1}}}}"#,
            &["Rows at", "Parents at", "Parents n"],
        );
    }

    #[test]
    fn cursors_start_at_their_last_or_initial_value() {
        let state = object(
            r#"{"incremental":{"a":{"initial_value":1,"last_value":2},"b":{"initial_value":1,"last_value":null},"c":{}}}"#,
        );
        let starts: Vec<_> = cursors(&state).map(|(path, cursor)| format!("{path}={}", start_of(cursor))).collect();
        assert_eq!(starts, ["a=2", "b=1", "c=null"]);
    }
}
