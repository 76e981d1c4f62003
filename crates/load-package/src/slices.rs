//! Record batches split into slices of bounded size.

use arrow::array::{Array, AsArray as _};
use arrow::datatypes::DataType;
use arrow::record_batch::RecordBatch;

/// The size of an offset, which columns of strings and bytes store for each row in addition to the value.
const OFFSET_BYTES: usize = 4;

/// The assumed size of a value whose type has no fixed width and is neither a string nor bytes.
const OTHER_BYTES: usize = 16;

/// Splits a batch into consecutive slices of at most `max_bytes` of values. A larger row is a slice of one row.
///
/// The slices share the memory of the batch.
pub(crate) fn slices(batch: &RecordBatch, max_bytes: usize) -> Vec<RecordBatch> {
    let rows = batch.num_rows();
    if total_bytes(batch) <= max_bytes || rows <= 1 {
        return vec![batch.clone()];
    }
    let (mut slices, mut first, mut bytes) = (Vec::new(), 0, 0);
    for row in 0..rows {
        let size: usize = batch.columns().iter().map(|column| bytes_between(column.as_ref(), row, row + 1)).sum();
        if row > first && bytes + size > max_bytes {
            slices.push(batch.slice(first, row - first));
            (first, bytes) = (row, 0);
        }
        bytes += size;
    }
    slices.push(batch.slice(first, rows - first));
    slices
}

fn total_bytes(batch: &RecordBatch) -> usize {
    batch.columns().iter().map(|column| bytes_between(column.as_ref(), 0, batch.num_rows())).sum()
}

/// Returns the size in bytes of the values in the rows `from..to` of a column.
fn bytes_between(column: &dyn Array, from: usize, to: usize) -> usize {
    let rows = to - from;
    let varying = match column.data_type() {
        DataType::Utf8 => distance(column.as_string::<i32>().value_offsets(), from, to),
        DataType::Binary => distance(column.as_binary::<i32>().value_offsets(), from, to),
        DataType::LargeUtf8 => distance(column.as_string::<i64>().value_offsets(), from, to),
        DataType::LargeBinary => distance(column.as_binary::<i64>().value_offsets(), from, to),
        other => return rows * other.primitive_width().unwrap_or(OTHER_BYTES),
    };
    varying + rows * OFFSET_BYTES
}

fn distance<O: Copy + TryInto<usize>>(offsets: &[O], from: usize, to: usize) -> usize {
    let at = |index: usize| offsets.get(index).and_then(|offset| (*offset).try_into().ok()).unwrap_or(0);
    at(to).saturating_sub(at(from))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, BinaryArray, Int64Array, StringArray};
    use arrow::record_batch::RecordBatch;

    use super::slices;

    /// Checks the row counts of the slices of a batch with strings of `lengths`.
    #[track_caller]
    fn check(lengths: &[usize], max_bytes: usize, expected: &[usize]) {
        let texts = StringArray::from_iter_values(lengths.iter().map(|length| "x".repeat(*length)));
        let bytes = BinaryArray::from_iter_values(lengths.iter().map(|_| b""));
        let ids = Int64Array::from_iter_values(0..lengths.len() as i64);
        let columns: [(&str, ArrayRef); 3] = [("text", Arc::new(texts)), ("bytes", Arc::new(bytes)), ("id", Arc::new(ids))];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let found = slices(&batch, max_bytes);
        assert_eq!(found.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), expected, "{lengths:?}");
        let together = arrow::compute::concat_batches(&batch.schema(), &found).unwrap();
        assert_eq!(together, batch);
    }

    #[test]
    fn batches_are_split_by_the_size_of_their_values() {
        // each row takes 16 bytes in addition to its string
        check(&[], 100, &[0]);
        check(&[34, 34], 100, &[2]);
        check(&[34, 34, 34], 100, &[2, 1]);
        check(&[60, 60, 60], 100, &[1, 1, 1]);
        check(&[1000], 100, &[1]);
        check(&[1, 1000, 1, 1], 100, &[1, 1, 2]);
        check(&[0; 1000], 1600, &[100; 10]);
    }

    #[test]
    fn slices_are_split_again() {
        let batch = RecordBatch::try_from_iter([("t", Arc::new(StringArray::from(vec!["abc"; 9])) as ArrayRef)]).unwrap();
        let found = slices(&batch.slice(4, 4), 14);
        assert_eq!(found.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [2, 2]);
    }
}
