//! A run of a source.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use catchment_json::Selection;
use catchment_schema::WriteDisposition;
use catchment_schema::naming::normalize_path;
use catchment_state::State;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use indexmap::IndexMap;
use tokio::time::Instant;

use super::dependents::Dependents;
use super::extracted::{After, Boundaries, ExtractOptions, Extracted, RowBatch, Sink};
use super::item::{Item, ItemStream};
use super::node::{Node, lock};
use super::root::root;
use super::tree::{Tree, trees};
use crate::checkpoint::Checkpoint;
use crate::incremental::overflow;
use crate::progress::Progress;
use crate::resource::TableName;
use crate::warnings::Warnings;
use crate::{Budget, ExtractError, Resource, Source, Start, Warning};

/// A run of a source: what is loaded of it, and what feeds that.
///
/// ```
/// use std::ops::ControlFlow;
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// use catchment_extract::{Boundaries, Budget, Extracted, Extraction, Resource, Source};
/// use catchment_state::State;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let source = Source::from(Resource::rows("rivers", vec![("Rhine", 1233), ("Danube", 2850)]));
/// let state = State::new("geography", "geography_data", "dlt.destinations.duckdb");
/// let count = AtomicUsize::new(0);
/// let sink = |extracted| {
///     if let Extracted::Rows { batch, .. } = extracted {
///         count.fetch_add(batch.rows.ids.len(), Ordering::Relaxed);
///     }
///     ControlFlow::Continue(())
/// };
/// let run = Extraction::new(&source, &state, &Boundaries::new())?;
/// let after = run.run(&Budget::new(1 << 20), &sink).await?;
/// assert_eq!((count.into_inner(), after.state), (2, state));
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Debug)]
pub struct Extraction<'e> {
    source: &'e Source,
    state: &'e State,
    trees: Vec<Tree>,
    /// Those that take part, by their places in the source.
    nodes: IndexMap<usize, Mutex<Node<'e>>>,
    options: ExtractOptions,
    warnings: Warnings,
}

