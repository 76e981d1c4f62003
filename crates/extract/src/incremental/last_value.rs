//! The function that selects the last cursor value.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use catchment_json::Value;

use super::cursor::{OrderedValue, compare};

/// A custom function of [`LastValueFunc`].
pub type CustomLastValueFn = dyn Fn(&[Value]) -> Value + Send + Sync;

/// The function that selects the next cursor value from the values of the rows.
#[derive(Clone, Default)]
pub enum LastValueFunc {
    /// The greatest value.
    #[default]
    Max,
    /// The least value, for rows that are read backwards in time.
    Min,
    /// A custom function. It gets the value of one row, or that value and the last value.
    Custom(Arc<CustomLastValueFn>),
}

/// The order of a value relative to another value, in the direction of the cursor.
#[derive(Debug, PartialEq)]
pub(super) enum CursorOrdering {
    /// The value is before the other one.
    Before,
    /// The values are equal.
    Equal,
    /// The value is after the other one. Contains the next cursor value if it differs from the value itself.
    After(Option<Value>),
}

impl LastValueFunc {
    /// Compares `now` with `other`. Returns `None` if they cannot be compared.
    pub(super) fn compare(&self, now: &OrderedValue<'_>, other: &OrderedValue<'_>) -> Option<CursorOrdering> {
        let ordering = match self {
            LastValueFunc::Max => now.compare(other)?,
            LastValueFunc::Min => now.compare(other)?.reverse(),
            LastValueFunc::Custom(function) => return Some(compare_custom(function.as_ref(), now, other)),
        };
        Some(match ordering {
            Ordering::Less => CursorOrdering::Before,
            Ordering::Equal => CursorOrdering::Equal,
            Ordering::Greater => CursorOrdering::After(None),
        })
    }

    /// Returns the cursor value after the first row, if it differs from the value of the row.
    pub(super) fn first(&self, now: &OrderedValue<'_>) -> Option<Value> {
        if let LastValueFunc::Custom(function) = self { Some(function(&[now.node.to_value()])) } else { None }
    }
}

fn compare_custom(function: &CustomLastValueFn, now: &OrderedValue<'_>, other: &OrderedValue<'_>) -> CursorOrdering {
    let (now, other) = (now.node.to_value(), other.node.to_value());
    let both = function(&[now.clone(), other.clone()]);
    if !is_same(&both, &other) {
        return CursorOrdering::After(Some(both));
    }
    if is_same(&function(&[now]), &other) { CursorOrdering::Equal } else { CursorOrdering::Before }
}

fn is_same(left: &Value, right: &Value) -> bool {
    left == right || compare(left, right) == Some(Ordering::Equal)
}

impl PartialEq for LastValueFunc {
    /// Custom functions are equal if they are the same allocation.
    fn eq(&self, other: &LastValueFunc) -> bool {
        match (self, other) {
            (LastValueFunc::Max, LastValueFunc::Max) | (LastValueFunc::Min, LastValueFunc::Min) => true,
            (LastValueFunc::Custom(one), LastValueFunc::Custom(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl fmt::Debug for LastValueFunc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LastValueFunc::Max => "Max",
            LastValueFunc::Min => "Min",
            LastValueFunc::Custom(_) => "Custom",
        })
    }
}
