//! Resources and their defaults.

use catchment_json::{Object, Value};
use catchment_schema::{TableHints, short_hash};

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
            FieldSchema::new("endpoint", $endpoint, "Where its rows are: a path, or an object."),
            FieldSchema::new("table_name", ValueType::Name, "The table that its rows go to; the name by default."),
            FieldSchema::new("write_disposition", DISPOSITION, "What a load does with the rows that the table has; append by default."),
            FieldSchema::new("primary_key", ValueType::Names, "The fields that tell rows apart."),
            FieldSchema::new("merge_key", ValueType::Names, "The fields by which new rows replace old ones when they are merged."),
            FieldSchema::new("columns", COLUMNS, "Columns that are declared; the rows say what there is besides."),
            FieldSchema::new("schema_contract", CONTRACT, "What rows may change of its tables."),
            FieldSchema::new("max_table_nesting", ValueType::Integer(0, 1000), "How deep objects and lists are taken apart."),
            FieldSchema::new("incremental", ValueType::Object(&CURSOR), "How new rows are told from old ones, whatever the API answers."),
            FieldSchema::new("include_from_parent", INCLUDE, "Fields that its rows get from the row that feeds them, as _{resource}_{field}."),
            FieldSchema::new("processing_steps", ValueType::ListOf(&ValueType::Object(&PROCESSING_STEP)), "What is done to its rows, in this order."),
            FieldSchema::new("selected", ValueType::Bool, "Whether it is loaded; true by default. Others can be fed with its rows either way."),
            FieldSchema::new("parallelized", ValueType::Bool, "Whether it runs beside others; true by default."),
            FieldSchema::new(
                "resumable",
                ValueType::Bool,
                "Whether a run goes on in the middle of the pages where an earlier one stopped; false by default, as pages must keep their rows.",
            ),
            FieldSchema::new("parent", ValueType::Unsupported("nested tables follow from the rows"), ""),
            FieldSchema::new("nested_hints", NESTED_HINTS, "What is said of the tables of its lists, by the fields that have them."),
            FieldSchema::new("references", ValueType::ListOf(&ValueType::Object(&REFERENCE)), "Which columns refer to those of other tables; kept in the schema."),
            FieldSchema::new("table_format", ValueType::OneOf(&["iceberg", "delta", "hive", "native"]), "Kept in the schema for destinations that have several."),
            FieldSchema::new("file_format", ValueType::Text, "Kept in the schema; packages have the format that suits the destination."),
        ]
    };
}

static RESOURCE: ObjectSchema = ObjectSchema::new(
    "resource",
    "A resource of the API.",
    fields!(FieldSchema::required("name", ValueType::Name, "Its name."), ENDPOINT),
);

/// The defaults of all resources.
pub(super) static DEFAULTS: ObjectSchema = ObjectSchema::new(
    "resource_defaults",
    "What holds for all resources that say nothing else. Parameters, JSON bodies and columns are merged key by key.",
    fields!(
        FieldSchema::new("name", ValueType::Unsupported("each resource has a name of its own"), ""),
        ValueType::Object(&endpoint::SHAPE)
    ),
);

pub(super) const RESOURCE_KIND: ValueType =
    ValueType::Either(&[ValueType::Name, ValueType::Object(&RESOURCE)], "a name or an object");

/// A resource of an API.
#[derive(Debug, Clone)]
pub struct ResourceSpec {
    /// Its name.
    pub name: String,
    /// The resource whose rows it is fed with.
    pub parent: Option<String>,
    /// The table that its rows go to; the name by default.
    pub table_name: Option<String>,
    /// What is said of the table; the cursor is that of the endpoint.
    pub hints: TableHints,
    /// Fields that its rows get from the rows that feed it.
    pub include_from_parent: Vec<IncludedParentField>,
    /// What is done to its rows.
    pub processing_steps: Vec<ProcessingStep>,
    /// Whether it is loaded; it is by default.
    pub selected: bool,
    /// Whether it runs beside others; it does by default.
    pub parallelized: bool,
    /// Whether a run goes on in the middle of the pages, which has to be right for the API; it does not by default.
    pub resumable: bool,
    /// Where its rows are.
    pub endpoint: EndpointSpec,
    /// A hash of all that the spec says of it.
    pub definition: String,
}

impl ResourceSpec {
    /// Reads a resource, with its defaults merged in.
    pub(super) fn read(value: &Value, path: &str, diagnostics: &mut Vec<SpecDiagnostic>) -> ResourceSpec {
        let keys = ObjectReader::of(value, path);
        let name = keys.owned_text("name").unwrap_or_default();
        let hints = hints::read(&keys, diagnostics);
        let mut endpoint = EndpointSpec::read(keys.get("endpoint"), &name, &keys.path("endpoint"), diagnostics);
        if let Some(cursor) = keys.get("incremental") {
            if endpoint.incremental.is_some() {
                diagnostics.push(keys.diagnostic("incremental", "the endpoint has a cursor too; a resource has one at most"));
            }
            endpoint.incremental = Some(IncrementalSpec::read(&ObjectReader::of(cursor, keys.path("incremental")), diagnostics));
        }
        ResourceSpec {
            endpoint,
            definition: short_hash::<9>(&value.to_string()),
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

/// A resource, a name or an object, over its defaults: keys replace keys, but for those of `endpoint`, and in it of `params`
/// and `json`, which are merged, and for columns.
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
