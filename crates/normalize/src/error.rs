//! Errors of the normalization.

use catchment_json::Node;
use catchment_schema::{ContractEntity, DataType, StoredSchemaError};
use thiserror::Error;

/// An error while normalizing rows. None of these errors is transient.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NormalizeError {
    /// A row has no value for a NOT NULL column.
    #[error("table `{table}`, row {row} of its page: column `{column}` is NOT NULL but the row has no value{hint}")]
    MissingValue {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The row, counted from 1.
        row: usize,
        /// The likely cause or remedy.
        hint: &'static str,
    },
    /// A value does not fit the type of a column that the merge uses.
    #[error(
        "table `{table}`, row {row} of its page: column `{column}` ({role}) has type {column_type} but the row has {found}: \
         {value}; declare the column with `data_type: text` in `columns`, and reload existing rows with \
         `--refresh drop_resources`"
    )]
    KeyTypeMismatch {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The role of the column in the merge.
        role: &'static str,
        /// The type of the column.
        column_type: DataType,
        /// The type of the value.
        found: DataType,
        /// The row, counted from 1.
        row: usize,
        /// The beginning of the value.
        value: String,
    },
    /// A key has more digits than its column type preserves, so that it could become equal to another key.
    #[error(
        "table `{table}`, row {row} of its page: column `{column}` ({role}) has type {column_type}, which loses digits of \
         {value}; declare the column with `data_type: text` in `columns`, and reload existing rows with \
         `--refresh drop_resources`"
    )]
    KeyPrecisionLoss {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The role of the column in the merge.
        role: &'static str,
        /// The type of the column.
        column_type: DataType,
        /// The row, counted from 1.
        row: usize,
        /// The beginning of the value.
        value: String,
    },
    /// A value fits neither its column nor the variant column.
    #[error(
        "table `{table}`, row {row} of its page: {value} fits neither column `{column}` nor `{variant}`; declare column \
         `{column}` with `data_type: text` in `columns`, and reload existing rows with `--refresh drop_resources`"
    )]
    VariantMismatch {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The variant column, whose type does not match its name.
        variant: String,
        /// The row, counted from 1.
        row: usize,
        /// The beginning of the value.
        value: String,
    },
    /// A row violates a frozen schema contract.
    #[error(
        "table `{table}`, row {row} of its page: {change} violates the schema contract `{}: freeze`; found {value}; \
         set the contract to evolve, discard_row or discard_value",
        entity.name()
    )]
    ContractViolation {
        /// The table.
        table: String,
        /// The violated part of the contract.
        entity: ContractEntity,
        /// The schema change that the row requires.
        change: String,
        /// The row, counted from 1.
        row: usize,
        /// The beginning of the value.
        value: String,
    },
    /// Two lists have the same name for their child table, but different parent tables.
    #[error("table `{table}` would contain child rows of `{parent}` and {other}; rename a key of the rows")]
    TableParentConflict {
        /// The table.
        table: String,
        /// The first parent table.
        parent: String,
        /// The other rows of the table.
        other: String,
    },
    /// A resource and a list of another resource have the same table name.
    #[error(
        "table `{table}` of resource `{resource}` would also contain the rows of list {key:?} of table `{parent}`; \
         set another `table_name` for the resource"
    )]
    TableNameConflict {
        /// The table.
        table: String,
        /// The resource that is loaded into the table.
        resource: String,
        /// The table whose rows contain the list.
        parent: String,
        /// The path of the list.
        key: String,
    },
    /// A table exceeds the column limit.
    #[error(
        "table `{table}`, row {row} of its page: column `{column}` exceeds the limit of {limit} columns per table; if keys \
         are data, such as ids, keep their object as JSON (`data_type: json` for its column in `columns`, or \
         `max_table_nesting`), else raise `normalize.max_columns`"
    )]
    TooManyColumns {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The row, counted from 1.
        row: usize,
        /// The limit.
        limit: usize,
    },
    /// A resource exceeds the table limit.
    #[error(
        "table `{table}` exceeds the limit of {limit} tables per resource; if keys are data, such as ids, keep their object \
         as JSON (`data_type: json` for its column in `columns`, or `max_table_nesting`), else raise `normalize.max_columns`"
    )]
    TooManyTables {
        /// The table.
        table: String,
        /// The limit.
        limit: usize,
    },
    /// A row exceeds the key limit.
    #[error(
        "table `{table}`, row {row} of its page: the row exceeds the limit of {limit} distinct keys; keep the row, or the \
         object with the keys, as JSON (`data_type: json` for its column in `columns`, or `max_table_nesting`)"
    )]
    TooManyKeys {
        /// The table.
        table: String,
        /// The row, counted from 1.
        row: usize,
        /// The limit.
        limit: usize,
    },
    /// The settings of the schema are invalid.
    #[error(transparent)]
    Schema(#[from] StoredSchemaError),
    /// A record batch could not be built, for example because it is too large.
    #[error("table `{table}`: failed to build a record batch")]
    Arrow {
        /// The table.
        table: String,
        /// The error of Arrow.
        source: arrow::error::ArrowError,
    },
}

impl NormalizeError {
    /// Creates the error for a row without a value for a primary key column.
    pub(crate) fn no_key(table: String, column: String, row: usize) -> NormalizeError {
        NormalizeError::MissingValue { table, column, row, hint: "; use a primary key that all rows have" }
    }

    pub(crate) fn frozen(table: &str, entity: ContractEntity, change: String, row: usize, value: Node<'_>) -> NormalizeError {
        NormalizeError::ContractViolation { table: table.to_owned(), entity, change, row, value: value.excerpt(80) }
    }
}
