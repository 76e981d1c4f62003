//! Row filter by cursor value.

mod finish;

use catchment_json::{Node, NodeId, NodeKind, Object, Selection, Value, write_value};
use catchment_schema::short_digest;
use catchment_state::{CursorEntry, RowHash};

use super::boundary::{Boundary, whole_rows};
use super::cursor::{OrderedValue, OwnedOrderedValue};
use super::last_value::CursorOrdering;
use super::{BoundaryDedup, Incremental, OnCursorValueMissing, RangeBound, shift, stored};
use crate::{ExtractError, ResumePoint, StopSignal};

/// The maximum memory size of a cursor value in bytes, because it is stored in the state and often sent in a URL.
const MAX_CURSOR_BYTES: usize = 64 << 10;

/// The cursor of a resource in a run, which filters rows and tracks the last value.
#[derive(Debug)]
pub(crate) struct CursorTracker<'r> {
    source: &'r str,
    resource: &'r str,
    incremental: &'r Incremental,
    /// The fields that identify boundary rows.
    primary_key: &'r [String],
    /// The primary key of the resource.
    resource_key: &'r [String],
    /// The resume point that was passed to the resource; its flag reports rows before the start.
    handle: ResumePoint,
    initial_value: Option<Value>,
    start: Option<OwnedOrderedValue>,
    end: Option<OwnedOrderedValue>,
    /// The last value so far.
    last: Option<OwnedOrderedValue>,
    /// The rows at the last value; `None` if they are not deduplicated.
    boundary: Option<Boundary>,
    /// The last value of earlier runs.
    stored_last: Option<Value>,
    /// The start of the last run that loaded a row, possibly null; `None` before the first run.
    stored_start: Option<Value>,
    kept_rows: bool,
    /// The cursor value of the previous row, if rows are sorted.
    previous: Option<OwnedOrderedValue>,
    /// The last value before an interruption, beyond which the cursor must not advance.
    cap: Option<Option<OwnedOrderedValue>>,
    is_disordered: bool,
    /// A value that was skipped although its text may sort differently than its meaning.
    out_of_order: Option<String>,
    saw_start: bool,
    saw_end: bool,
}

