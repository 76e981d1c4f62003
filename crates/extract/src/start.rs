//! What a resource knows when a run begins.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use catchment_json::Value;

use crate::DeliveryTurn;
use crate::incremental::unmarked;

/// What a resource continues from; the same through a whole run.
#[derive(Debug, Clone, Default)]
pub struct ResumePoint {
    /// The value of the cursor that the first run started from.
    pub initial_value: Option<Value>,
    /// The last value of the cursor in earlier runs, less the lag; the initial value in the first one, and none without.
    pub last_value: Option<Value>,
    /// The value that rows are taken up to; none where there is no end.
    pub end_value: Option<Value>,
    /// Where the pages go on, as [`Page::position`](crate::Page::position) said it; none where they begin.
    pub position: Option<Value>,
    /// Whether its next page is the next one that the run wants.
    pub turn: DeliveryTurn,
    out_of_range: Arc<AtomicBool>,
}

impl ResumePoint {
    /// The start of a run that continues from these values.
    pub fn new(initial_value: Option<Value>, last_value: Option<Value>) -> ResumePoint {
        ResumePoint { initial_value, last_value, ..ResumePoint::default() }
    }

    /// The same start, with an end.
    #[must_use]
    pub fn with_end_value(mut self, end_value: Option<Value>) -> ResumePoint {
        self.end_value = end_value;
        self
    }

    /// The same start, in the middle of the pages.
    #[must_use]
    pub fn with_position(mut self, position: Option<Value>) -> ResumePoint {
        self.position = position;
        self
    }

    /// The same start, of pages that the run wants in this turn: those of a part of a range have the [turn](Self::turn) of all.
    #[must_use]
    pub fn with_turn(mut self, turn: DeliveryTurn) -> ResumePoint {
        self.turn = turn;
        self
    }

    /// The last value as it stands in a URL: a string without its quotes; empty where there is none.
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

    /// The initial value as it stands in a URL.
    pub fn initial_value_text(&self) -> String {
        text(self.initial_value.as_ref())
    }

    /// The end value as it stands in a URL.
    pub fn end_value_text(&self) -> String {
        text(self.end_value.as_ref())
    }

    /// A value of the cursor as the source knows it: without the mark of its type that a state may keep with it.
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

    /// Whether a page that was yielded in this run had a row below the last value. Where rows come in descending
    /// order, no page after it has a new one; a row at the last value says nothing, as others may have come to it.
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
