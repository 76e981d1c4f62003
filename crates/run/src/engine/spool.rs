//! Extracted pages on disk, from which a later run can resume.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use catchment_extract::{Checkpoint, ExtractError, ExtractEvent, ExtractOutcome, Extraction, Source};
use catchment_load_package::{
    ExtractedPage, ExtractedRecord, ExtractedWriter, PackageError, PackageHeader, PackageStore, ResumableExtract, WrittenPages,
};
use catchment_state::State;

use crate::error::RunError;
use crate::plan::PackagePlan;
use crate::report::{Diagnostics, RowCounts};

/// Extracted pages on disk. Dropping it keeps them if a later run can resume after their checkpoints.
pub(crate) struct Spool {
    recorder: Mutex<Recorder>,
    /// The trees that a later run can resume.
    trees: BTreeSet<Arc<str>>,
    /// Whether the pages of an interrupted run come first.
    is_resumed: bool,
}

struct Recorder {
    writer: ExtractedWriter,
    counts: RowCounts,
    /// The number of new checkpoints in this run.
    checkpoints: u64,
    /// Whether the pages have been read, so that they can be the cause of an error.
    is_read: bool,
    error: Option<PackageError>,
}

impl Spool {
    /// Creates the spool of a plan. If an interrupted run had the same resources, its pages are copied and `extraction`
    /// resumes after them.
    pub(crate) fn open(
        store: &PackageStore,
        plan: &PackagePlan,
        is_refresh: bool,
        extraction: &mut Extraction<'_>,
    ) -> Result<Spool, RunError> {
        let earlier = find_resumable(store, plan, is_refresh)?;
        let writer = store.create_extract(&plan.header, &plan.schema)?;
        let mut recorder = Recorder { writer, counts: RowCounts::new(), checkpoints: 0, is_read: false, error: None };
        let (trees, is_resumed) = (extraction.resumable_trees(), earlier.is_some());
        if let Some(earlier) = earlier {
            recorder.resume(extraction, earlier, &trees)?;
        }
        Ok(Spool { recorder: Mutex::new(recorder), trees, is_resumed })
    }

    /// Returns whether a later run can resume the tree.
    pub(crate) fn has_tree(&self, tree: &str) -> bool {
        self.trees.contains(tree)
    }

    /// Writes rows and checkpoints. Breaks if they cannot be written; [`Spool::or_write_error`] returns the cause.
    pub(crate) fn record(&self, event: ExtractEvent) -> ControlFlow<()> {
        self.lock().record(event)
    }

    /// Returns the cause if writing failed and thereby ended the extraction.
    pub(crate) fn or_write_error(&self, extracted: Result<ExtractOutcome, RunError>) -> Result<ExtractOutcome, RunError> {
        match extracted {
            Err(RunError::Extract(ExtractError::SinkClosed { resource })) => match self.lock().error.take() {
                Some(error) => Err(error.into()),
                None => Err(ExtractError::SinkClosed { resource }.into()),
            },
            extracted => extracted,
        }
    }

    /// Returns a reader of all pages written so far.
    pub(crate) fn read_pages(&self) -> Result<WrittenPages, PackageError> {
        let mut recorder = self.lock();
        recorder.is_read = true;
        recorder.writer.read_pages()
    }

    /// Completes the extract, to be normalized later. Returns the row counts by root table.
    pub(crate) fn finish(self, after: &ExtractOutcome, diagnostics: &Diagnostics) -> Result<RowCounts, PackageError> {
        let Recorder { writer, counts, .. } = self.into_recorder();
        writer.finish(&after.state, &after.boundaries, &diagnostics.to_stored())?;
        Ok(counts)
    }

    /// Deletes the pages: their rows are in a package.
    pub(crate) fn discard(self) {
        self.into_recorder().writer.discard();
    }

