//! `pipeline`.

use super::object_reader::ObjectReader;
use crate::spec_schema::{FieldSchema, ObjectSchema, ValueType};

pub(super) static PIPELINE: ObjectSchema = ObjectSchema::new(
    "pipeline",
    "Defaults for the pipeline; flags win over them.",
    &[
        FieldSchema::new("pipeline_name", ValueType::Name, "The name of the pipeline; the stem of the file's name by default."),
        FieldSchema::new("destination", ValueType::Name, "The name of the destination; duckdb by default."),
        FieldSchema::new(
            "dataset_name",
            ValueType::Name,
            "The name of the dataset; that of the pipeline and `_dataset` by default.",
        ),
        FieldSchema::new("import_schema_path", ValueType::Text, "The folder of schema files that are imported before a run."),
        FieldSchema::new("export_schema_path", ValueType::Text, "The folder that schemas are exported to after a run."),
    ],
);

/// Defaults for the pipeline; flags win over them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PipelineSpec {
    /// The name of the pipeline.
    pub pipeline_name: Option<String>,
    /// The name of the destination.
    pub destination: Option<String>,
    /// The name of the dataset.
    pub dataset_name: Option<String>,
    /// The folder of schema files that are imported before a run.
    pub import_schema_path: Option<String>,
    /// The folder that schemas are exported to after a run.
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
