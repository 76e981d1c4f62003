//! Conversion of processing steps of a spec to steps of a resource.

use std::sync::Arc;

use catchment_extract::{PageError, Resource, StopSignal};
use catchment_json::{Document, FieldEdit, FieldPath, Selection, Value};
use thiserror::Error;

use crate::expression::OutputBudget;
use crate::field_uses::FieldMatches;
use crate::{Expression, ProcessingStep};

/// The maximum number of rows that `yield_map` may return for one row.
const MAX_ROWS_OF_ROW: usize = 1_000_000;

/// A failed evaluation of an expression for a row.
#[derive(Debug, Error)]
#[error("cannot evaluate {step} `{expression}` for row {row}: {problem}")]
struct StepError {
    step: &'static str,
    expression: String,
    row: String,
    problem: String,
}

/// Adds the processing step with index `index` to a resource.
pub(crate) fn apply_step(resource: Resource, index: usize, step: &ProcessingStep, uses: &Arc<FieldMatches>) -> Resource {
    match step {
        ProcessingStep::Filter(expression) => resource.map_pages_cancellable(filter(expression.clone())),
        ProcessingStep::Map(expression) => {
            resource.map_pages_cancellable(yield_map("map", expression.clone(), |row| Ok(vec![row])))
        }
        ProcessingStep::YieldMap(expression) => {
            resource.map_pages_cancellable(yield_map("yield_map", expression.clone(), |rows| match rows {
                Value::Array(rows) if rows.len() > MAX_ROWS_OF_ROW => {
                    Err(format!("returned {} rows for one row, the maximum is {MAX_ROWS_OF_ROW}; return fewer rows", rows.len()))
                }
                Value::Array(rows) => Ok(rows),
                Value::Null => Ok(Vec::new()),
                other => Err(format!("returned {}, expected a list of rows", other.type_name())),
            }))
        }
        ProcessingStep::Drop(fields) => edit(resource, Vec::new(), edits(fields, &FieldEdit::Drop), (index, uses)),
        ProcessingStep::Mask(fields) => {
            edit(resource, Vec::new(), edits(fields, &FieldEdit::Replace(Value::from("***"))), (index, uses))
        }
        ProcessingStep::Rename(fields) => {
            let keys = fields.iter().map(|(old, new)| (FieldPath::key(old), FieldEdit::Rename(new.clone())));
            let paths = fields.iter().map(|(old, new)| (FieldPath::new(old), FieldEdit::Rename(last_name(old, new).to_owned())));
            edit(resource, keys.collect(), paths.collect(), (index, uses))
        }
    }
}

type Page = Result<Selection, PageError>;

fn filter(expression: Expression) -> impl Fn(Selection, &StopSignal) -> Page + Send + Sync + 'static {
    move |mut page, stop| {
        let compiled = expression.compiled()?;
        let mut matching = Vec::with_capacity(page.ids.len());
        for id in &page.ids {
            // before each row, because one evaluation may take long
            stop.check(0)?;
            let found = compiled.evaluate_node("row", &page.document, *id);
            let found = found.map_err(|problem| step_error("filter", &expression, &page, *id, problem))?;
            if found.is_true() {
                matching.push(*id);
            }
        }
        page.ids = matching;
        Ok(page)
    }
}

/// Replaces rows. A null result removes the row.
fn yield_map(
    step: &'static str,
    expression: Expression,
    rows: impl Fn(Value) -> Result<Vec<Value>, String> + Send + Sync + 'static,
) -> impl Fn(Selection, &StopSignal) -> Page + Send + Sync + 'static {
    move |page, stop| {
        let compiled = expression.compiled()?;
        let (mut results, mut budget) = (Vec::new(), OutputBudget::for_page(&page.document, stop));
        for id in &page.ids {
            // before each row, because one evaluation may take long
            stop.check(0)?;
            let found = compiled.evaluate_node("row", &page.document, *id);
            let found = found.and_then(|found| rows(found.into_value_within(&mut budget)?));
            results.extend(found.map_err(|problem| step_error(step, &expression, &page, *id, problem))?);
        }
        Ok(Selection::from_document(Document::from_value(&Value::Array(results))?))
    }
}

fn edits(fields: &[String], edit: &FieldEdit) -> Edits {
    fields.iter().map(|field| (FieldPath::new(field), edit.clone())).collect()
}

type Edits = Vec<(FieldPath, FieldEdit)>;

/// Adds edits of fields: first those of `keys`, then those of `paths`, whose matches are recorded.
fn edit(resource: Resource, keys: Edits, paths: Edits, (index, uses): (usize, &Arc<FieldMatches>)) -> Resource {
    let (uses, first) = (Arc::clone(uses), keys.len());
    let edits: Edits = keys.into_iter().chain(paths).collect();
    resource.map_pages_cancellable(move |page, stop| {
        let Some(mut edited) = page.try_edit_fields(&edits, &|| !stop.is_set())? else {
            // the run was stopped, so this returns an error
            return stop.check(0).map(|()| page);
        };
        let (of_keys, of_paths) = edited.matches.split_at_mut(first);
        of_paths.iter_mut().zip(of_keys).for_each(|(path, key)| path.name_conflict |= key.name_conflict);
        uses.note(index, of_paths);
        Ok(edited.rows)
    })
}

/// Returns the new name of a field within its object: `mail`, if `user.email` is renamed to `mail` or `user.mail`.
fn last_name<'n>(old: &str, new: &'n str) -> &'n str {
    let same_parent = old.rsplit_once('.').and_then(|(parent, _)| new.strip_prefix(parent)?.strip_prefix('.'));
    same_parent.filter(|name| !name.is_empty() && !name.contains('.')).unwrap_or(new)
}

fn step_error(
    step: &'static str,
    expression: &Expression,
    page: &Selection,
    id: catchment_json::NodeId,
    problem: String,
) -> StepError {
    StepError { step, expression: expression.as_str().to_owned(), row: page.document.node(id).excerpt(120), problem }
}
