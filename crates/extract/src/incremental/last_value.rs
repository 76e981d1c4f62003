//! Which of two values of a cursor counts.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use catchment_json::Value;

use super::cursor::{Point, compare};

/// What a [`LastValue`] of one's own is.
pub type LastValueFn = dyn Fn(&[Value]) -> Value + Send + Sync;

/// Chooses the value that a cursor goes on from, out of those that rows have.
#[derive(Clone, Default)]
pub enum LastValue {
    /// The greatest one.
    #[default]
    Max,
    /// The least one, for rows that are read backwards in time.
    Min,
    /// What a function makes of the values; it is given one of a row, or one of a row and the last value.
    Custom(Arc<LastValueFn>),
}

/// Where a value stands, seen in the direction in which the cursor moves.
#[derive(Debug, PartialEq)]
pub(super) enum Place {
    /// It has been passed.
    Before,
    /// It is the same value.
    At,
    /// It is further on; with the value that the cursor moves to, where that is not the value itself.
    Beyond(Option<Value>),
}

impl LastValue {
    /// Where `now` stands beside `other`; none where they cannot be compared.
    pub(super) fn place(&self, now: &Point<'_>, other: &Point<'_>) -> Option<Place> {
        let ordering = match self {
            LastValue::Max => now.compare(other)?,
            LastValue::Min => now.compare(other)?.reverse(),
            LastValue::Custom(function) => return Some(custom_place(function.as_ref(), now, other)),
        };
        Some(match ordering {
            Ordering::Less => Place::Before,
            Ordering::Equal => Place::At,
            Ordering::Greater => Place::Beyond(None),
        })
    }

    /// What the cursor moves to at a first row, where it is not the value of the row.
    pub(super) fn first(&self, now: &Point<'_>) -> Option<Value> {
        if let LastValue::Custom(function) = self { Some(function(&[now.node.to_value()])) } else { None }
    }
}

fn custom_place(function: &LastValueFn, now: &Point<'_>, other: &Point<'_>) -> Place {
    let (now, other) = (now.node.to_value(), other.node.to_value());
    let both = function(&[now.clone(), other.clone()]);
    if !is_same(&both, &other) {
        return Place::Beyond(Some(both));
    }
    if is_same(&function(&[now]), &other) { Place::At } else { Place::Before }
}

fn is_same(left: &Value, right: &Value) -> bool {
    left == right || compare(left, right) == Some(Ordering::Equal)
}

impl PartialEq for LastValue {
    /// Functions are the same where they are one.
    fn eq(&self, other: &LastValue) -> bool {
        match (self, other) {
            (LastValue::Max, LastValue::Max) | (LastValue::Min, LastValue::Min) => true,
            (LastValue::Custom(one), LastValue::Custom(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl fmt::Debug for LastValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LastValue::Max => "Max",
            LastValue::Min => "Min",
            LastValue::Custom(_) => "Custom",
        })
    }
}
