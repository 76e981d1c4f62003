//! Estimate of the memory that DuckDB needs for the rows of a table.

use std::collections::{HashMap, HashSet};

use arrow::array::{Array as _, AsArray as _, StringArray};
use arrow::record_batch::RecordBatch;

/// The number of rows in a row group, which DuckDB compresses together.
const ROW_GROUP: u64 = 122_880;

/// The number of rows in a vector, which DuckDB passes through a plan together.
const VECTOR: usize = 2048;

/// The bytes per column for the vectors of a plan, and for the block that is being filled.
const COLUMN_VECTORS: u64 = 64 << 10;
const COLUMN_BLOCK: u64 = 256 << 10;

/// The number of rows from which each column fills its own block.
const FILLS_BLOCKS: u64 = 1000;

/// The average length from which strings count as long. A row group of shorter strings needs less than 16 MB.
const LONG_TEXT: usize = 128;

/// The number of strings of a batch that are sampled to estimate how many are distinct.
const SAMPLE: usize = 256;

/// The bytes of distinct strings in a row group up to which dictionary compression fits into a limit of 64 MB, together with
/// columns of all kinds.
const DICTIONARY_MAX: u64 = 24 << 20;

/// The extra bytes for longer strings without a dictionary.
const LONG_TEXTS: u64 = 16 << 20;

/// The bytes for columns and for vectors that fit into a limit of 64 MB.
const COLUMNS_WITHIN_MINIMUM: u64 = 32 << 20;
const VECTORS_WITHIN_MINIMUM: u64 = 8 << 20;

/// The estimated memory for loading the batches of one table. The sizes were measured with DuckDB 2.0 and one thread.
#[derive(Debug, Default)]
pub(crate) struct MemoryNeed {
    columns: u64,
    rows: u64,
    existing_rows: u64,
    /// The maximum bytes of the consecutive rows of a vector.
    vector_bytes: u64,
    largest_row: u64,
    at_once: u64,
    /// The number of rows and bytes since the last vector.
    gathered: (usize, u64),
    /// The bytes of distinct strings per row, by column with long strings.
    texts: HashMap<String, u64>,
}

impl MemoryNeed {
    /// Adds a batch to the estimate.
    pub(crate) fn observe(&mut self, batch: &RecordBatch) {
        let rows = batch.num_rows();
        self.columns = self.columns.max(batch.num_columns() as u64);
        self.rows += rows as u64;
        let (mut bytes, mut at_once) = (0, 0);
        for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
            let Some(texts) = column.as_string_opt::<i32>() else { continue };
            let length = text_bytes(texts);
            bytes += length as u64;
            at_once += (length as u64).next_power_of_two();
            if rows > 0 && length / rows >= LONG_TEXT {
                let distinct = distinct_bytes(texts);
                let known = self.texts.entry(field.name().clone()).or_default();
                *known = distinct.max(*known);
            }
        }
        if rows == 1 {
            self.largest_row = self.largest_row.max(bytes);
        }
        self.gathered = (self.gathered.0 + rows, self.gathered.1 + bytes);
        self.vector_bytes = self.vector_bytes.max(self.gathered.1);
        if self.gathered.0 >= VECTOR {
            self.gathered = (0, 0);
        }
        self.at_once = self.at_once.max(at_once);
    }

    /// Returns the bytes that DuckDB allocates at once for the strings of a batch: for each column the next power of two.
    pub(crate) fn at_once(&self) -> u64 {
        self.at_once
    }

    /// Returns true if a column has long strings, whose row groups need much memory.
    pub(crate) fn has_long_texts(&self) -> bool {
        !self.texts.is_empty()
    }

    /// Sets the number of existing rows of the table, which share row groups with the new ones.
    pub(crate) fn set_existing_rows(&mut self, rows: u64) {
        self.existing_rows = rows;
    }

    /// Returns the bytes needed in addition to those of ordinary rows.
    pub(crate) fn extra_bytes(&self) -> u64 {
        let per_column = COLUMN_VECTORS + if self.rows >= FILLS_BLOCKS { COLUMN_BLOCK } else { 0 };
        let columns = (self.columns * per_column).saturating_sub(COLUMNS_WITHIN_MINIMUM);
        // DuckDB copies the strings of a vector into buffers that double in size.
        let vectors = (self.vector_bytes + self.vector_bytes / 4).saturating_sub(VECTORS_WITHIN_MINIMUM);
        let row = self.largest_row * 3;
        let texts = if self.outgrows_dictionary() { LONG_TEXTS } else { 0 };
        columns + vectors.max(row) + texts
    }

    /// Returns true if dictionary compression would need too much memory. DuckDB keeps all distinct strings of a column in a
    /// row group to decide whether to use it.
    pub(crate) fn outgrows_dictionary(&self) -> bool {
        self.dictionary_bytes() > DICTIONARY_MAX
    }

    fn dictionary_bytes(&self) -> u64 {
        let rows = (self.existing_rows + self.rows).min(ROW_GROUP);
        self.texts.values().max().map_or(0, |bytes| bytes.saturating_mul(rows))
    }
}

