//! Which of two values of a cursor counts.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use catchment_json::Value;

use super::cursor::{OrderedValue, compare};

/// What a [`LastValueFunc`] of one's own is.
pub type CustomLastValueFn = dyn Fn(&[Value]) -> Value + Send + Sync;

/// Chooses the value that a cursor goes on from, out of those that rows have.
#[derive(Clone, Default)]
pub enum LastValueFunc {
    /// The greatest one.
    #[default]
    Max,
    /// The least one, for rows that are read backwards in time.
    Min,
    /// What a function makes of the values; it is given one of a row, or one of a row and the last value.
    Custom(Arc<CustomLastValueFn>),
}

/// Where a value stands, seen in the direction in which the cursor moves.
#[derive(Debug, PartialEq)]
pub(super) enum CursorOrdering {
    /// It has been passed.
    Before,
    /// It is the same value.
    Equal,
    /// It is further on; with the value that the cursor moves to, where that is not the value itself.
    After(Option<Value>),
}

impl LastValueFunc {
    /// Where `now` stands beside `other`; none where they cannot be compared.
    pub(super) fn compare(&self, now: &OrderedValue<'_>, other: &OrderedValue<'_>) -> Option<CursorOrdering> {
        let ordering = match self {
            LastValueFunc::Max => now.compare(other)?,
            LastValueFunc::Min => now.compare(other)?.reverse(),
            LastValueFunc::Custom(function) => return Some(custom_place(function.as_ref(), now, other)),
        };
        Some(match ordering {
            Ordering::Less => CursorOrdering::Before,
            Ordering::Equal => CursorOrdering::Equal,
            Ordering::Greater => CursorOrdering::After(None),
        })
    }

    /// What the cursor moves to at a first row, where it is not the value of the row.
    pub(super) fn first(&self, now: &OrderedValue<'_>) -> Option<Value> {
        if let LastValueFunc::Custom(function) = self { Some(function(&[now.node.to_value()])) } else { None }
    }
}

fn custom_place(function: &CustomLastValueFn, now: &OrderedValue<'_>, other: &OrderedValue<'_>) -> CursorOrdering {
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
    /// Functions are the same where they are one.
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
