//! Processing steps of rows.

use catchment_json::FieldPath;

use super::object_reader::ObjectReader;
use crate::spec_schema::{FieldSchema, ObjectSchema, ValueType};
use crate::{Expression, SpecDiagnostic};

pub(super) static PROCESSING_STEP: ObjectSchema = ObjectSchema::new(
    "processing_step",
    "A processing step of rows. Several keys in one object are applied in the order listed here.",
    &[
        FieldSchema::new(
            "filter",
            ValueType::Text,
            "An expression over `row`; rows for which it is not true are removed: row.state == \"open\"",
        ),
        FieldSchema::new(
            "map",
            ValueType::Text,
            "An expression over `row` that returns the new row, or null to remove it: dict(row, total=row.a + row.b)",
        ),
        FieldSchema::new(
            "yield_map",
            ValueType::Text,
            "An expression over `row` that returns a list of rows to replace it: row.items",
        ),
        FieldSchema::new("drop", ValueType::Names, "Paths of fields to remove: internal, user.email, contacts[*].phone."),
        FieldSchema::new(
            "rename",
            ValueType::MapOf(&ValueType::Text),
            "New names of fields, by their paths. A field stays in its object.",
        ),
        FieldSchema::new(
            "mask",
            ValueType::Names,
            "Paths of fields whose values are replaced by ***: user.email, contacts[*].phone. Null stays null.",
        ),
    ],
);

/// A processing step of rows.
#[derive(Debug, Clone, PartialEq)]
pub enum ProcessingStep {
    /// Removes rows for which the expression is not true.
    Filter(Expression),
    /// Replaces the row.
    Map(Expression),
    /// Replaces the row by a list of rows.
    YieldMap(Expression),
    /// Removes fields by their paths; see [`FieldPath`](catchment_json::FieldPath).
    Drop(Vec<String>),
    /// Renames fields: the path and the new name of each.
    Rename(Vec<(String, String)>),
    /// Replaces the values of fields by `***`, by their paths.
    Mask(Vec<String>),
}

impl ProcessingStep {
    /// Reads the steps of one object.
    pub(super) fn read(keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) -> Vec<ProcessingStep> {
        let mut steps = Vec::new();
        let mut expression = |key: &str| keys.expression(key, &["row"], diagnostics);
        steps.extend(expression("filter").map(ProcessingStep::Filter));
        steps.extend(expression("map").map(ProcessingStep::Map));
        steps.extend(expression("yield_map").map(ProcessingStep::YieldMap));
        for key in ["drop", "rename", "mask"] {
            let renamed = keys.object(key).map(|(old, _)| old.clone());
            let too_long = keys.names(key).into_iter().chain(renamed).find_map(|field| FieldPath::check(&field).err());
            diagnostics.extend(too_long.map(|problem| keys.diagnostic(key, problem.to_string())));
        }
        steps.extend(keys.get("drop").map(|_| ProcessingStep::Drop(keys.names("drop"))));
        let names = keys.object("rename").filter_map(|(old, new)| Some((old.clone(), new.as_str()?.to_owned())));
        steps.extend(keys.get("rename").map(|_| ProcessingStep::Rename(names.collect())));
        steps.extend(keys.get("mask").map(|_| ProcessingStep::Mask(keys.names("mask"))));
        steps
    }
}
