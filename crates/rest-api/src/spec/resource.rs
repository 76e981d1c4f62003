//! Resources and their defaults.

use catchment_json::{Object, Value};
use catchment_schema::{TableHints, short_hash};

use super::bigquery;
use super::columns::{self, COLUMNS, CONTRACT};
use super::disposition::DISPOSITION;
use super::endpoint::{self, ENDPOINT};
use super::hints::{self, NESTED_HINTS, REFERENCE};
use super::include::{self, INCLUDE, IncludedParentField};
use super::incremental::CURSOR;
use super::object_reader::ObjectReader;
use super::processing_step::PROCESSING_STEP;
use super::{EndpointSpec, IncrementalSpec, ProcessingStep};
use crate::SpecDiagnostic;
use crate::spec_schema::{FieldSchema, ObjectSchema, ValueType};

macro_rules! fields {
    ($name:expr, $endpoint:expr) => {
        &[
            $name,
            FieldSchema::new("endpoint", $endpoint, "The endpoint: a path or an object."),
            FieldSchema::new("table_name", ValueType::Name, "The table of the rows; the resource name by default."),
            FieldSchema::new("write_disposition", DISPOSITION, "The write disposition of the table; append by default."),
            FieldSchema::new("primary_key", ValueType::Names, "The fields that identify a row."),
            FieldSchema::new("merge_key", ValueType::Names, "Fields by which a merge deletes existing rows: all rows that have the same values as a new row. They need not be unique."),
            FieldSchema::new("columns", COLUMNS, "Declared columns; other columns are inferred from the rows."),
            FieldSchema::new("schema_contract", CONTRACT, "The schema contract: whether rows may change the tables of earlier loads."),
            FieldSchema::new("max_table_nesting", ValueType::Integer(0, 1000), "The number of nested levels that become columns and child tables; unlimited by default. Deeper values are stored as JSON."),
            FieldSchema::new("incremental", ValueType::Object(&CURSOR), "Incremental loading by a cursor in the rows, for an API that cannot filter by it."),
            FieldSchema::new("include_from_parent", INCLUDE, "Fields of parent rows to copy into each row, in columns named _{resource}_{field}."),
            FieldSchema::new("processing_steps", ValueType::ListOf(&ValueType::Object(&PROCESSING_STEP)), "Processing steps of the rows, in order."),
            FieldSchema::new("selected", ValueType::Bool, "Whether the rows are loaded; true by default. Dependent resources can use the rows either way."),
            FieldSchema::new("parallelized", ValueType::Bool, "Whether the resource may be extracted in parallel with others; true by default."),
            FieldSchema::new(
                "resumable",
                ValueType::Bool,
                "Whether the run after an interrupted or limited run continues at the next page; false by default. A page must have the same rows when it is requested later.",
            ),
            FieldSchema::new("parent", ValueType::Unsupported("nested tables are derived from the rows"), ""),
            FieldSchema::new("nested_hints", NESTED_HINTS, "Columns, keys and other options of child tables, by the name of the list."),
            FieldSchema::new("references", ValueType::ListOf(&ValueType::Object(&REFERENCE)), "References to columns of other tables; stored in the schema only."),
            FieldSchema::new("table_format", ValueType::OneOf(&["iceberg", "delta", "hive", "native"]), "The table format; stored in the schema only."),
            FieldSchema::new("file_format", ValueType::Text, "The file format; stored in the schema only. Packages use the format of the destination."),
            bigquery::PARTITION,
            bigquery::CLUSTER_COLUMNS,
            bigquery::DESCRIPTION,
            bigquery::EXPIRATION,
            bigquery::PARTITION_EXPIRATION,
            bigquery::REQUIRE_PARTITION_FILTER,
            bigquery::LABELS,
        ]
    };
}

static RESOURCE: ObjectSchema = ObjectSchema::new(
    "resource",
    "A resource of the API.",
    fields!(FieldSchema::required("name", ValueType::Name, "The name of the resource."), ENDPOINT),
);

/// The default settings of all resources.
pub(super) static DEFAULTS: ObjectSchema = ObjectSchema::new(
    "resource_defaults",
    "Default settings of all resources. Parameters, JSON bodies and columns are merged key by key.",
    fields!(
        FieldSchema::new("name", ValueType::Unsupported("each resource needs its own name"), ""),
        ValueType::Object(&endpoint::SHAPE)
    ),
);

pub(super) const RESOURCE_KIND: ValueType =
    ValueType::Either(&[ValueType::Name, ValueType::Object(&RESOURCE)], "a name or an object");

