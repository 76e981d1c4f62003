//! Creation of tables and columns.

use catchment_schema::{Column, DLT_ROOT_ID_COLUMN, Schema, Table};

use super::existing_tables::ExistingTables;
use super::facts::{Fact, Facts};
use crate::Dialect;
use crate::sql::{DatasetName, Statement, add_columns, add_root_id, create_table, fill_root_ids};

/// The plan to bring tables to a schema. Nothing is dropped.
#[derive(Default)]
pub(super) struct Migration {
    /// Creates tables and adds columns.
    pub(super) evolve: Vec<Statement>,
    /// Sets the root ids of the existing rows of tables.
    pub(super) fill: Vec<(String, Statement)>,
    pub(super) warnings: Vec<String>,
}

/// The maximum product of added columns and resulting columns of a table up to which columns are added one by one, if the
/// engine can copy the table instead. In DuckDB, each such pair needs about 500 bytes of memory.
const ALTERS_MAX: usize = 50_000;

/// Plans to create missing `tables` and to add missing columns. The error is a step and the reason why it is impossible.
pub(super) fn migrate<'t>(
    (dialect, dataset): (&dyn Dialect, &DatasetName),
    schema: &Schema,
    tables: impl IntoIterator<Item = &'t str>,
    existing: &ExistingTables,
    facts: &Facts,
) -> Result<Migration, (String, String)> {
    let mut migrator = Migrator { dialect, dataset, schema, existing, facts, migration: Migration::default() };
    let mut without_root_ids = Vec::new();
    for table in tables.into_iter().filter_map(|name| schema.tables.get(name)) {
        if !existing.has(&table.name) {
            let step = format!("create table `{}`", table.name);
            let layout = dialect.layout(schema, table).map_err(|reason| (step.clone(), reason))?;
            migrator.migration.warnings.extend(layout.warnings);
            migrator.evolve(step, create_table(dialect, &dataset.table(dialect, &table.name), table, &layout.clauses));
            continue;
        }
        migrator.migration.warnings.extend(other_partition(dialect, schema, table, existing));
        migrator.relax(table);
        if migrator.add_columns(table) {
            without_root_ids.push(table.name.as_str());
        }
    }
    migrator.fill_root_ids(&without_root_ids);
    Ok(migrator.migration)
}

/// Returns the warning that an existing table is not partitioned as its hints say.
fn other_partition(dialect: &dyn Dialect, schema: &Schema, table: &Table, existing: &ExistingTables) -> Option<String> {
    let hinted = dialect.layout(schema, table).ok()?.partition?.name;
    // Engines may not list pseudocolumns.
    let hinted = table.columns.contains_key(&hinted).then_some(hinted)?;
    let found = existing.partition(&table.name).map(|column| column.name.as_str());
    let by = found.map_or_else(|| "not partitioned".to_owned(), |found| format!("partitioned by `{found}`"));
    (found != Some(hinted.as_str())).then(|| {
        format!(
            "table `{}` is {by}, not by `{hinted}`: the hints apply when a table is created; create it again with `--refresh`",
            table.name
        )
    })
}

struct Migrator<'m> {
    dialect: &'m dyn Dialect,
    dataset: &'m DatasetName,
    schema: &'m Schema,
    existing: &'m ExistingTables,
    facts: &'m Facts,
    migration: Migration,
}

