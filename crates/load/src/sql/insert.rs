//! Putting rows of one relation into another.

use super::name::{QualifiedName, quote, quote_list};

/// Inserts the `columns` of `source`, a table or table function, into `target`.
pub(crate) fn insert_from<'n>(target: &str, columns: impl IntoIterator<Item = &'n str>, source: &str) -> String {
    let columns = quote_list(columns);
    format!("INSERT INTO {target} ({columns}) SELECT {columns} FROM {source}")
}

/// A column that stays one of integers, though the rows have fractions for it: those go to the variant beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VariantSplit {
    pub(crate) column: String,
    pub(crate) variant: String,
}

/// Inserts the `columns` of `source`, doubles of `splits` into two columns by what they are.
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

/// A query of whether a column of integers has one that no double is equal to.
pub(crate) fn select_beyond_double(table: QualifiedName<'_>, column: &str) -> String {
    let column = quote(column);
    format!("SELECT 'yes' FROM {table} WHERE {column} NOT BETWEEN -{EXACT_IN_DOUBLE} AND {EXACT_IN_DOUBLE} LIMIT 1")
}

/// 2^53: up to here every integer is a double.
const EXACT_IN_DOUBLE: &str = "9007199254740992";
