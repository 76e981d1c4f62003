//! Incremental cursors.

use catchment_extract::{Incremental, LastValueFunc, OnCursorValueMissing, RangeBound, RelativeTime, RowOrder};
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
            FieldSchema::required("cursor_path", ValueType::JsonPath, "The path of the cursor value in a row."),
            FieldSchema::new(
                "initial_value",
                ValueType::Any,
                "The cursor value that the first run starts from; all rows by default. May be a variable, ${env:SINCE}, or a time relative to the start of the run: -7d, {now-12h} or {today-7d}.",
            ),
            FieldSchema::new(
                "end_value",
                ValueType::Any,
                "The cursor value at which the range ends; requires initial_value. May be a variable or a relative time, such as {now}. The cursor is then neither read nor stored.",
            ),
            FieldSchema::new("last_value_func", ValueType::OneOf(&["max", "min"]), "Whether the maximum or the minimum cursor value is the latest; max by default."),
            FieldSchema::new("primary_key", ValueType::Names, "The fields by which rows at the last cursor value are deduplicated; the primary key of the resource by default."),
            FieldSchema::new("row_order", ValueType::OneOf(&["asc", "desc"]), "The order in which the API returns rows by cursor value, if it guarantees one."),
            FieldSchema::new(
                "on_cursor_value_missing",
                ValueType::OneOf(&["raise", "include", "exclude"]),
                "Whether a row without a cursor value fails the run, is loaded or is skipped; raise by default.",
            ),
            FieldSchema::new(
                "lag",
                ValueType::Number,
                "How far before the last cursor value a run starts: seconds for timestamps, days for dates, a number for numbers.",
            ),
            FieldSchema::new("range_start", ValueType::OneOf(&["open", "closed"]), "Whether rows at the start value are loaded (closed) or left out (open); closed by default."),
            FieldSchema::new("range_end", ValueType::OneOf(&["open", "closed"]), "Whether rows at the end value are loaded (closed) or left out (open); open by default."),
            FieldSchema::new("allow_external_schedulers", ValueType::Bool, "Whether the environment variables DLT_INTERVAL_START and DLT_INTERVAL_END, which a scheduler sets, replace the bounds of the range; false by default. The interval is limited to the configured range."),
            FieldSchema::new("convert", ValueType::Text, "An expression over `value` that converts the cursor value before it is sent, such as value|epoch."),
            FieldSchema::new("transform", ValueType::Unsupported("use `convert`"), ""),
            $($more),*
        ]
    };
}

pub(super) static INCREMENTAL: ObjectSchema = ObjectSchema::new(
    "incremental",
    "Incremental loading: loads only rows that are new since earlier runs.",
    fields!(
        FieldSchema::new(
            "start_param",
            ValueType::Text,
            "The query parameter for the start value: the last cursor value, or initial_value in the first run."
        ),
        FieldSchema::new("end_param", ValueType::Text, "The query parameter for the end value, if the range has an end."),
        FieldSchema::new(
            "window",
            ValueType::Number,
            "The length of the windows into which the range is split, one request each: seconds for timestamps, days for dates, a number for numbers. The last window ends at the end value, which numbers require, or at the current time.",
        ),
    ),
);

/// A cursor as the value of a query parameter.
pub(super) static CURSOR_PARAM: ObjectSchema =
    ObjectSchema::new("incremental_param", "A query parameter with the start value of a cursor.", fields!());

/// A cursor of a resource whose API has no parameter for it.
pub(super) static CURSOR: ObjectSchema = ObjectSchema::new(
    "cursor_of_rows",
    "Incremental loading by a cursor in the rows, for an API that cannot filter by it.",
    fields!(),
);

/// Incremental loading of a resource.
#[derive(Debug, Clone)]
pub struct IncrementalSpec {
    /// The cursor. References in its initial value and end value are resolved when the source is built.
    pub cursor: Incremental,
    /// The query parameter for the start value.
    pub start_param: Option<String>,
    /// The query parameter for the end value.
    pub end_param: Option<String>,
    /// The length of the windows in which the range is requested: seconds for timestamps, days for dates, a number for
    /// numbers. The range ends at the end value, or at the current time without one.
    pub window: Option<f64>,
    /// Whether the interval of an external scheduler replaces the bounds of the cursor.
    pub allow_external_schedulers: bool,
    /// The conversion of cursor values before they are sent.
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
            diagnostics.push(keys.diagnostic("end_value", "requires `initial_value`"));
        }
        let window = keys.number("window");
        if window.is_some_and(|window| window.is_nan() || window <= 0.0) {
            diagnostics.push(keys.diagnostic("window", "expected a number greater than 0"));
        }
        if window.is_some() && cursor.initial_value.is_none() {
            diagnostics.push(keys.diagnostic("window", "requires `initial_value`, the start of the first window"));
        }
        IncrementalSpec {
            cursor,
            window,
            allow_external_schedulers: keys.bool("allow_external_schedulers").unwrap_or(false),
            start_param: keys.owned_text("start_param"),
            end_param: keys.owned_text("end_param"),
            convert: keys.expression("convert", &["value"], diagnostics).map(CursorConversion::Expression),
        }
    }

    /// Reads the cursor of a query parameter.
    pub(super) fn of_param(name: &str, value: &Value, path: &str, diagnostics: &mut Vec<SpecDiagnostic>) -> IncrementalSpec {
        let incremental = IncrementalSpec::read(&ObjectReader::of(value, path), diagnostics);
        IncrementalSpec { start_param: Some(name.to_owned()), ..incremental }
    }
}

/// Reads an initial value or an end value. It is stored in the state and shown in messages, so it must not be a secret.
fn cursor_bound(keys: &ObjectReader<'_>, key: &str, diagnostics: &mut Vec<SpecDiagnostic>) -> Option<Value> {
    let value = keys.get(key)?;
    if let Some(text) = value.as_str().filter(|text| RelativeTime::is_intended(text) && RelativeTime::parse(text).is_none()) {
        let problem = format!(
            "unknown relative time {text:?}; write now, -7d, {{now-12h}} or {{today-7d}}, with the units s, m, h, d or w"
        );
        diagnostics.push(keys.diagnostic(key, problem));
    }
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
                "found {reference}, but the value is stored in the state and sent in URLs, so it must not be a secret; use ${{env:NAME}} \
                 with a variable that is not a secret"
            );
            diagnostics.push(keys.diagnostic(key, problem));
        }
    }
    Some(value.clone())
}
