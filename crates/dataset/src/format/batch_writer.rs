//! The trait [`BatchWriter`].

use arrow::record_batch::RecordBatch;

use super::FormatError;

/// A writer of one format. Its constructor writes the parts before the rows.
pub(super) trait BatchWriter {
    /// Writes the rows of a batch.
    fn write(&mut self, batch: &RecordBatch) -> Result<(), FormatError>;

    /// Writes the parts after the rows.
    fn finish(self) -> Result<(), FormatError>;
}
