//! Tables, columns, types and names of a dataset, and the schema as it is stored.
//!
//! A [`Schema`] is plain data: it does no IO. It is read from and written to the JSON form of dlt's engine
//! version 11 ([`Schema::from_value`], [`Schema::to_value`]), keys that this version does not know
//! included, so that either tool continues a dataset that the other wrote. What a batch of rows adds to it
//! is a [`SchemaDelta`].
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

/// Names of tables and columns: normalising, paths, shortening.
pub mod naming;

pub use arrow_type::arrow_type;
pub use column::Column;
pub use column_rules::ColumnRules;
pub use column_type::ColumnType;
pub use contract::{ContractEntity, ContractMode, SchemaContract, SchemaContractError};
pub use data_type::DataType;
pub use delta::{SchemaDelta, TableDelta};
pub use hash::{document_hash, short_digest, short_hash};
pub use hints::{InvalidHints, NestedHints, TableHints};
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
pub use timestamp::{format_timestamp, parse_date, parse_time, parse_timestamp};
