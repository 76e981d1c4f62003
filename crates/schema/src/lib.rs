//! The schema of a dataset: tables, columns, types, naming, contracts and the stored format.
//!
//! A [`Schema`] is plain data without IO. It reads and writes the JSON form of dlt's schema engine version 11
//! ([`Schema::from_value`], [`Schema::to_value`]) and preserves unknown keys, so that dlt can continue a dataset of this
//! program and vice versa. A [`SchemaDelta`] holds the additions of a batch of rows.
//!
//! ```
//! use catchment_schema::{Column, DataType, Schema, SchemaDelta, TableDelta};
//!
//! let mut schema = Schema::new("rivers");
//! let delta = SchemaDelta::from(TableDelta::root("gauges", vec![Column::new("level", DataType::Double)]));
//! schema.apply(&delta);
//! schema.update_version();
//! assert_eq!(schema.tables["gauges"].columns["level"].data_type, Some(DataType::Double));
//! ```

mod arrow_type;
mod column;
mod column_rules;
mod column_type;
mod contract;
mod data_type;
mod delta;
mod hash;
mod hints;
mod merge;
mod render;
mod schema;
#[cfg(test)]
mod schema_tests;
mod storage;
mod system;
mod table;
mod timestamp;

/// Table and column names: normalization, paths, shortening.
pub mod naming;

pub use arrow_type::arrow_type;
pub use column::Column;
pub use column_rules::ColumnRules;
pub use column_type::{ColumnType, TimestampUnit};
pub use contract::{ContractEntity, ContractMode, SchemaContract, SchemaContractError};
pub use data_type::DataType;
pub use delta::{SchemaDelta, TableDelta};
pub use hash::{document_hash, short_digest, short_hash};
pub use hints::{InvalidHints, NestedHints, PASSTHROUGH_HINTS, TableHints};
pub use merge::{DedupSort, MergeOptions, MergeStrategy};
pub use render::{SchemaFormat, render};
pub use schema::{Schema, SchemaConflict};
pub use storage::StoredSchemaError;
pub use system::{
    CURSOR_ROWS_TABLE, DLT_ID_COLUMN, DLT_LIST_IDX_COLUMN, DLT_LOAD_ID_COLUMN, DLT_PARENT_ID_COLUMN, DLT_ROOT_ID_COLUMN,
    LOADS_TABLE, PARENT_CURSORS_TABLE, ROOT_ROW_COLUMN, ROOT_ROW_PRECISION, STATE_TABLE, VERSION_TABLE, cursor_rows_table,
    is_cursor_table, is_system_name, is_system_table, loads_table, parent_cursors_table, state_table, system_column,
    version_table,
};
pub use table::{Table, WriteDisposition};
pub use timestamp::{format_timestamp, parse_date, parse_time, parse_timestamp, parse_timestamp_nanos};
