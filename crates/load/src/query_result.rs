//! What a query answers.

use arrow::array::{Array as _, AsArray as _, RecordBatch};
use arrow::datatypes::{Int64Type, SchemaRef};
use arrow::util::pretty::pretty_format_batches_with_schema;

/// The rows of a query, as Arrow. Displays as a table.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryResult {
    /// The columns.
    pub schema: SchemaRef,
    /// The rows, in any number of batches.
    pub batches: Vec<RecordBatch>,
}

impl QueryResult {
    /// How many rows there are.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use arrow::array::{ArrayRef, Int64Array, RecordBatch};
    /// use catchment_load::QueryResult;
    ///
    /// let counts: ArrayRef = Arc::new(Int64Array::from(vec![7]));
    /// let batch = RecordBatch::try_from_iter([("count", counts)])?;
    /// let result = QueryResult { schema: batch.schema(), batches: vec![batch] };
    /// assert_eq!((result.num_rows(), result.integer()), (1, Some(7)));
    /// # Ok::<(), arrow::error::ArrowError>(())
    /// ```
    pub fn num_rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The integer in the first column of the first row, as `SELECT count(*)` answers it.
    pub fn integer(&self) -> Option<i64> {
        let column = self.batches.iter().find(|batch| batch.num_rows() > 0)?.columns().first()?;
        let integers = column.as_primitive_opt::<Int64Type>()?;
        integers.iter().next().flatten()
    }

    /// The texts of a column, one for each row: none where it is null, or where there is no such column of texts.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use arrow::array::{ArrayRef, RecordBatch, StringArray};
    /// use catchment_load::QueryResult;
    ///
    /// let names: ArrayRef = Arc::new(StringArray::from(vec![Some("Rhine"), None]));
    /// let batch = RecordBatch::try_from_iter([("name", names)])?;
    /// let result = QueryResult { schema: batch.schema(), batches: vec![batch] };
    /// assert_eq!(result.texts("name").collect::<Vec<_>>(), [Some("Rhine"), None]);
    /// # Ok::<(), arrow::error::ArrowError>(())
    /// ```
    pub fn texts(&self, column: &str) -> impl Iterator<Item = Option<&str>> {
        self.batches.iter().flat_map(move |batch| {
            let texts = batch.column_by_name(column).and_then(|texts| texts.as_string_opt::<i32>());
            (0..batch.num_rows()).map(move |row| texts.filter(|texts| texts.is_valid(row)).map(|texts| texts.value(row)))
        })
    }

    /// The integers of a column of 64 bits, one for each row: none where it is null, or where there is no such column.
    pub fn integers(&self, column: &str) -> impl Iterator<Item = Option<i64>> {
        self.batches.iter().flat_map(move |batch| {
            let integers = batch.column_by_name(column).and_then(|integers| integers.as_primitive_opt::<Int64Type>());
            let value = move |row| integers.filter(|integers| integers.is_valid(row)).map(|integers| integers.value(row));
            (0..batch.num_rows()).map(value)
        })
    }
}

impl std::fmt::Display for QueryResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let table = pretty_format_batches_with_schema(SchemaRef::clone(&self.schema), &self.batches);
        table.map_err(|_| std::fmt::Error)?.fmt(f)
    }
}
