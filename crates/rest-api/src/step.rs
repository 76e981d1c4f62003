//! Steps of specs to those of resources.

use std::collections::HashMap;

use catchment_extract::{PageError, Resource};
use catchment_json::{FieldEdit, Selection, Value};
use thiserror::Error;

use crate::{Expression, StepSpec};

/// An expression that cannot be evaluated for a row.
#[derive(Debug, Error)]
#[error("the {step} `{expression}` cannot be evaluated for the row {row}: {problem}")]
struct StepError {
    step: &'static str,
    expression: String,
    row: String,
    problem: String,
}

/// The resource with one more step.
pub(crate) fn add(resource: Resource, step: &StepSpec) -> Resource {
    match step {
        StepSpec::Filter(expression) => resource.map_pages(filter(expression.clone())),
        StepSpec::Map(expression) => resource.map_pages(yield_map("map", expression.clone(), |row| Ok(vec![row]))),
        StepSpec::YieldMap(expression) => resource.map_pages(yield_map("yield_map", expression.clone(), |rows| match rows {
            Value::Array(rows) => Ok(rows),
            Value::Null => Ok(Vec::new()),
            other => Err(format!("it makes {}, expected a list of rows", other.kind_name())),
        })),
        StepSpec::Drop(fields) => edit(resource, fields.iter().map(|field| (field.clone(), FieldEdit::Drop))),
        StepSpec::Rename(fields) => edit(resource, fields.iter().map(|(old, new)| (old.clone(), FieldEdit::Rename(new.clone())))),
        StepSpec::Mask(fields) => mask(resource, fields.clone()),
    }
}

type Page = Result<Selection, PageError>;

fn filter(expression: Expression) -> impl Fn(Selection) -> Page + Send + Sync + 'static {
    move |mut page| {
        let compiled = expression.compiled()?;
        let mut kept = Vec::with_capacity(page.ids.len());
        for id in &page.ids {
            let found = compiled.of_node("row", &page.document, *id);
            let found = found.map_err(|problem| failed("filter", &expression, &page, *id, problem))?;
            if found.is_true() {
                kept.push(*id);
            }
        }
        page.ids = kept;
        Ok(page)
    }
}

/// Null as a row leaves it out.
fn yield_map(
    step: &'static str,
    expression: Expression,
    rows: impl Fn(Value) -> Result<Vec<Value>, String> + Send + Sync + 'static,
) -> impl Fn(Selection) -> Page + Send + Sync + 'static {
    move |page| {
        let compiled = expression.compiled()?;
        let mut made = Vec::new();
        for id in &page.ids {
            let found = compiled.of_node("row", &page.document, *id).and_then(|found| rows(found.into_value()?));
            made.extend(found.map_err(|problem| failed(step, &expression, &page, *id, problem))?);
        }
        Ok(Selection::try_from(made)?)
    }
}

fn edit(resource: Resource, edits: impl Iterator<Item = (String, FieldEdit)>) -> Resource {
    let edits: HashMap<_, _> = edits.collect();
    resource.map_pages(move |page| Ok(page.edit_fields(|field, _| edits.get(field).cloned().unwrap_or(FieldEdit::Keep), &[])?))
}

fn mask(resource: Resource, fields: Vec<String>) -> Resource {
    resource.map_pages(move |page| {
        let edit = |field: &str, value: catchment_json::Node<'_>| match fields.iter().any(|masked| masked == field) {
            true if value.kind() != catchment_json::Kind::Null => FieldEdit::Replace(Value::from("***")),
            _ => FieldEdit::Keep,
        };
        Ok(page.edit_fields(edit, &[])?)
    })
}

fn failed(
    step: &'static str,
    expression: &Expression,
    page: &Selection,
    id: catchment_json::NodeId,
    problem: String,
) -> StepError {
    StepError { step, expression: expression.as_str().to_owned(), row: page.document.node(id).excerpt(120), problem }
}
