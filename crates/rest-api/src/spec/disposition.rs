//! What a load does with the rows that a table has.

use catchment_schema::{MergeOptions, MergeStrategy, WriteDisposition, parse_timestamp};

use super::keys::{Keys, unknown, wrong};
use crate::Mistake;

const DISPOSITIONS: [&str; 4] = ["append", "replace", "merge", "skip"];

/// The disposition of a resource, by its name or as an object that says how rows are merged.
pub(super) fn read(keys: &mut Keys<'_>, mistakes: &mut Vec<Mistake>) -> (WriteDisposition, MergeOptions) {
    let Some(value) = keys.get("write_disposition").filter(|value| value.as_object().is_some()) else {
        let name = keys.one_of("write_disposition", &DISPOSITIONS, mistakes);
        return (name.and_then(WriteDisposition::from_name).unwrap_or_default(), MergeOptions::default());
    };
    let mut keys = Keys::of(value, keys.path("write_disposition"), mistakes);
    let name = keys.required_text("disposition", mistakes);
    let disposition = WriteDisposition::from_name(name);
    if disposition.is_none() && !name.is_empty() {
        mistakes.push(Mistake { path: keys.path("disposition"), problem: unknown(name, &DISPOSITIONS) });
    }
    let strategies = MergeStrategy::ALL.map(MergeStrategy::name);
    let strategy = keys.one_of("strategy", &strategies, mistakes).and_then(MergeStrategy::from_name);
    let options = MergeOptions {
        strategy: strategy.unwrap_or_default(),
        deduplicated: keys.bool("deduplicated", mistakes).unwrap_or(false),
        validity_column_names: validity_columns(&mut keys, mistakes),
        row_version_column_name: keys.text("row_version_column_name", mistakes).map(str::to_owned),
        active_record_timestamp: timestamp(&mut keys, "active_record_timestamp", mistakes),
        boundary_timestamp: timestamp(&mut keys, "boundary_timestamp", mistakes),
    };
    keys.not_yet(&["source_filter", "destination_scope", "skip_unchanged_rows"], mistakes);
    keys.finish(mistakes);
    (disposition.unwrap_or_default(), options)
}

fn validity_columns(keys: &mut Keys<'_>, mistakes: &mut Vec<Mistake>) -> Option<(String, String)> {
    let value = keys.get("validity_column_names")?;
    match keys.names("validity_column_names", mistakes).as_slice() {
        [from, to] => Some((from.clone(), to.clone())),
        _ => {
            let path = keys.path("validity_column_names");
            // What is no list of names has been noted.
            if !mistakes.iter().any(|mistake| mistake.path == path) {
                mistakes.push(wrong(&path, "a list of two names", value));
            }
            None
        }
    }
}

fn timestamp(keys: &mut Keys<'_>, key: &'static str, mistakes: &mut Vec<Mistake>) -> Option<i64> {
    let text = keys.text(key, mistakes)?;
    let micros = parse_timestamp(text);
    if micros.is_none() {
        let problem = format!("found {text:?}, expected a time stamp such as 2024-01-31T00:00:00Z");
        mistakes.push(Mistake { path: keys.path(key), problem });
    }
    micros
}
