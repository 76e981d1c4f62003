//! Errors of all formats.

use std::io::{Error, ErrorKind, Result as IoResult, Write};

use arrow::array::ArrayRef;
use catchment_load::LoadError;
use insta::assert_snapshot;

use super::super::{FormatError, ResultFormat};
use super::columns::*;
use super::{batch, write_batches, write_stream};

const TEXT_FORMATS: [ResultFormat; 3] = [ResultFormat::Csv, ResultFormat::Json, ResultFormat::JsonLines];

fn error(format: ResultFormat, column: ArrayRef) -> FormatError {
    write_batches(format, None, &[batch(&[("size", column)])]).unwrap_err()
}

#[track_caller]
fn check_unsupported(format: ResultFormat, column: ArrayRef) {
    let error = error(format, column);
    assert!(matches!(&error, FormatError::UnsupportedType { column, .. } if column == "size"), "{format}: {error}");
}

#[track_caller]
fn check_out_of_range(column: &ArrayRef) {
    for format in TEXT_FORMATS {
        let error = error(format, column.clone());
        assert!(matches!(&error, FormatError::OutOfRange { column, .. } if column == "size"), "{format}: {error}");
    }
}

#[test]
fn unsupported_types_are_rejected() {
    for format in TEXT_FORMATS {
        check_unsupported(format, union());
        check_unsupported(format, union_lists());
    }
    check_unsupported(ResultFormat::Parquet, union());
    check_unsupported(ResultFormat::Parquet, intervals());
    assert_snapshot!(error(ResultFormat::Parquet, intervals()), @"column `size` has values of type Interval(MonthDayNano), which the format `parquet` does not support; cast the column to text in the query, or choose the format `arrow`");
}

#[test]
fn values_out_of_range_are_rejected() {
    check_out_of_range(&timestamps(&[Some(0), Some(i64::MAX)], None));
    check_out_of_range(&timestamps(&[Some(-i64::MAX), Some(0), None], Some("UTC")));
    check_out_of_range(&dates(&[Some(i32::MAX)]));
    check_out_of_range(&times(&[Some(86_400_000_000)]));
    check_out_of_range(&timestamp_lists(i64::MAX, None));
    assert_snapshot!(error(ResultFormat::Csv, dates(&[Some(i32::MAX)])), @"column `size` of type Date32 has a value that the format `csv` cannot represent, such as infinity or 24:00:00; cast the column to text in the query, or choose the format `parquet` or `arrow`");
}

#[test]
fn errors_of_the_query_are_returned() {
    let rows = batch(&[("a", integers(&[Some(1)]))]);
    for format in ResultFormat::ALL {
        let batches = vec![Ok(rows.clone()), Err(LoadError::Panicked)];
        let error = write_stream(format, None, rows.schema_ref(), batches, Vec::new()).unwrap_err();
        assert!(matches!(error, FormatError::Load(LoadError::Panicked)), "{format}: {error}");
    }
}

/// A writer that fails after `remaining` bytes.
struct Failing {
    remaining: usize,
    kind: ErrorKind,
}

impl Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        if self.remaining == 0 {
            return Err(Error::from(self.kind));
        }
        let written = bytes.len().min(self.remaining);
        self.remaining -= written;
        Ok(written)
    }

    fn flush(&mut self) -> IoResult<()> {
        if self.remaining == 0 { Err(Error::from(self.kind)) } else { Ok(()) }
    }
}

#[test]
fn errors_of_the_writer_keep_their_kind() {
    let rows = batch(&[("a", integers(&[Some(1), Some(2)]))]);
    for (format, remaining) in ResultFormat::ALL.into_iter().flat_map(|format| [0, 1, 5].map(|remaining| (format, remaining))) {
        for kind in [ErrorKind::BrokenPipe, ErrorKind::StorageFull] {
            let writer = Failing { remaining, kind };
            let error = write_stream(format, None, rows.schema_ref(), vec![Ok(rows.clone())], writer).unwrap_err();
            assert!(matches!(&error, FormatError::Io(error) if error.kind() == kind), "{format}: {error}");
            assert_eq!(error.is_broken_pipe(), kind == ErrorKind::BrokenPipe);
        }
    }
}
