//! One package, one transaction.

use std::collections::BTreeSet;

use catchment_load_package::SealedPackage;
use catchment_schema::{LOADS_TABLE, STATE_TABLE, Schema, Table, VERSION_TABLE, WriteDisposition};
use catchment_state::State;

use super::connect::{self, Session};
use super::migrate::{self, Existing};
use super::stage::{Stage, Staged};
use super::widen::{self, Splits};
use super::{DuckDbOptions, restore};
use crate::sql::{self, DatasetName, Merge, QualifiedName, text_literal};
use crate::{Cancelled, LoadError, Loaded, system_rows};

pub(super) fn load(options: &DuckDbOptions, package: &SealedPackage, cancelled: Cancelled<'_>) -> Result<Loaded, LoadError> {
    let session = connect::open(options, cancelled)?;
    let transaction = Transaction { session: &session, dataset: session.dataset(&package.begin().dataset), package, cancelled };
    session.run("begin a transaction", "BEGIN TRANSACTION")?;
    match transaction.apply() {
        Ok(Loaded::Before) => {
            session.run("roll back", "ROLLBACK")?;
            Ok(Loaded::Before)
        }
        Ok(Loaded::Now) => commit(options, session, package),
        Err(error) => {
            // Closing the connection rolls back as well; the first error is the one to tell.
            let _ = session.run("roll back", "ROLLBACK");
            Err(error)
        }
    }
}

/// DuckDB's COMMIT of an aborted transaction reports success, and an answer may be lost: what counts is whether the
/// package is logged afterwards.
fn commit(options: &DuckDbOptions, session: Session, package: &SealedPackage) -> Result<Loaded, LoadError> {
    let committed = session.run("commit", "COMMIT");
    let session = match &committed {
        Ok(()) => session,
        Err(_) => {
            drop(session);
            connect::open(options, &|| false)?
        }
    };
    match committed {
        _ if is_logged(&session, package)? => Ok(Loaded::Now),
        Err(error) => Err(error),
        Ok(()) => Err(LoadError::Refused {
            step: "commit".to_owned(),
            location: session.location().to_owned(),
            reason: "the transaction had been aborted".to_owned(),
            terminal: false,
        }),
    }
}

/// Whether the dataset has the package.
fn is_logged(session: &Session, package: &SealedPackage) -> Result<bool, LoadError> {
    let begin = package.begin();
    let dataset = session.dataset(&begin.dataset);
    if !session.has_table(dataset, LOADS_TABLE)? {
        return Ok(false);
    }
    let sql = format!("SELECT load_id FROM {} WHERE load_id = {}", dataset.table(LOADS_TABLE), text_literal(&begin.load_id));
    Ok(!session.texts("look for the load", &sql)?.is_empty())
}

struct Transaction<'t> {
    session: &'t Session,
    dataset: DatasetName<'t>,
    package: &'t SealedPackage,
    cancelled: Cancelled<'t>,
}

