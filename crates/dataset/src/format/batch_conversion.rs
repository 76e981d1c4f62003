//! The type [`BatchConversion`].

use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{FieldRef, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::util::display::FormatOptions;

/// A value out of range is an error; the default of Arrow is null.
const CAST_OPTIONS: CastOptions<'static> = CastOptions { safe: false, format_options: FormatOptions::new() };

/// A conversion of record batches to the columns of a format.
pub(super) struct BatchConversion {
    schema: SchemaRef,
}

impl BatchConversion {
    /// Creates a conversion of batches with the columns `schema`; `convert` returns the field of a column in the format.
    pub(super) fn new(schema: &Schema, convert: impl Fn(&FieldRef) -> FieldRef) -> BatchConversion {
        let fields: Vec<FieldRef> = schema.fields().iter().map(convert).collect();
        BatchConversion { schema: Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone())) }
    }

    /// Returns the columns of converted batches.
    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Casts the columns that have another type. Columns are matched by position.
    ///
    /// # Errors
    ///
    /// Returns an error if the type of the format cannot represent a value.
    pub(super) fn convert(&self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let columns = batch.columns().iter().zip(self.schema.fields()).map(|(column, field)| match field.data_type() {
            data_type if data_type == column.data_type() => Ok(Arc::clone(column)),
            data_type => cast_with_options(column, data_type, &CAST_OPTIONS),
        });
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns.collect::<Result<_, _>>()?, &options)
    }
}
