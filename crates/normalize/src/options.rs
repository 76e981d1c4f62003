//! Normalization options.

/// Normalization options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NormalizeOptions {
    /// Whether values are preserved exactly. Default: true. A numeric column widens to double or decimal for values that do
    /// not fit, and a column accepts values of other types only if they round-trip; other values go to a variant column.
    /// If false, types and conversions are those of dlt: columns never widen, and `"n"` or `"007"` become false or 7.
    pub numeric_widening: bool,
    /// Whether numbers with more digits than a double, and dates and times with more digits than their column, go to a
    /// variant column that keeps the digits, usually as text. Default: false, they are rounded or truncated. Has no effect without `numeric_widening`.
    pub exact_digits: bool,
    /// The policy for columns with only null values. Default: drop.
    pub null_only_columns: NullColumnPolicy,
    /// The normalized name of the quarantine table for rows and values that a schema contract discards. Default: none.
    pub quarantine_table: Option<String>,
    /// Whether names in non-Latin scripts are transliterated to Latin letters. Default: true. If false, names are those of
    /// dlt, which reduces each of them to `x`. An existing column or table with dlt's name keeps it.
    pub transliterate: bool,
    /// The maximum length of table and column names, in characters. Default: no limit.
    pub max_identifier_length: Option<usize>,
    /// The maximum number of columns per table and of tables per resource. Default: no limit.
    pub max_columns: Option<usize>,
}

impl Default for NormalizeOptions {
    fn default() -> Self {
        NormalizeOptions {
            numeric_widening: true,
            exact_digits: false,
            null_only_columns: NullColumnPolicy::Drop,
            quarantine_table: None,
            transliterate: true,
            max_identifier_length: None,
            max_columns: None,
        }
    }
}

/// The policy for columns with only null values. They are always reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NullColumnPolicy {
    /// Creates the column when it has its first non-null value.
    #[default]
    Drop,
    /// Creates a text column.
    Text,
    /// Creates a JSON column.
    Json,
}

impl NullColumnPolicy {
    /// All policies.
    pub const ALL: [NullColumnPolicy; 3] = [NullColumnPolicy::Drop, NullColumnPolicy::Text, NullColumnPolicy::Json];

    /// Returns the name used in settings.
    pub fn name(self) -> &'static str {
        match self {
            NullColumnPolicy::Drop => "drop",
            NullColumnPolicy::Text => "text",
            NullColumnPolicy::Json => "json",
        }
    }

    /// Returns the policy with the name `name`.
    pub fn from_name(name: &str) -> Option<NullColumnPolicy> {
        NullColumnPolicy::ALL.into_iter().find(|policy| policy.name() == name)
    }
}