/// A resource of an API.
#[derive(Debug, Clone)]
pub struct ResourceSpec {
    /// The name of the resource.
    pub name: String,
    /// The parent resource.
    pub parent: Option<String>,
    /// The table of the rows; the resource name by default.
    pub table_name: Option<String>,
    /// Table hints. The cursor is part of the endpoint.
    pub hints: TableHints,
    /// Fields to include from the parent rows.
    pub include_from_parent: Vec<IncludedParentField>,
    /// Processing steps of the rows, in order.
    pub processing_steps: Vec<ProcessingStep>,
    /// Whether the rows are loaded; true by default.
    pub selected: bool,
    /// Whether the resource may run in parallel with others; true by default.
    pub parallelized: bool,
    /// Whether an interrupted run resumes at the page where it stopped. Default: false; the API must return stable pages.
    pub resumable: bool,
    /// The endpoint.
    pub endpoint: EndpointSpec,
    /// A hash of the resource's definition in the spec, and of the base URL, headers and paginator of the client.
    pub definition: String,
}

impl ResourceSpec {
    /// Reads a resource with its defaults merged in. `client_definition` is a text of the keys of the client that determine
    /// the rows.
    pub(super) fn read(
        value: &Value,
        client_definition: &str,
        path: &str,
        diagnostics: &mut Vec<SpecDiagnostic>,
    ) -> ResourceSpec {
        let keys = ObjectReader::of(value, path);
        let name = keys.owned_text("name").unwrap_or_default();
        let hints = hints::read(&keys, diagnostics);
        let mut endpoint = EndpointSpec::read(keys.get("endpoint"), &name, &keys.path("endpoint"), diagnostics);
        if let Some(cursor) = keys.get("incremental") {
            if endpoint.incremental.is_some() {
                diagnostics
                    .push(keys.diagnostic("incremental", "the endpoint already has a cursor; a resource can have only one"));
            }
            endpoint.incremental = Some(IncrementalSpec::read(&ObjectReader::of(cursor, keys.path("incremental")), diagnostics));
        }
        ResourceSpec {
            endpoint,
            definition: short_hash::<9>(&format!("{client_definition}{value}")),
            parent: None,
            table_name: keys.owned_text("table_name"),
            hints,
            include_from_parent: include::read(&keys),
            processing_steps: keys
                .list("processing_steps")
                .flat_map(|(path, step)| ProcessingStep::read(&ObjectReader::of(step, path), diagnostics))
                .collect(),
            selected: keys.bool("selected").unwrap_or(true),
            parallelized: keys.bool("parallelized").unwrap_or(true),
            resumable: keys.bool("resumable").unwrap_or(false),
            name,
        }
    }
}

/// Merges a resource, given as a name or an object, with the defaults. Keys of the resource replace those of the defaults,
/// except that `endpoint`, its `params` and `json`, and `columns` are merged key by key.
pub(crate) fn merge_defaults(value: &Value, defaults: &Value) -> Value {
    let named;
    let value = match value {
        Value::String(name) => {
            named = Value::object([("name", Value::from(name.as_str()))]);
            &named
        }
        other => other,
    };
    let (Some(own), Some(defaults)) = (value.as_object(), defaults.as_object()) else { return value.clone() };
    let mut merged = merge_objects(own, defaults);
    if let (Some(own), Some(default)) = (own.get("columns"), defaults.get("columns"))
        && let Some(columns) = columns::merge(own, default)
    {
        merged.insert("columns".to_owned(), columns);
    }
    if let Some(default) = defaults.get("endpoint").and_then(Value::as_object) {
        let own = match own.get("endpoint") {
            Some(Value::String(path)) => Object::from_iter([("path".to_owned(), Value::from(path.as_str()))]),
            Some(Value::Object(endpoint)) => endpoint.clone(),
            Some(_) => return Value::Object(merged),
            None => Object::new(),
        };
        let mut endpoint = merge_objects(&own, default);
        for key in ["params", "json"] {
            if let (Some(Value::Object(own)), Some(Value::Object(default))) = (own.get(key), default.get(key)) {
                endpoint.insert(key.to_owned(), Value::Object(merge_objects(own, default)));
            }
        }
        merged.insert("endpoint".to_owned(), Value::Object(endpoint));
    }
    Value::Object(merged)
}

pub(super) fn merge_objects(own: &Object, defaults: &Object) -> Object {
    let mut merged = defaults.clone();
    merged.extend(own.iter().map(|(key, value)| (key.clone(), value.clone())));
    merged
}
