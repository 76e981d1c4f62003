//! Validation of stored states, so that an invalid cursor is not mistaken for a missing one.

use catchment_json::{Object, Value};

use crate::StateError;

/// Validates the parts that are interpreted: version, sources, resources and cursors. All other values may have any
/// type.
pub(crate) fn check(document: &Object) -> Result<(), StateError> {
    if let Some(version) = document.get("_state_version").filter(|version| version.as_i64().is_none()) {
        return Err(wrong("_state_version", "an integer", version));
    }
    each(document.get("sources"), "sources", |source, path| {
        each(source.get("resources"), &format!("{path}.resources"), |resource, path| {
            each(resource.get("incremental"), &format!("{path}.incremental"), |cursor, path| {
                match cursor.get("unique_hashes").filter(|hashes| !hashes.is_null() && hashes.as_array().is_none()) {
                    Some(hashes) => Err(wrong(&format!("{path}.unique_hashes"), "a list", hashes)),
                    None => Ok(()),
                }
            })
        })
    })
}

/// Validates that `value` is null, missing or an object of objects, and applies `check` to each of them.
fn each(value: Option<&Value>, path: &str, check: impl Fn(&Object, &str) -> Result<(), StateError>) -> Result<(), StateError> {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(()) };
    let entries = value.as_object().ok_or_else(|| wrong(path, "an object", value))?;
    entries.iter().try_for_each(|(key, value)| {
        let path = format!("{path}.{key}");
        check(value.as_object().ok_or_else(|| wrong(&path, "an object", value))?, &path)
    })
}

fn wrong(path: &str, expected: &'static str, found: &Value) -> StateError {
    StateError::UnexpectedType { path: path.to_owned(), expected, found: found.type_name() }
}

#[cfg(test)]
mod tests {
    use crate::State;
    use catchment_json::Value;

    #[track_caller]
    fn check(more: &str, expected: &str) {
        let text = format!(r#"{{"_state_engine_version":4,{more}}}"#);
        let found = State::from_value(Value::parse(&text).unwrap());
        assert_eq!(found.err().map(|error| error.to_string()).unwrap_or_default(), expected, "{more}");
    }

    #[test]
    fn parts_of_an_unexpected_type_are_rejected() {
        let wrong = |problem: &str| format!("the stored state has {problem}");
        check(r#""sources":{"s":{"own":[1],"resources":{"r":{"own":1,"incremental":{"at":{"unique_hashes":[]}}}}}}"#, "");
        check(r#""sources":null"#, "");
        check(r#""_state_version":"3""#, &wrong("a string at `_state_version`; expected an integer"));
        check(r#""sources":[]"#, &wrong("a list at `sources`; expected an object"));
        check(r#""sources":{"s":1}"#, &wrong("a number at `sources.s`; expected an object"));
        check(r#""sources":{"s":{"resources":"r"}}"#, &wrong("a string at `sources.s.resources`; expected an object"));
        let of_resource = |resource: &str| format!(r#""sources":{{"s":{{"resources":{{"r":{resource}}}}}}}"#);
        check(&of_resource("[]"), &wrong("a list at `sources.s.resources.r`; expected an object"));
        let path = "sources.s.resources.r.incremental";
        check(&of_resource(r#"{"incremental":7}"#), &wrong(&format!("a number at `{path}`; expected an object")));
        check(&of_resource(r#"{"incremental":{"at":7}}"#), &wrong(&format!("a number at `{path}.at`; expected an object")));
        check(
            &of_resource(r#"{"incremental":{"at":{"unique_hashes":{}}}}"#),
            &wrong(&format!("an object at `{path}.at.unique_hashes`; expected a list")),
        );
    }
}
