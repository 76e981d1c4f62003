//! The format `jsonl`.

use arrow::json::writer::LineDelimited;

use super::json_rows::JsonRows;

/// A writer of JSON Lines.
pub(super) type JsonLinesWriter<W> = JsonRows<W, LineDelimited>;
