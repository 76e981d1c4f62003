//! Cursors.

use catchment_extract::{Incremental, LastValueFunc, OnCursorValueMissing, RangeBound, RowOrder};
use catchment_json::{JsonPath, Value};
use catchment_rest_client::is_secret_name;

use super::object_reader::ObjectReader;
use crate::convert::CursorConversion;
use crate::spec_schema::{FieldSchema, ObjectSchema, ValueType};
use crate::template::{TemplateContext, has_reference};
use crate::{Reference, SpecDiagnostic, Template};

macro_rules! fields {
    ($($more:expr),* $(,)?) => {
        &[
            FieldSchema::required("cursor_path", ValueType::JsonPath, "Where the cursor stands in a row."),
            FieldSchema::new(
                "initial_value",
                ValueType::Any,
                "The value that the first run starts from; all rows are taken where there is none. It can be a variable: ${env:SINCE}.",
            ),
            FieldSchema::new(
                "end_value",
                ValueType::Any,
                "The value that rows are taken up to, or a variable. With it nothing is kept for the next run.",
            ),
            FieldSchema::new("last_value_func", ValueType::OneOf(&["max", "min"]), "Which values are later; max by default."),
            FieldSchema::new("primary_key", ValueType::Names, "The fields that tell rows at the last value apart; those of the resource by default."),
            FieldSchema::new("row_order", ValueType::OneOf(&["asc", "desc"]), "The order in which rows come, where the API keeps one."),
            FieldSchema::new(
                "on_cursor_value_missing",
                ValueType::OneOf(&["raise", "include", "exclude"]),
                "What becomes of rows without a value; raise by default.",
            ),
            FieldSchema::new(
                "lag",
                ValueType::Number,
                "How far before the last value a run starts: seconds for time stamps, days for dates, a number for numbers.",
            ),
            FieldSchema::new("range_start", ValueType::OneOf(&["open", "closed"]), "Whether rows at the start are taken; closed by default."),
            FieldSchema::new("range_end", ValueType::OneOf(&["open", "closed"]), "Whether rows at the end value are taken; open by default."),
            FieldSchema::new("allow_external_schedulers", ValueType::Bool, "Taken, and without effect: a scheduler gives initial_value and end_value."),
            FieldSchema::new("convert", ValueType::Text, "An expression over `value` that makes of the cursor what the API is sent: value|epoch"),
            FieldSchema::new("transform", ValueType::Unsupported("its name is `convert` now"), ""),
            $($more),*
        ]
    };
}

pub(super) static INCREMENTAL: ObjectSchema = ObjectSchema::new(
    "incremental",
    "How new rows are told from those of earlier runs.",
    fields!(
        FieldSchema::new("start_param", ValueType::Text, "The parameter that gets the value to start from."),
        FieldSchema::new("end_param", ValueType::Text, "The parameter that gets the end value."),
        FieldSchema::new(
            "window",
            ValueType::Number,
            "Asks for the range in pieces of this length, up to the end value or now: seconds for time stamps, days for dates, a number for numbers.",
        ),
    ),
);

/// A cursor as the value of a parameter.
pub(super) static CURSOR_PARAM: ObjectSchema =
    ObjectSchema::new("incremental_param", "A parameter that gets the value of a cursor to start from.", fields!());

/// A cursor of a resource whose API takes no notice of it.
pub(super) static CURSOR: ObjectSchema =
    ObjectSchema::new("cursor_of_rows", "How new rows are told from old ones, whatever the API answers.", fields!());

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
    pub convert: Option<CursorConversion>,
}

impl IncrementalSpec {
    pub(super) fn read(keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) -> IncrementalSpec {
        let path = keys.json_path("cursor_path").unwrap_or_else(|| JsonPath::key(""));
        let mut cursor = Incremental::at_path(path);
        cursor.initial_value = cursor_bound(keys, "initial_value", diagnostics);
        cursor.end_value = cursor_bound(keys, "end_value", diagnostics);
        cursor.primary_key = keys.get("primary_key").map(|_| keys.names("primary_key"));
        cursor.lag = keys.number("lag");
        cursor.row_order = match keys.text("row_order") {
            Some("asc") => Some(RowOrder::Asc),
            Some("desc") => Some(RowOrder::Desc),
            _ => None,
        };
        cursor.last_value_func =
            if keys.text("last_value_func") == Some("min") { LastValueFunc::Min } else { LastValueFunc::Max };
        cursor.on_cursor_value_missing = match keys.text("on_cursor_value_missing") {
            Some("include") => OnCursorValueMissing::Include,
            Some("exclude") => OnCursorValueMissing::Exclude,
            _ => OnCursorValueMissing::Raise,
        };
        let end = |key, default| match keys.text(key) {
            Some("open") => RangeBound::Open,
            Some("closed") => RangeBound::Closed,
            _ => default,
        };
        cursor.range_start = end("range_start", RangeBound::Closed);
        cursor.range_end = end("range_end", RangeBound::Open);
        if cursor.end_value.is_some() && cursor.initial_value.is_none() {
            diagnostics.push(keys.diagnostic("end_value", "it needs an `initial_value`"));
        }
        let window = keys.number("window");
        if window.is_some_and(|window| window.is_nan() || window <= 0.0) {
            diagnostics.push(keys.diagnostic("window", "expected more than 0"));
        }
        if window.is_some() && cursor.initial_value.is_none() {
            diagnostics.push(keys.diagnostic("window", "it needs an `initial_value`, where the first one begins"));
        }
        IncrementalSpec {
            cursor,
            window,
            start_param: keys.owned_text("start_param"),
            end_param: keys.owned_text("end_param"),
            convert: keys.expression("convert", &["value"], diagnostics).map(CursorConversion::Expression),
        }
    }

    /// The cursor of a parameter.
    pub(super) fn of_param(name: &str, value: &Value, path: &str, diagnostics: &mut Vec<SpecDiagnostic>) -> IncrementalSpec {
        let incremental = IncrementalSpec::read(&ObjectReader::of(value, path), diagnostics);
        IncrementalSpec { start_param: Some(name.to_owned()), ..incremental }
    }
}

/// An initial value or an end value. It is stored in the state and shown in messages, so it cannot be a secret.
fn cursor_bound(keys: &ObjectReader<'_>, key: &str, diagnostics: &mut Vec<SpecDiagnostic>) -> Option<Value> {
    let value = keys.get(key)?;
    let template = value.as_str().filter(|text| has_reference(text)).map(|text| Template::parse(text, TemplateContext::Client));
    let template = match template {
        None => return Some(value.clone()),
        Some(Ok(template)) => template,
        Some(Err(problem)) => {
            diagnostics.push(keys.diagnostic(key, problem));
            return None;
        }
    };
    for reference in template.references() {
        if matches!(reference, Reference::Secret(_)) || matches!(reference, Reference::Env(name) if is_secret_name(name)) {
            let problem = format!(
                "found {reference}, but this value is stored in the state and sent in URLs, so it cannot be a secret; use ${{env:NAME}} \
                 with a variable that is not one"
            );
            diagnostics.push(keys.diagnostic(key, problem));
        }
    }
    Some(value.clone())
}
