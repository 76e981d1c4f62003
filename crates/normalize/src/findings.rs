//! What was noticed while rows were normalised.

use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};

/// What the user should hear of the rows of a package.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NormalizeFindings {
    /// What schema contracts left out, by table.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub discarded: IndexMap<String, Discarded>,
    /// Keys under another name, as the name that they would have belongs to another key of the same row.
    #[serde(default, skip_serializing_if = "IndexSet::is_empty")]
    pub renamed_keys: IndexSet<RenamedKey>,
    /// Columns that have had no value but null.
    #[serde(default, skip_serializing_if = "IndexSet::is_empty")]
    pub null_only_columns: IndexSet<NullOnlyColumn>,
    /// Variant columns that the dataset did not have before.
    #[serde(default, skip_serializing_if = "IndexSet::is_empty")]
    pub new_variants: IndexSet<NewVariant>,
}

/// How much of a table was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Discarded {
    /// Rows, those of child tables below a discarded row included in the counts of their tables.
    pub rows: u64,
    /// Values of rows that stayed.
    pub values: u64,
}

/// A key that could not have its plain name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RenamedKey {
    /// The table.
    pub table: String,
    /// The key, as the source spells it.
    pub key: String,
    /// The column, or the end of the child table's name, that its values are in.
    pub column: String,
}

/// A column for values that another one has no room for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NewVariant {
    /// The table.
    pub table: String,
    /// The column that the values did not fit.
    pub column: String,
    /// Its type.
    pub column_type: String,
    /// The column that they are in.
    pub variant: String,
    /// Its type.
    pub data_type: String,
}

/// A column that nothing is known of but that it exists.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NullOnlyColumn {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
}

impl NormalizeFindings {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.discarded.is_empty()
            && self.renamed_keys.is_empty()
            && self.null_only_columns.is_empty()
            && self.new_variants.is_empty()
    }

    /// Takes in what was noticed of the next batch.
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
    /// What went where, without the table.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let NewVariant { table: _, column, column_type, variant, data_type } = self;
        write!(f, "values of `{column}` that are not {column_type} are in the new variant column `{variant}` ({data_type})")
    }
}

impl std::fmt::Display for NormalizeFindings {
    /// One line for each, those of null-only columns together by table; without a newline at the end.
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
            lines.push(format!("{table}: the key {key:?} is in `{column}`, as another key of the same row has its name"));
        }
        for variant in &self.new_variants {
            lines.push(format!("{}: {variant}", variant.table));
        }
        let mut null_only: IndexMap<&str, Vec<&str>> = IndexMap::new();
        for NullOnlyColumn { table, column } in &self.null_only_columns {
            null_only.entry(table).or_default().push(column);
        }
        for (table, columns) in null_only {
            lines.push(format!("{table}: nothing but null in {}", columns.join(", ")));
        }
        f.write_str(&lines.join("\n"))
    }
}
