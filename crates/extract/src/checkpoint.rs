//! Where a resource is in its pages.

use catchment_json::{Object, Value};

use crate::incremental::{extension, update_extension};

/// How far the pages of a resource have come, to go on from there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checkpoint {
    /// Where the next page is; none at the beginning.
    pub(crate) position: Option<Value>,
    /// The rows of that page that were taken already.
    pub(crate) rows_taken: u64,
    /// Whether, and how, the pages have ended.
    pub(crate) end: Option<PageEnd>,
    /// Whether a run ended here early, and another one went on.
    is_interrupted: bool,
}

/// How pages end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageEnd {
    /// All have come that can have new rows.
    Complete,
    /// A limit was reached.
    Limited,
}

const COMPLETE: &str = "complete";
const LIMITED: &str = "limited";

impl Checkpoint {
    /// As it is stored.
    pub fn to_value(&self) -> Value {
        let end = self.end.map(|end| match end {
            PageEnd::Complete => COMPLETE,
            PageEnd::Limited => LIMITED,
        });
        Value::object([
            ("position", Value::from(self.position.clone())),
            ("taken", Value::from(self.rows_taken)),
            ("end", Value::from(end)),
            ("interrupted", Value::from(self.is_interrupted)),
        ])
    }

    /// The same place, at which a run ended early and another one goes on. What has come by then may have changed when what
    /// comes later is read.
    #[must_use]
    pub fn into_interrupted(self) -> Checkpoint {
        Checkpoint { is_interrupted: true, ..self }
    }

    /// Whether a run ended here early, and another one went on.
    pub fn is_interrupted(&self) -> bool {
        self.is_interrupted
    }

    /// Reads what was stored; what is none is the beginning.
    pub fn from_value(value: &Value) -> Checkpoint {
        let end = match value.get("end").and_then(Value::as_str) {
            Some(COMPLETE) => Some(PageEnd::Complete),
            Some(LIMITED) => Some(PageEnd::Limited),
            _ => None,
        };
        Checkpoint {
            position: value.get("position").filter(|position| !position.is_null()).cloned(),
            rows_taken: value.get("taken").and_then(Value::as_i64).and_then(|taken| u64::try_from(taken).ok()).unwrap_or(0),
            end,
            is_interrupted: value.get("interrupted").and_then(Value::as_bool).unwrap_or_default(),
        }
    }

    /// Whether it is the beginning of the pages.
    pub(crate) fn is_beginning(&self) -> bool {
        self.position.is_none() && self.rows_taken == 0
    }
}

const RESUME: &str = "resume";

/// What a limited run left for the next one: where it was in the pages, and its cursor.
pub(crate) fn load_resume_state(resource_state: &Object) -> Option<(Checkpoint, Option<Value>)> {
    let resume = extension(resource_state, RESUME)?;
    let cursor = resume.get("cursor").filter(|cursor| !cursor.is_null()).cloned();
    Some((Checkpoint::from_value(resume), cursor))
}

/// Leaves for the next run where this one is, or that it is at the end.
pub(crate) fn store_resume_state(resource_state: &mut Object, resume: Option<(Checkpoint, Option<Value>)>) {
    update_extension(resource_state, RESUME, |entry| {
        entry.clear();
        if let Some((checkpoint, cursor)) = resume {
            entry.insert("position".to_owned(), Value::from(checkpoint.position));
            entry.insert("taken".to_owned(), Value::from(checkpoint.rows_taken));
            entry.insert("cursor".to_owned(), Value::from(cursor));
        }
    });
}