impl<'r> CursorTracker<'r> {
    /// Restores the cursor from the state of the resource; `in_table` has the boundary rows that are not in the state.
    pub(crate) fn new(
        (source, resource): (&'r str, &'r str),
        incremental: &'r Incremental,
        (rows, resource_key): (BoundaryDedup, &'r [String]),
        resource_state: Option<&Object>,
        in_table: &[CursorEntry],
    ) -> Result<Self, ExtractError> {
        let failed = |problem| ExtractError::Incremental { resource: resource.to_owned(), problem };
        if let Some(problem) = incremental.problem() {
            return Err(failed(problem));
        }
        // A range with an end is the same in each run.
        let resource_state = resource_state.filter(|_| incremental.end_value.is_none());
        let cursor = resource_state.and_then(|resource_state| stored::cursor(resource_state, incremental.cursor_path.as_str()));
        let initial_value = stored::value(cursor, "initial_value").or_else(|| incremental.initial_value.clone());
        let stored_last = stored::value(cursor, "last_value");
        let last = stored_last.as_ref().or(initial_value.as_ref());
        let start = match (incremental.active_lag(), last) {
            (Some(lag), Some(last)) => Some(lagged(incremental, initial_value.as_ref(), last, lag).map_err(failed)?),
            (_, last) => last.cloned(),
        };
        let start = start.as_ref().and_then(OwnedOrderedValue::new);
        let in_state = stored::hashes(cursor.and_then(|cursor| cursor.get("unique_hashes")));
        let path = incremental.cursor_path.as_str();
        let whole = resource_state
            .zip(stored_last.as_ref())
            .map(|(resource_state, last)| whole_rows(resource_state, path, last))
            .unwrap_or_default();
        Ok(CursorTracker {
            source,
            resource,
            incremental,
            primary_key: incremental.primary_key.as_deref().unwrap_or(resource_key),
            resource_key,
            handle: ResumePoint::new(initial_value.clone(), start.as_ref().map(OwnedOrderedValue::value))
                .with_end_value(incremental.end_value.clone()),
            initial_value,
            last: start.clone(),
            start,
            end: incremental.end_value.as_ref().and_then(OwnedOrderedValue::new),
            boundary: incremental.dedups().then(|| Boundary::new(rows, in_state, whole, in_table)),
            stored_last,
            stored_start: cursor.and_then(|cursor| cursor.get("start_value")).cloned(),
            kept_rows: false,
            previous: None,
            cap: None,
            is_disordered: false,
            out_of_order: None,
            saw_start: false,
            saw_end: false,
        })
    }

    /// Returns the resume point of the resource.
    pub(crate) fn start(&self) -> ResumePoint {
        self.handle.clone()
    }

    /// Returns true if no later page can have new rows.
    pub(crate) fn is_done(&self) -> bool {
        let incremental = self.incremental;
        (incremental.is_forward() && self.saw_end && !self.is_disordered)
            || (incremental.is_backward() && self.saw_start && !self.is_disordered)
    }

    /// Returns true if rows were not in the declared order.
    pub(crate) fn is_disordered(&self) -> bool {
        self.is_disordered
    }

    /// Returns a warning if rows were not in the declared order, or if text values were skipped that may be newer.
    pub(crate) fn warning(&self) -> Option<String> {
        if self.incremental.is_backward() && self.is_disordered {
            return Some(format!(
                "rows are not sorted by the cursor `{}` as `row_order` declares, so all pages were read; remove `row_order` \
                 if this warning recurs",
                self.incremental.cursor_path
            ));
        }
        let (value, start) = (self.out_of_order.as_ref()?, self.start.as_ref()?.point().node.excerpt(40));
        Some(format!(
            "cursor `{}` has text values, which are compared by their characters: rows with values such as {value} were \
             skipped as older than {start}, but may be newer; convert the values to numbers or ISO 8601 dates in a \
             processing step, or use another cursor",
            self.incremental.cursor_path
        ))
    }

    /// Removes known rows from a page. Stops at `room` remaining rows and returns true if rows are left, which do not
    /// count as seen. Ends with an error if `stop` is set.
    pub(crate) fn filter(&mut self, page: &mut Selection, room: usize, stop: &StopSignal) -> Result<bool, ExtractError> {
        let mut latest = self.last.clone().map(LastSeen::Earlier);
        let mut previous: Option<OrderedValue<'_>> = None;
        let mut at_last: Vec<NodeId> = Vec::new();
        let mut moved = false;
        let mut rows = Vec::with_capacity(page.ids.len());
        let mut is_cut = false;
        let records_known_rows = self.boundary.as_ref().is_some_and(Boundary::records_known_rows);
        for (index, id) in page.ids.iter().enumerate() {
            stop.check(index).map_err(|_| ExtractError::Cancelled { resource: self.resource.to_owned() })?;
            if rows.len() == room {
                is_cut = true;
                break;
            }
            let row = page.document.node(*id);
            let Some(cursor) = self.cursor(row) else {
                match self.incremental.on_cursor_value_missing {
                    OnCursorValueMissing::Raise => return Err(self.missing_value(row)),
                    OnCursorValueMissing::Include => rows.push(*id),
                    OnCursorValueMissing::Exclude => {}
                }
                continue;
            };
            if cursor.memory_size() > MAX_CURSOR_BYTES {
                return Err(self.value_too_long(row));
            }
            let now = OrderedValue::new(cursor);
            if self.incremental.is_forward() || self.incremental.is_backward() {
                self.note_order(&now, previous.as_ref())?;
                previous = Some(now.clone());
            }
            if self.is_after_end(&now)? {
                continue;
            }
            let ordering = match &latest {
                Some(latest) => self.ordering(&now, &latest.point())?,
                None => CursorOrdering::After(self.incremental.last_value_func.first(&now)),
            };
            let is_at_last = match ordering {
                CursorOrdering::After(made) => {
                    latest = match made {
                        Some(made) => OwnedOrderedValue::new(&made).map(LastSeen::Earlier),
                        None => Some(LastSeen::Row(now)),
                    };
                    moved = true;
                    at_last.clear();
                    true
                }
                ordering => {
                    if self.is_old(&now, row)? {
                        if ordering == CursorOrdering::Equal && records_known_rows {
                            at_last.push(*id);
                        }
                        continue;
                    }
                    ordering == CursorOrdering::Equal
                }
            };
            if is_at_last && self.boundary.is_some() {
                at_last.push(*id);
            }
            rows.push(*id);
        }
        self.previous = previous.and_then(|previous| OwnedOrderedValue::new(&previous.node.to_value())).or(self.previous.take());
        if moved {
            self.last = latest.and_then(LastSeen::keep);
        }
        self.note_rows_at_last(page, &at_last, moved)?;
        self.kept_rows |= !rows.is_empty();
        page.ids = rows;
        Ok(is_cut)
    }

    /// Returns true if the row is beyond the end of the range.
    fn is_after_end(&mut self, now: &OrderedValue<'_>) -> Result<bool, ExtractError> {
        let Some(end) = &self.end else { return Ok(false) };
        let is_after = match self.ordering(now, &end.point())? {
            CursorOrdering::Before => false,
            CursorOrdering::Equal => self.incremental.range_end == RangeBound::Open,
            CursorOrdering::After(_) => true,
        };
        self.saw_end |= is_after;
        Ok(is_after)
    }

    /// Returns true if the row is before the start, or if an earlier run has loaded it.
    fn is_old(&mut self, now: &OrderedValue<'_>, row: Node<'_>) -> Result<bool, ExtractError> {
        let Some(start) = &self.start else { return Ok(false) };
        match self.ordering(now, &start.point())? {
            CursorOrdering::Before => {
                self.saw_start = true;
                if self.out_of_order.is_none() && now.is_out_of_order(&start.point()) {
                    self.out_of_order = Some(now.node.excerpt(40));
                }
                self.handle.set_out_of_range();
                Ok(true)
            }
            CursorOrdering::Equal if self.incremental.range_start == RangeBound::Open => Ok(true),
            CursorOrdering::Equal => match &self.boundary {
                Some(boundary) => boundary.is_duplicate(|| self.hash(row), || Ok(whole_hash(row))),
                None => Ok(false),
            },
            CursorOrdering::After(_) => Ok(false),
        }
    }

    fn note_order(&mut self, now: &OrderedValue<'_>, previous: Option<&OrderedValue<'_>>) -> Result<(), ExtractError> {
        let earlier_page = self.previous.as_ref().map(OwnedOrderedValue::point);
        if let Some(previous) = previous.or(earlier_page.as_ref()) {
            self.is_disordered |= match self.ordering(now, previous)? {
                CursorOrdering::Before => self.incremental.is_forward(),
                CursorOrdering::Equal => false,
                CursorOrdering::After(_) => self.incremental.is_backward(),
            };
        }
        Ok(())
    }

    fn note_rows_at_last(&mut self, page: &Selection, at_last: &[NodeId], moved: bool) -> Result<(), ExtractError> {
        if let (true, Some(boundary)) = (moved, &mut self.boundary) {
            boundary.clear();
        }
        for id in at_last {
            let row = page.document.node(*id);
            let (key, resource_key) = (self.hash(row)?, self.resource_key);
            let Some(boundary) = &mut self.boundary else { continue };
            boundary.add(key);
            if boundary.records_known_rows() {
                let fields = resource_key.iter().map(|field| row.get(field).map(Node::to_value).unwrap_or_default());
                boundary.add_whole(short_hash(&Value::Array(fields.collect())), whole_hash(row));
            }
        }
        Ok(())
    }

    fn cursor<'d>(&self, row: Node<'d>) -> Option<Node<'d>> {
        let found = match self.incremental.cursor_path.as_key() {
            Some(key) => row.get(key),
            None => self.incremental.cursor_path.first(row),
        };
        found.filter(|node| node.kind() != NodeKind::Null)
    }

    fn value_too_long(&self, row: Node<'_>) -> ExtractError {
        let (resource, row) = (self.resource.to_owned(), row.excerpt(120));
        let problem = format!(
            "cursor `{}` has a value larger than {} KiB in row {row}, which cannot be stored in the state; use another cursor",
            self.incremental.cursor_path,
            MAX_CURSOR_BYTES >> 10
        );
        ExtractError::Incremental { resource, problem }
    }

    fn missing_value(&self, row: Node<'_>) -> ExtractError {
        ExtractError::MissingCursorValue {
            resource: self.resource.to_owned(),
            cursor: self.incremental.cursor_path.to_string(),
            row: row.excerpt(120),
        }
    }

    fn ordering(&self, now: &OrderedValue<'_>, other: &OrderedValue<'_>) -> Result<CursorOrdering, ExtractError> {
        self.incremental.last_value_func.compare(now, other).ok_or_else(|| ExtractError::CursorTypeChanged {
            resource: self.resource.to_owned(),
            cursor: self.incremental.cursor_path.to_string(),
            before: other.node.excerpt(120),
            now: now.node.excerpt(120),
        })
    }

    /// Returns the hash that identifies a boundary row: of its primary key, or of the whole row.
    fn hash(&self, row: Node<'_>) -> Result<RowHash, ExtractError> {
        let field = |field: &String| {
            let missing = || ExtractError::MissingKeyField {
                resource: self.resource.to_owned(),
                field: field.clone(),
                row: row.excerpt(120),
            };
            row.get(field).map(Node::to_value).ok_or_else(missing)
        };
        let key = match self.primary_key {
            [] => row.to_value(),
            [only] => field(only)?,
            several => Value::Array(several.iter().map(field).collect::<Result<_, _>>()?),
        };
        let mut text = String::new();
        write_value(&key, true, &mut text);
        let is_long = self.boundary.as_ref().is_some_and(Boundary::is_long);
        Ok(if is_long { short_digest::<15>(&text).into() } else { short_digest::<9>(&text).into() })
    }
}

