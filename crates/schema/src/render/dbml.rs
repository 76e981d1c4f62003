//! Rendering as DBML.

use std::fmt::Write as _;

use super::relations::{Cardinality, relations};
use super::{description, number, primary_key, tables};
use crate::{Column, DataType, Schema, Table};

pub(super) fn render(schema: &Schema) -> String {
    let mut parts: Vec<String> = tables(schema).map(table).collect();
    let refs = relations(schema).into_iter().map(|relation| {
        let symbol = match relation.ends {
            (Cardinality::Many, Cardinality::Many) => "<>",
            (Cardinality::Many, _) => ">",
            (_, Cardinality::Many) => "<",
            _ => "-",
        };
        let (from, to) = (list(&relation.columns), list(&relation.referenced_columns));
        format!("Ref: {}.{from} {symbol} {}.{to}\n", quote(relation.table), quote(relation.referenced_table))
    });
    let refs: String = refs.collect();
    if !refs.is_empty() {
        parts.push(refs);
    }
    parts.join("\n")
}

fn table(table: &Table) -> String {
    let key = primary_key(table);
    let mut out = format!("Table {} {{\n", quote(&table.name));
    for column in table.complete_columns() {
        let is_key = key.as_slice() == [column.name.as_str()];
        let _ = writeln!(out, "  {} {}{}", quote(&column.name), data_type(column), settings(column, is_key));
    }
    if key.len() > 1 {
        let _ = writeln!(out, "\n  indexes {{\n    {} [pk]\n  }}", list(&key));
    }
    if let Some(text) = description(&table.hints) {
        let _ = writeln!(out, "\n  Note: {}", string(text));
    }
    out.push_str("}\n");
    out
}

fn settings(column: &Column, is_key: bool) -> String {
    let flags = [(is_key, "pk"), (column.has_hint("unique"), "unique"), (!column.is_nullable(), "not null")];
    let flags = flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag.to_owned());
    let note = description(&column.hints).map(|text| format!("note: {}", string(text)));
    let settings: Vec<String> = flags.chain(note).collect();
    if settings.is_empty() { String::new() } else { format!(" [{}]", settings.join(", ")) }
}

fn data_type(column: &Column) -> String {
    let name = column.data_type.map_or("text", DataType::name);
    match (number(column, "precision"), number(column, "scale")) {
        (Some(precision), Some(scale)) => format!("{name}({precision},{scale})"),
        (Some(precision), None) => format!("{name}({precision})"),
        _ => name.to_owned(),
    }
}

/// Quotes a name, because it may be a keyword. Characters that parsers reject in quoted names become underscores.
fn quote(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_control() || c == '"' || c == '\\' { '_' } else { c }).collect();
    format!("\"{name}\"")
}

fn list(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| quote(name)).collect();
    if names.len() == 1 { names.concat() } else { format!("({})", names.join(", ")) }
}

/// Formats a string literal, with triple quotes if the text has several lines.
fn string(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\'', "\\'").replace("\r\n", "\n").replace('\r', "\n");
    let quotes = if escaped.contains('\n') { "'''" } else { "'" };
    format!("{quotes}{escaped}{quotes}")
}
