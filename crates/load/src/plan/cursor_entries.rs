//! Tables of cursor entries that exceed the limit of the state. Each table is created with its first entries.

use catchment_load_package::{SealedPackage, cursor_table};
use catchment_state::CursorEntryKind;

use super::ApplyStep;
use super::rows::RowPlanner;
use crate::sql::{Statement, create_table, delete_cursor_rows};

/// Plans to store the cursor entries of the package. Returns the statements that create tables, and the changes of rows.
pub(super) fn store(rows: &mut RowPlanner<'_>, package: &SealedPackage) -> (Vec<Statement>, Vec<ApplyStep>) {
    let pipeline = package.header().base_state.pipeline_name();
    let (mut evolve, mut apply) = (Vec::new(), Vec::new());
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
            apply.push(ApplyStep::Execute(Statement::new(step, delete_cursor_rows(rows.dialect, &name, pipeline, &cursor.key))));
        }
        if package.cursor_segments().iter().any(|segment| segment.table == table.name) {
            apply.push(rows.append(&table));
        }
    }
    (evolve, apply)
}
