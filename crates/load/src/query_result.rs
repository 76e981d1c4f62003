//! The result of a query.

use std::sync::Arc;

use arrow::array::{AsArray as _, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, FieldRef, Int64Type, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::util::pretty::pretty_format_batches_with_schema;
use thiserror::Error;

/// The error of a column of a result.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ColumnError {
    /// The result has no column of this name.
    #[error("the result has no column `{column}`; its columns are {}", columns.join(", "))]
    NotFound {
        /// The name.
        column: String,
        /// The columns of the result.
        columns: Vec<String>,
    },
    /// The column has another type.
    #[error("column `{column}` of the result has type {found}, expected {expected}")]
    TypeMismatch {
        /// The name.
        column: String,
        /// The required Arrow type.
        expected: String,
        /// The Arrow type of the column.
        found: String,
    },
}

/// The rows of a query as Arrow record batches. Displays as a table, with zoned timestamps in UTC.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryResult {
    /// The columns.
    pub schema: SchemaRef,
    /// The rows, in any number of batches.
    pub batches: Vec<RecordBatch>,
}

impl QueryResult {
    /// Returns the number of rows.
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
    /// assert_eq!((result.num_rows(), result.first_i64()), (1, Some(7)));
    /// # Ok::<(), arrow::error::ArrowError>(())
    /// ```
    pub fn num_rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Returns the integer in the first column of the first row, such as the result of `SELECT count(*)`.
    pub fn first_i64(&self) -> Option<i64> {
        let column = self.batches.iter().find(|batch| batch.num_rows() > 0)?.columns().first()?;
        let integers = column.as_primitive_opt::<Int64Type>()?;
        integers.iter().next().flatten()
    }

    /// Returns the strings of a column, one per row; `None` for null.
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
    /// assert_eq!(result.str_column("name")?.collect::<Vec<_>>(), [Some("Rhine"), None]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the column does not exist or has another type.
    pub fn str_column(&self, column: &str) -> Result<impl Iterator<Item = Option<&str>>, ColumnError> {
        self.check_column(column, &DataType::Utf8)?;
        let arrays = self.batches.iter().filter_map(move |batch| batch.column_by_name(column)?.as_string_opt::<i32>());
        Ok(arrays.flat_map(|strings| strings.iter()))
    }

    /// Returns the integers of a 64-bit column, one per row; `None` for null.
    ///
    /// # Errors
    ///
    /// Returns an error if the column does not exist or has another type.
    pub fn i64_column(&self, column: &str) -> Result<impl Iterator<Item = Option<i64>>, ColumnError> {
        self.check_column(column, &DataType::Int64)?;
        let arrays = self.batches.iter().filter_map(move |batch| batch.column_by_name(column)?.as_primitive_opt::<Int64Type>());
        Ok(arrays.flat_map(|integers| integers.iter()))
    }

    fn check_column(&self, column: &str, expected: &DataType) -> Result<(), ColumnError> {
        let Some((_, field)) = self.schema.column_with_name(column) else {
            let columns = self.schema.fields().iter().map(|field| field.name().clone()).collect();
            return Err(ColumnError::NotFound { column: column.to_owned(), columns });
        };
        if field.data_type() == expected {
            return Ok(());
        }
        let (expected, found) = (expected.to_string(), field.data_type().to_string());
        Err(ColumnError::TypeMismatch { column: column.to_owned(), expected, found })
    }

    fn table(&self) -> Result<String, ArrowError> {
        let fields: Vec<_> = self.schema.fields().iter().map(field_in_utc).collect();
        let converted = |batch: &RecordBatch| {
            let columns = batch.columns().iter().zip(&fields).map(|(column, field)| cast(column, field.data_type()));
            let schema = Arc::new(Schema::new(fields.clone()));
            RecordBatch::try_new(schema, columns.collect::<Result<_, _>>()?)
        };
        let batches = self.batches.iter().map(converted).collect::<Result<Vec<_>, _>>()?;
        Ok(pretty_format_batches_with_schema(Arc::new(Schema::new(fields.clone())), &batches)?.to_string())
    }
}

