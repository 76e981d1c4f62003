//! Rendering as a Mermaid entity relationship diagram.

use std::fmt::Write as _;

use super::relations::{Cardinality, Relation, relations};
use super::{description, number, one_line, tables};
use crate::{Column, DataType, Schema};

pub(super) fn render(schema: &Schema) -> String {
    let relations = relations(schema);
    let mut out = String::from("erDiagram\n");
    for table in tables(schema) {
        let _ = writeln!(out, "  {} {{", entity(&table.name));
        for column in table.complete_columns() {
            let refers =
                |relation: &&Relation<'_>| relation.table == table.name && relation.columns.contains(&column.name.as_str());
            attribute(column, relations.iter().find(refers).is_some(), &mut out);
        }
        out.push_str("  }\n");
    }
    for relation in &relations {
        let (left, right) = relation.ends;
        let left = match left {
            Cardinality::ZeroOrOne => "|o",
            Cardinality::One => "||",
            Cardinality::Many => "}o",
        };
        let right = match right {
            Cardinality::ZeroOrOne => "o|",
            Cardinality::One => "||",
            Cardinality::Many => "o{",
        };
        let (from, to) = (entity(relation.table), entity(relation.referenced_table));
        let _ = writeln!(out, "  {from} {left}--{right} {to} : {}", entity(&relation.label));
    }
    out
}

fn attribute(column: &Column, refers: bool, out: &mut String) {
    let name = attribute_name(&column.name);
    let keys: Vec<&str> = [(column.has_hint("primary_key"), "PK"), (refers, "FK"), (column.has_hint("unique"), "UK")]
        .into_iter()
        .filter_map(|(is_so, key)| is_so.then_some(key))
        .collect();
    let renamed = (name != column.name).then(|| column.name.clone());
    let digits = digits(column);
    let notes: Vec<String> = [renamed, digits, description(&column.hints).map(str::to_owned)]
        .into_iter()
        .flatten()
        .map(|note| comment(&note))
        .collect();
    let data_type = column.data_type.map_or("text", DataType::name);
    let _ = write!(out, "    {data_type} {name}");
    if !keys.is_empty() {
        let _ = write!(out, " {}", keys.join(", "));
    }
    if !notes.is_empty() {
        let _ = write!(out, " \"{}\"", notes.join("; "));
    }
    out.push('\n');
}

/// Returns precision and scale as a comment, because older Mermaid versions reject commas in types.
fn digits(column: &Column) -> Option<String> {
    let (precision, scale) = (number(column, "precision"), number(column, "scale"));
    match (precision.map(|n| format!("precision {n}")), scale.map(|n| format!("scale {n}"))) {
        (Some(precision), Some(scale)) => Some(format!("{precision}, {scale}")),
        (precision, scale) => precision.or(scale),
    }
}

/// Quotes the name of an entity, because it may be a keyword. Characters that are invalid in quotes become underscores.
fn entity(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_control() || ['"', '%', '\\'].contains(&c) { '_' } else { c }).collect();
    // Mermaid rejects empty names.
    format!("\"{}\"", if name.is_empty() { "_" } else { &name })
}

/// Converts a name to a valid attribute name of letters, digits, `_` and `-`. Attribute names cannot be quoted.
fn attribute_name(name: &str) -> String {
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_' || (('\u{c0}'..='\u{ffff}').contains(&c) && c.is_alphabetic());
    let letter = |c: char| if is_letter(c) || c.is_ascii_digit() || c == '-' { c } else { '_' };
    let mut safe: String = name.chars().map(letter).collect();
    if !safe.starts_with(is_letter) {
        safe.insert(0, '_');
    }
    // Mermaid parses these words as key markers.
    if ["pk", "fk", "uk"].iter().any(|key| safe.split('-').any(|part| part.eq_ignore_ascii_case(key))) {
        safe = format!("_{}", safe.replace('-', "_"));
    }
    safe
}

/// Replaces characters that are invalid in a quoted comment. Mermaid parses a pair of `~` as a generic type and `%%` as a
/// directive.
fn comment(text: &str) -> String {
    one_line(text).replace('"', "'").replace('~', "-").replace("%%", "%")
}
