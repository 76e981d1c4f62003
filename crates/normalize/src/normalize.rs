//! Normalization in one call.

use std::sync::Arc;

use catchment_json::Selection;
use catchment_schema::{Schema, naming};

use crate::{IdSeed, NormalizeError, NormalizeOptions, NormalizeRules, PageRows, Shredder, TableBatch};

/// Converts `rows` to one record batch for each table, starting with the root table `table`. The rows alone determine the
/// columns.
///
/// # Errors
///
/// Returns an error if the lists of two keys would share one child table.
///
/// ```
/// use catchment_json::{Document, Selection};
/// use catchment_normalize::{IdSeed, normalize};
///
/// let page = Selection::from_document(Document::parse(br#"[{"id": 1, "tags": ["a", "b"]}]"#.to_vec())?);
/// let batches = normalize("items", &page, "load 1", IdSeed::from([7; 16]))?;
/// let tables: Vec<_> = batches.iter().map(|b| (b.table.as_str(), b.batch.num_rows())).collect();
/// assert_eq!(tables, [("items", 1), ("items__tags", 2)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn normalize(table: &str, rows: &Selection, load_id: &str, seed: IdSeed) -> Result<Vec<TableBatch>, NormalizeError> {
    let schema = Schema::new("rows");
    let rules = NormalizeRules::new(&schema, load_id, seed, NormalizeOptions::default())?;
    let rows = [PageRows::new(rows, 0)];
    Ok(Shredder::new(Arc::new(rules)).shred(&schema, &naming::normalize_path(table), &rows)?.batches)
}