/// Returns the hash of the content of a row.
fn whole_hash(row: Node<'_>) -> RowHash {
    short_hash(&row.to_value())
}

fn short_hash(value: &Value) -> RowHash {
    let mut text = String::new();
    write_value(value, true, &mut text);
    short_digest::<9>(&text).into()
}

/// The last value while a page is filtered.
enum LastSeen<'d> {
    Earlier(OwnedOrderedValue),
    Row(OrderedValue<'d>),
}

impl LastSeen<'_> {
    fn point(&self) -> OrderedValue<'_> {
        match self {
            LastSeen::Earlier(value) => value.point(),
            LastSeen::Row(point) => point.clone(),
        }
    }

    fn keep(self) -> Option<OwnedOrderedValue> {
        match self {
            LastSeen::Earlier(value) => Some(value),
            LastSeen::Row(point) => OwnedOrderedValue::new(&point.node.to_value()),
        }
    }
}

/// Returns the start of a run with a lag, which is never before the initial value.
fn lagged(incremental: &Incremental, initial: Option<&Value>, last: &Value, lag: f64) -> Result<Value, String> {
    let Some(moved) = shift(last, lag) else {
        return Err(format!("`lag` requires a number, date or timestamp as cursor value, found {last}; remove `lag`"));
    };
    let function = &incremental.last_value_func;
    let is_early = initial.zip(OwnedOrderedValue::new(&moved)).is_some_and(|(initial, moved)| {
        let ordering = OwnedOrderedValue::new(initial).and_then(|initial| function.compare(&moved.point(), &initial.point()));
        ordering == Some(CursorOrdering::Before)
    });
    Ok(if is_early { initial.cloned().unwrap_or(moved) } else { moved })
}
