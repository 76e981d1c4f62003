//! The plan of a package: state and schema of the dataset, table names, refresh and load id.

mod load_id;
mod planner;
mod refresh;
mod stored_dataset;
mod stored_pipeline;
mod table_conflicts;
mod table_names;

pub use load_id::LoadIdGenerator;
pub(crate) use planner::{PackagePlan, Planner, changes_dataset_without_rows, schema_or_new, without_rows};
pub use refresh::RefreshMode;
pub(crate) use refresh::drop_tables;
pub(crate) use stored_dataset::StoredDataset;
pub(crate) use stored_pipeline::StoredPipeline;
pub use table_conflicts::TableError;
