//! Cursors.

use catchment_extract::{Incremental, LastValue, OnMissing, RangeEnd, RowOrder};
use catchment_json::{Path, Value};

use super::IncrementalSpec;
use super::keys::Keys;
use crate::Mistake;

impl IncrementalSpec {
    pub(super) fn read(value: &Value, at: &str, mistakes: &mut Vec<Mistake>) -> IncrementalSpec {
        let mut keys = Keys::of(value, at, mistakes);
        let mut cursor = Incremental::at(cursor_path(&mut keys, mistakes));
        cursor.initial_value = keys.get("initial_value").cloned();
        cursor.end_value = keys.get("end_value").cloned();
        cursor.primary_key = keys.get("primary_key").is_some().then(|| keys.names("primary_key", mistakes));
        cursor.lag = keys.number("lag", mistakes);
        cursor.row_order = choice(&mut keys, "row_order", &[("asc", RowOrder::Asc), ("desc", RowOrder::Desc)], mistakes);
        let functions = [("max", LastValue::Max), ("min", LastValue::Min)];
        cursor.last_value_func = choice(&mut keys, "last_value_func", &functions, mistakes).unwrap_or_default();
        let missing = [("raise", OnMissing::Raise), ("include", OnMissing::Include), ("exclude", OnMissing::Exclude)];
        cursor.on_cursor_value_missing = choice(&mut keys, "on_cursor_value_missing", &missing, mistakes).unwrap_or_default();
        let ends = [("open", RangeEnd::Open), ("closed", RangeEnd::Closed)];
        cursor.range_start = choice(&mut keys, "range_start", &ends, mistakes).unwrap_or(RangeEnd::Closed);
        cursor.range_end = choice(&mut keys, "range_end", &ends, mistakes).unwrap_or(RangeEnd::Open);
        if cursor.end_value.is_some() && cursor.initial_value.is_none() {
            mistakes.push(Mistake { path: keys.path("end_value"), problem: "it needs an `initial_value`".to_owned() });
        }
        let incremental = IncrementalSpec {
            cursor,
            start_param: keys.text("start_param", mistakes).map(str::to_owned),
            end_param: keys.text("end_param", mistakes).map(str::to_owned),
        };
        keys.not_yet(&["convert", "transform", "allow_external_schedulers"], mistakes);
        keys.finish(mistakes);
        incremental
    }
}

fn cursor_path(keys: &mut Keys<'_>, mistakes: &mut Vec<Mistake>) -> Path {
    let written = keys.required_text("cursor_path", mistakes);
    Path::parse(written).unwrap_or_else(|error| {
        if !written.is_empty() {
            mistakes.push(Mistake { path: keys.path("cursor_path"), problem: error.to_string() });
        }
        Path::key(written)
    })
}

/// What the name under `key` stands for.
fn choice<T: Clone>(keys: &mut Keys<'_>, key: &'static str, of: &[(&'static str, T)], mistakes: &mut Vec<Mistake>) -> Option<T> {
    let names: Vec<_> = of.iter().map(|(name, _)| *name).collect();
    let found = keys.one_of(key, &names, mistakes)?;
    of.iter().find(|(name, _)| *name == found).map(|(_, choice)| choice.clone())
}
