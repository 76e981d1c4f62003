//! Tables that rows of a package are written into.

use arrow::datatypes::DataType as ArrowType;
use catchment_schema::{Column, DataType, ROOT_ROW_COLUMN, ROOT_ROW_PRECISION};

use crate::sql::{Dialect, InsertColumn, Statement, insert_from};

/// A table of the dataset, or its staging table, that rows of a package are written into.
#[derive(Debug, Clone, PartialEq)]
pub struct RowTarget {
    /// The dataset.
    pub dataset: String,
    /// The table of the package.
    pub table: String,
    /// The quoted name of the table to write into.
    pub relation: String,
    /// The columns that rows can have.
    pub columns: Vec<RowColumn>,
    /// The columns whose fractions go to another column.
    pub(crate) splits: Vec<VariantSplit>,
}

/// A column of a [`RowTarget`].
#[derive(Debug, Clone, PartialEq)]
pub struct RowColumn {
    /// The column for inserts.
    pub insert: InsertColumn,
    /// The type of the engine in the table to write into.
    pub column_type: String,
    /// The Arrow type of its values.
    pub arrow_type: ArrowType,
    /// The type in the dataset, if it differs from the schema, so that values must be checked.
    pub(crate) check: Option<TypeCheck>,
}

/// A type of the dataset that differs from the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeCheck {
    /// The Arrow type with the values of `found`.
    pub(crate) arrow_type: ArrowType,
    /// The type in the dataset.
    pub(crate) found: String,
    /// The type of the schema.
    pub(crate) expected: String,
}

/// An integer column that cannot be widened to doubles. Fractions go to its variant column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VariantSplit {
    pub(crate) column: String,
    pub(crate) variant: String,
}

impl RowTarget {
    /// Returns the statement that inserts rows of these columns from `source`, a table or table function.
    ///
    /// Columns that are not in [`columns`](RowTarget::columns) are ignored.
    pub fn insert(&self, dialect: &dyn Dialect, columns: &[&str], source: &str) -> Statement {
        let known = columns.iter().filter_map(|name| self.column(name));
        let inserted: Vec<&InsertColumn> = known.map(|column| &column.insert).collect();
        let sql = insert_from(dialect, &self.relation, inserted.iter().copied(), source);
        Statement::new(self.step(), sql)
    }

    /// Returns the step of writing the rows, for messages.
    pub fn step(&self) -> String {
        format!("insert rows into table `{}`", self.table)
    }

    pub(crate) fn column(&self, name: &str) -> Option<&RowColumn> {
        self.columns.iter().find(|column| column.insert.name == name)
    }
}

impl RowColumn {
    /// The column with the number of the root row, which only staging tables have.
    pub(crate) fn root_row(dialect: &dyn Dialect) -> RowColumn {
        let mut column = Column::new(ROOT_ROW_COLUMN, DataType::Decimal);
        column.hints.insert("precision".to_owned(), i32::from(ROOT_ROW_PRECISION).into());
        column.hints.insert("scale".to_owned(), 0.into());
        RowColumn {
            column_type: dialect.staging_type(&column),
            arrow_type: ArrowType::Decimal128(ROOT_ROW_PRECISION, 0),
            insert: InsertColumn { name: column.name, cast: None },
            check: None,
        }
    }
}
