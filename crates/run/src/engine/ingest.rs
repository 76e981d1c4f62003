//! Concurrent extraction, normalization and writing of a package.
//!
//! The row source runs on tokio and fills a queue. Shredders, one per core, pop groups of batches from it. One sequencer
//! orders their results, owns the schema and writes the package. Each batch holds its permit of the memory budget until its
//! rows are passed to the writer, which bounds everything in between.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;

use catchment_extract::{ExtractError, ExtractEvent, ExtractOutcome, MemoryBudget};
use catchment_load_package::PackageWriter;
use catchment_normalize::{NormalizeError, NormalizeRules, Sequencer, ShredResult, Shredder, TableBatch};
use catchment_schema::Schema;
use catchment_settings::ThreadCount;
use tokio_util::sync::CancellationToken;

use super::queue::{BatchGroup, BatchQueue};
use super::row_source::{RowSource, RowSourceOutcome};
use crate::error::RunError;
use crate::options::RunOptions;
use crate::report::Diagnostics;
use crate::threads;

/// A package with all its rows, before it is sealed.
pub(crate) struct Ingested {
    pub(crate) writer: PackageWriter,
    pub(crate) schema: Schema,
    pub(crate) after: ExtractOutcome,
    pub(crate) diagnostics: Diagnostics,
    /// The tables with rows.
    pub(crate) tables: BTreeSet<String>,
}

