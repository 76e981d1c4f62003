//! The format `arrow`.

use std::io::{BufWriter, Write};

use arrow::array::RecordBatch;
use arrow::datatypes::{FieldRef, Schema};
use arrow::ipc::writer::StreamWriter;

use super::batch_conversion::BatchConversion;
use super::batch_writer::BatchWriter;
use super::unique_names::with_unique_names;
use super::{FormatError, ResultFormat};

/// A writer of an Arrow IPC stream.
pub(super) struct IpcWriter<W: Write> {
    conversion: BatchConversion,
    writer: StreamWriter<BufWriter<W>>,
}

impl<W: Write> IpcWriter<W> {
    /// Creates a writer and writes the columns.
    pub(super) fn new(schema: &Schema, output: W) -> Result<IpcWriter<W>, FormatError> {
        let conversion = BatchConversion::new(&with_unique_names(schema), FieldRef::clone);
        let writer = StreamWriter::try_new_buffered(output, conversion.schema());
        Ok(IpcWriter { conversion, writer: writer.map_err(FormatError::encode(ResultFormat::Arrow))? })
    }
}

impl<W: Write> BatchWriter for IpcWriter<W> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), FormatError> {
        let batch = self.conversion.convert(batch).map_err(FormatError::encode(ResultFormat::Arrow))?;
        self.writer.write(&batch).map_err(FormatError::encode(ResultFormat::Arrow))
    }

    fn finish(mut self) -> Result<(), FormatError> {
        // This also flushes the buffer.
        self.writer.finish().map_err(FormatError::encode(ResultFormat::Arrow))
    }
}
