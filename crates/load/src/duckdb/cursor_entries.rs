//! Tables of cursor entries that exceed the limit of the state. Each table is created with its first entries.

use catchment_load_package::{BATCH_MAX_BYTES, SealedPackage, cursor_table};
use catchment_state::{CursorEntry, CursorEntryKey, CursorEntryKind};

use super::column_type::column_type;
use super::connect::Session;
use crate::LoadError;
use crate::sql::{DatasetName, create_table, delete_cursor_rows, select_cursor_rows};

/// Reads the entries of a cursor of the pipeline.
pub(super) fn read(
    session: &Session,
    dataset: DatasetName<'_>,
    pipeline: &str,
    key: &CursorEntryKey,
) -> Result<Vec<CursorEntry>, LoadError> {
    let table = cursor_table(key.kind).name;
    if !session.has_table(dataset, &table)? {
        return Ok(Vec::new());
    }
    let (step, sql) = (format!("read `{table}`"), select_cursor_rows(dataset.table(&table), pipeline, key));
    // Rows without a valid hash were written by another program. Skipping one is safe: an unknown boundary row is loaded
    // again, and a missing parent is detected.
    Ok(match key.kind {
        CursorEntryKind::Rows => {
            let ids = session.texts(&step, &sql)?;
            ids.iter().filter_map(|id| Some(CursorEntry { id: id.parse().ok()?, cursor: None })).collect()
        }
        CursorEntryKind::Parents => {
            let pairs = session.text_pairs(&step, &sql)?;
            let entry = |(id, cursor): (String, String)| Some(CursorEntry { id: id.parse().ok()?, cursor: Some(cursor.into()) });
            pairs.into_iter().filter_map(entry).collect()
        }
    })
}

/// Stores the cursor entries of the package.
pub(super) fn put(session: &Session, dataset: DatasetName<'_>, package: &SealedPackage) -> Result<(), LoadError> {
    let pipeline = package.header().base_state.pipeline_name();
    for kind in CursorEntryKind::ALL {
        let cursors = || package.cursor_entries().iter().filter(|cursor| cursor.key.kind == kind);
        if cursors().next().is_none() {
            continue;
        }
        let table = cursor_table(kind);
        let name = dataset.table(&table.name);
        session.execute(&format!("create table `{}`", table.name), &create_table(name, &table, column_type))?;
        for cursor in cursors().filter(|cursor| cursor.replaces) {
            let step = format!("delete the entries of a cursor from table `{}`", table.name);
            session.execute(&step, &delete_cursor_rows(name, pipeline, &cursor.key))?;
        }
        for segment in package.cursor_segments().iter().filter(|segment| segment.table == table.name) {
            for batch in package.read(segment, BATCH_MAX_BYTES)? {
                session.insert(&format!("insert rows into table `{}`", table.name), &name.to_string(), batch?, &[])?;
            }
        }
    }
    Ok(())
}
