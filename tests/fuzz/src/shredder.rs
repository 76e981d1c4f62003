//! Shredding of rows to record batches.

mod settings;
mod tables;

use std::sync::Arc;

use catchment_json::{Document, NodeId, Selection, Value};
use catchment_normalize::{NormalizeError, NormalizeRules, PageRows, Sequencer, ShredResult, Shredder};
use catchment_schema::Schema;

use settings::Settings;
use tables::Tables;

/// Rows, IDs and schema depend neither on batch boundaries nor on the age of the schema snapshot of a batch.
///
/// Input: a byte for the position at which the rows are split, two bytes of settings, the rows as JSON.
pub fn shredder(bytes: &[u8]) {
    let [cut, first, second, rows @ ..] = bytes else { return };
    let Ok(document) = Document::parse(rows.to_vec()) else { return };
    let rows = Selection::from_document(document);
    let cut = usize::from(*cut).min(rows.ids.len());
    let (one, two) = rows.ids.split_at(cut);
    let part = |ids: &[NodeId]| Selection { document: rows.document.clone(), ids: ids.to_vec() };
    let pages = [part(one), part(two)];
    let settings = Settings::from([*first, *second]);
    let Some(load) = Load::new(&settings) else { return };

    let together = load.run(&[&[0, 1]], &pages, true);
    for fresh in [true, false] {
        let how = format!("{settings:?}, fresh schema for each batch: {fresh}");
        match (&together, load.run(&[&[0], &[1]], &pages, fresh)) {
            (Ok((schema, tables)), Ok((other_schema, other_tables))) => {
                same_tables(schema, &other_schema, &how);
                assert_eq!(other_schema.to_value(), schema.to_value(), "{how}");
                assert_eq!(other_tables.cast(schema), tables.cast(schema), "{how}");
            }
            (Err(_), Err(_)) => {}
            (Ok(_), Err(error)) => panic!("error only with two batches: {error}; {how}"),
            (Err(error), Ok(_)) => panic!("error only with one batch: {error}; {how}"),
        }
    }
}

/// Compares schemas table by table, so that the message only shows the table that differs.
fn same_tables(one: &Schema, two: &Schema, how: &str) {
    let tables = |schema: &Schema| schema.to_value().get("tables").and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, table) in tables(one) {
        let other = tables(two).get(&name).map(Value::to_string);
        assert_eq!(other, Some(table.to_string()), "table {name}; {how}");
    }
}

/// A simulated load: the schema before it and its rules.
struct Load {
    base: Schema,
    rules: Arc<NormalizeRules>,
}

impl Load {
    fn new(settings: &Settings) -> Option<Load> {
        let base = settings.schema()?;
        let rules = NormalizeRules::new(&base, "1700000000.0", [7; 16].into(), settings.options()).ok()?;
        Some(Load { base, rules: Arc::new(rules) })
    }

    /// Shreds groups of pages sequentially, each against the latest schema if `fresh`, else against the initial schema.
    fn run(&self, groups: &[&[usize]], pages: &[Selection], fresh: bool) -> Result<(Schema, Tables), NormalizeError> {
        let mut sequencer = Sequencer::new(self.base.clone(), Arc::clone(&self.rules));
        let mut shredder = Shredder::new(Arc::clone(&self.rules));
        let mut tables = Tables::default();
        for group in groups {
            let rows: Vec<_> = group.iter().filter_map(|page| Some(PageRows::new(pages.get(*page)?, *page as u64))).collect();
            let mut shred = |schema: &Schema| -> Result<ShredResult, NormalizeError> { shredder.shred(schema, "items", &rows) };
            let shredded = if fresh { shred(&sequencer.snapshot()) } else { shred(&self.base) };
            tables.add(sequencer.apply_or_reshred(shredded, shred)?);
        }
        let (schema, _) = sequencer.finish();
        Ok((schema, tables))
    }
}
