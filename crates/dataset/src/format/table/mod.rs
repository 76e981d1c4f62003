//! The format `table`: aligned columns for a terminal.

mod cell_text;
mod escape;
mod layout;
mod renderer;
mod width;

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use catchment_load::field_in_utc;

use super::batch_conversion::BatchConversion;
use super::batch_writer::BatchWriter;
use super::{FormatError, ResultFormat, ResultOptions};
use layout::Layout;
use renderer::{Renderer, column_widths};

/// The number of rows whose widths determine the layout.
const SAMPLE_ROWS: usize = 1000;

/// A writer of a table.
pub(super) struct TableWriter<W> {
    output: W,
    max_width: Option<usize>,
    conversion: BatchConversion,
    stage: Stage,
    rows: u64,
}

enum Stage {
    /// Collects the sample.
    Sample { batches: Vec<RecordBatch>, rows: usize },
    /// Writes each batch with the layout of the sample.
    Rows(Renderer),
}

impl<W: Write> TableWriter<W> {
    /// Creates a writer.
    pub(super) fn new(schema: &Schema, options: &ResultOptions, output: W) -> TableWriter<W> {
        let stage = Stage::Sample { batches: Vec::new(), rows: 0 };
        let conversion = BatchConversion::new(schema, field_in_utc);
        TableWriter { output, max_width: options.table_width(), conversion, stage, rows: 0 }
    }

    /// Writes the header and the rows of the sample.
    fn write_sample(&mut self, sample: &[RecordBatch]) -> Result<Renderer, FormatError> {
        let schema = self.conversion.schema();
        let widths = column_widths(schema, sample, SAMPLE_ROWS)?;
        let renderer = Renderer::new(schema, Layout::new(&widths, self.max_width));
        self.write_text(&renderer.header())?;
        for batch in sample {
            self.write_text(&renderer.rows(batch)?)?;
        }
        Ok(renderer)
    }

    fn write_text(&mut self, text: &str) -> Result<(), FormatError> {
        self.output.write_all(text.as_bytes()).map_err(FormatError::Io)
    }
}

impl<W: Write> BatchWriter for TableWriter<W> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), FormatError> {
        let batch = self.conversion.convert(batch).map_err(FormatError::encode(ResultFormat::Table))?;
        self.rows += batch.num_rows() as u64;
        match &mut self.stage {
            Stage::Rows(renderer) => {
                let text = renderer.rows(&batch)?;
                self.write_text(&text)
            }
            Stage::Sample { batches, rows } => {
                *rows += batch.num_rows();
                batches.push(batch);
                if *rows >= SAMPLE_ROWS {
                    let sample = std::mem::take(batches);
                    self.stage = Stage::Rows(self.write_sample(&sample)?);
                }
                Ok(())
            }
        }
    }

    fn finish(mut self) -> Result<(), FormatError> {
        let renderer = match std::mem::replace(&mut self.stage, Stage::Sample { batches: Vec::new(), rows: 0 }) {
            Stage::Rows(renderer) => renderer,
            Stage::Sample { batches, .. } => self.write_sample(&batches)?,
        };
        self.write_text(&renderer.footer(self.rows, self.max_width))
    }
}
