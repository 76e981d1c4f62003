//! JSON rows to Arrow record batches: one for each table that the rows are about.
//!
//! Objects are flattened into columns, lists become child tables that are linked by ids, types come from the
//! values. A [`Shredder`] works against a schema that it does not change, and returns what it found as a
//! [`SchemaDelta`](catchment_schema::SchemaDelta); a [`Sequencer`] owns the schema and takes the results of
//! any number of shredders in order. Nothing here does IO or waits.
//!
//! ```
//! use catchment_json::{Document, Selection};
//! use catchment_normalize::{IdSeed, Rows, Shredder};
//! use catchment_schema::Schema;
//!
//! let page = Selection::elements(Document::parse(br#"[{"id": 1, "tags": ["a", "b"]}]"#.to_vec())?);
//! let mut shredder = Shredder::new("1700000000.0", IdSeed::from([7; 16]), None);
//! let shredded = shredder.shred(&Schema::new("s"), "items", &[Rows { selection: &page, ordinal: 0 }])?;
//! let tables: Vec<_> = shredded.batches.iter().map(|b| (b.table.as_str(), b.batch.num_rows())).collect();
//! assert_eq!(tables, [("items", 1), ("items__tags", 2)]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assemble;
mod cells;
mod columns;
mod error;
mod ids;
mod sequence;
mod shape;
mod shred;
#[cfg(test)]
mod shred_tests;
mod walk;

pub use error::NormalizeError;
pub use ids::IdSeed;
pub use sequence::Sequencer;
pub use shred::{Rows, Shredded, Shredder, TableBatch};
