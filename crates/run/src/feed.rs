//! Where the rows of a package come from.

use catchment_extract::{After, Budget, ExtractError, Extracted, Extraction, RowBatch, Sink, Warning};
use catchment_json::Value;
use catchment_load_package as load_package;
use load_package::{ExtractedPage, ExtractedRecord};

use crate::error::RunError;

/// Rows, and the state after them.
pub(crate) enum Feed<'f> {
    /// A run of a source.
    Source(Extraction<'f>),
    /// What was extracted before.
    Extracted(&'f mut load_package::Extracted),
}

impl Feed<'_> {
    /// Sends all rows to `sink`, each batch with its share of `budget`.
    pub(crate) async fn send(self, budget: &Budget, sink: Sink<'_>) -> Result<After, RunError> {
        match self {
            Feed::Source(run) => Ok(run.run(budget, sink).await?),
            Feed::Extracted(extracted) => send_again(extracted, budget, sink).await,
        }
    }
}

async fn send_again(extracted: &mut load_package::Extracted, budget: &Budget, sink: Sink<'_>) -> Result<After, RunError> {
    loop {
        match extracted.next_record()? {
            ExtractedRecord::Page(ExtractedPage { tree, resource, table, ordinal, rows }) => {
                let share = budget.take(rows.document.memory()).await;
                let batch = RowBatch { resource: resource.as_str().into(), table, rows, ordinal, share };
                if sink(Extracted::Rows { tree: tree.into(), batch }).is_break() {
                    return Err(ExtractError::Stopped { resource }.into());
                }
            }
            ExtractedRecord::Checkpoint { .. } => {}
            ExtractedRecord::End { state, boundaries, warnings } => {
                return Ok(After { state: *state, boundaries, warnings: read_warnings(&warnings) });
            }
        }
    }
}

/// The warnings as the file keeps them.
pub(crate) fn stored_warnings(warnings: &[Warning]) -> Value {
    if warnings.is_empty() { Value::Null } else { catchment_json::to_value(warnings).unwrap_or_default() }
}

/// The warnings that a file keeps; none where it has none, or a later version wrote them in another form.
fn read_warnings(stored: &Value) -> Vec<Warning> {
    serde_json::from_str(&stored.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use catchment_extract::Warning;
    use catchment_json::Value;

    use super::{read_warnings, stored_warnings};

    #[test]
    fn warnings_are_kept_on_disk() {
        let warning = Warning { resource: "r".to_owned(), message: "page 2 is \"odd\"".to_owned(), count: 3 };
        assert_eq!(read_warnings(&stored_warnings(std::slice::from_ref(&warning))), [warning]);
        assert_eq!(stored_warnings(&[]), Value::Null);
        assert!(read_warnings(&Value::Null).is_empty());
        assert!(read_warnings(&Value::from("of a later version")).is_empty());
    }
}
