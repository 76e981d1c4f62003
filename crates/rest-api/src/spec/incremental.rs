//! Cursors.

use catchment_extract::{Incremental, LastValue, OnMissing, RangeEnd, RowOrder};
use catchment_json::{Path, Value};
use catchment_rest_client::sounds_secret;

use super::keys::Keys;
use crate::convert::Convert;
use crate::shape::{Field, Kind, Shape};
use crate::template::{In, has_reference};
use crate::{Mistake, Reference, Template};

macro_rules! fields {
    ($($more:expr),* $(,)?) => {
        &[
            Field::required("cursor_path", Kind::JsonPath, "Where the cursor stands in a row."),
            Field::new(
                "initial_value",
                Kind::Any,
                "The value that the first run starts from; all rows are taken where there is none. It can be a variable: ${env:SINCE}.",
            ),
            Field::new(
                "end_value",
                Kind::Any,
                "The value that rows are taken up to, or a variable. With it nothing is kept for the next run.",
            ),
            Field::new("last_value_func", Kind::OneOf(&["max", "min"]), "Which values are later; max by default."),
            Field::new("primary_key", Kind::Names, "The fields that tell rows at the last value apart; those of the resource by default."),
            Field::new("row_order", Kind::OneOf(&["asc", "desc"]), "The order in which rows come, where the API keeps one."),
            Field::new(
                "on_cursor_value_missing",
                Kind::OneOf(&["raise", "include", "exclude"]),
                "What becomes of rows without a value; raise by default.",
            ),
            Field::new(
                "lag",
                Kind::Number,
                "How far before the last value a run starts: seconds for time stamps, days for dates, a number for numbers.",
            ),
            Field::new("range_start", Kind::OneOf(&["open", "closed"]), "Whether rows at the start are taken; closed by default."),
            Field::new("range_end", Kind::OneOf(&["open", "closed"]), "Whether rows at the end value are taken; open by default."),
            Field::new("allow_external_schedulers", Kind::Bool, "Taken, and without effect: a scheduler gives initial_value and end_value."),
            Field::new("convert", Kind::Text, "An expression over `value` that makes of the cursor what the API is sent: value|epoch"),
            Field::new("transform", Kind::Refused("its name is `convert` now"), ""),
            $($more),*
        ]
    };
}

pub(super) static INCREMENTAL: Shape = Shape::new(
    "incremental",
    "How new rows are told from those of earlier runs.",
    fields!(
        Field::new("start_param", Kind::Text, "The parameter that gets the value to start from."),
        Field::new("end_param", Kind::Text, "The parameter that gets the end value."),
        Field::new(
            "window",
            Kind::Number,
            "Asks for the range in pieces of this length, up to the end value or now: seconds for time stamps, days for dates, a number for numbers.",
        ),
    ),
);

/// A cursor as the value of a parameter.
pub(super) static CURSOR_PARAM: Shape =
    Shape::new("incremental_param", "A parameter that gets the value of a cursor to start from.", fields!());

/// A cursor of a resource whose API takes no notice of it.
pub(super) static CURSOR: Shape =
    Shape::new("cursor_of_rows", "How new rows are told from old ones, whatever the API answers.", fields!());

/// How new rows are told from those of earlier runs.
#[derive(Debug, Clone)]
pub struct IncrementalSpec {
    /// The cursor. References in its initial value and end value are resolved when the source is made.
    pub cursor: Incremental,
    /// The parameter of the query that gets the start value.
    pub start_param: Option<String>,
    /// The parameter of the query that gets the end value.
    pub end_param: Option<String>,
    /// The length of the pieces in which the range is asked for: seconds for time stamps, days for dates, a number for
    /// numbers. The range ends at the end value, else now.
    pub window: Option<f64>,
    /// What is made of its values before they are sent.
    pub convert: Option<Convert>,
}

impl IncrementalSpec {
    pub(super) fn read(keys: &Keys<'_>, mistakes: &mut Vec<Mistake>) -> IncrementalSpec {
        let path = keys.json_path("cursor_path").unwrap_or_else(|| Path::key(""));
        let mut cursor = Incremental::at(path);
        cursor.initial_value = limit(keys, "initial_value", mistakes);
        cursor.end_value = limit(keys, "end_value", mistakes);
        cursor.primary_key = keys.get("primary_key").map(|_| keys.names("primary_key"));
        cursor.lag = keys.number("lag");
        cursor.row_order = match keys.text("row_order") {
            Some("asc") => Some(RowOrder::Asc),
            Some("desc") => Some(RowOrder::Desc),
            _ => None,
        };
        cursor.last_value_func = if keys.text("last_value_func") == Some("min") { LastValue::Min } else { LastValue::Max };
        cursor.on_cursor_value_missing = match keys.text("on_cursor_value_missing") {
            Some("include") => OnMissing::Include,
            Some("exclude") => OnMissing::Exclude,
            _ => OnMissing::Raise,
        };
        let end = |key, default| match keys.text(key) {
            Some("open") => RangeEnd::Open,
            Some("closed") => RangeEnd::Closed,
            _ => default,
        };
        cursor.range_start = end("range_start", RangeEnd::Closed);
        cursor.range_end = end("range_end", RangeEnd::Open);
        if cursor.end_value.is_some() && cursor.initial_value.is_none() {
            mistakes.push(keys.mistake("end_value", "it needs an `initial_value`"));
        }
        let window = keys.number("window");
        if window.is_some_and(|window| window.is_nan() || window <= 0.0) {
            mistakes.push(keys.mistake("window", "expected more than 0"));
        }
        if window.is_some() && cursor.initial_value.is_none() {
            mistakes.push(keys.mistake("window", "it needs an `initial_value`, where the first one begins"));
        }
        IncrementalSpec {
            cursor,
            window,
            start_param: keys.owned_text("start_param"),
            end_param: keys.owned_text("end_param"),
            convert: keys.expression("convert", &["value"], mistakes).map(Convert::Expression),
        }
    }

    /// The cursor of a parameter.
    pub(super) fn of_param(name: &str, value: &Value, path: &str, mistakes: &mut Vec<Mistake>) -> IncrementalSpec {
        let incremental = IncrementalSpec::read(&Keys::of(value, path), mistakes);
        IncrementalSpec { start_param: Some(name.to_owned()), ..incremental }
    }
}

/// An initial value or an end value. It is stored in the state and shown in messages, so it cannot be a secret.
fn limit(keys: &Keys<'_>, key: &str, mistakes: &mut Vec<Mistake>) -> Option<Value> {
    let value = keys.get(key)?;
    let template = value.as_str().filter(|text| has_reference(text)).map(|text| Template::parse(text, In::Client));
    let template = match template {
        None => return Some(value.clone()),
        Some(Ok(template)) => template,
        Some(Err(problem)) => {
            mistakes.push(keys.mistake(key, problem));
            return None;
        }
    };
    for reference in template.references() {
        if matches!(reference, Reference::Secret(_)) || matches!(reference, Reference::Env(name) if sounds_secret(name)) {
            let problem = format!(
                "found {reference}, but this value is stored in the state and sent in URLs, so it cannot be a secret; use ${{env:NAME}} \
                 with a variable that is not one"
            );
            mistakes.push(keys.mistake(key, problem));
        }
    }
    Some(value.clone())
}
