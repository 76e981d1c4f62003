//! Extracting to disk, and normalising what is there.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use catchment_extract::{Budget, ExtractError, RowBatch, Source};
use catchment_load_package::{ExtractedWriter, PackageError, PackageStore, Pending};
use catchment_normalize::Findings;
use tokio_util::sync::CancellationToken;

use crate::error::RunError;
use crate::feed::Feed;
use crate::options::RunOptions;
use crate::package;
use crate::report::{NormalizedPackage, PackageInfo, PackageOutcome, RowCounts};
use crate::runner::Runner;

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

/// Makes packages of what was extracted. What can never be normalised is set aside, and does not keep the others from
/// going on: those are returned too.
pub(crate) async fn normalize(
    runner: &Runner,
    store: &PackageStore,
    stop: &CancellationToken,
) -> Result<(Vec<NormalizedPackage>, Vec<PackageInfo>), RunError> {
    let (mut normalized, mut refused) = (Vec::new(), Vec::new());
    for mut extracted in store.extracted()? {
        let begun = (extracted.begin().clone(), extracted.schema().clone());
        let load_id = begun.0.load_id.clone();
        // A process that was killed after it sealed the package has done the work.
        let made = match store.is_sealed(&load_id)? {
            true => Ok(None),
            false => package::make(runner, store, begun, Feed::Extracted(&mut extracted), stop).await,
        };
        match made {
            Ok(package) => {
                normalized.extend(package.as_ref().map(NormalizedPackage::of));
                store.complete_extracted(extracted)?;
            }
            Err(RunError::Normalize(error)) => {
                let reason = error.to_string();
                let place = store.set_extracted_aside(extracted, &reason)?;
                tracing::error!("package {load_id} cannot be normalized and was moved to {}: {reason}", place.display());
                let (outcome, row_counts) = (PackageOutcome::SetAside(reason), RowCounts::new());
                refused.push(PackageInfo { load_id, outcome, row_counts, findings: Findings::default() });
            }
            Err(error) => return Err(error),
        }
    }
    Ok((normalized, refused))
}

/// Refuses to extract an incremental resource that has rows which are not loaded yet: its cursor stands before them.
pub(crate) fn refuse_what_waits(store: &PackageStore, source: &Source) -> Result<(), RunError> {
    let incremental = |name: &str| source.resources.iter().any(|r| r.name == name && r.incremental.is_some());
    let extracted = store.extracted()?.into_iter().map(|extracted| extracted.begin().clone());
    let sealed = store.pending()?.into_iter().filter_map(|pending| match pending {
        Pending::Sealed(package) => Some(package.begin().clone()),
        Pending::Discarded { .. } => None,
    });
    for begin in extracted.chain(sealed).filter(|begin| begin.source == source.name) {
        if let Some((resource, _)) = begin.resources.iter().find(|(resource, _)| incremental(resource)) {
            return Err(RunError::Waiting { resource: resource.clone(), load_id: begin.load_id });
        }
    }
    Ok(())
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
