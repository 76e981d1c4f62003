//! Extracting to disk.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use catchment_extract::{Budget, ExtractError, RowBatch};
use catchment_load_package::{ExtractedWriter, PackageError};
use tokio_util::sync::CancellationToken;

use crate::error::RunError;
use crate::feed::Feed;
use crate::options::RunOptions;
use crate::report::RowCounts;

/// Writes the rows of `feed`, and the state after them. Returns how many there were, by root table.
pub(crate) async fn spool(
    feed: Feed<'_>,
    writer: ExtractedWriter,
    options: &RunOptions,
    stop: &CancellationToken,
) -> Result<RowCounts, RunError> {
    let spool = Mutex::new(Spool { writer, counts: RowCounts::new(), error: None });
    let budget = Budget::new(options.in_flight_max_bytes);
    let sink = |batch| spool.lock().unwrap_or_else(PoisonError::into_inner).take(&batch);
    let sent = tokio::select! {
        sent = feed.send(&budget, &sink) => sent,
        () = stop.cancelled() => Err(RunError::Stopped),
    };
    let Spool { writer, counts, error } = spool.into_inner().unwrap_or_else(PoisonError::into_inner);
    match (sent, error) {
        // The sink said stop, so what the writer says is the reason.
        (Err(RunError::Extract(ExtractError::Stopped { .. })), Some(error)) => Err(error.into()),
        (Err(error), _) => Err(error),
        (Ok(state), _) => {
            writer.finish(&state)?;
            Ok(counts)
        }
    }
}

struct Spool {
    writer: ExtractedWriter,
    counts: RowCounts,
    error: Option<PackageError>,
}

impl Spool {
    fn take(&mut self, batch: &RowBatch) -> ControlFlow<()> {
        *self.counts.entry(batch.table.clone()).or_default() += batch.rows.ids.len() as u64;
        match self.writer.append(&batch.table, batch.ordinal, &batch.rows) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.error = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}