impl Migrator<'_> {
    fn evolve(&mut self, step: String, sql: String) {
        self.migration.evolve.push(Statement::new(step, sql));
    }

    /// Makes columns accept nulls that the schema allows.
    fn relax(&mut self, table: &Table) {
        let name = self.dataset.table(self.dialect, &table.name);
        let is_stricter = |column: &&Column| column.is_nullable() && self.existing.is_required(&table.name, &column.name);
        for column in table.complete_columns().filter(is_stricter) {
            if let Some(sql) = self.dialect.drop_not_null(&name, column) {
                self.migration
                    .evolve
                    .push(Statement::new(format!("allow nulls in column `{}` of table `{}`", column.name, table.name), sql));
            }
        }
    }

    /// Adds the missing columns of a table. Returns true if existing rows need root ids.
    fn add_columns(&mut self, table: &Table) -> bool {
        let is_missing = |column: &&Column| self.existing.data_type(&table.name, &column.name).is_none();
        let missing: Vec<&Column> = table.complete_columns().filter(is_missing).collect();
        if self.copies(table, &missing) {
            let step = format!("add {} columns to table `{}`", missing.len(), table.name);
            for sql in self.dialect.add_columns_by_copy(self.dataset, &table.name, &missing) {
                self.evolve(step.clone(), sql);
            }
            return false;
        }
        let name = self.dataset.table(self.dialect, &table.name);
        // A nullable column was added by an earlier load, which may have failed before it set the values.
        let mut lacks_root_ids = self.existing.is_nullable(&table.name, DLT_ROOT_ID_COLUMN)
            && table.columns.contains_key(DLT_ROOT_ID_COLUMN)
            && self.facts.is_true(Fact::LacksRootIds { table: table.name.clone() });
        let mut added = Vec::new();
        for column in missing {
            let has_rows = || self.facts.is_true(Fact::HasRows { table: table.name.clone() });
            let adds_required = self.dialect.adds_required_columns();
            if column.is_nullable() || (adds_required && !has_rows()) {
                added.push(column.clone());
                continue;
            }
            let is_root_id = column.name == DLT_ROOT_ID_COLUMN;
            lacks_root_ids |= is_root_id;
            if is_root_id && adds_required {
                for sql in add_root_id(self.dialect, &name, column) {
                    self.evolve(add_step(std::slice::from_ref(column), &table.name), sql);
                }
                continue;
            }
            if !is_root_id && has_rows() {
                self.migration.warnings.push(format!(
                    "column `{}` of table `{}` is NOT NULL but existing rows have no value; added as nullable",
                    column.name, table.name
                ));
            }
            added.push(Column { nullable: Some(true), ..column.clone() });
        }
        let chunk = if self.dialect.adds_columns_at_once() { added.len().max(1) } else { 1 };
        for columns in added.chunks(chunk) {
            self.evolve(add_step(columns, &table.name), add_columns(self.dialect, &name, columns));
        }
        lacks_root_ids
    }

    /// Returns true if many columns are added at once by copying the table. Adding them one by one copies the definition of
    /// the table each time in DuckDB, and keeps all copies until the transaction ends: gigabytes for some thousands of
    /// columns.
    fn copies(&self, table: &Table, missing: &[&Column]) -> bool {
        missing.len() * table.columns.len() > ALTERS_MAX
            && missing.iter().all(|column| column.is_nullable())
            && self.dialect.copy_losses_query(self.dataset, &table.name).is_some()
            && !self.facts.is_true(Fact::CopyLosesSomething { table: table.name.clone() })
    }

    /// Sets the root ids of rows in `tables` from their parent rows, from the outermost tables inwards.
    fn fill_root_ids(&mut self, tables: &[&str]) {
        let schema = self.schema;
        let depth = |name: &str| {
            let parent = |name: &&str| schema.tables.get(*name).and_then(|table| table.parent.as_deref());
            std::iter::successors(Some(name), parent).take(schema.tables.len()).count()
        };
        let mut tables = tables.to_vec();
        tables.sort_by_key(|name| depth(name));
        for name in tables {
            let Some(parent) = schema.tables.get(name).and_then(|table| table.parent.as_deref()) else { continue };
            let parent_is_root = schema.tables.get(parent).is_none_or(|parent| parent.parent.is_none());
            let [table, parent] = [name, parent].map(|name| self.existing.target(self.dialect, self.dataset, name));
            let sql = fill_root_ids(self.dialect, &table, &parent, parent_is_root);
            let statement = Statement::new(format!("set the root ids of table `{name}`"), sql);
            self.migration.fill.push((name.to_owned(), statement));
        }
    }
}

/// Returns the step of adding columns, for messages.
fn add_step(columns: &[Column], table: &str) -> String {
    match columns {
        [column] => format!("add column `{}` to table `{table}`", column.name),
        columns => format!("add {} columns to table `{table}`", columns.len()),
    }
}
