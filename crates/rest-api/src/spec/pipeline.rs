//! `pipeline`.

use super::object_reader::ObjectReader;
use crate::spec_schema::{FieldSchema, ObjectSchema, ValueType};

pub(super) static PIPELINE: ObjectSchema = ObjectSchema::new(
    "pipeline",
    "Defaults for the pipeline; command-line flags take precedence.",
    &[
        FieldSchema::new(
            "pipeline_name",
            ValueType::Name,
            "The name of the pipeline; the file name without extension by default.",
        ),
        FieldSchema::new("destination", ValueType::Name, "The name of the destination; duckdb by default."),
        FieldSchema::new(
            "dataset_name",
            ValueType::Name,
            "The name of the dataset; the pipeline name with the suffix `_dataset` by default.",
        ),
        FieldSchema::new(
            "import_schema_path",
            ValueType::Text,
            "The folder from which a run imports new and changed schema files.",
        ),
        FieldSchema::new("export_schema_path", ValueType::Text, "The folder to which a run exports the schema."),
    ],
);

/// Defaults for the pipeline; command-line flags take precedence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PipelineSpec {
    /// The name of the pipeline.
    pub pipeline_name: Option<String>,
    /// The name of the destination.
    pub destination: Option<String>,
    /// The name of the dataset.
    pub dataset_name: Option<String>,
    /// The folder from which schema files are imported before a run.
    pub import_schema_path: Option<String>,
    /// The folder to which schemas are exported after a run.
    pub export_schema_path: Option<String>,
}

impl PipelineSpec {
    pub(super) fn read(keys: &ObjectReader<'_>) -> PipelineSpec {
        PipelineSpec {
            pipeline_name: keys.owned_text("pipeline_name"),
            destination: keys.owned_text("destination"),
            dataset_name: keys.owned_text("dataset_name"),
            import_schema_path: keys.owned_text("import_schema_path"),
            export_schema_path: keys.owned_text("export_schema_path"),
        }
    }
}
