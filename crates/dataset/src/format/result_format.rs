//! The type [`ResultFormat`].

use std::fmt;
use std::path::Path;

/// A format of query results.
///
/// All formats except `Table` write the values exactly. Text formats write timestamps with a time zone in UTC, as in
/// `2023-11-14T22:13:20.500Z`, and timestamps without one as in `2023-11-14T22:13:20.500`.
///
/// ```
/// use std::path::Path;
///
/// use catchment_dataset::ResultFormat;
///
/// assert_eq!(ResultFormat::from_name("jsonl"), Some(ResultFormat::JsonLines));
/// assert_eq!(ResultFormat::from_path(Path::new("issues.parquet")), Some(ResultFormat::Parquet));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResultFormat {
    /// An aligned table for a terminal, followed by the number of rows.
    ///
    /// The widths of the columns are those of the first 1,000 rows; a longer value in a later row shifts the rest of its
    /// line. Null is `NULL`. Control characters are escaped, as in `\n` and `\u{1b}`, so that a value can neither break the
    /// table nor control the terminal; a backslash is not escaped. A date or time that cannot be displayed, such as infinity,
    /// is `<out of range>`.
    Table,
    /// CSV (RFC 4180) in UTF-8 with a header and lines that end with `\n`.
    ///
    /// Null and the empty string are empty fields; binary values are hexadecimal; lists, structs and maps are JSON texts, with
    /// the values of [`Json`](ResultFormat::Json). Column names are those of the query, even if they repeat.
    Csv,
    /// A JSON array with an object per row, each on a separate line.
    ///
    /// Null is `null`, as are NaN and infinity, which JSON does not have. Integers and decimals are numbers with all their
    /// digits; a parser that reads numbers as doubles rounds those beyond 2^53. Binary values are hexadecimal strings; dates,
    /// times and intervals are strings; keys of maps are strings. A JSON column of a destination is a string. The names of
    /// columns are made unique: `a`, `a` become `a`, `a_1`, and an empty name becomes `column_` and its number from 1.
    Json,
    /// JSON Lines: an object per row and line, with the values and names of [`Json`](ResultFormat::Json).
    JsonLines,
    /// A Parquet file with zstd compression and the unique names of [`Json`](ResultFormat::Json).
    ///
    /// Intervals of months, days and nanoseconds, and unions, are not supported.
    Parquet,
    /// An Arrow IPC stream, without compression and with the unique names of [`Json`](ResultFormat::Json).
    ///
    /// Readers are `pyarrow.ipc.open_stream`, `polars.read_ipc_stream` and DuckDB with its extension `nanoarrow`. It is the
    /// stream format, not the file format, because it does not require a seekable output.
    Arrow,
}

impl ResultFormat {
    /// All formats.
    pub const ALL: [ResultFormat; 6] = [
        ResultFormat::Table,
        ResultFormat::Csv,
        ResultFormat::Json,
        ResultFormat::JsonLines,
        ResultFormat::Parquet,
        ResultFormat::Arrow,
    ];

    /// Returns the name: `table`, `csv`, `json`, `jsonl`, `parquet` or `arrow`.
    pub fn name(self) -> &'static str {
        match self {
            ResultFormat::Table => "table",
            ResultFormat::Csv => "csv",
            ResultFormat::Json => "json",
            ResultFormat::JsonLines => "jsonl",
            ResultFormat::Parquet => "parquet",
            ResultFormat::Arrow => "arrow",
        }
    }

    /// Returns the format with a [`name`](ResultFormat::name).
    pub fn from_name(name: &str) -> Option<ResultFormat> {
        ResultFormat::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Returns the format of a file by its extension, in any case: `txt` (table), `csv`, `json`, `jsonl`, `ndjson`, `parquet`,
    /// `arrow` or `arrows`.
    pub fn from_path(path: &Path) -> Option<ResultFormat> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "txt" => Some(ResultFormat::Table),
            "csv" => Some(ResultFormat::Csv),
            "json" => Some(ResultFormat::Json),
            "jsonl" | "ndjson" => Some(ResultFormat::JsonLines),
            "parquet" => Some(ResultFormat::Parquet),
            "arrow" | "arrows" => Some(ResultFormat::Arrow),
            _ => None,
        }
    }
}

impl fmt::Display for ResultFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
