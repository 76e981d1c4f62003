//! Fields of a body that may be pagination metadata.

use catchment_json::{JsonPath, Node, NodeId, NodeKind};

use super::metadata_keys::{CONTAINERS, fold_key};

/// The maximum depth of the search.
const MAX_DEPTH: usize = 5;
/// The maximum number of collected fields.
const MAX_FIELDS: usize = 500;

/// The name of the field with the relation between a total and the actual row count.
pub(super) const TOTAL_RELATION: &str = "total relation";

/// A value outside the rows: a scalar, an object or a list.
#[derive(Debug, Clone)]
pub(super) struct Field<'d> {
    pub(super) keys: Vec<String>,
    /// The key in lowercase, without separators.
    pub(super) name: String,
    pub(super) node: Node<'d>,
}

impl Field<'_> {
    pub(super) fn path(&self) -> JsonPath {
        JsonPath::from_keys(self.keys.clone())
    }

    pub(super) fn key(&self) -> &str {
        self.keys.last().map(String::as_str).unwrap_or_default()
    }

    /// Returns whether the parent object is under a key that begins with `next`.
    pub(super) fn is_in_next(&self) -> bool {
        matches!(self.keys.as_slice(), [.., parent, _] if fold_key(parent).starts_with("next"))
    }

    /// Returns whether both fields are in the same object.
    pub(super) fn is_beside(&self, other: &Field<'_>) -> bool {
        let parent = |field: &Field<'_>| field.keys.split_last().map(|(_, parents)| parents.to_vec());
        parent(self) == parent(other)
    }

    /// Returns whether the field is an object or a list that contains a value.
    pub(super) fn is_nested(&self) -> bool {
        let has_value = |node: Node<'_>| match node.kind() {
            NodeKind::Null => false,
            NodeKind::String => node.as_str().is_some_and(|text| !text.is_empty()),
            NodeKind::Array => node.elements().next().is_some(),
            NodeKind::Object => node.entries().next().is_some(),
            NodeKind::Bool | NodeKind::Integer | NodeKind::Float => true,
        };
        self.node.entries().any(|(_, value)| has_value(value)) || self.node.elements().any(has_value)
    }
}

/// The list that contains the rows.
pub(super) struct List {
    id: NodeId,
    /// The path of the list.
    pub(super) keys: Vec<String>,
    pub(super) elements: u64,
}

/// Finds the list that contains the first row: the last list that begins before it.
pub(super) fn find_list(root: Node<'_>, first: NodeId) -> Option<List> {
    let mut found = None;
    search(root, &mut Vec::new(), first, &mut found);
    found
}

fn search(node: Node<'_>, keys: &mut Vec<String>, first: NodeId, found: &mut Option<List>) {
    if node.kind() == NodeKind::Array {
        if node.id() < first && found.as_ref().is_none_or(|list| list.id < node.id()) {
            *found = Some(List { id: node.id(), keys: keys.clone(), elements: node.elements().count() as u64 });
        }
        return;
    }
    if keys.len() > MAX_DEPTH {
        return;
    }
    for (key, value) in node.entries().filter(|(_, value)| matches!(value.kind(), NodeKind::Array | NodeKind::Object)) {
        if value.id() > first {
            break;
        }
        keys.push(key.name().into_owned());
        search(value, keys, first, found);
        keys.pop();
    }
}

/// Collects the fields of the objects around the list and of metadata objects.
pub(super) fn collect<'d>(root: Node<'d>, list: &[String]) -> Vec<Field<'d>> {
    let mut fields = Vec::new();
    add(root, &mut Vec::new(), list, &mut fields);
    fields
}

fn add<'d>(node: Node<'d>, keys: &mut Vec<String>, list: &[String], fields: &mut Vec<Field<'d>>) {
    for (key, value) in node.entries() {
        if fields.len() >= MAX_FIELDS || keys.len() >= MAX_DEPTH {
            return;
        }
        let name = fold_key(&key.name());
        keys.push(key.name().into_owned());
        if value.kind() == NodeKind::Object {
            // Elasticsearch returns the total in an object
            if let Some(node) = value.get("value").filter(|_| name == "total") {
                let keys = keys.iter().cloned().chain(["value".to_owned()]).collect();
                fields.push(Field { keys, name, node });
                if let Some(node) = value.get("relation") {
                    fields.push(Field { keys: Vec::new(), name: TOTAL_RELATION.to_owned(), node });
                }
            } else {
                if CONTAINERS.contains(&name.as_str()) || name.starts_with("next") || list.starts_with(keys) {
                    add(value, keys, list, fields);
                }
                fields.push(Field { keys: keys.clone(), name, node: value });
            }
        } else if value.kind() != NodeKind::Array || keys.as_slice() != list {
            fields.push(Field { keys: keys.clone(), name, node: value });
        }
        keys.pop();
    }
}
