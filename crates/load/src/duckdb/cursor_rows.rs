//! The table of rows at cursors that the state has no room for: made when there are any.

use catchment_load_package::{BATCH_MAX_BYTES, SealedPackage};
use catchment_schema::{CURSOR_ROWS_TABLE, cursor_rows_table};
use catchment_state::{BoundaryKey, RowHash};

use super::column_type::column_type;
use super::connect::Session;
use crate::LoadError;
use crate::sql::{DatasetName, create_table, delete_cursor_rows, select_cursor_rows};

/// The rows that are known at a cursor of the pipeline.
pub(super) fn read(
    session: &Session,
    dataset: DatasetName<'_>,
    pipeline: &str,
    key: &BoundaryKey,
) -> Result<Vec<RowHash>, LoadError> {
    if !session.has_table(dataset, CURSOR_ROWS_TABLE)? {
        return Ok(Vec::new());
    }
    let sql = select_cursor_rows(dataset.table(CURSOR_ROWS_TABLE), pipeline, key);
    // What is no hash was not written by us, and a row that is not known is taken.
    Ok(session.texts("read the rows at a cursor", &sql)?.iter().filter_map(|text| text.parse().ok()).collect())
}

/// Stores what the package has of them.
pub(super) fn put(session: &Session, dataset: DatasetName<'_>, package: &SealedPackage) -> Result<(), LoadError> {
    if package.cursor_rows().is_empty() {
        return Ok(());
    }
    let name = dataset.table(CURSOR_ROWS_TABLE);
    let step = format!("create table `{CURSOR_ROWS_TABLE}`");
    session.run(&step, &create_table(name, &cursor_rows_table(), column_type))?;
    let pipeline = package.begin().base_state.pipeline_name();
    for cursor in package.cursor_rows().iter().filter(|cursor| cursor.replaces) {
        session.run("forget the rows at a cursor", &delete_cursor_rows(name, pipeline, &cursor.key))?;
    }
    for segment in package.cursor_segments() {
        for batch in package.read(segment, BATCH_MAX_BYTES)? {
            session.insert(&format!("insert rows into table `{CURSOR_ROWS_TABLE}`"), &name.to_string(), batch?, &[])?;
        }
    }
    Ok(())
}
