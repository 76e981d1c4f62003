//! Normalization of JSON rows to Arrow record batches: objects become columns, lists become child tables linked by ids, and
//! column types are inferred from values.
//!
//! A [`Normalizer`] converts rows without an existing dataset. To extend a dataset, a [`Shredder`] converts pages by the
//! [`NormalizeRules`] of a package and returns a [`ShredResult`] with the schema changes; a [`Sequencer`] owns the schema
//! and applies the results of any number of shredders in order. This crate does no IO and never blocks.
//!
//! Batches of merged tables have one column that is not in the schema,
//! [`ROOT_ROW_COLUMN`](catchment_schema::ROOT_ROW_COLUMN), with the number of the root row.
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
mod normalizer;
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
pub use normalizer::{NormalizedBatches, Normalizer};
pub use options::{NormalizeOptions, NullColumnPolicy};
pub use rules::NormalizeRules;
pub use sequence::Sequencer;
pub use shred::{PageRows, ShredResult, Shredder, TableBatch};
