//! `INSERT … SELECT` statements.

use super::name::{QualifiedName, quote, quote_list};

/// Inserts the `columns` of `source`, a table or table function, into `target`.
pub(crate) fn insert_from<'n>(target: &str, columns: impl IntoIterator<Item = &'n str>, source: &str) -> String {
    let columns = quote_list(columns);
    format!("INSERT INTO {target} ({columns}) SELECT {columns} FROM {source}")
}

/// An integer column that cannot be widened to doubles. Fractions go to its variant column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VariantSplit {
    pub(crate) column: String,
    pub(crate) variant: String,
}

/// Inserts the `columns` of `source`. Doubles of `splits` go to the integer column or its variant column.
pub(crate) fn insert_split(target: &str, columns: &[&str], splits: &[&VariantSplit], source: &str) -> String {
    let mut names: Vec<String> = Vec::new();
    let mut values: Vec<String> = Vec::new();
    for name in columns {
        let quoted = quote(name);
        if splits.iter().any(|split| split.variant == *name) {
            continue;
        }
        if let Some(split) = splits.iter().find(|split| split.column == *name) {
            let variant = quote(&split.variant);
            let is_integer = format!("{quoted} = trunc({quoted}) AND abs({quoted}) <= {EXACT_IN_DOUBLE}");
            let fraction = format!("CASE WHEN NOT ({is_integer}) THEN {quoted} END");
            let known = columns.contains(&split.variant.as_str());
            values.push(if known { format!("coalesce({variant}, {fraction})") } else { fraction });
            names.push(variant);
            values.push(format!("CASE WHEN {is_integer} THEN {quoted} END"));
        } else {
            values.push(quoted.clone());
        }
        names.push(quoted);
    }
    format!("INSERT INTO {target} ({}) SELECT {} FROM {source}", names.join(", "), values.join(", "))
}

/// Queries whether an integer column contains values beyond the exact range of a double.
pub(crate) fn select_beyond_double(table: QualifiedName<'_>, column: &str) -> String {
    let column = quote(column);
    format!("SELECT 'yes' FROM {table} WHERE {column} NOT BETWEEN -{EXACT_IN_DOUBLE} AND {EXACT_IN_DOUBLE} LIMIT 1")
}

/// 2^53, up to which a double represents every integer exactly.
const EXACT_IN_DOUBLE: &str = "9007199254740992";
