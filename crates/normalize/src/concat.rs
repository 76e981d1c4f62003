//! Concatenation of results that were shredded one after the other.

use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{Field, Schema as ArrowSchema};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use catchment_schema::{Column, Schema, SchemaDelta, TableDelta, arrow_type};

use crate::{NormalizeError, ShredResult, TableBatch};

impl ShredResult {
    /// Appends the result of the next rows. `self` was shredded against `schema`, and `next` against `grown`, which is
    /// `schema` with the delta of `self`.
    pub(crate) fn concat(mut self, next: ShredResult, schema: &Schema, grown: &Schema) -> Result<ShredResult, NormalizeError> {
        for table in &next.delta.tables {
            let widened = |column: &&Column| grown.tables.get(&table.name).is_some_and(|t| t.columns.contains_key(&column.name));
            let widened: Vec<&Column> = table.columns.iter().filter(widened).collect();
            for batch in self.batches.iter_mut().filter(|batch| batch.table == table.name) {
                cast_columns(batch, &widened)?;
            }
        }
        for table in next.delta.tables {
            merge_delta(&mut self.delta, table);
        }
        self.batches.extend(next.batches);
        self.findings.extend(next.findings);
        let tables = next.depends_on_tables.into_iter().map(|(name, _)| (schema.tables.get(&name).cloned(), name));
        self.depends_on_tables.extend(tables.map(|(table, name)| (name, table)));
        Ok(self)
    }
}

/// Adds the delta of the next rows.
fn merge_delta(delta: &mut SchemaDelta, next: TableDelta) {
    let Some(known) = delta.tables.iter_mut().find(|table| table.name == next.name) else {
        delta.tables.push(next);
        return;
    };
    for column in next.columns {
        match known.columns.iter_mut().find(|known| known.name == column.name) {
            Some(known) => {
                if let Some(wider) = column.column_type() {
                    known.set_type(wider);
                }
            }
            None => known.columns.push(column),
        }
    }
}

/// Casts columns of a batch to their widened types.
fn cast_columns(batch: &mut TableBatch, widened: &[&Column]) -> Result<(), NormalizeError> {
    let exactly = CastOptions { safe: false, ..CastOptions::default() };
    let schema = batch.batch.schema();
    let (mut fields, mut arrays) = (Vec::new(), Vec::new());
    for (field, array) in schema.fields().iter().zip(batch.batch.columns()) {
        let column_type = widened.iter().find(|column| column.name == *field.name()).and_then(|column| column.column_type());
        let data_type = column_type.map_or_else(|| field.data_type().clone(), arrow_type);
        let array = cast_with_options(array, &data_type, &exactly);
        arrays.push(array.map_err(|source| NormalizeError::Arrow { table: batch.table.clone(), source })?);
        fields.push(Field::new(field.name(), data_type, true));
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.batch.num_rows()));
    let cast = RecordBatch::try_new_with_options(ArrowSchema::new(fields).into(), arrays, &options);
    batch.batch = cast.map_err(|source| NormalizeError::Arrow { table: batch.table.clone(), source })?;
    Ok(())
}