impl<'e> Extraction<'e> {
    /// A run that goes on from `state`; `boundaries` are those of [`boundary_keys`](crate::boundary_keys).
    ///
    /// # Errors
    ///
    /// Where resources cannot run like that: a limit would lose rows, options of a cursor make no sense together, or
    /// what feeds a resource is not there.
    pub fn new(source: &'e Source, state: &'e State, boundaries: &Boundaries) -> Result<Extraction<'e>, ExtractError> {
        Extraction::with(source, state, boundaries, ExtractOptions::default(), &Progress::default())
    }

    /// A run with other bounds, which tells `progress` of itself.
    ///
    /// # Errors
    ///
    /// Those of [`Extraction::new`].
    pub fn with(
        source: &'e Source,
        state: &'e State,
        boundaries: &Boundaries,
        options: ExtractOptions,
        progress: &Progress,
    ) -> Result<Extraction<'e>, ExtractError> {
        let trees = trees(source)?;
        let (mut nodes, warnings) = (IndexMap::new(), Warnings::default());
        for index in trees.iter().flat_map(Tree::members) {
            let Some(resource) = source.resources.get(index) else { continue };
            let path = resource.incremental.as_ref().map(|incremental| incremental.cursor_path.as_str());
            let key = path.and_then(|path| overflow(state, &source.name, &resource.name, path));
            let in_table = key.and_then(|key| boundaries.get(&key)).map(Vec::as_slice).unwrap_or_default();
            let node = Node::new(source, index, resource, state, in_table, (progress, &warnings))?;
            nodes.insert(index, Mutex::new(node));
        }
        let run = Extraction { source, state, trees, nodes, options, warnings };
        run.refuse_limits_that_lose_rows()?;
        Ok(run)
    }

    fn refuse_limits_that_lose_rows(&self) -> Result<(), ExtractError> {
        for tree in &self.trees {
            let mut limited = Vec::new();
            for index in tree.members() {
                let Some(node) = self.nodes.get(&index) else { continue };
                let is_below_limit = tree.parent(index).is_some_and(|parent| limited.contains(&parent));
                let node = lock(node);
                if is_below_limit || !node.resource.limit.is_none() {
                    limited.push(index);
                }
                node.refuse_limit_that_loses_rows(is_below_limit)?;
            }
        }
        Ok(())
    }

    /// Counts rows that an earlier attempt at this run has handed out, before it runs. Rows of resources that do not take
    /// part are passed over.
    ///
    /// # Errors
    ///
    /// Where they cannot be rows of the resource.
    pub fn replay(&mut self, resource: &str, rows: Selection, ordinal: u64) -> Result<(), ExtractError> {
        self.node(resource).map_or(Ok(()), |node| lock(node).replay(rows, ordinal))
    }

    /// Has a resource go on where an earlier attempt was after `pages` pages.
    pub fn go_on_at(&mut self, tree: &str, checkpoint: Checkpoint, pages: u64) {
        if let Some(node) = self.node(tree) {
            lock(node).go_on_at(checkpoint, pages);
        }
    }

    fn node(&self, resource: &str) -> Option<&Mutex<Node<'e>>> {
        let index = self.source.resources.iter().position(|other| other.name == resource)?;
        self.nodes.get(&index)
    }

    /// What a resource would start from; none where the run does not have it.
    pub fn start_of(&self, resource: &str) -> Option<Start> {
        self.nodes.values().map(|node| lock(node)).find(|node| node.resource.name == resource).map(|node| node.start_from())
    }

    /// Hands out all new rows. `sink` must not wait; each batch waits for its share of `budget` before, so that a source
    /// is not asked for more than the rest of the system can take.
    ///
    /// Resources run at the same time, within the bounds; the rows of each come in their order.
    ///
    /// # Errors
    ///
    /// The first one of any resource; the state of the run is lost with it.
    pub async fn run(self, budget: &Budget, sink: Sink<'_>) -> Result<After, ExtractError> {
        let (beside, alone): (Vec<&Tree>, Vec<&Tree>) =
            self.trees.iter().partition(|tree| self.source.resources.get(tree.root).is_some_and(|root| root.parallelized));
        let lanes = beside.into_iter().map(|tree| vec![tree]).chain(std::iter::once(alone));
        let lanes: Vec<_> = lanes.map(|lane| self.run_lane(lane, budget, sink)).collect();
        let ran = stream::iter(lanes).buffer_unordered(self.options.max_resources.max(1)).try_collect::<()>().await;
        if ran.is_err() {
            // There is no report of a run that fails.
            for Warning { resource, message, count } in self.warnings.all() {
                tracing::warn!(resource, count, "{message}");
            }
        }
        ran.and_then(|()| self.finish())
    }

    /// Runs one after the other.
    async fn run_lane(&self, trees: Vec<&Tree>, budget: &Budget, sink: Sink<'_>) -> Result<(), ExtractError> {
        for tree in trees {
            self.run_tree(tree, budget, sink).await?;
        }
        Ok(())
    }

    async fn run_tree(&self, tree: &Tree, budget: &Budget, sink: Sink<'_>) -> Result<(), ExtractError> {
        let Some(root_node) = self.nodes.get(&tree.root) else { return Ok(()) };
        let mut items: ItemStream<'_> = root(tree.root, root_node);
        for (child, parent) in tree.dependents.iter().copied() {
            let Some(node) = self.nodes.get(&child) else { continue };
            let start = lock(node).start();
            items = Box::pin(Dependents {
                upstream: items,
                parent,
                child,
                node,
                start,
                width: self.options.max_rows.max(1),
                queue: VecDeque::new(),
                is_upstream_done: false,
            });
        }
        let root = lock(root_node).resource;
        let name: Arc<str> = root.name.as_str().into();
        while let Some(item) = items.next().await {
            match item? {
                Item::Rows { node, rows, of: _ } => self.send(&name, node, rows, budget, sink).await?,
                Item::Mark(checkpoint) => hand_out(Extracted::Checkpoint { tree: Arc::clone(&name), checkpoint }, &name, sink)?,
            }
            // What feeds others is not asked for more than they take.
            if !root.is_loaded() && self.loaded_of(tree).all(|node| lock(node).has_ended()) {
                break;
            }
            // A source that never waits would keep others from running, a cancellation among them.
            tokio::task::yield_now().await;
        }
        drop(items);
        tree.members().filter_map(|index| self.nodes.get(&index)).for_each(|node| lock(node).end());
        Ok(())
    }

    /// The members of a tree whose rows are loaded.
    fn loaded_of<'s>(&'s self, tree: &'s Tree) -> impl Iterator<Item = &'s Mutex<Node<'e>>> {
        tree.members().filter_map(|index| self.nodes.get(&index)).filter(|node| lock(node).resource.is_loaded())
    }

    async fn send(
        &self,
        tree: &Arc<str>,
        node: usize,
        rows: Selection,
        budget: &Budget,
        sink: Sink<'_>,
    ) -> Result<(), ExtractError> {
        let Some(node) = self.nodes.get(&node) else { return Ok(()) };
        let resource = lock(node).resource;
        if rows.ids.is_empty() || !resource.is_loaded() {
            return Ok(());
        }
        let name: Arc<str> = resource.name.as_str().into();
        for (table, rows) in by_table(resource, rows) {
            let asked = lock(node).is_heard().then(Instant::now);
            let share = budget.take(rows.document.memory()).await;
            lock(node).note_budget_wait(asked.map_or(Duration::ZERO, |asked| asked.elapsed()));
            let ordinal = lock(node).next_ordinal();
            let batch = RowBatch { resource: Arc::clone(&name), table, rows, ordinal, share };
            hand_out(Extracted::Rows { tree: Arc::clone(tree), batch }, &name, sink)?;
        }
        Ok(())
    }

    fn finish(self) -> Result<After, ExtractError> {
        let mut after = After { state: self.state.clone(), boundaries: Vec::new(), warnings: self.warnings.all() };
        let complete: Vec<usize> =
            self.nodes.iter().filter(|(_, node)| lock(node).is_complete()).map(|(index, _)| *index).collect();
        let parent = |child: usize| self.trees.iter().find_map(|tree| tree.parent(child));
        let is_fed_completely =
            |index: usize| std::iter::successors(parent(index), |at| parent(*at)).all(|at| complete.contains(&at));
        let mut nodes: Vec<_> = self.nodes.into_iter().collect();
        nodes.sort_unstable_by_key(|(index, _)| *index);
        for (index, node) in nodes {
            let is_fed_completely = is_fed_completely(index);
            let node = node.into_inner().unwrap_or_else(PoisonError::into_inner);
            let resource = node.resource;
            // The rows that feed others are not loaded, so the cursor does not move over them.
            if !resource.is_loaded() {
                continue;
            }
            let had_state = self.state.resource(&self.source.name, &resource.name).is_some();
            let outcome = node.finish(is_fed_completely)?;
            if had_state || outcome.kept.is_some() || resource.write_disposition == WriteDisposition::Replace {
                after.state.set_resource(&self.source.name, &resource.name, outcome.kept);
            }
            after.boundaries.extend(outcome.boundary);
        }
        Ok(after)
    }
}

/// The rows of a page by the table that they go to.
fn by_table(resource: &Resource, rows: Selection) -> Vec<(String, Selection)> {
    let TableName::PerRow(name) = &resource.table_name else { return vec![(resource.root_table(), rows)] };
    let mut tables: IndexMap<String, Vec<_>> = IndexMap::new();
    for node in rows.nodes() {
        tables.entry(normalize_path(&name(node))).or_default().push(node.id());
    }
    tables.into_iter().map(|(table, ids)| (table, Selection { document: rows.document.clone(), ids })).collect()
}

fn hand_out(extracted: Extracted, resource: &str, sink: Sink<'_>) -> Result<(), ExtractError> {
    match sink(extracted) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(ExtractError::Stopped { resource: resource.to_owned() }),
    }
}
