//! The cursor values and page position from which a resource starts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use catchment_json::Value;

use crate::DeliveryTurn;
use crate::incremental::unmarked;

/// The point from which a resource resumes. It does not change during a run.
#[derive(Debug, Clone, Default)]
pub struct ResumePoint {
    /// The initial value of the cursor in the first run.
    pub initial_value: Option<Value>,
    /// The last value of the cursor in earlier runs, minus the lag. In the first run the initial value, if any.
    pub last_value: Option<Value>,
    /// The end of the cursor range, if any.
    pub end_value: Option<Value>,
    /// The [`Page::position`](crate::Page::position) to resume from; `None` for the first page.
    pub position: Option<Value>,
    /// The turn of the next page; see [`DeliveryTurn`].
    pub turn: DeliveryTurn,
    out_of_range: Arc<AtomicBool>,
}

impl ResumePoint {
    /// Creates a resume point with these cursor values.
    pub fn new(initial_value: Option<Value>, last_value: Option<Value>) -> ResumePoint {
        ResumePoint { initial_value, last_value, ..ResumePoint::default() }
    }

    /// Sets the end of the cursor range.
    #[must_use]
    pub fn with_end_value(mut self, end_value: Option<Value>) -> ResumePoint {
        self.end_value = end_value;
        self
    }

    /// Sets the page position to resume from.
    #[must_use]
    pub fn with_position(mut self, position: Option<Value>) -> ResumePoint {
        self.position = position;
        self
    }

    /// Sets the turn of the pages. Pages of a part of a range use the [turn](Self::turn) of the whole range.
    #[must_use]
    pub fn with_turn(mut self, turn: DeliveryTurn) -> ResumePoint {
        self.turn = turn;
        self
    }

    /// Returns the last value as text for a URL: strings without quotes, empty if there is no value.
    ///
    /// ```
    /// use catchment_extract::ResumePoint;
    ///
    /// assert_eq!(ResumePoint::new(None, Some("2024-05-31T00:00:00Z".into())).last_value_text(), "2024-05-31T00:00:00Z");
    /// assert_eq!(ResumePoint::new(None, Some(7.into())).last_value_text(), "7");
    /// ```
    pub fn last_value_text(&self) -> String {
        text(self.last_value.as_ref())
    }

    /// Returns the initial value as text for a URL.
    pub fn initial_value_text(&self) -> String {
        text(self.initial_value.as_ref())
    }

    /// Returns the end value as text for a URL.
    pub fn end_value_text(&self) -> String {
        text(self.end_value.as_ref())
    }

    /// Returns a cursor value as the source spells it, without the type mark that dlt may have stored in front of it.
    ///
    /// ```
    /// use catchment_extract::ResumePoint;
    /// use catchment_json::Value;
    ///
    /// assert_eq!(ResumePoint::strip_type_mark(&Value::from(7)), Value::from(7));
    /// ```
    pub fn strip_type_mark(value: &Value) -> Value {
        match value {
            Value::String(text) => Value::from(unmarked(text)),
            other => other.clone(),
        }
    }

    /// Returns true if this run has read a row before the last value. With rows in descending order, no later page has
    /// a new row. Rows at the last value do not count, because further rows may have been added there.
    pub fn is_out_of_range(&self) -> bool {
        self.out_of_range.load(Ordering::Relaxed)
    }

    pub(crate) fn set_out_of_range(&self) {
        self.out_of_range.store(true, Ordering::Relaxed);
    }
}

fn text(value: Option<&Value>) -> String {
    value.map(|value| unmarked(&value.to_plain_text()).to_owned()).unwrap_or_default()
}
