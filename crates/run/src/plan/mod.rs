//! The plan of a package: state and schema of the dataset, table names, refresh and load id.

mod load_id;
mod planner;
mod refresh;
mod stored_dataset;
mod table_conflicts;
mod table_names;

pub use load_id::LoadIdGenerator;
pub(crate) use planner::{PackagePlan, Planner, changes_dataset_without_rows, schema_or_new};
pub use refresh::RefreshMode;
pub(crate) use stored_dataset::StoredDataset;
pub use table_conflicts::TableError;
