//! One resource's cursor through one run.

use std::cmp::Ordering;
use std::collections::HashSet;

use catchment_json::{Kind, Node, NodeId, Object, Selection, Value, write_value};
use catchment_schema::short_hash;

use super::Incremental;
use super::cursor::{Kept, compare};
use crate::{ExtractError, Start};

/// Filters rows by their cursor, and keeps the greatest value.
pub(crate) struct Tracker<'r> {
    resource: &'r str,
    incremental: &'r Incremental,
    primary_key: &'r [String],
    /// What the resource was given, and is told through.
    handle: Start,
    initial_value: Option<Value>,
    start: Option<Kept>,
    start_hashes: HashSet<String>,
    /// The greatest value so far.
    last: Option<Kept>,
    /// The rows that stand at it, by their hashes, in the order in which they came.
    hashes: Vec<String>,
    /// The start of the last run that kept a row, null included; none before the first run.
    stored_start: Option<Value>,
    kept_rows: bool,
}

impl<'r> Tracker<'r> {
    /// Continues from `kept`, what the state keeps of the resource.
    pub(crate) fn new(resource: &'r str, incremental: &'r Incremental, primary_key: &'r [String], kept: Option<&Object>) -> Self {
        let stored = kept.and_then(|kept| kept.get("incremental")).and_then(|i| i.get(incremental.cursor_path.as_str()));
        let value = |key: &str| stored.and_then(|stored| stored.get(key)).filter(|value| !value.is_null());
        let initial_value = value("initial_value").or(incremental.initial_value.as_ref()).cloned();
        let start = value("last_value").or(initial_value.as_ref()).and_then(Kept::new);
        let hashes: Vec<String> = value("unique_hashes")
            .and_then(Value::as_array)
            .unwrap_or_default()
            .iter()
            .filter_map(|h| h.as_str().map(str::to_owned))
            .collect();
        Tracker {
            resource,
            incremental,
            primary_key,
            handle: Start::new(initial_value.clone(), start.as_ref().map(Kept::value)),
            initial_value,
            last: start.clone(),
            start,
            start_hashes: hashes.iter().cloned().collect(),
            hashes,
            stored_start: stored.and_then(|stored| stored.get("start_value")).cloned(),
            kept_rows: false,
        }
    }

    /// What the resource continues from.
    pub(crate) fn start(&self) -> Start {
        self.handle.clone()
    }

    /// Takes out of a page the rows that are not new.
    pub(crate) fn filter(&mut self, page: &mut Selection) -> Result<(), ExtractError> {
        let mut last: Option<Node<'_>> = self.last.as_ref().map(Kept::node);
        let mut at_last: Vec<NodeId> = Vec::new();
        let mut moved = false;
        let mut rows = Vec::with_capacity(page.ids.len());
        for id in &page.ids {
            let row = page.document.node(*id);
            let cursor = self.cursor(row)?;
            let to_last = last.map(|last| self.compare(cursor, last)).transpose()?;
            if to_last.is_none_or(Ordering::is_gt) {
                last = Some(cursor);
                moved = true;
                at_last.clear();
            } else {
                let to_start = self.start.as_ref().map(|start| self.compare(cursor, start.node())).transpose()?;
                let is_old = match to_start {
                    Some(Ordering::Less) => true,
                    Some(Ordering::Equal) => !self.start_hashes.is_empty() && self.start_hashes.contains(&self.hash(row)?),
                    _ => false,
                };
                if to_start == Some(Ordering::Less) {
                    self.handle.set_out_of_range();
                }
                if is_old {
                    continue;
                }
            }
            if to_last.is_none_or(Ordering::is_ge) {
                at_last.push(*id);
            }
            rows.push(*id);
        }
        let new_last = last.filter(|_| moved).and_then(|last| Kept::new(&last.to_value()));
        let hashes = at_last.iter().map(|id| self.hash(page.document.node(*id))).collect::<Result<Vec<_>, _>>()?;
        if let Some(new_last) = new_last {
            self.last = Some(new_last);
            self.hashes.clear();
        }
        for hash in hashes {
            if !self.hashes.contains(&hash) {
                self.hashes.push(hash);
            }
        }
        self.kept_rows |= !rows.is_empty();
        page.ids = rows;
        Ok(())
    }

    /// What the state keeps of the resource after the run, in `kept`, which has other keys too.
    pub(crate) fn finish(self, kept: Option<&Object>) -> Object {
        let mut kept = kept.cloned().unwrap_or_default();
        let this_start = || Value::from(self.start.as_ref().map(Kept::value));
        let start_value = if self.kept_rows { this_start() } else { self.stored_start.unwrap_or_else(this_start) };
        let cursor = Value::object([
            ("initial_value", Value::from(self.initial_value)),
            ("last_value", Value::from(self.last.as_ref().map(Kept::value))),
            ("unique_hashes", Value::Array(self.hashes.into_iter().map(Value::from).collect())),
            ("start_value", start_value),
        ]);
        let cursors = kept.entry("incremental".to_owned()).or_insert_with(|| Value::Object(Object::new()));
        if let Some(cursors) = cursors.as_object_mut() {
            cursors.insert(self.incremental.cursor_path.as_str().to_owned(), cursor);
        }
        kept
    }

    fn cursor<'d>(&self, row: Node<'d>) -> Result<Node<'d>, ExtractError> {
        let found = match self.incremental.cursor_path.as_key() {
            Some(key) => row.get(key),
            None => self.incremental.cursor_path.first(row),
        };
        found.filter(|node| node.kind() != Kind::Null).ok_or_else(|| ExtractError::CursorMissing {
            resource: self.resource.to_owned(),
            cursor: self.incremental.cursor_path.to_string(),
            row: row.excerpt(120),
        })
    }

    fn compare(&self, now: Node<'_>, before: Node<'_>) -> Result<Ordering, ExtractError> {
        compare(now, before).ok_or_else(|| ExtractError::CursorChanged {
            resource: self.resource.to_owned(),
            cursor: self.incremental.cursor_path.to_string(),
            before: before.excerpt(120),
            now: now.excerpt(120),
        })
    }

    /// The hash that tells a row at the cursor apart: of its primary key, or of all of it.
    fn hash(&self, row: Node<'_>) -> Result<String, ExtractError> {
        let field = |field: &String| {
            let missing =
                || ExtractError::KeyMissing { resource: self.resource.to_owned(), field: field.clone(), row: row.excerpt(120) };
            row.get(field).map(Node::to_value).ok_or_else(missing)
        };
        let key = match self.primary_key {
            [] => row.to_value(),
            [only] => field(only)?,
            several => Value::Array(several.iter().map(field).collect::<Result<_, _>>()?),
        };
        let mut text = String::new();
        write_value(&key, true, &mut text);
        Ok(short_hash::<9>(&text))
    }
}
