//! A dataset has exactly the rows of its source, for any pages and however runs are limited, killed and resumed.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use catchment_json::{Selection, Value};
use catchment_schema::WriteDisposition;
use catchment_state::{CursorEntry, CursorEntryKey, State};
use futures_util::stream;
use proptest::prelude::*;

use crate::{
    Boundaries, Checkpoint, ExtractError, ExtractEvent, Extraction, Incremental, MemoryBudget, Page, PageError, Resource,
    ResumePoint, RowOrder, Source, overflowing_entries,
};

/// A row: key, cursor value and content.
type Row = (i64, i64, i64);

/// A run, and the changes of the source before it.
#[derive(Debug, Clone)]
struct Round {
    /// New rows, each with the step from the greatest cursor value.
    new: Vec<i64>,
    /// Changed rows, if rows change: the cursor value becomes the greatest plus one plus the step, or stays for -1.
    changed: Vec<(prop::sample::Index, i64)>,
    limit: Option<u64>,
    /// The index of the batch at which the run is killed.
    killed_at: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Setup {
    disposition: WriteDisposition,
    order: Option<RowOrder>,
    is_resumable: bool,
    /// Whether the source skips rows before the start itself.
    is_filtered: bool,
    page_rows: usize,
}

fn round() -> impl Strategy<Value = Round> {
    let changed = prop::collection::vec((any::<prop::sample::Index>(), -1i64..2), 0..4);
    let limit = prop::option::of(1u64..9);
    (prop::collection::vec(0i64..2, 0..8), changed, limit, prop::option::of(0usize..4))
        .prop_map(|(new, changed, limit, killed_at)| Round { new, changed, limit, killed_at })
}

fn setup() -> impl Strategy<Value = Setup> {
    let disposition = prop::sample::select(vec![WriteDisposition::Append, WriteDisposition::Merge]);
    let order = prop::sample::select(vec![None, Some(RowOrder::Asc), Some(RowOrder::Desc)]);
    (disposition, order, any::<bool>(), any::<bool>(), 1usize..4).prop_map(
        |(disposition, order, is_resumable, is_filtered, page_rows)| {
            // Pages of a resumable resource have rows in order of insertion.
            let order = if is_resumable { None } else { order };
            Setup { disposition, order, is_resumable, is_filtered, page_rows }
        },
    )
}

/// The rows of the source in order of insertion.
type Rows = Arc<Mutex<Vec<Row>>>;

fn resource(setup: Setup, rows: &Rows, limit: Option<u64>) -> Resource {
    let rows = Arc::clone(rows);
    let mut incremental = Incremental::new("at");
    incremental.row_order = setup.order;
    let pages = move |start: &ResumePoint| {
        let mut rows = rows.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match setup.order {
            Some(RowOrder::Asc) => rows.sort_by_key(|(_, at, _)| *at),
            Some(RowOrder::Desc) => rows.sort_by_key(|(_, at, _)| -*at),
            None => {}
        }
        let from = start.last_value.as_ref().and_then(Value::as_i64).filter(|_| setup.is_filtered && !setup.is_resumable);
        rows.retain(|(_, at, _)| from.is_none_or(|from| *at >= from));
        let first = start.position.as_ref().and_then(Value::as_i64).and_then(|first| usize::try_from(first).ok()).unwrap_or(0);
        let pages: Vec<Vec<Row>> = rows.chunks(setup.page_rows).map(<[Row]>::to_vec).collect();
        let count = pages.len();
        let pages = pages.into_iter().enumerate().skip(first).map(move |(index, rows)| {
            let row = |(id, at, text): Row| Value::object([("id", id.into()), ("at", at.into()), ("text", Value::from(text))]);
            let page = Page::from(Selection::try_from(rows.into_iter().map(row).collect::<Vec<_>>())?);
            Ok::<_, PageError>(page.with_next_position((index + 1 < count).then(|| Value::from(index as u64 + 1))))
        });
        stream::iter(pages.collect::<Vec<_>>())
    };
    let mut resource = Resource::pages("r", pages)
        .incremental(incremental)
        .primary_key(["id"])
        .write_disposition(setup.disposition)
        .resumable(setup.is_resumable);
    resource.limit.rows = limit;
    resource
}

/// Events of a run, as they would be stored on disk.
type Log = Vec<ExtractEvent>;

/// A dataset, and the leftovers of a killed run.
struct World {
    state: State,
    boundaries: BTreeMap<CursorEntryKey, Vec<CursorEntry>>,
    loaded: Vec<Row>,
    /// The number of rows that the last run loaded.
    last_count: usize,
    /// The events of a killed run.
    unfinished: Log,
}

impl World {
    /// Runs until batch `killed_at`. Loads the rows if the run is complete.
    fn run(&mut self, resource: Resource, killed_at: Option<usize>) -> Result<(), ExtractError> {
        let source = Source::from(resource);
        let keys = overflowing_entries(&source, &self.state);
        let known: Boundaries = keys.into_iter().filter_map(|key| self.boundaries.remove_entry(&key)).collect();
        let mut run = Extraction::new(&source, &self.state, &known)?;
        let log = replay(&mut run, std::mem::take(&mut self.unfinished))?;
        let log = Mutex::new((log, 0));
        let sink = |extracted| {
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            if killed_at == Some(log.1) {
                return ControlFlow::Break(());
            }
            log.1 += usize::from(matches!(extracted, ExtractEvent::Rows { .. }));
            log.0.push(extracted);
            ControlFlow::Continue(())
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let Ok(runtime) = runtime else { return Ok(()) };
        let ran = runtime.block_on(run.run(&MemoryBudget::new(1 << 20), &sink));
        let (log, _) = log.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.boundaries.extend(known);
        match ran {
            Ok(after) => {
                self.state = after.state;
                for change in after.boundaries {
                    let known = self.boundaries.entry(change.key).or_default();
                    if change.replaces {
                        known.clear();
                    }
                    known.extend(change.entries);
                }
                self.load(&source, log);
                Ok(())
            }
            Err(ExtractError::SinkClosed { .. }) => {
                self.unfinished = if source.resources.iter().any(|r| r.resumable) { log } else { Vec::new() };
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn load(&mut self, source: &Source, log: Log) {
        let merges = source.resources.iter().any(|r| r.write_disposition == WriteDisposition::Merge);
        self.last_count = 0;
        for extracted in log {
            let ExtractEvent::Rows { batch, .. } = extracted else { continue };
            self.last_count += batch.rows.ids.len();
            for row in batch.rows.nodes() {
                let field = |name| row.get(name).and_then(|value| value.as_number()?.parse().ok()).unwrap_or(-1);
                let row = (field("id"), field("at"), field("text"));
                if merges {
                    self.loaded.retain(|(id, _, _)| *id != row.0);
                }
                self.loaded.push(row);
            }
        }
    }
}

/// Resumes a run at the last checkpoint of the log; later rows are extracted again.
fn replay(run: &mut Extraction<'_>, mut log: Log) -> Result<Log, ExtractError> {
    let last = log.iter().rposition(|extracted| matches!(extracted, ExtractEvent::Checkpoint { .. }));
    log.truncate(last.map_or(0, |last| last + 1));
    let (mut last_checkpoint, mut pages) = (None, 0);
    for extracted in &log {
        match extracted {
            ExtractEvent::Rows { batch, .. } => run.replay(&batch.resource, batch.rows.clone(), batch.ordinal)?,
            ExtractEvent::Checkpoint { checkpoint, .. } => {
                let checkpoint = Checkpoint::from_value(&checkpoint.to_value());
                if checkpoint.is_interrupted() {
                    run.resume_at("r", checkpoint.clone(), 0);
                } else {
                    pages += 1;
                }
                last_checkpoint = Some(checkpoint);
            }
        }
    }
    if let Some(last_checkpoint) = last_checkpoint {
        run.resume_at("r", last_checkpoint.clone(), pages);
        log.push(ExtractEvent::Checkpoint { tree: "r".into(), checkpoint: last_checkpoint.into_interrupted() });
    }
    Ok(log)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn rows_are_loaded_once_and_none_is_skipped(setup in setup(), rounds in prop::collection::vec(round(), 1..8)) {
        let rows: Rows = Arc::default();
        let mut world = World {
            state: State::new("p", "d", "t"),
            boundaries: BTreeMap::new(),
            loaded: Vec::new(),
            last_count: 0,
            unfinished: Vec::new(),
        };
        for round in rounds {
            change(&rows, &round, setup);
            let ran = world.run(resource(setup, &rows, round.limit), round.killed_at);
            // A limit is rejected if later runs could not resume; then nothing was changed.
            let is_rejected = matches!(ran, Err(ExtractError::LimitLosesRows { .. }));
            prop_assert!(ran.is_ok() || is_rejected, "{:?}", ran);
        }
        // Pages of limited runs may end before the last new rows, which a second run loads.
        for _ in 0..3 {
            world.run(resource(setup, &rows, None), None).unwrap();
        }
        // The next run loads nothing.
        let (state, count) = (world.state.clone(), world.loaded.len());
        world.run(resource(setup, &rows, None), None).unwrap();
        prop_assert_eq!((&world.state, world.last_count), (&state, 0));
        prop_assert_eq!(world.loaded.len(), count);
        let mut expected = rows.lock().unwrap().clone();
        expected.sort_unstable();
        world.loaded.sort_unstable();
        prop_assert_eq!(world.loaded, expected);
    }
}

fn change(rows: &Rows, round: &Round, setup: Setup) {
    let mut rows = rows.lock().unwrap_or_else(PoisonError::into_inner);
    let greatest = |rows: &[Row]| rows.iter().map(|(_, at, _)| *at).max().unwrap_or(0);
    for step in &round.new {
        let (id, at) = (rows.len() as i64, greatest(&rows) + step);
        rows.push((id, at, 0));
    }
    // Appended rows do not change. A change is detected if its cursor value is later than all others, or unchanged and
    // the latest.
    if setup.disposition == WriteDisposition::Merge && !rows.is_empty() {
        for (index, step) in &round.changed {
            let (latest, index) = (greatest(&rows), index.index(rows.len()));
            if let Some(row) = rows.get_mut(index).filter(|row| *step >= 0 || row.1 == latest) {
                let at = if *step >= 0 { latest + 1 + step } else { row.1 };
                *row = (row.0, at, row.2 + 1);
            }
        }
    }
}
