//! The parse part of the floor.

use anyhow::{Context as _, Result};

/// Parses each page to a tree of values with simd-json, and drops it.
pub(crate) fn parse(pages: Vec<Vec<u8>>) -> Result<()> {
    for mut page in pages {
        let value = simd_json::to_borrowed_value(&mut page).context("invalid JSON in a page")?;
        std::hint::black_box(&value);
    }
    Ok(())
}
