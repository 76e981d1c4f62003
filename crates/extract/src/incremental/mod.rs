//! Incremental loading by a cursor.

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

/// The cursor of an incremental resource: a field whose values grow, by which a run selects new rows.
///
/// By default, rows below the greatest value of earlier runs are skipped. Rows at that value are deduplicated by their
/// primary key, or by a hash of the row. If rows are merged by a primary key, a row that changed at the last value is
/// loaded again; with a merge key all rows at it are.
///
/// Values are compared by type: timestamps and dates as instants regardless of offset and precision, numbers as
/// numbers, and other texts by their characters.
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
    /// The path of the cursor field in a row.
    pub cursor_path: JsonPath,
    /// The value from which the first run starts. Default: none, all rows are loaded.
    pub initial_value: Option<Value>,
    /// The value at which a run ends. Default: none. If set, no state is read or stored, and each run loads the same
    /// rows.
    pub end_value: Option<Value>,
    /// The function that selects the last value. Default: the greatest value.
    pub last_value_func: LastValueFunc,
    /// The fields that identify rows at the last value. Default: the primary key of the resource, or else the whole
    /// row. An empty list disables deduplication.
    pub primary_key: Option<Vec<String>>,
    /// The order in which the source returns rows, if any. It lets a run stop at the first page that cannot have new
    /// rows, and a limited run resume where it ended.
    pub row_order: Option<RowOrder>,
    /// The treatment of rows without a cursor value. Default: an error.
    pub on_cursor_value_missing: OnCursorValueMissing,
    /// The distance before the last value at which a run starts, for rows that change late: seconds for timestamps,
    /// days for dates, a number for numbers. Rows are loaded again within this distance, so merge them.
    pub lag: Option<f64>,
    /// Whether the range includes its start. Default: closed.
    pub range_start: RangeBound,
    /// Whether the range includes the end value. Default: open.
    pub range_end: RangeBound,
    /// Whether the loaded range is recorded in the state.
    is_window: bool,
    is_initial_value_relative: bool,
}

/// The order of the rows of a source by cursor value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowOrder {
    /// Ascending.
    Asc,
    /// Descending.
    Desc,
}

/// The treatment of rows whose cursor value is missing or null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnCursorValueMissing {
    /// The run fails.
    #[default]
    Raise,
    /// The row is loaded, in each run that reads it.
    Include,
    /// The row is skipped.
    Exclude,
}

/// Whether a range includes one of its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeBound {
    /// The end is excluded.
    Open,
    /// The end is included.
    Closed,
}

impl Incremental {
    /// Creates a cursor on the field `field`.
    pub fn new(field: &str) -> Incremental {
        Incremental::at_path(JsonPath::key(field))
    }

