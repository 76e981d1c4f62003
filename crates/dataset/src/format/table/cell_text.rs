//! The type [`CellTexts`].

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};

use super::super::{FormatError, ResultFormat};
use super::escape::escape;

const OPTIONS: FormatOptions<'static> = FormatOptions::new().with_null("NULL");

/// The text of a value that Arrow cannot format: a date or time out of its range.
const OUT_OF_RANGE: &str = "<out of range>";

/// The values of a batch as texts without control characters.
pub(super) struct CellTexts<'b> {
    columns: Vec<ArrayFormatter<'b>>,
    value: String,
    escaped: String,
}

impl<'b> CellTexts<'b> {
    /// Returns an error if Arrow cannot format the type of a column.
    pub(super) fn new(batch: &'b RecordBatch) -> Result<CellTexts<'b>, FormatError> {
        let formatters = batch.columns().iter().zip(batch.schema_ref().fields()).map(|(column, field)| {
            ArrayFormatter::try_new(column, &OPTIONS).map_err(|_| FormatError::UnsupportedType {
                column: field.name().clone(),
                data_type: field.data_type().to_string(),
                format: ResultFormat::Table,
            })
        });
        Ok(CellTexts { columns: formatters.collect::<Result<_, _>>()?, value: String::new(), escaped: String::new() })
    }

    /// Returns the text of a value. The row must be less than the number of rows; an unknown column is empty.
    pub(super) fn get(&mut self, column: usize, row: usize) -> &str {
        self.value.clear();
        let written = self.columns.get(column).map(|formatter| formatter.value(row).write(&mut self.value));
        match written {
            Some(Err(_)) => OUT_OF_RANGE,
            _ => escape(&self.value, &mut self.escaped),
        }
    }
}
