//! Rows that cannot become records.

use catchment_json::Node;
use catchment_schema::{ContractEntity, DataType, StoredSchemaError};
use thiserror::Error;

/// Why rows cannot be normalised. None of these goes away by trying again.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NormalizeError {
    /// A column that must not be null has no value in a row.
    #[error("table `{table}`, row {row} of its page: column `{column}` must not be null, and the row has no value for it{hint}")]
    MissingValue {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The row, counted from 1.
        row: usize,
        /// What may be the reason.
        hint: &'static str,
    },
    /// A value does not fit the type of a column that a merge reads.
    #[error(
        "table `{table}`, row {row} of its page: column `{column}`, {role}, has the type {column_type}, and the row has {found}: \
         {value}; declare `data_type: text` for it in `columns`, and where the table has rows already, load it again with \
         `--refresh drop_resources`"
    )]
    KeyTypeMismatch {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// What the column is for.
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
    /// A key has digits that its column does not keep, so that it could become equal to another key.
    #[error(
        "table `{table}`, row {row} of its page: column `{column}`, {role}, has the type {column_type}, which does not keep all \
         digits of {value}; declare `data_type: text` for it in `columns`, and where the table has rows already, load it again \
         with `--refresh drop_resources`"
    )]
    KeyPrecisionLoss {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// What the column is for.
        role: &'static str,
        /// The type of the column.
        column_type: DataType,
        /// The row, counted from 1.
        row: usize,
        /// The beginning of the value.
        value: String,
    },
    /// A value fits neither its column nor the variant column beside it.
    #[error("table `{table}`, row {row} of its page: {value} fits neither column `{column}` nor `{variant}`")]
    VariantMismatch {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The variant column, which has another type than its name says.
        variant: String,
        /// The row, counted from 1.
        row: usize,
        /// The beginning of the value.
        value: String,
    },
    /// A row would change what a schema contract freezes.
    #[error(
        "table `{table}`, row {row} of its page: {change}, and its schema contract has `{}: freeze`; found {value}; \
         let it evolve, or discard what is new (discard_row, discard_value)",
        entity.name()
    )]
    ContractViolation {
        /// The table.
        table: String,
        /// What the contract is about.
        entity: ContractEntity,
        /// What the row would change.
        change: String,
        /// The row, counted from 1.
        row: usize,
        /// The beginning of the value.
        value: String,
    },
    /// Lists at two places have one name for the table of their rows.
    #[error(
        "table `{table}` would have rows that belong to `{parent}` and rows that belong to {other}; rename a key of the rows"
    )]
    TableParentConflict {
        /// The table.
        table: String,
        /// The table that its rows belong to.
        parent: String,
        /// What else they would belong to.
        other: String,
    },
    /// A resource and a list of the rows of another one have one name for their tables.
    #[error(
        "table `{table}` is that of resource `{resource}`, and would have the rows of the list {key:?} of table `{parent}` too; \
         set another `table_name` for the resource"
    )]
    TableNameConflict {
        /// The table.
        table: String,
        /// The resource that is loaded into it.
        resource: String,
        /// The table whose rows have the list.
        parent: String,
        /// The keys that lead to the list.
        key: String,
    },
    /// More columns than a table may have.
    #[error(
        "table `{table}`, row {row} of its page: column `{column}` would be one more than the {limit} that a table may have; where \
         keys are data, as ids are, keep the object that has them as JSON (`data_type: json` for its column in `columns`, or \
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
    /// More tables than the rows of a resource may become.
    #[error(
        "table `{table}` would be one more than the {limit} that the lists of one resource may become; where keys are data, as ids \
         are, keep the object that has them as JSON (`data_type: json` for its column in `columns`, or `max_table_nesting`), else \
         raise `normalize.max_columns`"
    )]
    TooManyTables {
        /// The table.
        table: String,
        /// The limit.
        limit: usize,
    },
    /// A row with more keys than are kept in mind at a time.
    #[error(
        "table `{table}`, row {row} of its page: the row has more than {limit} different keys; keep it, or the object that has them, \
         as JSON (`data_type: json` for its column in `columns`, or `max_table_nesting`)"
    )]
    TooManyKeys {
        /// The table.
        table: String,
        /// The row, counted from 1.
        row: usize,
        /// The limit.
        limit: usize,
    },
    /// The settings of the schema cannot be followed.
    #[error(transparent)]
    Schema(#[from] StoredSchemaError),
    /// A batch that is too large for its arrays.
    #[error("table `{table}`: the rows cannot be put into a record batch")]
    Arrow {
        /// The table.
        table: String,
        /// What Arrow says.
        source: arrow::error::ArrowError,
    },
}

impl NormalizeError {
    /// A row has no value for a column of its key.
    pub(crate) fn no_key(table: String, column: String, row: usize) -> NormalizeError {
        NormalizeError::MissingValue { table, column, row, hint: "; it is part of the primary key" }
    }

    pub(crate) fn frozen(table: &str, entity: ContractEntity, change: String, row: usize, value: Node<'_>) -> NormalizeError {
        NormalizeError::ContractViolation { table: table.to_owned(), entity, change, row, value: value.excerpt(80) }
    }
}
