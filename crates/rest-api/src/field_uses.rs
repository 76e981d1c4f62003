//! Which fields that processing steps name were in the rows of a run.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use catchment_json::PathMatch;

use crate::{ProcessingStep, ResourceSpec};

/// What the paths of the processing steps of a resource met so far, in all its pages.
#[derive(Debug)]
pub(crate) struct FieldMatches {
    /// The fields of each processing step; none of those with expressions.
    steps: Vec<Vec<FieldMatch>>,
}

#[derive(Debug)]
struct FieldMatch {
    /// The key of the step: `mask`.
    step: &'static str,
    field: String,
    is_found: AtomicBool,
    is_missed: AtomicBool,
    is_taken: AtomicBool,
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
                is_found: AtomicBool::new(false),
                is_missed: AtomicBool::new(false),
                is_taken: AtomicBool::new(false),
            };
            fields.into_iter().map(new).collect()
        };
        let steps = resource.processing_steps.iter().map(of_step).collect();
        FieldMatches { steps }
    }

    /// Notes what the fields of a step met in a page, in the order of the fields.
    pub(crate) fn note(&self, step: usize, uses: &[PathMatch]) {
        for (field, found) in self.steps.get(step).into_iter().flatten().zip(uses) {
            field.is_found.fetch_or(found.matched, Relaxed);
            field.is_missed.fetch_or(found.unmatched, Relaxed);
            field.is_taken.fetch_or(found.name_conflict, Relaxed);
        }
    }

    /// The warnings of the run: for each field that no row has had though it could, and for each that kept its name, as rows
    /// had its new one already. The next run begins anew.
    pub(crate) fn take_warnings(&self) -> Vec<String> {
        self.steps.iter().flatten().filter_map(FieldMatch::take_warning).collect()
    }
}

impl FieldMatch {
    fn take_warning(&self) -> Option<String> {
        let take = |flag: &AtomicBool| flag.swap(false, Relaxed);
        let FieldMatch { step, field, .. } = self;
        match (take(&self.is_found), take(&self.is_missed), take(&self.is_taken)) {
            (_, _, true) => Some(format!(
                "the processing step `{step}` left `{field}` as it is in rows that have a field of the new name; drop that one \
                 first, or choose another name"
            )),
            (false, true, _) => Some(format!(
                "the processing step `{step}` did nothing for `{field}`: no row of this run has the field; check its path"
            )),
            _ => None,
        }
    }
}
