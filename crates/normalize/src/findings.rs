//! Findings of a normalization.

use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};

/// Findings about the rows of a package, to report to the user.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NormalizeFindings {
    /// Rows and values discarded by schema contracts, by table.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub discarded: IndexMap<String, Discarded>,
    /// Keys renamed because another key of the same row has the same normalized name.
    #[serde(default, skip_serializing_if = "IndexSet::is_empty")]
    pub renamed_keys: IndexSet<RenamedKey>,
    /// Columns with only null values.
    #[serde(default, skip_serializing_if = "IndexSet::is_empty")]
    pub null_only_columns: IndexSet<NullOnlyColumn>,
    /// Variant columns that are new in the dataset.
    #[serde(default, skip_serializing_if = "IndexSet::is_empty")]
    pub new_variants: IndexSet<NewVariant>,
}

/// The number of discarded rows and values of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Discarded {
    /// Discarded rows, including child rows of discarded rows.
    pub rows: u64,
    /// Discarded values in rows that were loaded.
    pub values: u64,
}

/// A key renamed because of a name collision.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RenamedKey {
    /// The table.
    pub table: String,
    /// The key, as spelled by the source.
    pub key: String,
    /// The column with its values, or the suffix of the child table's name.
    pub column: String,
}

/// A new variant column, for values that do not fit the type of another column.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NewVariant {
    /// The table.
    pub table: String,
    /// The column that the values do not fit.
    pub column: String,
    /// The type of `column`.
    pub column_type: String,
    /// The variant column.
    pub variant: String,
    /// The type of `variant`.
    pub data_type: String,
}

/// A column with only null values, so that its type is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NullOnlyColumn {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
}

impl NormalizeFindings {
    /// Returns true if there are no findings.
    pub fn is_empty(&self) -> bool {
        self.discarded.is_empty()
            && self.renamed_keys.is_empty()
            && self.null_only_columns.is_empty()
            && self.new_variants.is_empty()
    }

    /// Adds the findings of the next batch.
    pub(crate) fn extend(&mut self, next: NormalizeFindings) {
        for (table, more) in next.discarded {
            let sum = self.discarded.entry(table).or_default();
            sum.rows += more.rows;
            sum.values += more.values;
        }
        self.renamed_keys.extend(next.renamed_keys);
        self.null_only_columns.extend(next.null_only_columns);
        self.new_variants.extend(next.new_variants);
    }

    pub(crate) fn discard_rows(&mut self, table: &str, rows: usize) {
        if rows > 0 {
            self.discarded.entry(table.to_owned()).or_default().rows += rows as u64;
        }
    }

    pub(crate) fn discard_values(&mut self, table: &str, values: usize) {
        if values > 0 {
            self.discarded.entry(table.to_owned()).or_default().values += values as u64;
        }
    }
}

impl std::fmt::Display for NewVariant {
    /// Formats the finding without the table name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let NewVariant { table: _, column, column_type, variant, data_type } = self;
        write!(f, "values of `{column}` that are not {column_type} are in the new variant column `{variant}` ({data_type})")
    }
}

impl std::fmt::Display for NormalizeFindings {
    /// Formats one line per finding, and one line per table for null-only columns, without a trailing newline.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut lines = Vec::new();
        for (table, Discarded { rows, values }) in &self.discarded {
            let counted = |n: u64, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
            let counts = match (*rows, *values) {
                (rows, 0) => counted(rows, "row"),
                (0, values) => counted(values, "value"),
                (rows, values) => format!("{} and {}", counted(rows, "row"), counted(values, "value")),
            };
            lines.push(format!("{table}: {counts} discarded by the schema contract"));
        }
        for RenamedKey { table, key, column } in &self.renamed_keys {
            lines.push(format!("{table}: key {key:?} was renamed to `{column}` because another key of the row has its name"));
        }
        for variant in &self.new_variants {
            lines.push(format!("{}: {variant}", variant.table));
        }
        let mut null_only: IndexMap<&str, Vec<&str>> = IndexMap::new();
        for NullOnlyColumn { table, column } in &self.null_only_columns {
            null_only.entry(table).or_default().push(column);
        }
        for (table, columns) in null_only {
            lines.push(format!("{table}: only null values in {}", columns.join(", ")));
        }
        f.write_str(&lines.join("\n"))
    }
}
