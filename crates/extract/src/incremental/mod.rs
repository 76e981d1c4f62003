//! Loading only what is new.

mod boundary;
#[cfg(test)]
mod boundary_tests;
mod cursor;
mod last_value;
mod parents;
mod shift;
mod stored;
#[cfg(test)]
mod tests;
mod tracker;

use catchment_json::{JsonPath, Value};

pub use last_value::{CustomLastValueFn, LastValueFunc};

pub(crate) use boundary::{BoundaryDedup, extract_cursor, overflow_key};
pub(crate) use cursor::{compare, unmarked};
pub(crate) use parents::{ParentCursors, ParentCursorsOutcome, ParentId, has_parents_in_table, parent_id};
pub(crate) use shift::shift;
pub(crate) use stored::{extension, last_value, unique_hashes, update_extension};
pub(crate) use tracker::CursorTracker;

use cursor::OwnedOrderedValue;
use last_value::CursorOrdering;

/// How new rows are told from those of earlier runs: by a cursor, a field whose values grow.
///
/// By default rows below the greatest value of earlier runs are left out, and so are those at it that an earlier run
/// has loaded, which are known by their primary key or by a hash of the row. Where rows are merged by a primary key, one that
/// changed at the last value is loaded again; with a merge key all rows at it are. Values are compared by their type: time
/// stamps and dates as instants, whatever their offsets and precisions, numbers as numbers, and other texts by their
/// characters.
///
/// ```
/// use catchment_extract::{Incremental, OnCursorValueMissing, RowOrder};
///
/// let since = Incremental::new("updated_at")
///     .initial_value("2024-01-01T00:00:00Z")
///     .row_order(RowOrder::Desc)
///     .on_cursor_value_missing(OnCursorValueMissing::Include)
///     .lag(3600.0);
/// assert_eq!(since.cursor_path.as_str(), "updated_at");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Incremental {
    /// Where the cursor stands in a row.
    pub cursor_path: JsonPath,
    /// The value that the first run starts from; all rows are taken where there is none.
    pub initial_value: Option<Value>,
    /// The value that rows are taken up to; all by default. With it nothing of earlier runs counts, and nothing is kept:
    /// the same rows come in each run.
    pub end_value: Option<Value>,
    /// Which values are later: the greater ones by default.
    pub last_value_func: LastValueFunc,
    /// The fields that tell rows at the last value apart; those of the resource by default, and the whole row where it has
    /// none. An empty list takes all rows at the last value again.
    pub primary_key: Option<Vec<String>>,
    /// The order in which rows come, where the source keeps one: then no further page is asked for once it can have
    /// no new row, and limited runs go on where they ended.
    pub row_order: Option<RowOrder>,
    /// What becomes of rows without a value; an error by default.
    pub on_cursor_value_missing: OnCursorValueMissing,
    /// How far before the last value a run starts, for rows that change late: seconds for time stamps, days for dates, a
    /// number for numbers. Rows that are read again are not left out: merge them.
    pub lag: Option<f64>,
    /// Whether rows at the start belong to the range; they do by default.
    pub range_start: RangeBound,
    /// Whether rows at the end value belong to the range; open by default.
    pub range_end: RangeBound,
    /// Whether the state keeps that the range was loaded.
    is_window: bool,
}

/// The order of the rows of a source, by their cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowOrder {
    /// Values grow.
    Asc,
    /// Values fall.
    Desc,
}

/// What becomes of a row that has no value at the cursor, or null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnCursorValueMissing {
    /// The run fails.
    #[default]
    Raise,
    /// It is taken, in each run in which it comes.
    Include,
    /// It is left out.
    Exclude,
}

/// Whether a range has the value at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeBound {
    /// It does not.
    Open,
    /// It does.
    Closed,
}

impl Incremental {
    /// The cursor in the field `field`.
    pub fn new(field: &str) -> Incremental {
        Incremental::at_path(JsonPath::key(field))
    }

    /// The cursor at a path of several fields; the first value that it finds counts.
    ///
    /// ```
    /// use catchment_extract::Incremental;
    /// use catchment_json::JsonPath;
    ///
    /// let changed = Incremental::at_path(JsonPath::parse("meta.changed_at")?);
    /// assert_eq!(changed.cursor_path.as_str(), "meta.changed_at");
    /// # Ok::<(), catchment_json::PathError>(())
    /// ```
    pub fn at_path(cursor_path: JsonPath) -> Incremental {
        Incremental {
            cursor_path,
            initial_value: None,
            end_value: None,
            last_value_func: LastValueFunc::Max,
            primary_key: None,
            row_order: None,
            on_cursor_value_missing: OnCursorValueMissing::Raise,
            lag: None,
            range_start: RangeBound::Closed,
            range_end: RangeBound::Open,
            is_window: false,
        }
    }

