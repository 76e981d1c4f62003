//! The candidate of this crate: shreds groups of documents as in a run, in one thread.

use std::cell::RefCell;
use std::hint::black_box;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use catchment_json::{Document, Selection};
use catchment_normalize::{IdSeed, NormalizeOptions, NormalizeRules, PageRows, Sequencer, Shredder};
use catchment_schema::Schema;

use crate::Run;
use crate::pages::Pages;

/// The approximate memory of documents that are shredded together, in bytes, as in a run.
const GROUP: usize = 4 << 20;
const TABLE: &str = "issues";

/// Creates the candidate and initializes the schema from the first page.
pub(crate) fn candidate(pages: &Pages) -> Result<Run> {
    let mut load = Load::new()?;
    let first = pages.all.first().context("no pages to measure")?;
    load.group(&[Selection::from_document(Document::parse(first.clone())?)])?;
    let load = RefCell::new(load);
    Ok(Box::new(move |pages| {
        let mut load = load.borrow_mut();
        let (mut rows, mut group, mut bytes) = (0, Vec::new(), 0);
        for page in pages {
            let document = Document::parse(page)?;
            bytes += document.memory_size();
            group.push(Selection::from_document(document));
            if bytes >= GROUP {
                rows += load.group(&group)?;
                group.clear();
                bytes = 0;
            }
        }
        Ok(rows + if group.is_empty() { 0 } else { load.group(&group)? })
    }))
}

struct Load {
    sequencer: Sequencer,
    shredder: Shredder,
    next_page: u64,
}

impl Load {
    fn new() -> Result<Load> {
        let schema = Schema::new("bench");
        let rules = Arc::new(NormalizeRules::new(&schema, "1700000000.0", IdSeed::from([7; 16]), NormalizeOptions::default())?);
        let shredder = Shredder::new(Arc::clone(&rules));
        Ok(Load { sequencer: Sequencer::new(schema, rules), shredder, next_page: 0 })
    }

    /// Shreds the pages and returns the number of rows of all tables.
    fn group(&mut self, pages: &[Selection]) -> Result<usize> {
        let rows: Vec<_> = (self.next_page..).zip(pages).map(|(ordinal, selection)| PageRows::new(selection, ordinal)).collect();
        self.next_page += pages.len() as u64;
        let shredded = self.shredder.shred(&self.sequencer.snapshot(), TABLE, &rows);
        let batches = self.sequencer.apply_or_reshred(shredded, |schema| self.shredder.shred(schema, TABLE, &rows))?;
        Ok(black_box(batches).iter().map(|table| table.batch.num_rows()).sum())
    }
}