fn text_bytes(texts: &StringArray) -> usize {
    let offsets = texts.value_offsets();
    let end = |offset: Option<&i32>| offset.and_then(|offset| usize::try_from(*offset).ok()).unwrap_or(0);
    end(offsets.last()).saturating_sub(end(offsets.first()))
}

/// Returns the bytes of distinct strings per row, estimated from a sample.
fn distinct_bytes(texts: &StringArray) -> u64 {
    let step = texts.len().div_ceil(SAMPLE).max(1);
    let sample = (0..texts.len()).step_by(step);
    let count = sample.len().max(1);
    let distinct: HashSet<&str> = sample.filter(|row| texts.is_valid(*row)).map(|row| texts.value(row)).collect();
    (distinct.iter().map(|text| text.len()).sum::<usize>() / count) as u64
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, StringArray};
    use arrow::record_batch::RecordBatch;

    use super::MemoryNeed;

    /// Checks the extra MB for batches of `rows` rows with strings of `width` characters, `distinct` of them distinct.
    #[track_caller]
    fn check((batches, rows, width, distinct): (usize, usize, usize, usize), existing_rows: u64, expected: (u64, bool)) {
        let mut need = MemoryNeed::default();
        for _ in 0..batches {
            let texts =
                StringArray::from_iter_values((0..rows).map(|row| "x".repeat(width - 8) + &format!("{:08}", row % distinct)));
            need.observe(&RecordBatch::try_from_iter([("t", Arc::new(texts) as ArrayRef)]).unwrap());
        }
        need.set_existing_rows(existing_rows);
        assert_eq!((need.extra_bytes() >> 20, need.outgrows_dictionary()), expected);
    }

    #[test]
    fn ordinary_rows_need_no_extra_memory() {
        check((25, 4000, 100, usize::MAX), 10_000_000, (0, false));
        check((1, 10, 100_000, usize::MAX), 0, (0, false));
        check((1, 1, 1000, 1), 0, (0, false));
    }

    #[test]
    fn long_distinct_strings_disable_the_dictionary() {
        check((30, 4000, 300, usize::MAX), 0, (16, true));
        check((20, 4000, 300, usize::MAX), 0, (0, false));
        check((30, 4000, 300, 4), 0, (0, false));
        check((1, 4000, 300, usize::MAX), 0, (0, false));
        check((1, 4000, 300, usize::MAX), 1_000_000, (16, true));
    }

    #[test]
    fn existing_rows_count_towards_the_dictionary() {
        check((5, 4000, 1000, usize::MAX), 100_000, (16, true));
        check((10, 200, 50_000, usize::MAX), 0, (127, true));
    }

    #[test]
    fn large_rows_need_extra_memory() {
        check((1, 1, 100 << 20, 1), 0, (316, true));
        check((80, 1, 1 << 20, 1), 0, (108, true));
    }

    #[test]
    fn many_columns_need_extra_memory() {
        let columns = (0..5000).map(|column| (format!("c{column}"), Arc::new(Int64Array::from(vec![column])) as ArrayRef));
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let mut need = MemoryNeed::default();
        need.observe(&batch);
        assert_eq!(need.extra_bytes() >> 20, 280);
    }
}
