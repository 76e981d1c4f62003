//! What engines can do.

use catchment_schema::{MergeStrategy, TimestampUnit};

/// What an engine can do. Normalization follows the limits of names and columns, and plans reject unsupported merge
/// strategies. The reference of destinations in the book lists all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// The rules of table and column names.
    pub identifiers: IdentifierRules,
    /// The maximum number of columns of a table, or `None` if unlimited.
    pub max_columns: Option<usize>,
    /// What becomes visible at once.
    pub commit_scope: CommitScope,
    /// Whether tables and columns are created in the transaction of the load. If not, a load that fails can leave empty
    /// tables and columns.
    pub transactional_ddl: bool,
    /// The maximum number of tables that one transaction can change, or `None` if unlimited. Packages with more tables are
    /// loaded in several transactions, of which the last one inserts the record of the load.
    pub max_tables_in_transaction: Option<usize>,
    /// The supported merge strategies.
    pub merge_strategies: &'static [MergeStrategy],
    /// Whether columns can have nested types, such as lists and structs.
    pub nested_types: bool,
    /// The maximum precision of decimals, in digits.
    pub decimal_precision: u16,
    /// The finest unit of timestamps with time zone.
    pub timestamp_unit: TimestampUnit,
    /// The finest unit of timestamps without time zone, or `None` if they are stored with time zone.
    pub local_timestamp_unit: Option<TimestampUnit>,
    /// Whether text can contain the character U+0000.
    pub text_with_nul: bool,
    /// The format in which rows are sent.
    pub row_format: RowFormat,
}

/// The rules of table and column names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdentifierRules {
    /// The maximum length.
    pub max_length: usize,
    /// The unit of the maximum length.
    pub length_unit: LengthUnit,
    /// How the engine compares quoted names.
    pub case: IdentifierCase,
    /// The characters of quoted names.
    pub characters: IdentifierCharacters,
}

/// The characters that quoted names can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentifierCharacters {
    /// All characters.
    All,
    /// Letters, digits and underscores.
    Word,
}

/// The unit of the length of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LengthUnit {
    /// Bytes of UTF-8.
    Bytes,
    /// Characters.
    Characters,
}

/// How an engine compares quoted names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentifierCase {
    /// Names that differ only in case are different.
    Sensitive,
    /// Names that differ only in case are equal.
    Insensitive,
}

/// What becomes visible at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitScope {
    /// All tables of a package.
    Package,
    /// One table.
    Table,
}

/// The format in which rows are sent to an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFormat {
    /// Arrow record batches in memory.
    Arrow,
    /// The binary format of `COPY`.
    Copy,
    /// Parquet files.
    Parquet,
}

impl IdentifierCase {
    /// Returns `name` in the form in which equal names are equal.
    pub fn fold(self, name: &str) -> String {
        match self {
            IdentifierCase::Sensitive => name.to_owned(),
            IdentifierCase::Insensitive => name.to_lowercase(),
        }
    }
}
