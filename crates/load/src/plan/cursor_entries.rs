//! Tables of cursor entries that exceed the limit of the state. Each table is created with its first entries.

use catchment_load_package::{SealedPackage, cursor_table};
use catchment_schema::PARENT_CURSORS_TABLE;
use catchment_state::CursorEntryKind;

use super::rows::RowPlanner;
use super::{ApplyStep, TreeChange};
use crate::sql::{Statement, create_table, delete_cursor_rows};

/// Plans to store the cursor entries of the package. Returns the statements that create tables, and the changes of rows, which
/// are one change because they belong to one state.
pub(super) fn store(rows: &mut RowPlanner<'_>, package: &SealedPackage) -> (Vec<Statement>, TreeChange) {
    let pipeline = package.header().base_state.pipeline_name();
    let (mut evolve, mut change) = (Vec::new(), TreeChange { root: PARENT_CURSORS_TABLE.to_owned(), ..TreeChange::default() });
    for kind in CursorEntryKind::ALL {
        let cursors = || package.cursor_entries().iter().filter(|cursor| cursor.key.kind == kind);
        if cursors().next().is_none() {
            continue;
        }
        let table = cursor_table(kind);
        let name = rows.dataset.table(rows.dialect, &table.name);
        if !rows.existing.has(&table.name) {
            let step = format!("create table `{}`", table.name);
            evolve.push(Statement::new(step, create_table(rows.dialect, &name, &table, "")));
        }
        for cursor in cursors().filter(|cursor| cursor.replaces) {
            let step = format!("delete the entries of a cursor from table `{}`", table.name);
            change
                .steps
                .push(ApplyStep::Execute(Statement::new(step, delete_cursor_rows(rows.dialect, &name, pipeline, &cursor.key))));
        }
        if package.cursor_segments().iter().any(|segment| segment.table == table.name) {
            change.steps.push(rows.append(&table));
        }
        change.tables.insert(table.name);
    }
    (evolve, change)
}