    /// Creates a cursor on a path. If it matches several values, the first one is used.
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
            is_initial_value_relative: false,
        }
    }

    /// Sets the value from which the first run starts.
    #[must_use]
    pub fn initial_value(mut self, value: impl Into<Value>) -> Incremental {
        self.initial_value = Some(value.into());
        self
    }

    /// Sets the value at which a run ends.
    #[must_use]
    pub fn end_value(mut self, value: impl Into<Value>) -> Incremental {
        self.end_value = Some(value.into());
        self
    }

    /// Sets the function that selects the last value.
    #[must_use]
    pub fn last_value_func(mut self, function: LastValueFunc) -> Incremental {
        self.last_value_func = function;
        self
    }

    /// Sets the fields that identify rows at the last value.
    #[must_use]
    pub fn primary_key<F: Into<String>>(mut self, fields: impl IntoIterator<Item = F>) -> Incremental {
        self.primary_key = Some(fields.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the order in which the source returns rows.
    #[must_use]
    pub fn row_order(mut self, order: RowOrder) -> Incremental {
        self.row_order = Some(order);
        self
    }

    /// Sets the treatment of rows without a cursor value.
    #[must_use]
    pub fn on_cursor_value_missing(mut self, action: OnCursorValueMissing) -> Incremental {
        self.on_cursor_value_missing = action;
        self
    }

    /// Sets the distance before the last value at which a run starts.
    #[must_use]
    pub fn lag(mut self, lag: f64) -> Incremental {
        self.lag = Some(lag);
        self
    }

    /// Sets whether the range includes its start.
    #[must_use]
    pub fn range_start(mut self, bound: RangeBound) -> Incremental {
        self.range_start = bound;
        self
    }

    /// Sets whether the range includes the end value.
    #[must_use]
    pub fn range_end(mut self, bound: RangeBound) -> Incremental {
        self.range_end = bound;
        self
    }

    /// States that the initial value is relative to the start of the run. An interrupted run then resumes although the value
    /// has changed. Default: any other initial value starts a new extract.
    #[must_use]
    pub fn with_relative_initial_value(mut self) -> Incremental {
        self.is_initial_value_relative = true;
        self
    }

    /// Returns whether the initial value is relative to the start of the run.
    pub fn is_initial_value_relative(&self) -> bool {
        self.is_initial_value_relative
    }

    /// Limits the cursor to the range from `start`, included, to `end`, excluded. The cursor does not move.
    #[must_use]
    pub fn range(mut self, start: Value, end: Value) -> Incremental {
        self.initial_value = Some(start);
        self.end_value = Some(end);
        (self.range_start, self.range_end) = (RangeBound::Closed, RangeBound::Open);
        self
    }

    /// Limits the cursor to one of its [`Windows`](crate::Windows), from `start` to `end`. The state records that the
    /// window was loaded, and the cursor does not move.
    #[must_use]
    pub fn window(self, start: Value, end: Value) -> Incremental {
        Incremental { is_window: true, ..self.range(start, end) }
    }

    /// Returns an error message if the options contradict each other.
    pub(crate) fn problem(&self) -> Option<String> {
        let end = self.end_value.as_ref()?;
        let Some(initial) = &self.initial_value else { return Some("`end_value` requires an `initial_value`".to_owned()) };
        let (owned_end, owned_initial) = (OwnedOrderedValue::new(end)?, OwnedOrderedValue::new(initial)?);
        match self.last_value_func.compare(&owned_end.point(), &owned_initial.point()) {
            None => Some(format!("`initial_value` {initial} and `end_value` {end} cannot be compared; use one type")),
            Some(CursorOrdering::Before) => Some(format!("`end_value` {end} comes before `initial_value` {initial}")),
            Some(_) => None,
        }
    }

    /// Returns the signed lag, if it moves the start.
    pub(crate) fn active_lag(&self) -> Option<f64> {
        let sign = match self.last_value_func {
            LastValueFunc::Max => -1.0,
            LastValueFunc::Min => 1.0,
            LastValueFunc::Custom(_) => return None,
        };
        self.lag.filter(|lag| *lag != 0.0 && self.end_value.is_none()).map(|lag| sign * lag)
    }

    /// Returns true if rows at the start are deduplicated.
    pub(crate) fn dedups(&self) -> bool {
        let no_key = self.primary_key.as_ref().is_some_and(Vec::is_empty);
        self.range_start == RangeBound::Closed && self.end_value.is_none() && self.active_lag().is_none() && !no_key
    }

    /// Returns true if rows are sorted in the direction of the cursor, so that a run can resume at its cursor after any
    /// part of them.
    pub(crate) fn is_forward(&self) -> bool {
        matches!(
            (&self.last_value_func, self.row_order),
            (LastValueFunc::Max, Some(RowOrder::Asc)) | (LastValueFunc::Min, Some(RowOrder::Desc))
        )
    }

    /// Returns true if rows are sorted against the direction of the cursor, so that no new rows follow a row before the
    /// start.
    pub(crate) fn is_backward(&self) -> bool {
        matches!(
            (&self.last_value_func, self.row_order),
            (LastValueFunc::Max, Some(RowOrder::Desc)) | (LastValueFunc::Min, Some(RowOrder::Asc))
        )
    }
}
