//! SQL: dialects, statements as pure functions, sessions that execute them, and the runner of loads.

mod cursor_entries;
mod dialect;
mod insert;
mod merge;
mod name;
mod partition;
mod planning;
mod queries;
mod reader;
mod restore;
mod runner;
mod session;
mod system_rows;
mod tables;
#[cfg(test)]
mod tests;

pub(crate) use cursor_entries::delete_cursor_rows;
pub use dialect::Dialect;
pub use insert::{InsertColumn, insert_from};
pub(crate) use merge::{HardDelete, KeyColumn, MergePlan, StagedRows, Strategy, Versions, merge_statements};
pub use name::{DatasetName, QualifiedName, quote_list};
pub(crate) use partition::TargetTable;
pub use partition::{PartitionColumn, TableLayout};
pub use planning::Planning;
pub(crate) use queries::delete_schema;
pub use reader::{Definitions, SqlReader, TextRows};
pub use restore::restore;
pub use runner::{Connector, load};
pub use session::{SqlSession, Statement};
pub(crate) use system_rows::{insert_load, insert_schema, insert_state, timestamp_literal};
pub(crate) use tables::{
    add_columns, add_root_id, create_table, drop_table, fill_root_ids, select_any_row, select_beyond_double,
    select_without_root_id,
};
