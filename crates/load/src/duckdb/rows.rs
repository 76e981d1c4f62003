//! The rows of a package find their tables.

use std::collections::BTreeSet;

use arrow::record_batch::RecordBatch;
use catchment_load_package::SealedPackage;
use catchment_schema::{Schema, Table, WriteDisposition};

use super::connect::Session;
use super::existing::Existing;
use super::merge;
use super::refused_value;
use super::rounding::OtherType;
use super::stage::{Stage, Staged};
use super::widen::Splits;
use crate::LoadError;
use crate::sql::{DatasetName, Split};

/// What is needed to put the rows of a package into the tables that were made for them.
pub(super) struct Rows<'r> {
    pub(super) session: &'r Session,
    pub(super) dataset: DatasetName<'r>,
    pub(super) package: &'r SealedPackage,
    pub(super) schema: &'r Schema,
    pub(super) existing: &'r Existing,
    pub(super) splits: &'r Splits,
}

impl Rows<'_> {
    /// Inserts the rows, or merges them into the tables below `roots`; `go_on` is asked before each batch and each merge.
    pub(super) fn put(&self, roots: BTreeSet<&str>, go_on: &dyn Fn() -> Result<(), LoadError>) -> Result<(), LoadError> {
        let mut stage = Stage::new(self.session, self.dataset);
        for segment in self.package.segments() {
            let table = &segment.table;
            let splits = self.splits.get(table).map(Vec::as_slice).unwrap_or_default();
            let others = self.schema.tables.get(table).map(|table| OtherType::all(table, self.existing)).unwrap_or_default();
            let root = self.schema.root_of(table);
            let disposition = self.package.seal().schema.write_disposition(root);
            for batch in self.package.read(segment)? {
                let batch = batch?;
                go_on()?;
                let merges = match disposition {
                    _ if batch.num_rows() == 0 => continue,
                    WriteDisposition::Skip => continue,
                    WriteDisposition::Merge => true,
                    WriteDisposition::Append | WriteDisposition::Replace => false,
                };
                others.iter().try_for_each(|other| other.check(self.session, table, &batch))?;
                let put = match merges {
                    true => stage.put(table, batch.clone(), splits),
                    false => self.insert(table, batch.clone(), splits),
                };
                put.map_err(|error| refused_value::find(self.session, &self.target_types(table, &batch), table, batch, error))?;
                #[cfg(feature = "failpoints")]
                fail::fail_point!("load::batch_put");
            }
        }
        #[cfg(feature = "failpoints")]
        fail::fail_point!("load::all_batches_put");
        for root in roots {
            go_on()?;
            self.merge(root, &stage)?;
        }
        stage.clear()
    }

    fn insert(&self, table: &str, batch: RecordBatch, splits: &[Split]) -> Result<(), LoadError> {
        let step = format!("insert rows into table `{table}`");
        self.session.insert(&step, &self.dataset.table(table).to_string(), batch, splits)
    }

    /// What DuckDB calls the types of the columns that a batch is inserted into.
    fn target_types(&self, table: &str, batch: &RecordBatch) -> Vec<(String, String)> {
        let known = self.schema.tables.get(table);
        let of = |name: &String| {
            let existing = self.existing.data_type(table, name).map(str::to_owned);
            let column = known.and_then(|table| table.columns.get(name));
            let widened = column.filter(|column| super::widen::is_narrower(existing.as_deref(), column));
            let made = widened.or(column.filter(|_| existing.is_none())).map(super::column_type::column_type);
            Some((name.clone(), made.or(existing)?))
        };
        batch.schema().fields().iter().filter_map(|field| of(field.name())).collect()
    }

    /// Merges the staged rows of `root` and of the tables below it, where there are any.
    fn merge(&self, root: &str, stage: &Stage<'_>) -> Result<(), LoadError> {
        // How the package merges, whatever others have stored in the meantime.
        let (Some(table), Some(staged)) = (self.package.seal().schema.tables.get(root), stage.get(root)) else { return Ok(()) };
        let in_dataset =
            |child: &&Table| child.name != root && (self.existing.has(&child.name) || stage.get(&child.name).is_some());
        let children = self.schema.chain(root).into_iter().filter(in_dataset);
        let children = children.map(|child| (self.dataset.table(&child.name), stage.get(&child.name).map(Staged::rows)));
        let step = format!("merge rows into table `{root}`");
        let statements = merge::statements(
            table,
            self.dataset.table(root),
            staged.rows(),
            children.collect(),
            self.package.begin().created_at,
        );
        let statements = statements.map_err(|reason| LoadError::Refused {
            step: step.clone(),
            location: self.session.location().to_owned(),
            reason,
            terminal: true,
        })?;
        for statement in &statements {
            self.session.run(&step, statement)?;
            #[cfg(feature = "failpoints")]
            fail::fail_point!("load::merge_statement_run");
        }
        Ok(())
    }
}