impl Transaction<'_> {
    fn apply(&self) -> Result<Loaded, LoadError> {
        migrate::make_system_tables(self.session, self.dataset)?;
        if is_logged(self.session, self.package)? {
            return Ok(Loaded::Before);
        }
        let mut schema = self.current_schema()?;
        let state = self.current_state()?;
        let existing = Existing::read(self.session, self.dataset)?;
        let counts = self.package.row_counts();
        let tables = || counts.keys().map(String::as_str);
        let splits = widen::widen(self.session, self.dataset, &mut schema, tables(), &existing)?;
        migrate::migrate(self.session, self.dataset, &schema, tables(), &existing)?;
        self.empty_replaced(&schema, &existing)?;
        self.put_rows(&schema, &existing, &splits)?;
        self.put_system_rows(&schema, state.as_ref())?;
        self.stop_if_cancelled()?;
        Ok(Loaded::Now)
    }

    /// The package's schema; with what other runs have stored since it began, where they have.
    fn current_schema(&self) -> Result<Schema, LoadError> {
        let ours = &self.package.seal().schema;
        let stored = restore::schema(self.session, self.dataset, &ours.name)?;
        let stored_hash = stored.as_ref().and_then(|schema| schema.version_hash.as_ref());
        match &stored {
            Some(theirs)
                if stored_hash != self.package.begin().base_schema.as_ref() && stored_hash != ours.version_hash.as_ref() =>
            {
                theirs.join(ours).map_err(|conflict| LoadError::Stale { reason: conflict.to_string() })
            }
            _ => Ok(ours.clone()),
        }
    }

    /// The state to store: none where the package does not change it. Compares the dataset's state with the
    /// one that the package began with, so that a package of a stale or copied working directory is noticed.
    fn current_state(&self) -> Result<Option<State>, LoadError> {
        let (base, ours) = (&self.package.begin().base_state, &self.package.seal().state);
        if ours.hash() == base.hash() {
            return Ok(None);
        }
        match restore::state(self.session, self.dataset, ours.pipeline_name())? {
            Some(theirs) if theirs.hash() != base.hash() => Ok(Some(ours.merge(base, &theirs)?)),
            _ => Ok(Some(ours.clone())),
        }
    }

    /// The root tables of the package: those of its resources, and those of other rows, as lists may be loaded into a root
    /// table of their own.
    fn roots<'s>(&'s self, schema: &'s Schema) -> BTreeSet<&'s str> {
        let of_resources = self.package.begin().resources.iter().map(|(_, root)| root.as_str());
        let of_rows = self.package.segments().iter().map(|segment| schema.root_of(&segment.table));
        of_resources.chain(of_rows).collect()
    }

    /// Takes the old rows out of the tables of replaced resources, whether they have new ones or not.
    fn empty_replaced(&self, schema: &Schema, existing: &Existing) -> Result<(), LoadError> {
        for root in self.roots(schema) {
            if schema.write_disposition(root) != WriteDisposition::Replace {
                continue;
            }
            for table in schema.chain(root).into_iter().filter(|table| existing.has(&table.name)) {
                let name = self.name(&table.name);
                self.session.run(&format!("empty table `{}`", table.name), &sql::empty(name))?;
            }
        }
        Ok(())
    }

    fn put_rows(&self, schema: &Schema, existing: &Existing, splits: &Splits) -> Result<(), LoadError> {
        let mut stage = Stage::new(self.session, self.dataset);
        for segment in self.package.segments() {
            let merged = schema.write_disposition(schema.root_of(&segment.table)) == WriteDisposition::Merge;
            let splits = splits.get(&segment.table).map(Vec::as_slice).unwrap_or_default();
            for batch in self.package.read(segment)? {
                let batch = batch?;
                self.stop_if_cancelled()?;
                if merged {
                    stage.put(&segment.table, batch, splits)?;
                } else {
                    let step = format!("insert rows into table `{}`", segment.table);
                    self.session.insert(&step, &self.name(&segment.table).to_string(), batch, splits)?;
                }
            }
        }
        for root in self.roots(schema) {
            self.merge(schema, root, &stage, existing)?;
        }
        stage.clear()
    }

    /// Merges the staged rows of `root` and of the tables below it.
    fn merge(&self, schema: &Schema, root: &str, stage: &Stage<'_>, existing: &Existing) -> Result<(), LoadError> {
        let (Some(table), Some(staged)) = (schema.tables.get(root), stage.get(root)) else { return Ok(()) };
        self.stop_if_cancelled()?;
        let in_dataset = |table: &&Table| table.name != root && (existing.has(&table.name) || stage.get(&table.name).is_some());
        let children = schema.chain(root).into_iter().filter(in_dataset);
        let merge = Merge {
            root: self.name(root),
            rows: staged.rows(),
            children: children.map(|child| (self.name(&child.name), stage.get(&child.name).map(Staged::rows))).collect(),
            key: table.columns_with("primary_key"),
        };
        if merge.key.is_empty() {
            tracing::warn!("table `{root}` is merged but has no primary key: all its rows are added as new ones");
        }
        let step = format!("merge rows into table `{root}`");
        sql::merge(&merge).iter().try_for_each(|statement| self.session.run(&step, statement))
    }

    fn put_system_rows(&self, schema: &Schema, state: Option<&State>) -> Result<(), LoadError> {
        let load_id = &self.package.begin().load_id;
        // The schema that is stored last is the one that counts, also where the package waited while others were loaded.
        let last = restore::last_schema_at(self.session, self.dataset)?;
        let now = last.map_or(self.package.begin().created_at, |last| self.package.begin().created_at.max(last + 1));
        let arrow =
            |source| LoadError::Package(catchment_load_package::PackageError::Arrow { table: LOADS_TABLE.to_owned(), source });
        let versions = self.name(VERSION_TABLE);
        let hash = text_literal(schema.version_hash.as_deref().unwrap_or_default());
        let known = self
            .session
            .texts("look for the schema", &format!("SELECT version_hash FROM {versions} WHERE version_hash = {hash}"))?;
        if known.is_empty() {
            self.put(VERSION_TABLE, system_rows::version_row(schema, now).map_err(arrow)?)?;
        }
        if let Some(state) = state {
            self.put(STATE_TABLE, system_rows::state_row(state, &state.pack()?, load_id, now).map_err(arrow)?)?;
        }
        self.put(LOADS_TABLE, system_rows::load_row(load_id, schema, now).map_err(arrow)?)
    }

    fn put(&self, table: &str, batch: arrow::record_batch::RecordBatch) -> Result<(), LoadError> {
        self.session.insert(&format!("insert a row into `{table}`"), &self.name(table).to_string(), batch, &[])
    }

    fn name<'n>(&'n self, table: &'n str) -> QualifiedName<'n> {
        self.dataset.table(table)
    }

    fn stop_if_cancelled(&self) -> Result<(), LoadError> {
        if (self.cancelled)() { Err(LoadError::Cancelled) } else { Ok(()) }
    }
}
