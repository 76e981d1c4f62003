//! The one place where a schema grows.

use std::sync::Arc;

use catchment_schema::{Column, ContractMode, DataType, ROOT_ROW_COLUMN, Schema, SchemaDelta, Table, TableDelta, arrow_type};

use crate::findings::{NewVariant, NullOnlyColumn};
use crate::rules::NormalizeRules;
use crate::{NormalizeError, NormalizeFindings, NullColumnPolicy, ShredResult, TableBatch};

/// Owns the schema, and takes what shredders found in the order of the rows.
///
/// Shredders work against snapshots that may be old by the time their turn comes. Where a batch was typed
/// otherwise than the schema says by now, it is shredded again; so the result is that of one shredder that
/// takes one batch after the other.
#[derive(Debug)]
pub struct Sequencer {
    rules: Arc<NormalizeRules>,
    schema: Arc<Schema>,
    findings: NormalizeFindings,
}

impl Sequencer {
    /// Starts with `schema`.
    pub fn new(schema: Schema, rules: Arc<NormalizeRules>) -> Self {
        Sequencer { rules, schema: Arc::new(schema), findings: NormalizeFindings::default() }
    }

    /// The schema as it is now.
    pub fn snapshot(&self) -> Arc<Schema> {
        Arc::clone(&self.schema)
    }

    /// Declares a root table that is like another one, where it is not known yet. Says whether it was not: what was
    /// shredded for it before counts no more then.
    pub fn declare_table_like(&mut self, table: &str, like: &str) -> bool {
        let is_new = !self.schema.tables.contains_key(table);
        if is_new {
            Arc::make_mut(&mut self.schema).declare_like(table, like);
        }
        is_new
    }

    /// Takes the next batch, and returns its record batches; `again` shreds it against the schema as it is now, also where
    /// it failed against the one that it was shredded against. Batches that were
    /// returned earlier may have columns of a narrower type than the schema has in the end: their values are to be
    /// cast, which none of them loses by.
    ///
    /// # Errors
    ///
    /// Those of `again`.
    pub fn apply_or_reshred(
        &mut self,
        shredded: Result<ShredResult, NormalizeError>,
        again: impl FnOnce(&Schema) -> Result<ShredResult, NormalizeError>,
    ) -> Result<Vec<TableBatch>, NormalizeError> {
        let shredded = match shredded {
            Ok(shredded) if self.is_current(&shredded) => shredded,
            _ => again(&self.schema)?,
        };
        Ok(self.apply(shredded))
    }

    /// Whether rows that were shredded against an earlier schema are typed as they would be against the schema as it is now.
    pub fn is_current(&self, shredded: &ShredResult) -> bool {
        fits(shredded, &self.schema)
    }

    /// Takes the next batch as [`apply_or_reshred`](Self::apply_or_reshred) does, one that [is current](Self::is_current) or was shredded against
    /// the schema as it is now.
    pub fn apply(&mut self, shredded: ShredResult) -> Vec<TableBatch> {
        if !shredded.delta.is_empty() {
            Arc::make_mut(&mut self.schema).apply(&shredded.delta);
        }
        self.findings.extend(shredded.findings);
        shredded.batches
    }

    /// The schema in the end, and what was noticed on the way.
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

/// Whether the batches are typed as they would be against `schema`. Where it has another type for a column by now, it does
/// not matter whether the types join: the earlier rows come first, and what fits their type does not change it.
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

/// With the type that the column has in the end.
fn with_type(schema: &Schema, variant: NewVariant) -> NewVariant {
    let column = schema.tables.get(&variant.table).and_then(|table| table.columns.get(&variant.column));
    let column_type = column.and_then(|column| column.data_type).map_or("", DataType::name).to_owned();
    NewVariant { column_type, ..variant }
}

/// Whether nothing came to be of the key: no column, and neither objects nor lists under it.
fn is_null_only(schema: &Schema, null: &NullOnlyColumn) -> bool {
    let below = format!("{}__", null.column);
    let columns = schema.tables.get(&null.table).map(|table| &table.columns);
    let is_column =
        |column: &Column| column.data_type.is_some() && (column.name == null.column || column.name.starts_with(&below));
    let is_table = schema.tables.contains_key(&format!("{}__{}", null.table, null.column));
    !is_table && !columns.is_some_and(|columns| columns.values().any(is_column))
}

fn may_have(rules: &NormalizeRules, schema: &Schema, table: &Table, column: &str) -> bool {
    let mut above = Vec::new();
    let mut next = table.parent.as_deref();
    while let Some(parent) = next.filter(|parent| !above.contains(parent)) {
        above.push(parent);
        next = schema.tables.get(parent).and_then(|table| table.parent.as_deref());
    }
    rules.guard(&table.name, &above).column(column) == ContractMode::Evolve
}
