//! Deletion of values from the state of a source.

use std::collections::HashSet;

use catchment_json::{Document, JsonPath, Node, NodeId, NodeKind, Object, Value};

use super::error::DropError;

/// The result of deleting values.
#[derive(Debug, PartialEq)]
pub(super) struct Deletion {
    /// The state of the source without the values.
    pub(super) remaining: Object,
    /// The positions of the deleted values, such as `resources.issues`; `$` is the whole state of the source.
    pub(super) deleted: Vec<String>,
    /// For each path, whether it matched a value.
    pub(super) has_matched: Vec<bool>,
}

/// Parses state paths.
pub(super) fn parse(paths: &[String]) -> Result<Vec<JsonPath>, DropError> {
    paths.iter().map(|path| JsonPath::parse(path).map_err(|error| invalid(path, error))).collect()
}

/// Deletes the values that `paths` match in the state of a source.
pub(super) fn delete(source_state: &Object, paths: &[JsonPath]) -> Result<Deletion, DropError> {
    let value = Value::Object(source_state.clone());
    let document = Document::from_value(&value).map_err(|error| invalid("$", error))?;
    let (mut matched, mut has_matched) = (HashSet::new(), Vec::new());
    for path in paths {
        let nodes = path.all_with_limit(document.root()).map_err(|error| invalid(path.as_str(), error))?;
        has_matched.push(!nodes.is_empty());
        matched.extend(nodes.into_iter().map(Node::id));
    }
    let mut deleted = Vec::new();
    let remaining = match without(document.root(), &matched, "", &mut deleted) {
        Some(Value::Object(remaining)) => remaining,
        _ => Object::new(),
    };
    Ok(Deletion { remaining, deleted, has_matched })
}

fn invalid(path: &str, error: impl std::fmt::Display) -> DropError {
    DropError::StatePath { path: path.to_owned(), problem: error.to_string() }
}

/// Returns the value at `position` without the matched values; `None` if it is matched itself.
fn without(node: Node<'_>, matched: &HashSet<NodeId>, position: &str, deleted: &mut Vec<String>) -> Option<Value> {
    if matched.contains(&node.id()) {
        deleted.push(if position.is_empty() { "$" } else { position }.to_owned());
        return None;
    }
    Some(match node.kind() {
        NodeKind::Object => {
            let entries = node.entries().filter_map(|(key, value)| {
                let key = key.name().into_owned();
                let value = without(value, matched, &join(position, &key), deleted)?;
                Some((key, value))
            });
            Value::Object(entries.collect())
        }
        NodeKind::Array => {
            let elements = node.elements().enumerate();
            Value::Array(
                elements.filter_map(|(i, value)| without(value, matched, &format!("{position}[{i}]"), deleted)).collect(),
            )
        }
        _ => node.to_value(),
    })
}

/// Returns the position of `key` in the object at `position`.
pub(super) fn join(position: &str, key: &str) -> String {
    let key = JsonPath::key(key);
    let separator = if position.is_empty() || key.as_str().starts_with('[') { "" } else { "." };
    format!("{position}{separator}{key}")
}

#[cfg(test)]
mod tests {
    use catchment_json::Value;

    use super::{delete, parse};

    const STATE: &str =
        r#"{"a":1,"b.c":[1,2,3],"resources":{"r":{"incremental":{"at":{"last_value":1}},"own":[{"x":1},{"x":2}]},"q":{}}}"#;

    #[track_caller]
    fn check(paths: &[&str], remaining: &str, deleted: &[&str]) {
        let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
        let state = Value::parse(STATE).unwrap().as_object().cloned().unwrap();
        let deletion = delete(&state, &parse(&paths).unwrap()).unwrap();
        assert_eq!(Value::Object(deletion.remaining).to_string(), remaining);
        assert_eq!(deletion.deleted, deleted);
    }

    #[test]
    fn matched_values_are_deleted() {
        let resources = r#""resources":{"r":{"incremental":{"at":{"last_value":1}},"own":[{"x":1},{"x":2}]},"q":{}}"#;
        check(&["a", "['b.c']"], &format!("{{{resources}}}"), &["a", "['b.c']"]);
        check(&["['b.c'][1]"], &format!(r#"{{"a":1,"b.c":[1,3],{resources}}}"#), &["['b.c'][1]"]);
        check(&["resources.r", "$.resources.r.own"], r#"{"a":1,"b.c":[1,2,3],"resources":{"q":{}}}"#, &["resources.r"]);
        check(&["resources.*", "*"], "{}", &["a", "['b.c']", "resources"]);
        check(&["$"], "{}", &["$"]);
        check(&["none", "a[0]"], STATE, &[]);
        check(
            &["resources.r.own[?@.x==1]", "$..incremental"],
            r#"{"a":1,"b.c":[1,2,3],"resources":{"r":{"own":[{"x":2}]},"q":{}}}"#,
            &["resources.r.incremental", "resources.r.own[0]"],
        );
    }

    #[test]
    fn paths_without_a_match_are_reported() {
        let state = Value::parse(STATE).unwrap().as_object().cloned().unwrap();
        let paths = parse(&["a".to_owned(), "x".to_owned()]).unwrap();
        assert_eq!(delete(&state, &paths).unwrap().has_matched, [true, false]);
    }

    #[test]
    fn invalid_paths_are_rejected() {
        let error = parse(&["a".to_owned(), "a[".to_owned()]).unwrap_err().to_string();
        assert!(error.starts_with(r#"state path "a[" cannot be applied: invalid path "a[" at character "#), "{error}");
    }
}
