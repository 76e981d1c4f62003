//! The one place where a schema grows.

use std::sync::Arc;

use catchment_schema::Schema;

use crate::{NormalizeError, Shredded, TableBatch};

/// Owns the schema, and takes what shredders found in the order of the rows.
///
/// Shredders work against snapshots that may be old by the time their turn comes. Where a batch was typed
/// otherwise than the schema says by now, it is shredded again; so the result is that of one shredder that
/// takes one batch after the other.
#[derive(Debug)]
pub struct Sequencer {
    schema: Arc<Schema>,
}

impl Sequencer {
    /// Starts with `schema`.
    pub fn new(schema: Schema) -> Self {
        Sequencer { schema: Arc::new(schema) }
    }

    /// The schema as it is now.
    pub fn snapshot(&self) -> Arc<Schema> {
        Arc::clone(&self.schema)
    }

    /// Takes the next batch, and returns its record batches; `again` shreds it against another schema.
    ///
    /// # Errors
    ///
    /// Those of `again`.
    pub fn accept(
        &mut self,
        shredded: Shredded,
        again: impl FnOnce(&Schema) -> Result<Shredded, NormalizeError>,
    ) -> Result<Vec<TableBatch>, NormalizeError> {
        let shredded = match shredded.delta.conflict(&self.schema) {
            Some(_) => again(&self.schema)?,
            None => shredded,
        };
        if !shredded.delta.is_empty() {
            Arc::make_mut(&mut self.schema).apply(&shredded.delta);
        }
        Ok(shredded.batches)
    }

    /// The schema in the end.
    pub fn finish(self) -> Schema {
        Arc::unwrap_or_clone(self.schema)
    }
}
