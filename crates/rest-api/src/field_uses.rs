//! Tracks whether fields of processing steps occur in the rows of a run.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use catchment_json::PathMatch;

use crate::{ProcessingStep, ResourceSpec};

/// The matches of the field paths of a resource's processing steps, over all pages so far.
#[derive(Debug)]
pub(crate) struct FieldMatches {
    /// The fields of each processing step; empty for expressions.
    steps: Vec<Vec<FieldMatch>>,
}

#[derive(Debug)]
struct FieldMatch {
    /// The key of the step, such as `mask`.
    step: &'static str,
    field: String,
    matched: AtomicBool,
    unmatched: AtomicBool,
    name_conflict: AtomicBool,
}

impl FieldMatches {
    pub(crate) fn of(resource: &ResourceSpec) -> FieldMatches {
        let of_step = |step: &ProcessingStep| {
            let (key, fields): (_, Vec<&String>) = match step {
                ProcessingStep::Filter(_) | ProcessingStep::Map(_) | ProcessingStep::YieldMap(_) => return Vec::new(),
                ProcessingStep::Drop(fields) => ("drop", fields.iter().collect()),
                ProcessingStep::Rename(fields) => ("rename", fields.iter().map(|(old, _)| old).collect()),
                ProcessingStep::Mask(fields) => ("mask", fields.iter().collect()),
            };
            let new = |field: &String| FieldMatch {
                step: key,
                field: field.clone(),
                matched: AtomicBool::new(false),
                unmatched: AtomicBool::new(false),
                name_conflict: AtomicBool::new(false),
            };
            fields.into_iter().map(new).collect()
        };
        let steps = resource.processing_steps.iter().map(of_step).collect();
        FieldMatches { steps }
    }

    /// Records the matches of a step's fields in a page, in the order of the fields.
    pub(crate) fn note(&self, step: usize, uses: &[PathMatch]) {
        for (field, found) in self.steps.get(step).into_iter().flatten().zip(uses) {
            field.matched.fetch_or(found.matched, Relaxed);
            field.unmatched.fetch_or(found.unmatched, Relaxed);
            field.name_conflict.fetch_or(found.name_conflict, Relaxed);
        }
    }

    /// Returns the warnings of the run and resets the matches for the next run. Warns about each field that no row has, and
    /// each field that was not renamed because its new name exists in a row.
    pub(crate) fn take_warnings(&self) -> Vec<String> {
        self.steps.iter().flatten().filter_map(FieldMatch::take_warning).collect()
    }
}

impl FieldMatch {
    fn take_warning(&self) -> Option<String> {
        let take = |flag: &AtomicBool| flag.swap(false, Relaxed);
        let FieldMatch { step, field, .. } = self;
        match (take(&self.matched), take(&self.unmatched), take(&self.name_conflict)) {
            (_, _, true) => Some(format!(
                "processing step `{step}` did not rename `{field}` in rows that already have a field with the new name; drop \
                 that field first or choose another name"
            )),
            (false, true, _) => Some(format!(
                "processing step `{step}` had no effect on `{field}`: no row of this run has the field; check its path"
            )),
            _ => None,
        }
    }
}
