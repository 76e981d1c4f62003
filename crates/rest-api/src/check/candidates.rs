//! Candidates for the primary key and the cursor in the rows of a page.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;

use catchment_extract::CursorFormat;
use catchment_json::{Node, NodeKind, Value};

/// A field whose values could be the cursor of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CursorCandidate {
    /// The path of the field: a name, or two names of nested objects.
    pub path: String,
    /// The order of its values in the page.
    pub order: CursorOrder,
}

/// The order of the values of a field in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CursorOrder {
    /// No value is lower than the one before.
    Ascending,
    /// No value is higher than the one before.
    Descending,
    /// Neither, or all values are equal.
    Unordered,
}

impl fmt::Display for CursorCandidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.order {
            CursorOrder::Ascending => write!(f, "{} (ascending)", self.path),
            CursorOrder::Descending => write!(f, "{} (descending)", self.path),
            CursorOrder::Unordered => f.write_str(&self.path),
        }
    }
}

/// The maximum number of candidates.
const MAX_CANDIDATES: usize = 5;

/// Names of identifiers, the most likely primary key first.
const IDENTIFIERS: [&str; 10] = ["id", "uuid", "guid", "_id", "key", "number", "slug", "sku", "code", "symbol"];

/// Parts of the names of timestamps, the most likely cursor first: a time of the last change includes changed rows.
const CHANGES: [&str; 3] = ["updated", "modified", "changed"];

/// Returns the fields of rows that could be the primary key, the most likely one first: unique scalar values, with the name
/// of an identifier.
pub(super) fn primary_key_candidates(resource: &str, rows: &[Node<'_>]) -> Vec<String> {
    let Some(first) = rows.first() else { return Vec::new() };
    let mut found: Vec<(usize, String)> = first
        .entries()
        .map(|(key, _)| key.name().into_owned())
        .filter_map(|name| Some((identifier_rank(resource, &name)?, name)))
        .filter(|(_, name)| is_unique(name, rows))
        .collect();
    found.sort();
    found.into_iter().map(|(_, name)| name).take(MAX_CANDIDATES).collect()
}

/// Returns a rank for the name of an identifier, lower for a more likely one; `None` for other names.
fn identifier_rank(resource: &str, name: &str) -> Option<usize> {
    let lower = name.to_lowercase();
    let singular = resource.trim_end_matches('s').to_lowercase();
    let own = [format!("{singular}_id"), format!("{singular}id"), format!("{}_id", resource.to_lowercase())];
    if let Some(rank) = IDENTIFIERS.iter().position(|identifier| *identifier == lower) {
        // `id`, `uuid` and `guid` come before `issue_id`, which comes before `key`
        return Some(if rank < 4 { rank } else { rank + 1 });
    }
    if own.contains(&lower) {
        return Some(4);
    }
    let is_identifier = lower.ends_with("_id") || lower.ends_with("_uuid") || name.ends_with("Id") || name.ends_with("ID");
    is_identifier.then_some(IDENTIFIERS.len() + 1)
}

/// Returns whether all rows have a scalar value in the field and no two have the same one.
fn is_unique(name: &str, rows: &[Node<'_>]) -> bool {
    let mut values = HashSet::new();
    let value = |row: &Node<'_>| {
        let value = row.get(name)?;
        matches!(value.kind(), NodeKind::String | NodeKind::Integer).then(|| value.to_value().to_string())
    };
    rows.iter().all(|row| value(row).is_some_and(|value| values.insert(value)))
}

/// Returns the fields of rows that could be the cursor, the most likely one first: timestamps and dates in all rows.
pub(super) fn cursor_candidates(rows: &[Node<'_>]) -> Vec<CursorCandidate> {
    let Some(first) = rows.first() else { return Vec::new() };
    let mut found: Vec<(usize, usize, CursorCandidate)> = Vec::new();
    for (index, path) in paths(*first).into_iter().enumerate() {
        let values: Option<Vec<i64>> = rows.iter().map(|row| instant(at(*row, &path)?)).collect();
        if let Some(values) = values {
            let name = path.join(".").to_lowercase();
            let rank = CHANGES.iter().position(|change| name.contains(change)).unwrap_or(CHANGES.len());
            let depth = path.len() * 10;
            found.push((rank + depth, index, CursorCandidate { path: path.join("."), order: order(&values) }));
        }
    }
    found.sort_by_key(|(rank, index, _)| (*rank, *index));
    found.into_iter().map(|(.., candidate)| candidate).take(MAX_CANDIDATES).collect()
}

/// Returns the paths of the fields of a row and of its nested objects.
fn paths(row: Node<'_>) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for (key, value) in row.entries() {
        let name = key.name().into_owned();
        // a dot in a name would be a separator in the path
        if name.contains(['.', '[', '*']) {
            continue;
        }
        match value.kind() {
            NodeKind::String => paths.push(vec![name]),
            NodeKind::Object => {
                let strings = value.entries().filter(|(_, value)| value.kind() == NodeKind::String);
                let names = strings.map(|(key, _)| key.name().into_owned()).filter(|name| !name.contains(['.', '[', '*']));
                paths.extend(names.map(|nested| vec![name.clone(), nested]));
            }
            _ => {}
        }
    }
    paths
}

fn at<'d>(row: Node<'d>, path: &[String]) -> Option<Node<'d>> {
    path.iter().try_fold(row, |node, name| node.get(name))
}

