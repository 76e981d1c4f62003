//! Sequential application of shred results to the schema.

use std::sync::Arc;

use catchment_schema::{Column, ContractMode, DataType, ROOT_ROW_COLUMN, Schema, SchemaDelta, Table, TableDelta, arrow_type};

use crate::findings::{NewVariant, NullOnlyColumn};
use crate::rules::NormalizeRules;
use crate::{NormalizeError, NormalizeFindings, NullColumnPolicy, ShredResult, TableBatch};

/// Owns the schema and applies the results of shredders in the order of rows.
///
/// Shredders use snapshots of the schema, which may be outdated when their result is applied. A batch whose column types
/// differ from the current schema is shredded again, so the result equals that of one shredder that handles all batches in
/// order.
#[derive(Debug)]
pub struct Sequencer {
    rules: Arc<NormalizeRules>,
    schema: Arc<Schema>,
    findings: NormalizeFindings,
}

impl Sequencer {
    /// Creates a sequencer that starts with `schema`.
    pub fn new(schema: Schema, rules: Arc<NormalizeRules>) -> Self {
        Sequencer { rules, schema: Arc::new(schema), findings: NormalizeFindings::default() }
    }

    /// Returns a snapshot of the current schema.
    pub fn snapshot(&self) -> Arc<Schema> {
        Arc::clone(&self.schema)
    }

    /// Declares the root table `table` with the properties of `like`, unless it exists. Returns true if the table is new;
    /// earlier results for it are then outdated.
    pub fn declare_table_like(&mut self, table: &str, like: &str) -> bool {
        let is_new = !self.schema.tables.contains_key(table);
        if is_new {
            Arc::make_mut(&mut self.schema).declare_like(table, like);
        }
        is_new
    }

    /// Applies the result of the next batch and returns its record batches. Calls `reshred` with the current schema if the
    /// result is outdated or an error.
    ///
    /// Earlier batches may have columns of a narrower type than the final schema. Cast them to the final type; the cast is
    /// lossless.
    ///
    /// # Errors
    ///
    /// Returns the error of `reshred`.
    pub fn apply_or_reshred(
        &mut self,
        shredded: Result<ShredResult, NormalizeError>,
        reshred: impl FnOnce(&Schema) -> Result<ShredResult, NormalizeError>,
    ) -> Result<Vec<TableBatch>, NormalizeError> {
        let shredded = match shredded {
            Ok(shredded) if self.is_current(&shredded) => shredded,
            _ => reshred(&self.schema)?,
        };
        Ok(self.apply(shredded))
    }

    /// Returns true if shredding against the current schema would give the same types.
    pub fn is_current(&self, shredded: &ShredResult) -> bool {
        fits(shredded, &self.schema)
    }

    /// Applies the result of the next batch and returns its record batches. The result must be
    /// [current](Self::is_current) or shredded against the current schema.
    pub fn apply(&mut self, shredded: ShredResult) -> Vec<TableBatch> {
        if !shredded.delta.is_empty() {
            Arc::make_mut(&mut self.schema).apply(&shredded.delta);
        }
        self.findings.extend(shredded.findings);
        shredded.batches
    }

    /// Returns the final schema and the findings of all batches.
    pub fn finish(self) -> (Schema, NormalizeFindings) {
        let Sequencer { rules, schema, mut findings } = self;
        let mut schema = Arc::unwrap_or_clone(schema);
        findings.null_only_columns.retain(|null| is_null_only(&schema, null));
        findings.null_only_columns.sort_unstable();
        findings.new_variants = findings.new_variants.into_iter().map(|variant| with_type(&schema, variant)).collect();
        findings.new_variants.sort_unstable();
        let data_type = match rules.options.null_only_columns {
            NullColumnPolicy::Drop => return (schema, findings),
            NullColumnPolicy::Text => DataType::Text,
            NullColumnPolicy::Json => DataType::Json,
        };
        for NullOnlyColumn { table, column } in &findings.null_only_columns {
            let Some(known) = schema.tables.get(table) else { continue };
            if may_have(&rules, &schema, known, column) {
                let parent = known.parent.clone();
                let columns = vec![Column::new(column, data_type)];
                schema.apply(&SchemaDelta { tables: vec![TableDelta { name: table.clone(), parent, columns }] });
            }
        }
        (schema, findings)
    }
}

/// Returns true if shredding against `schema` would give the same types. A column that has a different type in `schema` is
/// outdated even if both types have a common type, because values that fit the existing type do not change it.
fn fits(shredded: &ShredResult, schema: &Schema) -> bool {
    if shredded.depends_on_tables.iter().any(|(name, table)| schema.tables.get(name) != table.as_ref()) {
        return false;
    }
    shredded.batches.iter().all(|TableBatch { table, batch }| {
        let known = schema.tables.get(table);
        let found = shredded.delta.tables.iter().find(|delta| delta.name == *table);
        let parent = known.zip(found).map(|(known, found)| (&known.parent, &found.parent));
        if parent.is_some_and(|(known, found)| known != found) {
            return false;
        }
        let found = found.map(|delta| &delta.columns[..]).unwrap_or_default();
        batch.schema().fields().iter().filter(|field| field.name() != ROOT_ROW_COLUMN).all(|field| {
            let known = known.and_then(|table| table.columns.get(field.name())).and_then(Column::column_type);
            let found = found.iter().find(|column| column.name == *field.name()).and_then(Column::column_type);
            let joins = known.zip(found).is_none_or(|(known, found)| known.common_type(found).is_some());
            let column_type = known.or(found);
            joins && column_type.is_some_and(|column_type| arrow_type(column_type) == *field.data_type())
        })
    })
}

/// Sets the final type of the column.
fn with_type(schema: &Schema, variant: NewVariant) -> NewVariant {
    let column = schema.tables.get(&variant.table).and_then(|table| table.columns.get(&variant.column));
    let column_type = column.and_then(|column| column.data_type).map_or("", DataType::name).to_owned();
    NewVariant { column_type, ..variant }
}

/// Returns true if the key has no column, and no objects or lists below it.
fn is_null_only(schema: &Schema, null: &NullOnlyColumn) -> bool {
    let below = format!("{}__", null.column);
    let columns = schema.tables.get(&null.table).map(|table| &table.columns);
    let is_column =
        |column: &Column| column.data_type.is_some() && (column.name == null.column || column.name.starts_with(&below));
    let is_table = schema.tables.contains_key(&format!("{}__{}", null.table, null.column));
    !is_table && !columns.is_some_and(|columns| columns.values().any(is_column))
}

/// Returns true if the contract allows the new column.
fn may_have(rules: &NormalizeRules, schema: &Schema, table: &Table, column: &str) -> bool {
    let mut ancestors = Vec::new();
    let mut next = table.parent.as_deref();
    while let Some(parent) = next.filter(|parent| !ancestors.contains(parent)) {
        ancestors.push(parent);
        next = schema.tables.get(parent).and_then(|table| table.parent.as_deref());
    }
    rules.guard(&table.name, &ancestors).column(column) == ContractMode::Evolve
}
