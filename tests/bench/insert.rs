//! The insert part of the floor: Arrow batches into a DuckDB file.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use arrow::compute::concat_batches;
use arrow::record_batch::RecordBatch;
use catchment_json::{Document, Selection};
use catchment_normalize::{IdSeed, NormalizeOptions, NormalizeRules, PageRows, Sequencer, Shredder, TableBatch};
use catchment_schema::Schema;
use duckdb::vtab::arrow::{ArrowBatchRegistration, ArrowVTab};
use duckdb::{Config, Connection};
use indexmap::IndexMap;

/// Converts the pages to tables of one batch each.
pub(crate) fn tables(pages: &[Vec<u8>]) -> Result<IndexMap<String, RecordBatch>> {
    let pages = pages.iter().map(|page| Ok(Selection::from_document(Document::parse(page.clone())?)));
    let pages = pages.collect::<Result<Vec<_>>>()?;
    let schema = shred(&Schema::new("bench"), &pages, drop)?;
    // a second pass with the final schema, so that all batches of a table have the same columns
    let mut batches: IndexMap<String, Vec<RecordBatch>> = IndexMap::new();
    shred(&schema, &pages, |b| batches.entry(b.table).or_default().push(b.batch))?;
    let table = |(name, batches): (String, Vec<RecordBatch>)| {
        let Some(first) = batches.first() else { anyhow::bail!("table {name} has no rows") };
        Ok((name, concat_batches(&first.schema(), &batches)?))
    };
    batches.into_iter().map(table).collect()
}

/// Shreds the pages sequentially and returns the resulting schema.
fn shred(schema: &Schema, pages: &[Selection], mut take: impl FnMut(TableBatch)) -> Result<Schema> {
    let rules = Arc::new(NormalizeRules::new(schema, "1700000000.0", IdSeed::from([7; 16]), NormalizeOptions::default())?);
    let mut sequencer = Sequencer::new(schema.clone(), Arc::clone(&rules));
    let mut shredder = Shredder::new(rules);
    for (ordinal, page) in (0..).zip(pages) {
        let rows = [PageRows::new(page, ordinal)];
        let shredded = shredder.shred(&sequencer.snapshot(), "issues", &rows);
        let batches = sequencer.apply_or_reshred(shredded, |schema| shredder.shred(schema, "issues", &rows))?;
        batches.into_iter().for_each(&mut take);
    }
    Ok(sequencer.finish().0)
}

/// The initial memory limit of loads.
const FIRST_LIMIT: &str = "64MB";

/// Inserts the tables into a new file like a run: in one transaction, with the same memory limit.
pub(crate) fn insert(tables: &IndexMap<String, RecordBatch>, file: &Path) -> Result<()> {
    let config = Config::default().with("memory_limit", FIRST_LIMIT)?;
    let connection = Connection::open_with_flags(file, config)?;
    connection.register_table_function::<ArrowVTab>("arrow")?;
    connection.execute_batch("BEGIN TRANSACTION")?;
    for (name, batch) in tables {
        let rows = ArrowBatchRegistration::new(batch.clone());
        connection.prepare(&format!("CREATE TABLE \"{name}\" AS FROM arrow(?)"))?.execute([&rows])?;
    }
    connection.execute_batch("COMMIT")?;
    connection.close().map_err(|(_, error)| error)?;
    Ok(())
}
