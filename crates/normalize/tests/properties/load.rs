//! Loads rows through shredders and a sequencer, as in a run.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use arrow::compute::cast;
use catchment_json::{Document, Selection};
use catchment_normalize::{
    IdSeed, NormalizeError, NormalizeFindings, NormalizeOptions, NormalizeRules, PageRows, Sequencer, Shredder,
};
use catchment_schema::{Schema, arrow_type};
use indexmap::IndexMap;

use crate::cell::Cell;

/// A row of a table: its values that are not null, by column.
pub(crate) type Row = BTreeMap<String, Cell>;

/// The result of a load.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) schema: Schema,
    pub(crate) findings: NormalizeFindings,
    /// The rows, with the types of the final schema.
    pub(crate) tables: IndexMap<String, Vec<Row>>,
}

/// The batches of a load and how each is shredded. Indices are taken modulo the available number.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// The memory limit. Rows that exceed it are shredded in parts.
    pub(crate) max_bytes: usize,
    pub(crate) shredders: usize,
    pub(crate) batches: Vec<BatchPlan>,
}

#[derive(Clone, Copy)]
pub(crate) struct BatchPlan {
    /// The number of rows.
    pub(crate) rows: usize,
    /// The index of the shredder.
    pub(crate) shredder: usize,
    /// The number of batches that the sequencer applied since the snapshot for this batch.
    pub(crate) age: usize,
}

impl fmt::Debug for BatchPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows by shredder {}, {} batches late", self.rows, self.shredder, self.age)
    }
}

impl Plan {
    /// Returns a plan with all rows in one batch.
    pub(crate) fn whole(rows: usize) -> Plan {
        Plan { max_bytes: usize::MAX, shredders: 1, batches: vec![BatchPlan { rows, shredder: 0, age: 0 }] }
    }

    /// Returns a plan with one batch and one shredder per row, against the current schema.
    pub(crate) fn one_by_one(rows: usize) -> Plan {
        let batches = (0..rows).map(|shredder| BatchPlan { rows: 1, shredder, age: 0 });
        Plan { max_bytes: usize::MAX, shredders: rows.max(1), batches: batches.collect() }
    }
}

/// Loads `rows`, one page each, into table `t` of a dataset with schema `base`.
pub(crate) fn load(base: &Schema, options: &NormalizeOptions, rows: &[String], plan: &Plan) -> Result<Loaded, NormalizeError> {
    let rules = Arc::new(NormalizeRules::new(base, "load", IdSeed::from([1; 16]), options.clone())?);
    let mut shredders: Vec<Shredder> = (0..plan.shredders).map(|_| Shredder::new(Arc::clone(&rules))).collect();
    let mut fresh = Shredder::new(Arc::clone(&rules));
    let mut sequencer = Sequencer::new(base.clone(), rules);
    let mut snapshots = vec![sequencer.snapshot()];
    let mut batches = Vec::new();
    let pages: Vec<Selection> = rows.iter().map(|row| page(row)).collect();
    let mut first = 0;
    for batch in &plan.batches {
        let last = (first + batch.rows).min(pages.len());
        let pages = pages[first..last].iter().zip(first as u64..);
        let rows: Vec<PageRows<'_>> = pages.map(|(selection, ordinal)| PageRows::new(selection, ordinal)).collect();
        first = last;
        let snapshot = &snapshots[snapshots.len() - 1 - batch.age % snapshots.len()];
        let shredder = &mut shredders[batch.shredder % plan.shredders];
        let mut shredded = shredder.shred_with_limit(snapshot, "t", &rows, plan.max_bytes);
        if !matches!(&shredded, Ok(Some(shredded)) if sequencer.is_current(shredded)) {
            shredded = fresh.shred_with_limit(&sequencer.snapshot(), "t", &rows, plan.max_bytes);
        }
        match shredded? {
            Some(shredded) => batches.extend(sequencer.apply(shredded)),
            None => fresh.shred_in_parts(sequencer.snapshot(), "t", &rows, plan.max_bytes, |shredded| {
                batches.extend(sequencer.apply(shredded));
                Ok::<_, NormalizeError>(sequencer.snapshot())
            })?,
        }
        snapshots.push(sequencer.snapshot());
    }
    let (schema, findings) = sequencer.finish();
    let mut tables: IndexMap<String, Vec<Row>> = IndexMap::new();
    for batch in batches {
        let columns = &schema.tables[&batch.table].columns;
        let fields = batch.batch.schema();
        let mut arrays = Vec::new();
        for (field, array) in fields.fields().iter().zip(batch.batch.columns()) {
            let column = &columns[field.name()];
            let wanted = arrow_type(column.column_type().unwrap());
            let cast = cast(array, &wanted).unwrap();
            assert_eq!(cast.null_count(), array.null_count(), "cast of {} to {wanted} loses values", field.name());
            arrays.push((field.name().clone(), cast));
        }
        let names: std::collections::BTreeSet<&String> = arrays.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), arrays.len(), "duplicate column name in {fields}");
        let row = |row: usize| arrays.iter().filter_map(|(name, array)| Some((name.clone(), Cell::of(array, row)?))).collect();
        tables.entry(batch.table).or_default().extend((0..batch.batch.num_rows()).map(row));
    }
    Ok(Loaded { schema, findings, tables })
}

fn page(row: &str) -> Selection {
    let document = Document::parse(format!("[{row}]").into_bytes()).unwrap();
    Selection::from_document(document)
}
