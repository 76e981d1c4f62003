//! Property tests: other readers read the same values.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use proptest::prelude::*;

use super::super::ResultFormat;
use super::{batch, text, write_batches};

/// Texts with the characters that CSV quotes.
fn texts() -> impl Strategy<Value = Vec<(String, String)>> {
    let text = prop_oneof!["[a,\"\r\n ]{0,4}", "\\PC{0,6}", any::<String>()];
    proptest::collection::vec((text.clone(), text), 0..6)
}

fn column(rows: &[(String, String)], value: fn(&(String, String)) -> &String) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(rows.iter().map(value)))
}

proptest! {
    #[test]
    fn csv_readers_read_the_texts(rows in texts()) {
        let written = text(ResultFormat::Csv, batch(&[("a", column(&rows, |row| &row.0)), ("b", column(&rows, |row| &row.1))]));
        let mut reader = csv::Reader::from_reader(written.as_bytes());
        let read: Vec<(String, String)> = reader.deserialize().collect::<Result<_, _>>().unwrap();
        prop_assert_eq!(read, rows);
    }

    #[test]
    fn tables_have_a_line_per_row_and_fit_their_width(rows in texts(), max_width in 20_usize..60) {
        let rows_batch = batch(&[("a", column(&rows, |row| &row.0)), ("b", column(&rows, |row| &row.1))]);
        let table = String::from_utf8(write_batches(ResultFormat::Table, Some(max_width), &[rows_batch]).unwrap()).unwrap();
        prop_assert_eq!(table.lines().count(), rows.len() + 3);
        prop_assert!(table.chars().all(|c| c == '\n' || !c.is_control()));
        for line in table.lines() {
            prop_assert!(unicode_width::UnicodeWidthStr::width(line) <= max_width, "{}", line);
        }
    }
}
