//! Extraction to disk, as a separate step.

use catchment_extract::{MemoryBudget, ProgressChannel};

use super::build::PackageBuilder;
use crate::engine::Spool;
use crate::error::RunError;
use crate::plan::PackagePlan;
use crate::report::{Diagnostics, RowCounts};

/// Extracts the source of `plan` to disk, resuming an interrupted run if its resources are resumable. Returns row counts by
/// root table and diagnostics.
pub(crate) async fn extract(
    builder: &PackageBuilder<'_>,
    plan: &PackagePlan,
    events: &ProgressChannel,
) -> Result<(RowCounts, Diagnostics), RunError> {
    let mut extraction = builder.extraction(plan, events)?;
    let spool = Spool::open(builder.store, plan, builder.options.refresh.is_some(), &mut extraction)?;
    let budget = MemoryBudget::new(builder.options.in_flight_max_bytes);
    let sink = |event| spool.record(event);
    let extracted = tokio::select! {
        extracted = extraction.run(&budget, &sink) => extracted.map_err(RunError::from),
        () = builder.stop.cancelled() => Err(RunError::Cancelled),
    };
    match spool.or_write_error(extracted) {
        Ok(after) => {
            let diagnostics = Diagnostics::of_extraction(plan.notes.clone(), &after);
            Ok((spool.finish(&after, &diagnostics)?, diagnostics))
        }
        Err(error) => {
            spool.close_after(&error, &plan.source);
            Err(error)
        }
    }
}
