//! Test resources: tables with declared hints.

use catchment_json::Value;
use catchment_schema::{Column, DataType, MergeOptions, MergeStrategy, TableHints, WriteDisposition};

/// A table with its declared hints.
#[derive(Debug, Clone)]
pub(crate) struct TestResource {
    pub(super) table: String,
    pub(super) hints: TableHints,
}

impl TestResource {
    fn new(table: &str, write_disposition: WriteDisposition) -> TestResource {
        TestResource { table: table.to_owned(), hints: TableHints { write_disposition, ..TableHints::default() } }
    }

    pub(crate) fn append(table: &str) -> TestResource {
        TestResource::new(table, WriteDisposition::Append)
    }

    pub(crate) fn replace(table: &str) -> TestResource {
        TestResource::new(table, WriteDisposition::Replace)
    }

    pub(crate) fn skip(table: &str) -> TestResource {
        TestResource::new(table, WriteDisposition::Skip)
    }

    /// Creates a resource that is merged by `strategy` with a primary key.
    pub(crate) fn merge(table: &str, strategy: MergeStrategy, primary_key: &[&str]) -> TestResource {
        let mut resource = TestResource::new(table, WriteDisposition::Merge);
        resource.hints.primary_key = owned(primary_key);
        resource.options(MergeOptions { strategy, ..MergeOptions::default() })
    }

    pub(crate) fn merge_key(mut self, merge_key: &[&str]) -> TestResource {
        self.hints.merge_key = owned(merge_key);
        self
    }

    pub(crate) fn options(mut self, options: MergeOptions) -> TestResource {
        self.hints.merge = options;
        self
    }

    /// Adds a nullable column of `data_type`.
    pub(crate) fn typed(self, name: &str, data_type: DataType) -> TestResource {
        self.column(Column::new(name, data_type))
    }

    pub(crate) fn column(mut self, column: Column) -> TestResource {
        self.hints.columns.push(column);
        self
    }

    /// Adds a `hard_delete` column, whose type is inferred from its values.
    pub(crate) fn hard_delete(self, name: &str) -> TestResource {
        self.column(Column::incomplete(name, "hard_delete"))
    }

    /// Adds a `dedup_sort` column with direction `asc` or `desc`, whose type is inferred from its values.
    pub(crate) fn dedup_sort(self, name: &str, direction: &str) -> TestResource {
        let mut column = Column::incomplete(name, "dedup_sort");
        column.hints.insert("dedup_sort".to_owned(), Value::from(direction));
        self.column(column)
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
