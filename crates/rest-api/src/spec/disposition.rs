//! What a load does with the rows that a table has.

use catchment_json::Value;
use catchment_schema::{MergeOptions, MergeStrategy, WriteDisposition, parse_timestamp};

use super::keys::Keys;
use super::names;
use crate::Mistake;
use crate::shape::{Field, Kind, Shape};

const DISPOSITIONS: [&str; 4] = ["append", "replace", "merge", "skip"];
const STRATEGIES: [&str; MergeStrategy::ALL.len()] = names!(MergeStrategy);

pub(super) const DISPOSITION: Kind =
    Kind::Either(&[Kind::OneOf(&DISPOSITIONS), Kind::Object(&OPTIONS)], "a disposition or an object with its options");

const LATER: &str = "leave it out";

static OPTIONS: Shape = Shape::new(
    "write_disposition",
    "What a load does with the rows that the table has, and how rows are merged.",
    &[
        Field::required("disposition", Kind::OneOf(&DISPOSITIONS), "What a load does with the rows that the table has."),
        Field::new("strategy", Kind::OneOf(&STRATEGIES), "How rows are merged; delete-insert by default."),
        Field::new("deduplicated", Kind::Bool, "Whether no two new rows have one key, so that none has to be looked for."),
        Field::new("validity_column_names", Kind::Names, "For scd2: the two columns that say from when to when a row was valid."),
        Field::new("row_version_column_name", Kind::Text, "For scd2: the column that tells versions of a row apart."),
        Field::new(
            "active_record_timestamp",
            Kind::Text,
            "For scd2: until when rows are valid that are valid now; null by default.",
        ),
        Field::new(
            "boundary_timestamp",
            Kind::Text,
            "For scd2: when new versions become valid; the time of the load by default.",
        ),
        Field::new("source_filter", Kind::Refused(LATER), ""),
        Field::new("destination_scope", Kind::Refused(LATER), ""),
        Field::new("skip_unchanged_rows", Kind::Refused(LATER), ""),
    ],
);

/// The disposition of a resource, by its name or as an object that says how rows are merged.
pub(super) fn read(keys: &Keys<'_>, mistakes: &mut Vec<Mistake>) -> (WriteDisposition, MergeOptions) {
    let value = keys.get("write_disposition");
    if let Some(name) = value.and_then(Value::as_str) {
        return (WriteDisposition::from_name(name).unwrap_or_default(), MergeOptions::default());
    }
    let Some(value) = value else { return Default::default() };
    let keys = Keys::of(value, keys.path("write_disposition"));
    let options = MergeOptions {
        strategy: keys.text("strategy").and_then(MergeStrategy::from_name).unwrap_or_default(),
        deduplicated: keys.bool("deduplicated").unwrap_or(false),
        validity_column_names: validity_columns(&keys, mistakes),
        row_version_column_name: keys.owned_text("row_version_column_name"),
        active_record_timestamp: timestamp(&keys, "active_record_timestamp", mistakes),
        boundary_timestamp: timestamp(&keys, "boundary_timestamp", mistakes),
    };
    (keys.text("disposition").and_then(WriteDisposition::from_name).unwrap_or_default(), options)
}

fn validity_columns(keys: &Keys<'_>, mistakes: &mut Vec<Mistake>) -> Option<(String, String)> {
    keys.get("validity_column_names")?;
    match keys.names("validity_column_names").as_slice() {
        [from, to] => Some((from.clone(), to.clone())),
        _ => {
            mistakes.push(keys.mistake("validity_column_names", "expected a list of two names"));
            None
        }
    }
}

fn timestamp(keys: &Keys<'_>, key: &str, mistakes: &mut Vec<Mistake>) -> Option<i64> {
    let text = keys.text(key)?;
    // a date is its beginning
    let micros = parse_timestamp(text).or_else(|| parse_timestamp(&format!("{text}T00:00:00Z")));
    if micros.is_none() {
        mistakes.push(keys.mistake(key, format!("found {text:?}, expected a time stamp such as 2024-01-31T00:00:00Z")));
    }
    micros
}