/// Normalizes the rows of `rows` into `writer`.
pub(crate) async fn ingest(
    rows: RowSource<'_>,
    schema: Schema,
    writer: PackageWriter,
    rules: Arc<NormalizeRules>,
    options: &RunOptions,
    stop: &CancellationToken,
) -> Result<Ingested, RunError> {
    let workers = options.workers.clamp(1, ThreadCount::MAX);
    let queue = Arc::new(BatchQueue::new(options.group_max_bytes, workers));
    // The first table of a resource is the template of its other tables.
    let templates = writer.header().resources.iter().rev().cloned().collect();
    let threads = NormalizeThreads::start(&queue, schema, writer, &rules, (workers, options.batch_max_bytes), templates)?;
    // If this future is dropped, the threads end and the package is discarded.
    let _stop_guard = StopGuard(Arc::clone(&queue));
    let budget = MemoryBudget::new(options.in_flight_max_bytes);
    let sink = |extracted| match extracted {
        ExtractEvent::Rows { batch, .. } => {
            if queue.push(batch) {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        }
        ExtractEvent::Checkpoint { .. } => ControlFlow::Continue(()),
    };
    let extracted = tokio::select! {
        extracted = rows.stream_to(&budget, &sink) => extracted,
        () = stop.cancelled() => Err(RunError::Cancelled),
    };
    if extracted.is_ok() {
        queue.close()
    } else {
        queue.stop()
    }
    let written = match threads::probe_spawn() {
        Ok(()) => tokio::task::spawn_blocking(move || threads.finish()).await.unwrap_or(Err(RunError::Panicked)),
        // Blocking here is acceptable: extraction has ended, so no other task of the run must make progress.
        Err(_) => threads.finish(),
    };
    match (extracted, written) {
        // The sink closed because the writer failed, so the error of the writer is the cause.
        (Err(RunError::Extract(ExtractError::SinkClosed { .. })), Err(error)) | (Ok(_), Err(error)) => Err(error),
        (Err(error), _) => Err(error),
        (Ok(RowSourceOutcome { after, diagnostics }), Ok((sequencer, writer, tables))) => {
            let (schema, findings) = sequencer.finish();
            Ok(Ingested { writer, schema, after, diagnostics: Diagnostics { findings, ..diagnostics }, tables })
        }
    }
}

/// Stops the threads when the future of a run is dropped.
struct StopGuard(Arc<BatchQueue>);

impl Drop for StopGuard {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Closes and clears the queue on drop, so that no thread waits at either end of it.
///
/// Every thread that uses the queue holds a guard, because each can end early with an error or a panic. After success the
/// queue is already empty.
struct AbandonGuard(Arc<BatchQueue>);

impl Drop for AbandonGuard {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

type WriterResult = Result<(Sequencer, PackageWriter, BTreeSet<String>), RunError>;

/// The threads between the queue and the package.
struct NormalizeThreads {
    sequencer: std::thread::JoinHandle<WriterResult>,
    shredders: Vec<std::thread::JoinHandle<()>>,
}

/// A group with its shredded rows, or `None` if they would exceed the memory limit.
type GroupResult = (BatchGroup, Result<Option<ShredResult>, NormalizeError>);

impl NormalizeThreads {
    fn start(
        queue: &Arc<BatchQueue>,
        schema: Schema,
        writer: PackageWriter,
        rules: &Arc<NormalizeRules>,
        (workers, max_bytes): (usize, usize),
        templates: BTreeMap<String, String>,
    ) -> Result<NormalizeThreads, RunError> {
        let sequencer = Sequencer::new(schema, Arc::clone(rules));
        let snapshot = Arc::new(Mutex::new(sequencer.snapshot()));
        let (sender, receiver) = channel();
        let (shared, shredder) = ((Arc::clone(queue), Arc::clone(&snapshot)), Shredder::new(Arc::clone(rules)));
        let sequencer = Builder::new().spawn(move || {
            let (queue, snapshot) = shared;
            let guard = AbandonGuard(queue);
            let (queue, tables) = (&*guard.0, BTreeSet::new());
            let mut assembler = PackageAssembler { queue, sequencer, snapshot, writer, shredder, tables, templates, max_bytes };
            assembler.write_all(&receiver)?;
            Ok((assembler.sequencer, assembler.writer, assembler.tables))
        });
        let sequencer = sequencer.map_err(RunError::SpawnThread)?;
        let shredders = threads::spawn_up_to(workers, || {
            let (queue, snapshot) = (Arc::clone(queue), Arc::clone(&snapshot));
            let (sender, shredder) = (sender.clone(), Shredder::new(Arc::clone(rules)));
            Builder::new().spawn(move || {
                // Created inside the thread, so that a failed spawn does not abandon the queue.
                let guard = AbandonGuard(queue);
                shred(&guard.0, &snapshot, &sender, shredder, max_bytes);
            })
        });
        match shredders {
            Ok(shredders) => Ok(NormalizeThreads { sequencer, shredders }),
            Err(error) => {
                // Without senders the sequencer ends and discards the package.
                drop(sender);
                let _ = sequencer.join();
                Err(error)
            }
        }
    }

    fn finish(self) -> WriterResult {
        let all_ended = self.shredders.into_iter().map(std::thread::JoinHandle::join).filter(Result::is_err).count() == 0;
        let written = self.sequencer.join().unwrap_or(Err(RunError::Panicked));
        if all_ended { written } else { Err(RunError::Panicked) }
    }
}

fn shred(
    queue: &BatchQueue,
    snapshot: &Mutex<Arc<Schema>>,
    results: &Sender<GroupResult>,
    mut shredder: Shredder,
    max_bytes: usize,
) {
    while let Some(group) = queue.take() {
        let schema = Arc::clone(&snapshot.lock().unwrap_or_else(PoisonError::into_inner));
        let shredded = shredder.shred_with_limit(&schema, group.table(), &group.rows(), max_bytes);
        if results.send((group, shredded)).is_err() {
            return;
        }
    }
}

/// Applies shredded groups in row order and writes their batches to the package.
struct PackageAssembler<'q> {
    queue: &'q BatchQueue,
    sequencer: Sequencer,
    snapshot: Arc<Mutex<Arc<Schema>>>,
    writer: PackageWriter,
    shredder: Shredder,
    tables: BTreeSet<String>,
    /// The template table of each resource.
    templates: BTreeMap<String, String>,
    /// The maximum bytes of cells and arrays of rows that are shredded at once.
    max_bytes: usize,
}

impl PackageAssembler<'_> {
    fn write_all(&mut self, results: &Receiver<GroupResult>) -> Result<(), RunError> {
        let mut early: BTreeMap<u64, GroupResult> = BTreeMap::new();
        let mut next = 0;
        for result in results {
            early.insert(result.0.sequence, result);
            while let Some((group, shredded)) = early.remove(&next) {
                self.write(&group, shredded)?;
                self.queue.mark_written();
                next += 1;
            }
        }
        Ok(())
    }

    fn write(&mut self, group: &BatchGroup, shredded: Result<Option<ShredResult>, NormalizeError>) -> Result<(), RunError> {
        // Rows that were shredded before their table was declared lack its hints.
        let template = self.templates.get(group.resource());
        let is_late = template.is_some_and(|template| self.sequencer.declare_table_like(group.table(), template));
        let shredded = match shredded {
            Ok(Some(shredded)) if !is_late && self.sequencer.is_current(&shredded) => Some(shredded),
            Ok(None) => None,
            Ok(Some(_)) | Err(_) => {
                self.shredder.shred_with_limit(&self.sequencer.snapshot(), group.table(), &group.rows(), self.max_bytes)?
            }
        };
        match shredded {
            Some(shredded) => {
                let batches = self.sequencer.apply(shredded);
                append(&mut self.writer, &mut self.tables, batches)?;
            }
            None => self.write_in_parts(group)?,
        }
        *self.snapshot.lock().unwrap_or_else(PoisonError::into_inner) = self.sequencer.snapshot();
        Ok(())
    }

    /// Shreds and writes the rows of a group in parts.
    fn write_in_parts(&mut self, group: &BatchGroup) -> Result<(), RunError> {
        let PackageAssembler { queue, sequencer, writer, tables, .. } = self;
        let (schema, rows) = (sequencer.snapshot(), group.rows());
        self.shredder.shred_in_parts(schema, group.table(), &rows, self.max_bytes, |shredded| {
            if queue.is_stopped() {
                return Err(RunError::Cancelled);
            }
            let batches = sequencer.apply(shredded);
            append(writer, tables, batches)?;
            Ok(sequencer.snapshot())
        })
    }
}

fn append(writer: &mut PackageWriter, tables: &mut BTreeSet<String>, batches: Vec<TableBatch>) -> Result<(), RunError> {
    for TableBatch { table, batch } in batches {
        writer.append(&table, batch)?;
        tables.insert(table);
    }
    Ok(())
}
