//! Candidates that only parse pages and drop the values.

use std::hint::black_box;

use anyhow::Result;
use catchment_json::{Document, Selection};
use simd_json::prelude::ValueAsArray as _;

/// Parses to owned trees of values.
pub(crate) fn serde_json(pages: Vec<Vec<u8>>) -> Result<usize> {
    sum(pages, |page| {
        let value: serde_json::Value = serde_json::from_slice(&page)?;
        Ok(black_box(value).as_array().map_or(0, Vec::len))
    })
}

/// Parses to trees of values that borrow the text of the page, with the fastest parser known to us.
pub(crate) fn simd_json(pages: Vec<Vec<u8>>) -> Result<usize> {
    sum(pages, |mut page| {
        let value = simd_json::to_borrowed_value(&mut page)?;
        Ok(black_box(value).as_array().map_or(0, |rows| rows.len()))
    })
}

/// Parses to tapes with catchment-json.
pub(crate) fn tape(pages: Vec<Vec<u8>>) -> Result<usize> {
    sum(pages, |page| Ok(black_box(Selection::from_document(Document::parse(page)?)).ids.len()))
}

fn sum(pages: Vec<Vec<u8>>, rows: impl Fn(Vec<u8>) -> Result<usize>) -> Result<usize> {
    pages.into_iter().map(rows).sum()
}
