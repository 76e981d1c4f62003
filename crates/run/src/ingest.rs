//! Extract, normalise and write at the same time.
//!
//! The feed runs on tokio and fills a queue; shredders, one for each core, take groups of batches from it;
//! one sequencer puts their results in order, owns the schema and writes the package. Shares of the budget
//! travel with the batches until the rows are with the writer, so that everything between is bounded.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use catchment_extract::{After, Budget, ExtractError, Extracted};
use catchment_load_package::PackageWriter;
use catchment_normalize::{NormalizeError, Rows, Rules, Sequencer, Shredded, Shredder};
use catchment_schema::Schema;
use tokio_util::sync::CancellationToken;

use crate::error::RunError;
use crate::feed::{Feed, Sent};
use crate::options::RunOptions;
use crate::queue::{Group, Queue};
use crate::report::Remarks;

/// The package with all rows in it, the schema and what is kept after them, and what was noticed.
pub(crate) struct Ingested {
    pub(crate) writer: PackageWriter,
    pub(crate) schema: Schema,
    pub(crate) after: After,
    pub(crate) remarks: Remarks,
    /// The tables that have rows.
    pub(crate) tables: BTreeSet<String>,
}

/// Writes the rows of `feed` into `writer`.
pub(crate) async fn ingest(
    feed: Feed<'_>,
    schema: Schema,
    writer: PackageWriter,
    rules: Arc<Rules>,
    options: &RunOptions,
    stop: &CancellationToken,
) -> Result<Ingested, RunError> {
    let queue = Arc::new(Queue::default());
    // of several tables the first one is what all are like
    let templates = writer.begin().resources.iter().rev().cloned().collect();
    let stage = Stage::start(&queue, schema, writer, &rules, options, templates);
    // Where this future is dropped, the threads end, and the package is taken back.
    let _abandoned = AbandonOnDrop(Arc::clone(&queue));
    let budget = Budget::new(options.in_flight_max_bytes);
    let sink = |extracted| match extracted {
        Extracted::Rows { batch, .. } => {
            if queue.push(batch) {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        }
        Extracted::Checkpoint { .. } => ControlFlow::Continue(()),
    };
    let extracted = tokio::select! {
        extracted = feed.send(&budget, &sink) => extracted,
        () = stop.cancelled() => Err(RunError::Stopped),
    };
    if extracted.is_ok() {
        queue.close()
    } else {
        queue.abandon()
    }
    let written = tokio::task::spawn_blocking(move || stage.finish()).await.unwrap_or_else(|_| Err(RunError::Panicked));
    match (extracted, written) {
        // The sink said stop, so what the writer says is the reason.
        (Err(RunError::Extract(ExtractError::Stopped { .. })), Err(error)) | (Ok(_), Err(error)) => Err(error),
        (Err(error), _) => Err(error),
        (Ok(Sent { after, remarks }), Ok((sequencer, writer, tables))) => {
            let (schema, findings) = sequencer.finish();
            Ok(Ingested { writer, schema, after, remarks: Remarks { findings, ..remarks }, tables })
        }
    }
}

/// Drops what waits in the queue, and lets nothing more in, so that nobody waits at either end of it: held by all who
/// are at work on it, as each may end early, by an error or a panic. Where all is well the queue is empty by then.
struct AbandonOnDrop(Arc<Queue>);

impl Drop for AbandonOnDrop {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

type Written = Result<(Sequencer, PackageWriter, BTreeSet<String>), RunError>;

/// The threads between the queue and the package.
struct Stage {
    sequencer: std::thread::JoinHandle<Written>,
    shredders: Vec<std::thread::JoinHandle<()>>,
}

/// A group and what became of it.
type Outcome = (Group, Result<Shredded, NormalizeError>);

impl Stage {
    fn start(
        queue: &Arc<Queue>,
        schema: Schema,
        writer: PackageWriter,
        rules: &Arc<Rules>,
        options: &RunOptions,
        templates: BTreeMap<String, String>,
    ) -> Stage {
        let sequencer = Sequencer::new(schema, Arc::clone(rules));
        let snapshot = Arc::new(Mutex::new(sequencer.snapshot()));
        let (sender, receiver) = channel();
        let shredders = (0..options.workers.max(1)).map(|_| {
            let (queue, snapshot, sender, shredder) =
                (Arc::clone(queue), Arc::clone(&snapshot), sender.clone(), Shredder::new(Arc::clone(rules)));
            let bytes = options.group_max_bytes;
            std::thread::spawn(move || {
                let abandoned = AbandonOnDrop(queue);
                shred(&abandoned.0, &snapshot, &sender, shredder, bytes);
            })
        });
        let shredders = shredders.collect();
        let (queue, shredder) = (Arc::clone(queue), Shredder::new(Arc::clone(rules)));
        let sequencer = std::thread::spawn(move || {
            let _abandoned = AbandonOnDrop(queue);
            let mut sequence = Sequence { sequencer, snapshot, writer, shredder, tables: BTreeSet::new(), templates };
            sequence.write_all(&receiver)?;
            Ok((sequence.sequencer, sequence.writer, sequence.tables))
        });
        Stage { sequencer, shredders }
    }

    fn finish(self) -> Written {
        let all_ended = self.shredders.into_iter().map(std::thread::JoinHandle::join).filter(Result::is_err).count() == 0;
        let written = self.sequencer.join().unwrap_or(Err(RunError::Panicked));
        if all_ended { written } else { Err(RunError::Panicked) }
    }
}

fn shred(queue: &Queue, snapshot: &Mutex<Arc<Schema>>, results: &Sender<Outcome>, mut shredder: Shredder, bytes: usize) {
    while let Some(group) = queue.take(bytes) {
        let schema = Arc::clone(&snapshot.lock().unwrap_or_else(PoisonError::into_inner));
        let shredded = shred_group(&mut shredder, &schema, &group);
        if results.send((group, shredded)).is_err() {
            return;
        }
    }
}

fn shred_group(shredder: &mut Shredder, schema: &Schema, group: &Group) -> Result<Shredded, NormalizeError> {
    let rows = group.batches.iter().map(|b| Rows { selection: &b.rows, ordinal: b.ordinal });
    shredder.shred(schema, group.table(), &rows.collect::<Vec<_>>())
}

/// Puts results into the order of the rows.
struct Sequence {
    sequencer: Sequencer,
    snapshot: Arc<Mutex<Arc<Schema>>>,
    writer: PackageWriter,
    shredder: Shredder,
    tables: BTreeSet<String>,
    /// For each resource the table that all its tables are like.
    templates: BTreeMap<String, String>,
}

impl Sequence {
    fn write_all(&mut self, results: &Receiver<Outcome>) -> Result<(), RunError> {
        let mut early: BTreeMap<u64, Outcome> = BTreeMap::new();
        let mut next = 0;
        for result in results {
            early.insert(result.0.sequence, result);
            while let Some((group, shredded)) = early.remove(&next) {
                self.write(&group, shredded)?;
                next += 1;
            }
        }
        Ok(())
    }

    fn write(&mut self, group: &Group, shredded: Result<Shredded, NormalizeError>) -> Result<(), RunError> {
        let shredder = &mut self.shredder;
        let template = group.batches.first().and_then(|batch| self.templates.get(batch.resource.as_ref()));
        let shredded = match template {
            // What was shredded knew nothing of what was declared.
            Some(template) if self.sequencer.declare_like(group.table(), template) => {
                shred_group(shredder, &self.sequencer.snapshot(), group)
            }
            _ => shredded,
        };
        let batches = self.sequencer.accept(shredded, |schema| shred_group(shredder, schema, group))?;
        *self.snapshot.lock().unwrap_or_else(PoisonError::into_inner) = self.sequencer.snapshot();
        for batch in batches {
            if !self.tables.contains(&batch.table) {
                self.tables.insert(batch.table.clone());
            }
            self.writer.append(&batch.table, batch.batch)?;
        }
        Ok(())
    }
}
