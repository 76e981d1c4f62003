//! How rows are normalised.

/// What is free to choose when rows are normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NormalizeOptions {
    /// Whether values keep what they are; on by default. A column of integers becomes one of doubles or decimals when such
    /// a value arrives, and a column takes values of other types only where they read back as they were written: the rest
    /// goes to a variant column beside it. Without, both are as with dlt: types stay, and `"n"` or `"007"` are converted to
    /// false and 7.
    pub numeric_widening: bool,
    /// What becomes of columns that have had no value but null; dropped by default.
    pub null_only_columns: NullColumnPolicy,
    /// The table, by its normalised name, that rows and values are kept in which a schema contract discards; none by
    /// default.
    pub quarantine_table: Option<String>,
    /// Whether names in other scripts are written in Latin letters; on by default. Without, they are those of dlt, which
    /// leaves nothing of them: `x` for each. A table that has a key under that name keeps it.
    pub transliterate: bool,
    /// The most characters that names of tables and columns may have; no limit by default.
    pub max_identifier_length: Option<usize>,
    /// The most columns that a table may have, and the most tables that the lists of one resource's rows may become; no
    /// limit by default.
    pub max_columns: Option<usize>,
}

impl Default for NormalizeOptions {
    fn default() -> Self {
        NormalizeOptions {
            numeric_widening: true,
            null_only_columns: NullColumnPolicy::Drop,
            quarantine_table: None,
            transliterate: true,
            max_identifier_length: None,
            max_columns: None,
        }
    }
}

/// What becomes of columns that have had no value but null. They are reported in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NullColumnPolicy {
    /// They come to be when they have a value, which says the type.
    #[default]
    Drop,
    /// They are text.
    Text,
    /// They are JSON.
    Json,
}

impl NullColumnPolicy {
    /// All of them.
    pub const ALL: [NullColumnPolicy; 3] = [NullColumnPolicy::Drop, NullColumnPolicy::Text, NullColumnPolicy::Json];

    /// Its name in settings.
    pub fn name(self) -> &'static str {
        match self {
            NullColumnPolicy::Drop => "drop",
            NullColumnPolicy::Text => "text",
            NullColumnPolicy::Json => "json",
        }
    }

    /// The policy of that name.
    pub fn from_name(name: &str) -> Option<NullColumnPolicy> {
        NullColumnPolicy::ALL.into_iter().find(|policy| policy.name() == name)
    }
}
