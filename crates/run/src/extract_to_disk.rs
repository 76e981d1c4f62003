//! Extraction to disk, resumable by a later run.

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

/// Extracts `source` to disk, resuming an interrupted run if its resources are resumable. Returns row counts by root table
/// and diagnostics.
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
    let mut recorder = ExtractRecorder { writer, counts: RowCounts::new(), checkpoints: 0, error: None };
    let is_resumed = earlier.is_some();
    if let Some(earlier) = earlier {
        resume_extraction(&mut run, &mut recorder, earlier)?;
    }
    let recorder = Mutex::new(recorder);
    let budget = MemoryBudget::new(runner.options.in_flight_max_bytes);
    let sink = |extracted| recorder.lock().unwrap_or_else(PoisonError::into_inner).take(extracted);
    let sent = tokio::select! {
        sent = run.run(&budget, &sink) => sent.map_err(RunError::from),
        () = stop.cancelled() => Err(RunError::Cancelled),
    };
    let ExtractRecorder { writer, counts, checkpoints, error } = recorder.into_inner().unwrap_or_else(PoisonError::into_inner);
    match (sent, error) {
        // The sink closed because the writer failed, so the error of the writer is the cause.
        (Err(RunError::Extract(ExtractError::SinkClosed { .. })), Some(error)) => Err(error.into()),
        (Err(error), _) => {
            // Discard a position at which the source fails immediately, or every run would retry it.
            if is_resumed && checkpoints == 0 && matches!(error, RunError::Extract(_)) {
                writer.discard();
            } else if checkpoints > 0 {
                tracing::warn!("extracted pages were saved; the next run of these resources resumes after them");
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

/// Finds the extract of an interrupted run with the same resources, definitions and initial state. Discards other extracts
/// of these resources.
fn find_resumable(store: &PackageStore, plan: &PackagePlan, is_refresh: bool) -> Result<Option<ResumableExtract>, RunError> {
    let ours = &plan.header;
    let resource_states = |state: &State| -> Vec<_> {
        ours.resources.iter().map(|(name, _)| state.resource(&ours.source, name).cloned()).collect()
    };
    let mut found = None;
    for resumable in list_resumable(store, ours)? {
        let theirs = resumable.header();
        let is_same = theirs.dataset == ours.dataset
            && theirs.resources == ours.resources
            && theirs.fingerprint == ours.fingerprint
            && resource_states(&theirs.base_state) == resource_states(&plan.state)
            && !is_refresh;
        if found.is_none() && is_same {
            found = Some(resumable);
        } else {
            discard(resumable);
        }
    }
    Ok(found)
}

/// Discards resumable extracts of resources that are no longer resumable.
pub(crate) fn discard_resumable(store: &PackageStore, header: &PackageHeader) -> Result<(), RunError> {
    list_resumable(store, header)?.into_iter().for_each(discard);
    Ok(())
}

fn discard(resumable: ResumableExtract) {
    tracing::info!("discarded incomplete package {}", resumable.header().load_id);
    resumable.discard();
}

/// Lists the resumable extracts that share a resource with a package.
fn list_resumable(store: &PackageStore, header: &PackageHeader) -> Result<Vec<ResumableExtract>, RunError> {
    let is_shared = |(name, _): &(String, String)| header.resources.iter().any(|(other, _)| other == name);
    let mut extracts = store.resumable_extracts()?;
    extracts.retain(|theirs| theirs.header().source == header.source && theirs.header().resources.iter().any(is_shared));
    Ok(extracts)
}

/// Copies the rows and checkpoints of an interrupted run and sets the resume positions.
fn resume_extraction(
    run: &mut Extraction<'_>,
    recorder: &mut ExtractRecorder,
    earlier: ResumableExtract,
) -> Result<(), RunError> {
    let mut positions: BTreeMap<String, (Checkpoint, u64)> = BTreeMap::new();
    earlier.read(&mut |record| -> Result<(), RunError> {
        match record {
            ExtractedRecord::Page(page) => {
                recorder.append(&page)?;
                run.replay(&page.resource, page.rows, page.ordinal)?;
            }
            ExtractedRecord::Checkpoint { tree, checkpoint } => {
                recorder.writer.append_checkpoint(&tree, &checkpoint)?;
                let checkpoint = Checkpoint::from_value(&checkpoint);
                if checkpoint.is_interrupted() {
                    run.resume_at(&tree, checkpoint.clone(), 0);
                }
                let (position, pages) = positions.entry(tree).or_default();
                *pages += u64::from(!checkpoint.is_interrupted());
                *position = checkpoint;
            }
            ExtractedRecord::End { .. } => {}
        }
        Ok(())
    })?;
    let load_id = &earlier.header().load_id;
    for (tree, (position, pages)) in positions {
        tracing::info!("resource `{tree}` resumes after {pages} pages of incomplete package {load_id}");
        recorder.writer.append_checkpoint(&tree, &position.clone().into_interrupted().to_value())?;
        run.resume_at(&tree, position, pages);
    }
    recorder.writer.sync_checkpoint()?;
    earlier.discard();
    Ok(())
}

struct ExtractRecorder {
    writer: ExtractedWriter,
    counts: RowCounts,
    /// The number of new checkpoints in this run.
    checkpoints: u64,
    error: Option<PackageError>,
}

impl ExtractRecorder {
    fn take(&mut self, extracted: ExtractEvent) -> ControlFlow<()> {
        let written = match extracted {
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
        match written {
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
