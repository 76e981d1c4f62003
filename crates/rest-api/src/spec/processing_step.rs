//! What is done to rows on their way.

use catchment_json::FieldPath;

use super::keys::Keys;
use crate::shape::{Field, Kind, Shape};
use crate::{Expression, Mistake};

pub(super) static PROCESSING_STEP: Shape = Shape::new(
    "processing_step",
    "What is done to rows on their way; several keys are done in the order in which they stand here.",
    &[
        Field::new(
            "filter",
            Kind::Text,
            "An expression over `row`; rows of which it is not true are left out: row.state == \"open\"",
        ),
        Field::new(
            "map",
            Kind::Text,
            "An expression over `row` that makes the row anew; null leaves it out: dict(row, total=row.a + row.b)",
        ),
        Field::new("yield_map", Kind::Text, "An expression over `row` that makes a list of rows in its place: row.items"),
        Field::new("drop", Kind::Names, "Fields that are left out, by their paths: internal, user.email, contacts[*].phone."),
        Field::new("rename", Kind::MapOf(&Kind::Text), "New names of fields, by their paths; each stays in its object."),
        Field::new(
            "mask",
            Kind::Names,
            "Fields whose values are replaced by ***, by their paths: user.email, contacts[*].phone; null stays null.",
        ),
    ],
);

/// What is done to rows on their way.
#[derive(Debug, Clone, PartialEq)]
pub enum StepSpec {
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

impl StepSpec {
    /// The steps of one object.
    pub(super) fn read(keys: &Keys<'_>, mistakes: &mut Vec<Mistake>) -> Vec<StepSpec> {
        let mut steps = Vec::new();
        let mut expression = |key: &str| keys.expression(key, &["row"], mistakes);
        steps.extend(expression("filter").map(StepSpec::Filter));
        steps.extend(expression("map").map(StepSpec::Map));
        steps.extend(expression("yield_map").map(StepSpec::YieldMap));
        for key in ["drop", "rename", "mask"] {
            let renamed = keys.object(key).map(|(old, _)| old.clone());
            let too_long = keys.names(key).into_iter().chain(renamed).find_map(|field| FieldPath::check(&field).err());
            mistakes.extend(too_long.map(|problem| keys.mistake(key, problem.to_string())));
        }
        steps.extend(keys.get("drop").map(|_| StepSpec::Drop(keys.names("drop"))));
        let names = keys.object("rename").filter_map(|(old, new)| Some((old.clone(), new.as_str()?.to_owned())));
        steps.extend(keys.get("rename").map(|_| StepSpec::Rename(names.collect())));
        steps.extend(keys.get("mask").map(|_| StepSpec::Mask(keys.names("mask"))));
        steps
    }
}
