//! Extracting to disk.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use catchment_extract::{Budget, Checkpoint, ExtractError, Extracted, Extraction, Progress, Source};
use catchment_load_package::{Begin, ExtractedPage, ExtractedRecord, ExtractedWriter, PackageError, PackageStore, Resumable};
use catchment_state::State;
use tokio_util::sync::CancellationToken;

use crate::begin::Begun;
use crate::error::RunError;
use crate::feed::warnings;
use crate::report::{Remarks, RowCounts};
use crate::runner::Runner;

/// Writes the rows of `source`, and the state after them. Goes on where an earlier run of it ended early, if its
/// resources can. Returns how many rows there were, by root table, and what was noticed.
pub(crate) async fn spool(
    runner: &Runner,
    store: &PackageStore,
    source: &Source,
    begun: &Begun,
    events: &Progress,
    stop: &CancellationToken,
) -> Result<(RowCounts, Remarks), RunError> {
    let Begun { begin, schema, state, boundaries, without_rows, notes, .. } = begun;
    let earlier = earlier(store, begun, runner.options.refresh.is_some())?;
    let writer = store.create_extracted(begin, schema)?;
    let run = Extraction::with(source, state, boundaries, without_rows, runner.options.extract, events)?;
    let mut run = run.until(&stop.clone().into());
    let mut spool = Spool { writer, counts: RowCounts::new(), checkpoints: 0, error: None };
    let goes_on = earlier.is_some();
    if let Some(earlier) = earlier {
        go_on(&mut run, &mut spool, earlier)?;
    }
    let spool = Mutex::new(spool);
    let budget = Budget::new(runner.options.in_flight_max_bytes);
    let sink = |extracted| spool.lock().unwrap_or_else(PoisonError::into_inner).take(extracted);
    let sent = tokio::select! {
        sent = run.run(&budget, &sink) => sent.map_err(RunError::from),
        () = stop.cancelled() => Err(RunError::Stopped),
    };
    let Spool { writer, counts, checkpoints, error } = spool.into_inner().unwrap_or_else(PoisonError::into_inner);
    match (sent, error) {
        // The sink said stop, so what the writer says is the reason.
        (Err(RunError::Extract(ExtractError::Stopped { .. })), Some(error)) => Err(error.into()),
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
            let remarks = Remarks { notes: notes.clone(), warnings: warnings(&after), ..Remarks::default() };
            writer.finish(&after.state, &after.boundaries, &remarks.to_stored())?;
            Ok((counts, remarks))
        }
    }
}

/// What an earlier run of the same resources has left, which began with what they begin with now. What is left of others of
/// them is of no use.
fn earlier(store: &PackageStore, begun: &Begun, starts_over: bool) -> Result<Option<Resumable>, RunError> {
    let ours = &begun.begin;
    let kept = |state: &State| -> Vec<_> {
        ours.resources.iter().map(|(name, _)| state.resource(&ours.source, name).cloned()).collect()
    };
    let mut found = None;
    for resumable in left_of(store, ours)? {
        let theirs = resumable.begin();
        let is_same = theirs.dataset == ours.dataset
            && theirs.resources == ours.resources
            && theirs.definition == ours.definition
            && kept(&theirs.base_state) == kept(&begun.state)
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
pub(crate) fn discard_earlier(store: &PackageStore, begin: &Begin) -> Result<(), RunError> {
    left_of(store, begin)?.into_iter().for_each(discard);
    Ok(())
}

fn discard(resumable: Resumable) {
    tracing::info!("package {} was never finished, and is thrown away", resumable.begin().load_id);
    resumable.discard();
}

/// What earlier runs have left of resources of a package.
fn left_of(store: &PackageStore, begin: &Begin) -> Result<Vec<Resumable>, RunError> {
    let is_shared = |(name, _): &(String, String)| begin.resources.iter().any(|(other, _)| other == name);
    let mut left = store.resumable()?;
    left.retain(|theirs| theirs.begin().source == begin.source && theirs.begin().resources.iter().any(is_shared));
    Ok(left)
}

/// Takes over what counts of an earlier run.
fn go_on(run: &mut Extraction<'_>, spool: &mut Spool, earlier: Resumable) -> Result<(), RunError> {
    let mut places: BTreeMap<String, (Checkpoint, u64)> = BTreeMap::new();
    earlier.read(&mut |record| -> Result<(), RunError> {
        match record {
            ExtractedRecord::Page(page) => {
                spool.append(&page)?;
                run.replay(&page.resource, page.rows, page.ordinal)?;
            }
            ExtractedRecord::Checkpoint { tree, checkpoint } => {
                spool.writer.note(&tree, &checkpoint)?;
                let checkpoint = Checkpoint::from_value(&checkpoint);
                if checkpoint.is_interrupted() {
                    run.go_on_at(&tree, checkpoint.clone(), 0);
                }
                let (place, pages) = places.entry(tree).or_default();
                *pages += u64::from(!checkpoint.is_interrupted());
                *place = checkpoint;
            }
            ExtractedRecord::End { .. } => {}
        }
        Ok(())
    })?;
    let load_id = &earlier.begin().load_id;
    for (tree, (place, pages)) in places {
        tracing::info!("resource `{tree}` goes on after {pages} pages of package {load_id}, which was never finished");
        spool.writer.note(&tree, &place.clone().interrupted().to_value())?;
        run.go_on_at(&tree, place, pages);
    }
    spool.writer.secure()?;
    earlier.discard();
    Ok(())
}

struct Spool {
    writer: ExtractedWriter,
    counts: RowCounts,
    /// How many there were in this run.
    checkpoints: u64,
    error: Option<PackageError>,
}

impl Spool {
    fn take(&mut self, extracted: Extracted) -> ControlFlow<()> {
        let taken = match extracted {
            Extracted::Rows { tree, batch } => self.append(&ExtractedPage {
                tree: tree.as_ref().to_owned(),
                resource: batch.resource.as_ref().to_owned(),
                table: batch.table,
                ordinal: batch.ordinal,
                rows: batch.rows,
            }),
            Extracted::Checkpoint { tree, checkpoint } => {
                self.checkpoints += 1;
                self.writer.note(&tree, &checkpoint.to_value()).and_then(|()| self.writer.secure())
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
