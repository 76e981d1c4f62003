//! Names in SQL.

/// An identifier between double quotes.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A string between single quotes.
pub(crate) fn text_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A table in a dataset; displays quoted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QualifiedName<'n> {
    pub(crate) dataset: &'n str,
    pub(crate) table: &'n str,
}

impl std::fmt::Display for QualifiedName<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", quote(self.dataset), quote(self.table))
    }
}

/// The columns, quoted and separated by commas.
pub(super) fn list<'n>(columns: impl IntoIterator<Item = &'n str>) -> String {
    columns.into_iter().map(quote).collect::<Vec<_>>().join(", ")
}
