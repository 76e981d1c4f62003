//! JSON rows to Arrow record batches: one for each table that the rows are about.
//!
//! Objects are flattened into columns, lists become child tables that are linked by ids, types come from the
//! values. [`normalize`] does it in one call, where rows are all that there is.
//!
//! For a dataset that grows, a [`Shredder`] works by the [`NormalizeRules`] of a package against a schema that it does not change,
//! and returns what it found as a [`SchemaDelta`](catchment_schema::SchemaDelta); a [`Sequencer`] owns the schema and
//! takes the results of any number of shredders in order. Nothing here does IO or waits.
//!
//! Batches of tables that are merged have one column that the schema has not,
//! [`ROOT_ROW`](catchment_schema::ROOT_ROW_COLUMN): it says which root row each row belongs to.
//!
//! ```
//! use std::sync::Arc;
//!
//! use catchment_json::{Document, Selection};
//! use catchment_normalize::{IdSeed, NormalizeOptions, PageRows, NormalizeRules, Sequencer, Shredder};
//! use catchment_schema::{ColumnType, Schema};
//!
//! let base = Schema::new("s");
//! let rules = Arc::new(NormalizeRules::new(&base, "1700000000.0", IdSeed::from([7; 16]), NormalizeOptions::default())?);
//! let mut shredder = Shredder::new(Arc::clone(&rules));
//! let mut sequencer = Sequencer::new(base, rules);
//! for (ordinal, page) in [r#"[{"price": 12}]"#, r#"[{"price": 12.5}]"#].into_iter().enumerate() {
//!     let page = Selection::from_document(Document::parse(page.as_bytes().to_vec())?);
//!     let rows = [PageRows::new(&page, ordinal as u64)];
//!     let shredded = shredder.shred(&sequencer.snapshot(), "items", &rows);
//!     sequencer.apply_or_reshred(shredded, |schema| shredder.shred(schema, "items", &rows))?;
//! }
//! let (schema, _) = sequencer.finish();
//! assert_eq!(schema.tables["items"].columns["price"].column_type(), Some(ColumnType::Double));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assemble;
mod cells;
mod columns;
mod concat;
mod error;
mod findings;
mod ids;
mod normalize;
mod options;
mod rules;
mod sequence;
mod shape;
mod shred;
#[cfg(test)]
mod tests;
mod walk;

pub use error::NormalizeError;
pub use findings::{Discarded, NewVariant, NormalizeFindings, NullOnlyColumn, RenamedKey};
pub use ids::{IdSeed, key_hash, row_hash};
pub use normalize::normalize;
pub use options::{NormalizeOptions, NullColumnPolicy};
pub use rules::NormalizeRules;
pub use sequence::Sequencer;
pub use shred::{PageRows, ShredResult, Shredder, TableBatch};
