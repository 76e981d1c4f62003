//! The arrow-json candidate: nested record batches with a schema inferred before the measurement, without type detection
//! in text.

use std::hint::black_box;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use arrow_json::ReaderBuilder;
use arrow_json::reader::infer_json_schema_from_iterator;

use crate::Run;
use crate::pages::Pages;

/// The rows of a record batch, as many as in a group of pages.
const BATCH: usize = 800;

/// Infers the schema from all pages, because arrow-json rejects values that do not fit it.
pub(crate) fn candidate(pages: &Pages) -> Result<Run> {
    let mut rows = Vec::new();
    for page in &pages.all {
        rows.append(&mut serde_json::from_slice::<Vec<serde_json::Value>>(page).context("a page is not a list")?);
    }
    let schema = Arc::new(infer_json_schema_from_iterator(rows.into_iter().map(Ok))?);
    Ok(Box::new(move |pages| {
        let mut decoder = ReaderBuilder::new(Arc::clone(&schema)).with_flatten(true).with_batch_size(BATCH).build_decoder()?;
        let mut rows = 0;
        let mut flush = |decoder: &mut arrow_json::reader::Decoder| -> Result<()> {
            rows += black_box(decoder.flush()?).map_or(0, |batch| batch.num_rows());
            Ok(())
        };
        for page in pages {
            let mut rest = page.as_slice();
            // The decoder consumes only a part of the input if the batch is full.
            while !rest.is_empty() {
                let taken = decoder.decode(rest)?;
                rest = rest.get(taken..).unwrap_or_default();
                if !rest.is_empty() {
                    flush(&mut decoder)?;
                }
            }
        }
        flush(&mut decoder)?;
        Ok(rows)
    }))
}