    /// Closes the spool after an error of the run. Deletes the pages if resuming from them would fail again: if they were
    /// read and cannot be normalized, or if one of their resources failed immediately at the position where it resumed.
    pub(crate) fn close_after(self, error: &RunError, source: &Source) {
        let (is_resumed, trees) = (self.is_resumed, self.trees.clone());
        let Recorder { writer, checkpoints, is_read, .. } = self.into_recorder();
        let is_first_page = is_resumed && checkpoints == 0 && failed_tree(error, source).is_some_and(|tree| trees.contains(tree));
        if is_first_page || (is_read && error.is_caused_by_rows()) {
            tracing::warn!("discarded the saved pages of resumable resources; the next run starts at the first page");
            writer.discard();
        } else if checkpoints > 0 {
            tracing::warn!("extracted pages were saved; the next run of these resources resumes after them");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Recorder> {
        self.recorder.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn into_recorder(self) -> Recorder {
        self.recorder.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorder {
    fn record(&mut self, event: ExtractEvent) -> ControlFlow<()> {
        let written = match event {
            ExtractEvent::Rows { tree, batch } => self.append(&ExtractedPage {
                tree: tree.as_ref().to_owned(),
                resource: batch.resource.as_ref().to_owned(),
                table: batch.table,
                ordinal: batch.ordinal,
                rows: batch.rows,
            }),
            ExtractEvent::Checkpoint { tree, checkpoint } => {
                let written = self.writer.append_checkpoint(&tree, &checkpoint.to_value());
                written.and_then(|()| self.writer.sync_checkpoint()).inspect(|()| self.checkpoints += 1)
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
        *self.counts.entry(page.table.clone()).or_default() += page.rows.len() as u64;
        self.writer.append(page)
    }

    /// Copies the rows and checkpoints of an interrupted run and sets the resume positions.
    fn resume(
        &mut self,
        extraction: &mut Extraction<'_>,
        earlier: ResumableExtract,
        trees: &BTreeSet<Arc<str>>,
    ) -> Result<(), RunError> {
        let mut positions: BTreeMap<String, (Checkpoint, u64)> = BTreeMap::new();
        earlier.read(&mut |record| -> Result<(), RunError> {
            match record {
                ExtractedRecord::Page(page) if trees.contains(page.tree.as_str()) => {
                    self.append(&page)?;
                    extraction.replay(&page.resource, page.rows, page.ordinal)?;
                }
                ExtractedRecord::Checkpoint { tree, checkpoint } if trees.contains(tree.as_str()) => {
                    self.writer.append_checkpoint(&tree, &checkpoint)?;
                    let checkpoint = Checkpoint::from_value(&checkpoint);
                    if checkpoint.is_interrupted() {
                        extraction.resume_at(&tree, checkpoint.clone(), 0);
                    }
                    let (position, pages) = positions.entry(tree).or_default();
                    *pages += u64::from(!checkpoint.is_interrupted());
                    *position = checkpoint;
                }
                ExtractedRecord::Page(_) | ExtractedRecord::Checkpoint { .. } | ExtractedRecord::End { .. } => {}
            }
            Ok(())
        })?;
        let load_id = &earlier.header().load_id;
        for (tree, (position, pages)) in positions {
            tracing::info!("resource `{tree}` resumes after {pages} pages of incomplete package {load_id}");
            self.writer.append_checkpoint(&tree, &position.clone().into_interrupted().to_value())?;
            extraction.resume_at(&tree, position, pages);
        }
        self.writer.sync_checkpoint()?;
        earlier.discard();
        Ok(())
    }
}

/// Returns the tree of the resource that failed, if any: the name of its root resource.
fn failed_tree<'s>(error: &RunError, source: &'s Source) -> Option<&'s str> {
    let RunError::Extract(ExtractError::Pages { resource, .. }) = error else { return None };
    let find = |name: &str| source.resources.iter().find(|resource| resource.name == name);
    let ancestors = std::iter::successors(find(resource), |resource| find(resource.parent()?));
    // A cycle of parents is an error before the first page.
    ancestors.take(source.resources.len()).last().map(|root| root.name.as_str())
}

/// Finds the extract of an interrupted run with the same resources, definitions and initial state. Discards other extracts
/// of these resources.
fn find_resumable(store: &PackageStore, plan: &PackagePlan, is_refresh: bool) -> Result<Option<ResumableExtract>, RunError> {
    let ours = &plan.header;
    let resource_states = |state: &State| -> Vec<_> {
        ours.resources.iter().map(|(name, _)| state.resource(&ours.source, name).cloned()).collect()
    };
    let mut found = None;
    for resumable in list_resumable(store, &ours.source, |resource| ours.has_resource(resource))? {
        let theirs = resumable.header();
        let is_same = theirs.dataset == ours.dataset
            && theirs.resources == ours.resources
            && theirs.fingerprint == ours.fingerprint
            && resource_states(&theirs.base_state) == resource_states(&plan.state)
            // Rows of a refresh do not belong to the state before it.
            && theirs.refresh.is_empty()
            && !is_refresh
            // A process that was killed after it sealed the package has left the pages.
            && !store.is_sealed(&theirs.load_id)?;
        if found.is_none() && is_same {
            found = Some(resumable);
        } else {
            discard(resumable);
        }
    }
    Ok(found)
}

/// Discards resumable extracts of `source` with a resource that is not resumable any more, according to `is_obsolete`.
pub(crate) fn discard_resumable(store: &PackageStore, source: &str, is_obsolete: impl Fn(&str) -> bool) -> Result<(), RunError> {
    list_resumable(store, source, is_obsolete)?.into_iter().for_each(discard);
    Ok(())
}

fn discard(resumable: ResumableExtract) {
    tracing::info!("discarded incomplete package {}", resumable.header().load_id);
    resumable.discard();
}

/// Lists the resumable extracts of `source` with a resource for which `is_listed` returns true.
fn list_resumable(
    store: &PackageStore,
    source: &str,
    is_listed: impl Fn(&str) -> bool,
) -> Result<Vec<ResumableExtract>, RunError> {
    let mut extracts = store.resumable_extracts()?;
    extracts.retain(|extract| {
        let PackageHeader { source: of_extract, resources, .. } = extract.header();
        of_extract == source && resources.iter().any(|(resource, _)| is_listed(resource))
    });
    Ok(extracts)
}
