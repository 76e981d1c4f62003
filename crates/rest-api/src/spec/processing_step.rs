//! What is done to rows on their way.

use catchment_json::FieldPath;

use super::object_reader::ObjectReader;
use crate::spec_schema::{FieldSchema, ObjectSchema, ValueType};
use crate::{Expression, SpecDiagnostic};

pub(super) static PROCESSING_STEP: ObjectSchema = ObjectSchema::new(
    "processing_step",
    "What is done to rows on their way; several keys are done in the order in which they stand here.",
    &[
        FieldSchema::new(
            "filter",
            ValueType::Text,
            "An expression over `row`; rows of which it is not true are left out: row.state == \"open\"",
        ),
        FieldSchema::new(
            "map",
            ValueType::Text,
            "An expression over `row` that makes the row anew; null leaves it out: dict(row, total=row.a + row.b)",
        ),
        FieldSchema::new(
            "yield_map",
            ValueType::Text,
            "An expression over `row` that makes a list of rows in its place: row.items",
        ),
        FieldSchema::new(
            "drop",
            ValueType::Names,
            "Fields that are left out, by their paths: internal, user.email, contacts[*].phone.",
        ),
        FieldSchema::new(
            "rename",
            ValueType::MapOf(&ValueType::Text),
            "New names of fields, by their paths; each stays in its object.",
        ),
        FieldSchema::new(
            "mask",
            ValueType::Names,
            "Fields whose values are replaced by ***, by their paths: user.email, contacts[*].phone; null stays null.",
        ),
    ],
);

/// What is done to rows on their way.
#[derive(Debug, Clone, PartialEq)]
pub enum ProcessingStep {
    /// Rows of which it is not true are left out.
    Filter(Expression),
    /// Makes a row anew.
    Map(Expression),
    /// Makes a list of rows in the place of one.
    YieldMap(Expression),
    /// Fields that are left out, by the paths that [`FieldPath`](catchment_json::FieldPath) reads.
    Drop(Vec<String>),
    /// Fields that get another name: the path of each and its new name.
    Rename(Vec<(String, String)>),
    /// Fields whose values are replaced by `***`, by their paths.
    Mask(Vec<String>),
}

impl ProcessingStep {
    /// The steps of one object.
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
