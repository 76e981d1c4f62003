//! Checkpoints in the pages of a resource.

use catchment_json::{Object, Value};

use crate::incremental::{extension, update_extension};

/// A position in the pages of a resource from which a later run can resume.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checkpoint {
    /// The position of the next page; `None` for the first page.
    pub(crate) position: Option<Value>,
    /// The number of rows of the next page that were already taken.
    pub(crate) rows_taken: u64,
    /// How the pages ended, if they have ended.
    pub(crate) end: Option<PageEnd>,
    /// Whether a run ended early at this checkpoint and a later run resumed from it.
    is_interrupted: bool,
}

/// The reason why pages ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageEnd {
    /// All pages that can contain new rows were read.
    Complete,
    /// A limit was reached.
    Limited,
}

const COMPLETE: &str = "complete";
const LIMITED: &str = "limited";

impl Checkpoint {
    /// Returns the stored form.
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

    /// Marks the checkpoint as resumed by a later run. Rows before it may have changed since they were read.
    #[must_use]
    pub fn into_interrupted(self) -> Checkpoint {
        Checkpoint { is_interrupted: true, ..self }
    }

    /// Returns true if a run ended early at this checkpoint and a later run resumed from it.
    pub fn is_interrupted(&self) -> bool {
        self.is_interrupted
    }

    /// Parses the stored form. Invalid values yield the first page.
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

    /// Returns true if this is the start of the first page.
    pub(crate) fn is_beginning(&self) -> bool {
        self.position.is_none() && self.rows_taken == 0
    }
}

const RESUME: &str = "resume";

/// Returns the checkpoint and the cursor that a limited run stored for the next run.
pub(crate) fn load_resume_state(resource_state: &Object) -> Option<(Checkpoint, Option<Value>)> {
    let resume = extension(resource_state, RESUME)?;
    let cursor = resume.get("cursor").filter(|cursor| !cursor.is_null()).cloned();
    Some((Checkpoint::from_value(resume), cursor))
}

/// Stores the checkpoint and the cursor for the next run; `None` removes them.
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
