//! Tests that normalize pages and compare the resulting tables.

mod bounds;
mod coercions;
mod contracts;
mod declared;
mod names;
mod nesting;
mod nulls;
mod types;

use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, AsArray as _};
use arrow::datatypes::TimestampMicrosecondType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use catchment_json::{Document, Selection};
use catchment_schema::{Schema, is_system_name};

use crate::{IdSeed, NormalizeError, NormalizeFindings, NormalizeOptions, NormalizeRules, PageRows, Sequencer, Shredder};

fn show(column: &ArrayRef, row: usize) -> String {
    match column.as_primitive_opt::<TimestampMicrosecondType>() {
        Some(instants) => catchment_schema::format_timestamp(instants.value(row)),
        None => ArrayFormatter::try_new(column, &FormatOptions::default()).unwrap().value(row).to_string(),
    }
}

/// Loads pages, each shredded against the initial schema. Returns the text of each table: its columns in order, then its
/// rows without system columns.
fn load(schema: Schema, pages: &[&str]) -> Result<(String, Schema), NormalizeError> {
    let (shown, schema, _) = load_with(NormalizeOptions::default(), schema, pages)?;
    Ok((shown, schema))
}

fn load_with(
    options: NormalizeOptions,
    schema: Schema,
    pages: &[&str],
) -> Result<(String, Schema, NormalizeFindings), NormalizeError> {
    let rules = Arc::new(NormalizeRules::new(&schema, "load", IdSeed::from([1; 16]), options)?);
    let mut sequencer = Sequencer::new(schema, Arc::clone(&rules));
    let begin = sequencer.snapshot();
    let mut shredder = Shredder::new(Arc::clone(&rules));
    let mut shown: Vec<(String, Vec<String>)> = Vec::new();
    for (ordinal, page) in (0..).zip(pages) {
        let page = Selection::from_document(Document::parse(page.as_bytes().to_vec()).unwrap());
        let rows = [PageRows::new(&page, ordinal)];
        let shredded = shredder.shred(&begin, "t", &rows);
        for batch in sequencer.apply_or_reshred(shredded, |schema| Shredder::new(Arc::clone(&rules)).shred(schema, "t", &rows))? {
            let at = shown.iter().position(|(table, _)| *table == batch.table).unwrap_or_else(|| {
                shown.push((batch.table.clone(), Vec::new()));
                shown.len() - 1
            });
            let fields = batch.batch.schema();
            for row in 0..batch.batch.num_rows() {
                let cells = fields
                    .fields()
                    .iter()
                    .zip(batch.batch.columns())
                    .filter(|(f, c)| !is_system_name(f.name()) && c.is_valid(row));
                let cells = cells.map(|(field, column)| format!("{}={}", field.name(), show(column, row)));
                shown[at].1.push(cells.collect::<Vec<_>>().join(" "));
            }
        }
    }
    let (schema, findings) = sequencer.finish();
    let text = shown.iter().map(|(table, rows)| {
        let columns = schema.tables[table].columns.values().map(|c| match c.data_type {
            _ if is_system_name(&c.name) => c.name.clone(),
            Some(data_type) => format!("{} {data_type}", c.name),
            None => format!("{} ?", c.name),
        });
        format!(
            "{table}({})\n{}",
            columns.collect::<Vec<_>>().join(", "),
            rows.iter().map(|r| format!("  {r}\n")).collect::<String>()
        )
    });
    Ok((text.collect(), schema, findings))
}

fn trim(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn check(pages: &[&str], expected: &str) {
    check_with(NormalizeOptions::default(), pages, expected);
}

/// Checks the result without numeric widening, as in dlt.
fn check_narrow(pages: &[&str], expected: &str) {
    check_with(NormalizeOptions { numeric_widening: false, ..NormalizeOptions::default() }, pages, expected);
}

fn check_with(options: NormalizeOptions, pages: &[&str], expected: &str) {
    let (found, ..) = load_with(options, Schema::new("s"), pages).unwrap();
    assert_eq!(trim(&found), trim(expected));
}
