//! Extracting to disk.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use catchment_extract::{Checkpoint, ExtractError, ExtractEvent, Extraction, MemoryBudget, ProgressChannel, Source};
use catchment_load_package::{
    ExtractedPage, ExtractedRecord, ExtractedWriter, PackageError, PackageHeader, PackageStore, ResumableExtract,
};
use catchment_state::State;
use tokio_util::sync::CancellationToken;

use crate::error::RunError;
use crate::package_plan::PackagePlan;
use crate::report::{Diagnostics, RowCounts};
use crate::row_source::warnings;
use crate::runner::Runner;

/// Writes the rows of `source`, and the state after them. Goes on where an earlier run of it ended early, if its
/// resources can. Returns how many rows there were, by root table, and what was noticed.
pub(crate) async fn extract_to_disk(
    runner: &Runner,
    store: &PackageStore,
    source: &Source,
    plan: &PackagePlan,
    events: &ProgressChannel,
    stop: &CancellationToken,
) -> Result<(RowCounts, Diagnostics), RunError> {
    let PackagePlan { header, schema, state, boundaries, without_rows, notes, .. } = plan;
    let earlier = find_resumable(store, plan, runner.options.refresh.is_some())?;
    let writer = store.create_extract(header, schema)?;
    let run = Extraction::with_options(source, state, boundaries, without_rows, runner.options.extract, events)?;
    let mut run = run.with_stop_signal(&stop.clone().into());
    let mut spool = ExtractRecorder { writer, counts: RowCounts::new(), checkpoints: 0, error: None };
    let goes_on = earlier.is_some();
    if let Some(earlier) = earlier {
        resume_extraction(&mut run, &mut spool, earlier)?;
    }
    let spool = Mutex::new(spool);
    let budget = MemoryBudget::new(runner.options.in_flight_max_bytes);
    let sink = |extracted| spool.lock().unwrap_or_else(PoisonError::into_inner).take(extracted);
    let sent = tokio::select! {
        sent = run.run(&budget, &sink) => sent.map_err(RunError::from),
        () = stop.cancelled() => Err(RunError::Cancelled),
    };
    let ExtractRecorder { writer, counts, checkpoints, error } = spool.into_inner().unwrap_or_else(PoisonError::into_inner);
    match (sent, error) {
        // The sink said stop, so what the writer says is the reason.
        (Err(RunError::Extract(ExtractError::SinkClosed { .. })), Some(error)) => Err(error.into()),
        (Err(error), _) => {
            // A place that the source does not know any more would be tried for ever.
            if goes_on && checkpoints == 0 && matches!(error, RunError::Extract(_)) {
                writer.discard();
            } else if checkpoints > 0 {
                tracing::warn!("the pages that have come are kept: the next run of these resources goes on after them");
            }
            Err(error)
        }
        (Ok(after), _) => {
            let diagnostics = Diagnostics { notes: notes.clone(), warnings: warnings(&after), ..Diagnostics::default() };
            writer.finish(&after.state, &after.boundaries, &diagnostics.to_stored())?;
            Ok((counts, diagnostics))
        }
    }
}

/// What an earlier run of the same resources has left, which began with what they begin with now. What is left of others of
/// them is of no use.
fn find_resumable(store: &PackageStore, plan: &PackagePlan, starts_over: bool) -> Result<Option<ResumableExtract>, RunError> {
    let ours = &plan.header;
    let kept = |state: &State| -> Vec<_> {
        ours.resources.iter().map(|(name, _)| state.resource(&ours.source, name).cloned()).collect()
    };
    let mut found = None;
    for resumable in list_resumable(store, ours)? {
        let theirs = resumable.header();
        let is_same = theirs.dataset == ours.dataset
            && theirs.resources == ours.resources
            && theirs.fingerprint == ours.fingerprint
            && kept(&theirs.base_state) == kept(&plan.state)
            && !starts_over;
        if found.is_none() && is_same {
            found = Some(resumable);
        } else {
            discard(resumable);
        }
    }
    Ok(found)
}

/// Throws away what earlier runs have left of resources that do not go on with it any more.
pub(crate) fn discard_resumable(store: &PackageStore, header: &PackageHeader) -> Result<(), RunError> {
    list_resumable(store, header)?.into_iter().for_each(discard);
    Ok(())
}

fn discard(resumable: ResumableExtract) {
    tracing::info!("package {} was never finished, and is thrown away", resumable.header().load_id);
    resumable.discard();
}

/// What earlier runs have left of resources of a package.
fn list_resumable(store: &PackageStore, header: &PackageHeader) -> Result<Vec<ResumableExtract>, RunError> {
    let is_shared = |(name, _): &(String, String)| header.resources.iter().any(|(other, _)| other == name);
    let mut left = store.resumable_extracts()?;
    left.retain(|theirs| theirs.header().source == header.source && theirs.header().resources.iter().any(is_shared));
    Ok(left)
}

/// Takes over what counts of an earlier run.
fn resume_extraction(run: &mut Extraction<'_>, spool: &mut ExtractRecorder, earlier: ResumableExtract) -> Result<(), RunError> {
    let mut places: BTreeMap<String, (Checkpoint, u64)> = BTreeMap::new();
    earlier.read(&mut |record| -> Result<(), RunError> {
        match record {
            ExtractedRecord::Page(page) => {
                spool.append(&page)?;
                run.replay(&page.resource, page.rows, page.ordinal)?;
            }
            ExtractedRecord::Checkpoint { tree, checkpoint } => {
                spool.writer.append_checkpoint(&tree, &checkpoint)?;
                let checkpoint = Checkpoint::from_value(&checkpoint);
                if checkpoint.is_interrupted() {
                    run.resume_at(&tree, checkpoint.clone(), 0);
                }
                let (place, pages) = places.entry(tree).or_default();
                *pages += u64::from(!checkpoint.is_interrupted());
                *place = checkpoint;
            }
            ExtractedRecord::End { .. } => {}
        }
        Ok(())
    })?;
    let load_id = &earlier.header().load_id;
    for (tree, (place, pages)) in places {
        tracing::info!("resource `{tree}` goes on after {pages} pages of package {load_id}, which was never finished");
        spool.writer.append_checkpoint(&tree, &place.clone().into_interrupted().to_value())?;
        run.resume_at(&tree, place, pages);
    }
    spool.writer.sync_checkpoint()?;
    earlier.discard();
    Ok(())
}

struct ExtractRecorder {
    writer: ExtractedWriter,
    counts: RowCounts,
    /// How many there were in this run.
    checkpoints: u64,
    error: Option<PackageError>,
}

impl ExtractRecorder {
    fn take(&mut self, extracted: ExtractEvent) -> ControlFlow<()> {
        let taken = match extracted {
            ExtractEvent::Rows { root: tree, batch } => self.append(&ExtractedPage {
                root: tree.as_ref().to_owned(),
                resource: batch.resource.as_ref().to_owned(),
                table: batch.table,
                ordinal: batch.ordinal,
                rows: batch.rows,
            }),
            ExtractEvent::Checkpoint { tree, checkpoint } => {
                self.checkpoints += 1;
                self.writer.append_checkpoint(&tree, &checkpoint.to_value()).and_then(|()| self.writer.sync_checkpoint())
            }
        };
        match taken {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.error = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    fn append(&mut self, page: &ExtractedPage) -> Result<(), PackageError> {
        *self.counts.entry(page.table.clone()).or_default() += page.rows.ids.len() as u64;
        self.writer.append(page)
    }
}