    /// The same cursor, which the first run starts at `value`.
    #[must_use]
    pub fn initial_value(mut self, value: impl Into<Value>) -> Incremental {
        self.initial_value = Some(value.into());
        self
    }

    /// The same cursor, up to `value`.
    #[must_use]
    pub fn end_value(mut self, value: impl Into<Value>) -> Incremental {
        self.end_value = Some(value.into());
        self
    }

    /// The same cursor, which moves to what `function` chooses.
    #[must_use]
    pub fn last_value_func(mut self, function: LastValueFunc) -> Incremental {
        self.last_value_func = function;
        self
    }

    /// The same cursor, with the fields that tell rows at the last value apart.
    #[must_use]
    pub fn primary_key<F: Into<String>>(mut self, fields: impl IntoIterator<Item = F>) -> Incremental {
        self.primary_key = Some(fields.into_iter().map(Into::into).collect());
        self
    }

    /// The same cursor, by which rows come in order.
    #[must_use]
    pub fn row_order(mut self, order: RowOrder) -> Incremental {
        self.row_order = Some(order);
        self
    }

    /// The same cursor, and what becomes of rows without a value.
    #[must_use]
    pub fn on_cursor_value_missing(mut self, then: OnCursorValueMissing) -> Incremental {
        self.on_cursor_value_missing = then;
        self
    }

    /// The same cursor, whose runs start before the last value.
    #[must_use]
    pub fn lag(mut self, lag: f64) -> Incremental {
        self.lag = Some(lag);
        self
    }

    /// The same cursor, with or without rows at the start of its range.
    #[must_use]
    pub fn range_start(mut self, end: RangeBound) -> Incremental {
        self.range_start = end;
        self
    }

    /// The same cursor, with or without rows at the end value.
    #[must_use]
    pub fn range_end(mut self, end: RangeBound) -> Incremental {
        self.range_end = end;
        self
    }

    /// The same cursor for one of its [`Windows`](crate::Windows), from `start` up to `end`. That it was loaded is kept in
    /// the state, under a key of its own: the cursor does not move.
    #[must_use]
    pub fn window(mut self, start: Value, end: Value) -> Incremental {
        self.initial_value = Some(start);
        self.end_value = Some(end);
        (self.range_start, self.range_end, self.is_window) = (RangeBound::Closed, RangeBound::Open, true);
        self
    }

    /// What is wrong with the options, taken together.
    pub(crate) fn problem(&self) -> Option<String> {
        let end = self.end_value.as_ref()?;
        let Some(initial) = &self.initial_value else { return Some("`end_value` needs an `initial_value`".to_owned()) };
        let (end_kept, initial_kept) = (OwnedOrderedValue::new(end)?, OwnedOrderedValue::new(initial)?);
        match self.last_value_func.compare(&end_kept.point(), &initial_kept.point()) {
            None => Some(format!("`initial_value` {initial} and `end_value` {end} cannot be compared")),
            Some(CursorOrdering::Before) => Some(format!("`end_value` {end} comes before `initial_value` {initial}")),
            Some(_) => None,
        }
    }

    /// The lag, where it moves the start.
    pub(crate) fn active_lag(&self) -> Option<f64> {
        let sign = match self.last_value_func {
            LastValueFunc::Max => -1.0,
            LastValueFunc::Min => 1.0,
            LastValueFunc::Custom(_) => return None,
        };
        self.lag.filter(|lag| *lag != 0.0 && self.end_value.is_none()).map(|lag| sign * lag)
    }

    /// Whether rows at the start are known again.
    pub(crate) fn dedups(&self) -> bool {
        let no_key = self.primary_key.as_ref().is_some_and(Vec::is_empty);
        self.range_start == RangeBound::Closed && self.end_value.is_none() && self.active_lag().is_none() && !no_key
    }

    /// Whether rows come in the direction in which the cursor moves, so that after a part of them it stands where the rest
    /// begins.
    pub(crate) fn is_forward(&self) -> bool {
        matches!(
            (&self.last_value_func, self.row_order),
            (LastValueFunc::Max, Some(RowOrder::Asc)) | (LastValueFunc::Min, Some(RowOrder::Desc))
        )
    }

    /// Whether they come in the other direction, so that one before the start is followed by such alone.
    pub(crate) fn is_backward(&self) -> bool {
        matches!(
            (&self.last_value_func, self.row_order),
            (LastValueFunc::Max, Some(RowOrder::Desc)) | (LastValueFunc::Min, Some(RowOrder::Asc))
        )
    }
}