/// Returns a field with the time zone of each timestamp, also in nested types, replaced with `+00:00`.
///
/// Arrow cannot format named zones without a time zone database. A cast of a column to the type of this field keeps the
/// instants. Timestamps without a time zone keep their type, as do unions, which cannot be cast.
///
/// ```
/// use std::sync::Arc;
///
/// use arrow::datatypes::{DataType, Field, TimeUnit};
/// use catchment_load::field_in_utc;
///
/// let zoned = DataType::Timestamp(TimeUnit::Microsecond, Some("Europe/Berlin".into()));
/// let field = field_in_utc(&Arc::new(Field::new("at", zoned, true)));
/// assert_eq!(*field.data_type(), DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into())));
/// ```
pub fn field_in_utc(field: &FieldRef) -> FieldRef {
    Arc::new(Field::clone(field).with_data_type(type_in_utc(field.data_type())))
}

fn type_in_utc(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Timestamp(unit, Some(_)) => DataType::Timestamp(*unit, Some("+00:00".into())),
        DataType::List(item) => DataType::List(field_in_utc(item)),
        DataType::LargeList(item) => DataType::LargeList(field_in_utc(item)),
        DataType::FixedSizeList(item, length) => DataType::FixedSizeList(field_in_utc(item), *length),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(field_in_utc).collect()),
        DataType::Map(entries, is_sorted) => DataType::Map(field_in_utc(entries), *is_sorted),
        DataType::Dictionary(keys, values) => DataType::Dictionary(keys.clone(), Box::new(type_in_utc(values))),
        _ => data_type.clone(),
    }
}

impl std::fmt::Display for QueryResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.table() {
            Ok(table) => f.write_str(&table),
            // An error returned by `fmt` would make `to_string` panic.
            Err(error) => write!(f, "{} rows that cannot be displayed: {error}", self.num_rows()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Array, ArrayRef, Int64Array, ListArray, RecordBatch, TimestampMicrosecondArray, UnionArray};
    use arrow::buffer::OffsetBuffer;
    use arrow::datatypes::{DataType, Field, UnionFields};

    use super::QueryResult;

    #[track_caller]
    fn check(column: ArrayRef, expected: &str) {
        let batch = RecordBatch::try_from_iter([("c", column)]).unwrap();
        let result = QueryResult { schema: batch.schema(), batches: vec![batch] };
        let shown = result.to_string();
        let cells: Vec<_> =
            shown.lines().filter(|line| !line.starts_with('+')).map(|line| line.trim_matches(['|', ' '])).collect();
        assert_eq!(cells.join(", "), expected);
    }

    fn instants(zone: Option<&str>) -> TimestampMicrosecondArray {
        TimestampMicrosecondArray::from(vec![Some(1_700_000_000_500_000), None]).with_timezone_opt(zone)
    }

    #[test]
    fn timestamps_are_displayed_in_utc() {
        check(Arc::new(instants(None)), "c, 2023-11-14T22:13:20.500, ");
        for zone in ["UTC", "Europe/Berlin", "Etc/UTC", "+02:00", "no such zone"] {
            check(Arc::new(instants(Some(zone))), "c, 2023-11-14T22:13:20.500Z, ");
        }
        let item = Arc::new(Field::new("item", instants(Some("UTC")).data_type().clone(), true));
        let lists = ListArray::new(item, OffsetBuffer::from_lengths([2]), Arc::new(instants(Some("UTC"))), None);
        check(Arc::new(lists), "c, [2023-11-14T22:13:20.500Z, ]");
    }

    #[test]
    fn display_errors_are_reported() {
        let zoned = DataType::Timestamp(arrow::datatypes::TimeUnit::Microsecond, Some("UTC".into()));
        let fields = UnionFields::try_new([0], [Field::new("at", zoned, true)]).unwrap();
        let values: Vec<ArrayRef> = vec![Arc::new(instants(Some("UTC")))];
        let union = UnionArray::try_new(fields, vec![0, 0].into(), None, values).unwrap();
        let batch = RecordBatch::try_from_iter([("c", Arc::new(union) as ArrayRef)]).unwrap();
        let shown = QueryResult { schema: batch.schema(), batches: vec![batch] }.to_string();
        assert!(shown.starts_with("2 rows that cannot be displayed: "), "{shown}");
        check(Arc::new(Int64Array::from(vec![1])), "c, 1");
    }
}