/// Returns a timestamp or a date in microseconds since 1970. Numbers are not taken for instants.
fn instant(value: Node<'_>) -> Option<i64> {
    CursorFormat::instant(&Value::from(value.as_str()?.as_ref()))
}

fn order(values: &[i64]) -> CursorOrder {
    let has = |ordering: Ordering| values.windows(2).any(|pair| matches!(pair, [a, b] if a.cmp(b) == ordering));
    match (has(Ordering::Less), has(Ordering::Greater)) {
        (true, false) => CursorOrder::Ascending,
        (false, true) => CursorOrder::Descending,
        _ => CursorOrder::Unordered,
    }
}

#[cfg(test)]
mod tests {
    use catchment_json::{Document, Selection};

    use super::{cursor_candidates, primary_key_candidates};

    #[track_caller]
    fn check(rows: &str, keys: &str, cursors: &str) {
        let page = Selection::from_document(Document::parse(rows.into()).unwrap());
        let rows: Vec<_> = page.nodes().collect();
        let found = cursor_candidates(&rows).iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        assert_eq!((primary_key_candidates("issues", &rows).join(", "), found), (keys.to_owned(), cursors.to_owned()));
    }

    #[test]
    fn unique_identifiers_are_candidates_for_the_primary_key() {
        check(r#"[{"number": 1, "id": 7}, {"number": 2, "id": 8}]"#, "id, number", "");
        check(r#"[{"key": "A", "issue_id": 7}, {"key": "B", "issue_id": 8}]"#, "issue_id, key", "");
        check(r#"[{"id": 7, "user_id": 1, "nodeId": "x"}, {"id": 7, "user_id": 1, "nodeId": "y"}]"#, "nodeId", "");
        check(r#"[{"id": 7}, {"id": null}]"#, "", "");
        check(r#"[{"id": 7}, {}]"#, "", "");
        check(r#"[{"id": {"a": 1}}]"#, "", "");
        check(r#"[{"price": 7}, {"price": 8}]"#, "", "");
        check("[]", "", "");
        check("[1, 2]", "", "");
    }

    #[test]
    fn timestamps_and_dates_are_candidates_for_the_cursor() {
        check(
            r#"[{"created_at": "2024-01-02T00:00:00Z", "updated_at": "2024-01-03T00:00:00Z"},
                {"created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-04T00:00:00Z"}]"#,
            "",
            "updated_at (ascending), created_at (descending)",
        );
        check(r#"[{"day": "2024-01-02"}, {"day": "2024-01-02"}]"#, "", "day");
        check(r#"[{"day": "2024-01-02"}, {"day": null}]"#, "", "");
        check(r#"[{"name": "x", "meta": {"modified": "2024-01-02T00:00:00Z", "by": "me"}}]"#, "", "meta.modified");
        check(r#"[{"a.b": "2024-01-02"}]"#, "", "");
    }
}
