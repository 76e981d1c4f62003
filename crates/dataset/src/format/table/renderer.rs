//! The type [`Renderer`].

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Schema, SchemaRef};

use super::super::FormatError;
use super::cell_text::CellTexts;
use super::escape::escape;
use super::layout::{ColumnLayout, Layout};
use super::width::{display_width, start_of_width};

/// The mark of shortened values and omitted columns.
const ELLIPSIS: &str = "…";

/// A renderer of the lines of a table.
pub(super) struct Renderer {
    schema: SchemaRef,
    layout: Layout,
    /// Whether each shown column is aligned to the right.
    is_right: Vec<bool>,
}

/// Returns the width of each column: the maximum of its name and its values in the first `max_rows` rows.
pub(super) fn column_widths(schema: &Schema, batches: &[RecordBatch], max_rows: usize) -> Result<Vec<usize>, FormatError> {
    let mut buffer = String::new();
    let name_width = |name: &str| display_width(escape(name, &mut buffer));
    let mut widths: Vec<usize> = schema.fields().iter().map(|field| field.name().as_str()).map(name_width).collect();
    let mut remaining = max_rows;
    for batch in batches {
        let rows = batch.num_rows().min(remaining);
        remaining -= rows;
        let mut cells = CellTexts::new(batch)?;
        for (column, width) in widths.iter_mut().enumerate() {
            *width = (0..rows).map(|row| display_width(cells.get(column, row))).fold(*width, usize::max);
        }
    }
    Ok(widths)
}

impl Renderer {
    pub(super) fn new(schema: &SchemaRef, layout: Layout) -> Renderer {
        let is_numeric = |column: &ColumnLayout| schema.fields().get(column.index).is_some_and(|f| is_numeric(f.data_type()));
        let is_right = layout.columns.iter().map(is_numeric).collect();
        Renderer { schema: SchemaRef::clone(schema), layout, is_right }
    }

    /// Returns the line of the column names and the line below it, or nothing for a table without columns.
    pub(super) fn header(&self) -> String {
        let mut text = String::new();
        if self.layout.columns.is_empty() {
            return text;
        }
        let mut buffer = String::new();
        self.push_line(&mut text, |line, column, is_right| {
            push_cell(line, escape(self.name(column.index), &mut buffer), column, is_right)
        });
        let mut line = String::new();
        self.push_columns(&mut line, "─┼─", "─", |line, column, _| line.extend(std::iter::repeat_n('─', column.width)));
        text + &line + "\n"
    }

    /// Returns the lines of the rows of a batch.
    pub(super) fn rows(&self, batch: &RecordBatch) -> Result<String, FormatError> {
        let mut text = String::new();
        if self.layout.columns.is_empty() {
            return Ok(text);
        }
        let mut cells = CellTexts::new(batch)?;
        for row in 0..batch.num_rows() {
            self.push_line(&mut text, |line, column, is_right| push_cell(line, cells.get(column.index, row), column, is_right));
        }
        Ok(text)
    }

    /// Returns the line with the number of rows, and the line with the omitted columns, shortened to `max_width`.
    pub(super) fn footer(&self, rows: u64, max_width: Option<usize>) -> String {
        let mut text = format!("({rows} {})\n", if rows == 1 { "row" } else { "rows" });
        let omitted = self.layout.omitted.clone();
        if omitted.is_empty() {
            return text;
        }
        let (count, all) = (omitted.len(), self.schema.fields().len());
        let names = omitted.map(|index| self.name(index)).collect::<Vec<_>>().join(", ");
        let line = format!("({count} of {all} columns omitted: {names})");
        let mut buffer = String::new();
        push_shortened(&mut text, escape(&line, &mut buffer), max_width.unwrap_or(usize::MAX));
        text + "\n"
    }

    fn name(&self, index: usize) -> &str {
        self.schema.fields().get(index).map_or("", |field| field.name())
    }

    /// Appends a line of cells, without spaces at its end.
    fn push_line(&self, text: &mut String, push: impl FnMut(&mut String, &ColumnLayout, bool)) {
        self.push_columns(text, " │ ", ELLIPSIS, push);
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
    }

    /// Appends the shown columns with separators, and `omitted` instead of the omitted columns.
    fn push_columns(
        &self,
        line: &mut String,
        separator: &str,
        omitted: &str,
        mut push: impl FnMut(&mut String, &ColumnLayout, bool),
    ) {
        let is_omitted = !self.layout.omitted.is_empty();
        for (column, is_right) in self.layout.columns.iter().zip(&self.is_right) {
            if column.index > 0 {
                line.push_str(separator);
            }
            push(line, column, *is_right);
            if is_omitted && column.index + 1 == self.layout.omitted.start {
                line.push_str(separator);
                line.push_str(omitted);
            }
        }
    }
}

fn is_numeric(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => values.is_numeric(),
        _ => data_type.is_numeric(),
    }
}

/// Appends a value, padded to the width of its column.
fn push_cell(line: &mut String, text: &str, column: &ColumnLayout, is_right: bool) {
    let width = display_width(text);
    let padding = column.width.saturating_sub(width);
    if is_right {
        line.extend(std::iter::repeat_n(' ', padding));
    }
    if column.is_shortened && width > column.width {
        // A wide character that does not fit leaves a cell free.
        let before = line.len();
        push_shortened(line, text, column.width);
        let shortened = line.get(before..).map_or(0, display_width);
        line.extend(std::iter::repeat_n(' ', column.width.saturating_sub(shortened)));
    } else {
        line.push_str(text);
    }
    if !is_right {
        line.extend(std::iter::repeat_n(' ', padding));
    }
}

/// Appends a text, or its start and `…` if it is wider than `width`.
fn push_shortened(line: &mut String, text: &str, width: usize) {
    if display_width(text) <= width {
        return line.push_str(text);
    }
    line.push_str(start_of_width(text, width.saturating_sub(1)));
    line.push_str(ELLIPSIS);
}
