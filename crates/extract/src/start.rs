//! What a resource knows when a run begins.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use catchment_json::Value;

/// What a resource continues from; the same through a whole run.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// The value of the cursor that the first run started from.
    pub initial_value: Option<Value>,
    /// The greatest value of the cursor in earlier runs; the initial value in the first one, and none without.
    pub last_value: Option<Value>,
    out_of_range: Arc<AtomicBool>,
}

impl Start {
    /// The start of a run that continues from these values.
    pub fn new(initial_value: Option<Value>, last_value: Option<Value>) -> Start {
        Start { initial_value, last_value, out_of_range: Arc::default() }
    }

    /// The last value as it stands in a URL: a string without its quotes; empty where there is none.
    ///
    /// ```
    /// use catchment_extract::Start;
    ///
    /// assert_eq!(Start::new(None, Some("2024-05-31T00:00:00Z".into())).last_value_text(), "2024-05-31T00:00:00Z");
    /// assert_eq!(Start::new(None, Some(7.into())).last_value_text(), "7");
    /// ```
    pub fn last_value_text(&self) -> String {
        self.last_value.as_ref().map(Value::to_plain_text).unwrap_or_default()
    }

    /// The initial value as it stands in a URL.
    pub fn initial_value_text(&self) -> String {
        self.initial_value.as_ref().map(Value::to_plain_text).unwrap_or_default()
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
