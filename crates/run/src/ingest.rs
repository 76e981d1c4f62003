//! Extract, normalise and write at the same time.
//!
//! The feed runs on tokio and fills a queue; shredders, one for each core, take groups of batches from it;
//! one sequencer puts their results in order, owns the schema and writes the package. Shares of the budget
//! travel with the batches until the rows are with the writer, so that everything between is bounded.

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

use crate::error::RunError;
use crate::options::RunOptions;
use crate::queue::{BatchGroup, BatchQueue};
use crate::report::Diagnostics;
use crate::row_source::{RowSource, RowSourceOutcome};
use crate::threads;

/// The package with all rows in it, the schema and what is kept after them, and what was noticed.
pub(crate) struct Ingested {
    pub(crate) writer: PackageWriter,
    pub(crate) schema: Schema,
    pub(crate) after: ExtractOutcome,
    pub(crate) diagnostics: Diagnostics,
    /// The tables that have rows.
    pub(crate) tables: BTreeSet<String>,
}

/// Writes the rows of `feed` into `writer`.
pub(crate) async fn ingest(
    feed: RowSource<'_>,
    schema: Schema,
    writer: PackageWriter,
    rules: Arc<NormalizeRules>,
    options: &RunOptions,
    stop: &CancellationToken,
) -> Result<Ingested, RunError> {
    let workers = options.workers.clamp(1, ThreadCount::MAX);
    let queue = Arc::new(BatchQueue::new(options.group_max_bytes, workers));
    // of several tables the first one is what all are like
    let templates = writer.header().resources.iter().rev().cloned().collect();
    let stage = NormalizeThreads::start(&queue, schema, writer, &rules, (workers, options.batch_max_bytes), templates)?;
    // Where this future is dropped, the threads end, and the package is taken back.
    let _stopped = StopGuard(Arc::clone(&queue));
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
        extracted = feed.stream_to(&budget, &sink) => extracted,
        () = stop.cancelled() => Err(RunError::Cancelled),
    };
    if extracted.is_ok() {
        queue.close()
    } else {
        queue.stop()
    }
    let written = match threads::probe_spawn() {
        Ok(()) => tokio::task::spawn_blocking(move || stage.finish()).await.unwrap_or(Err(RunError::Panicked)),
        // All rows were sent, or none are wanted any more: nobody else has to go on here.
        Err(_) => stage.finish(),
    };
    match (extracted, written) {
        // The sink said stop, so what the writer says is the reason.
        (Err(RunError::Extract(ExtractError::SinkClosed { .. })), Err(error)) | (Ok(_), Err(error)) => Err(error),
        (Err(error), _) => Err(error),
        (Ok(RowSourceOutcome { after, diagnostics }), Ok((sequencer, writer, tables))) => {
            let (schema, findings) = sequencer.finish();
            Ok(Ingested { writer, schema, after, diagnostics: Diagnostics { findings, ..diagnostics }, tables })
        }
    }
}

/// Stops what the threads are at, where the future of a run is dropped.
struct StopGuard(Arc<BatchQueue>);

impl Drop for StopGuard {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Drops what waits in the queue, and lets nothing more in, so that nobody waits at either end of it: held by all who
/// are at work on it, as each may end early, by an error or a panic. Where all is well the queue is empty by then.
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

/// A group and what became of it; nothing where that would take too much memory.
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
        let (of_sequence, shredder) = ((Arc::clone(queue), Arc::clone(&snapshot)), Shredder::new(Arc::clone(rules)));
        let sequencer = Builder::new().spawn(move || {
            let (queue, snapshot) = of_sequence;
            let abandoned = AbandonGuard(queue);
            let (queue, tables) = (&*abandoned.0, BTreeSet::new());
            let mut sequence = PackageAssembler { queue, sequencer, snapshot, writer, shredder, tables, templates, max_bytes };
            sequence.write_all(&receiver)?;
            Ok((sequence.sequencer, sequence.writer, sequence.tables))
        });
        let sequencer = sequencer.map_err(RunError::SpawnThread)?;
        let shredders = threads::spawn_up_to(workers, || {
            let (queue, snapshot) = (Arc::clone(queue), Arc::clone(&snapshot));
            let (sender, shredder) = (sender.clone(), Shredder::new(Arc::clone(rules)));
            Builder::new().spawn(move || {
                // Made here: what is dropped as no thread starts abandons nothing.
                let abandoned = AbandonGuard(queue);
                shred(&abandoned.0, &snapshot, &sender, shredder, max_bytes);
            })
        });
        match shredders {
            Ok(shredders) => Ok(NormalizeThreads { sequencer, shredders }),
            Err(error) => {
                // It ends, as nobody sends it results, and takes the package back.
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

/// Puts results into the order of the rows.
struct PackageAssembler<'q> {
    queue: &'q BatchQueue,
    sequencer: Sequencer,
    snapshot: Arc<Mutex<Arc<Schema>>>,
    writer: PackageWriter,
    shredder: Shredder,
    tables: BTreeSet<String>,
    /// For each resource the table that all its tables are like.
    templates: BTreeMap<String, String>,
    /// How much memory rows may take at once as cells and arrays.
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
        // What was shredded before its table was declared knew nothing of that.
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

    /// Writes the rows of a group part by part.
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
