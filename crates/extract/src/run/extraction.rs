//! The extraction of a source.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex};

use catchment_json::Selection;
use catchment_schema::WriteDisposition;
use catchment_state::State;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use indexmap::IndexMap;

use super::cursor_entry_tables::CursorEntryTables;
use super::dependent_progress::{ByName, DependentProgress, ParentStart, by_name};
use super::outcome::{Boundaries, ExtractOptions, ExtractOutcome, Sink};
use super::resource_run::{ResourceRole, ResourceRun, lock};
use super::tree::{ResourceTree, build_trees};
use super::tree_run::TreeRun;
use crate::checkpoint::Checkpoint;
use crate::progress::ProgressChannel;
use crate::warnings::Warnings;
use crate::{ExtractError, ExtractWarning, MemoryBudget, Resource, ResumePoint, Source, StopSignal};

/// A run of a source: extracts the selected resources and their ancestors.
///
/// ```
/// use std::ops::ControlFlow;
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// use catchment_extract::{Boundaries, MemoryBudget, ExtractEvent, Extraction, Resource, Source};
/// use catchment_state::State;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let source = Source::from(Resource::rows("rivers", vec![("Rhine", 1233), ("Danube", 2850)]));
/// let state = State::new("geography", "geography_data", "dlt.destinations.duckdb");
/// let count = AtomicUsize::new(0);
/// let sink = |extracted| {
///     if let ExtractEvent::Rows { batch, .. } = extracted {
///         count.fetch_add(batch.rows.ids.len(), Ordering::Relaxed);
///     }
///     ControlFlow::Continue(())
/// };
/// let run = Extraction::new(&source, &state, &Boundaries::new())?;
/// let after = run.run(&MemoryBudget::new(1 << 20), &sink).await?;
/// assert_eq!((count.into_inner(), after.state), (2, state));
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Debug)]
pub struct Extraction<'e> {
    source: &'e Source,
    by_name: ByName<'e>,
    state: &'e State,
    without_rows: BTreeSet<String>,
    trees: Vec<TreeRun<'e>>,
    /// The first tree of each resource, and its index in the source.
    index_by_name: HashMap<&'e str, (usize, usize)>,
    options: ExtractOptions,
    warnings: Warnings,
}

/// The resources of a tree that are loaded.
#[derive(Clone, Copy)]
enum LoadScope<'l> {
    /// All members of this set.
    All(&'l HashSet<usize>),
    /// A single resource.
    Single(usize),
}

impl<'e> Extraction<'e> {
    /// Creates a run that resumes from `state`. `boundaries` has the entries of
    /// [`overflowing_entries`](crate::overflowing_entries).
    ///
    /// # Errors
    ///
    /// Returns an error if a limit would lose rows, cursor options contradict each other, or a parent resource is
    /// missing.
    pub fn new(source: &'e Source, state: &'e State, boundaries: &Boundaries) -> Result<Extraction<'e>, ExtractError> {
        let (options, progress) = (ExtractOptions::default(), ProgressChannel::default());
        Extraction::with_options(source, state, boundaries, &BTreeSet::new(), options, &progress)
    }

    /// Creates a run with other options that reports to `progress`. `without_rows` are the resources that have no rows
    /// in the dataset: their parent resources start from the beginning for them.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Extraction::new`].
    pub fn with_options(
        source: &'e Source,
        state: &'e State,
        boundaries: &Boundaries,
        without_rows: &BTreeSet<String>,
        options: ExtractOptions,
        progress: &ProgressChannel,
    ) -> Result<Extraction<'e>, ExtractError> {
        let mut run = Extraction {
            source,
            by_name: by_name(source),
            state,
            without_rows: without_rows.clone(),
            trees: Vec::new(),
            index_by_name: HashMap::new(),
            options,
            warnings: Warnings::default(),
        };
        let loaded: Vec<(usize, &Resource)> =
            source.resources.iter().enumerate().filter(|(_, resource)| resource.is_loaded()).collect();
        let (separate, shared): (Vec<_>, Vec<_>) =
            loaded.into_iter().partition(|(_, resource)| run.dependent_progress().has_saved_start(resource));
        let shared: HashSet<usize> = shared.into_iter().map(|(index, _)| index).collect();
        for tree in build_trees(source, |index| shared.contains(&index))? {
            run.add(tree, LoadScope::All(&shared), boundaries, progress)?;
        }
        for (child, _) in separate {
            for tree in build_trees(source, |index| index == child)? {
                run.add(tree, LoadScope::Single(child), boundaries, progress)?;
            }
        }
        run.check_limits()?;
        Ok(run)
    }

    /// Sets the stop signal. It ends the run with [`ExtractError::Cancelled`], even in the middle of a large page.
    ///
    /// ```
    /// use catchment_extract::{Boundaries, Extraction, Resource, Source, StopSignal};
    /// use catchment_state::State;
    ///
    /// let source = Source::from(Resource::rows("rivers", vec![("Rhine", 1233)]));
    /// let state = State::new("geography", "geography_data", "dlt.destinations.duckdb");
    /// let run = Extraction::new(&source, &state, &Boundaries::new())?.with_stop_signal(&StopSignal::default());
    /// # let _ = run;
    /// # Ok::<(), catchment_extract::ExtractError>(())
    /// ```
    #[must_use]
    pub fn with_stop_signal(self, stop: &StopSignal) -> Extraction<'e> {
        self.trees.iter().flat_map(|part| part.nodes.values()).for_each(|node| lock(node).set_stop(stop));
        self
    }

    fn dependent_progress(&self) -> DependentProgress<'_> {
        let Extraction { source, state, without_rows, by_name, .. } = self;
        DependentProgress { source, by_name, state, without_rows }
    }

    /// Adds a tree.
    fn add(
        &mut self,
        tree: ResourceTree,
        loaded: LoadScope<'_>,
        boundaries: &Boundaries,
        progress: &ProgressChannel,
    ) -> Result<(), ExtractError> {
        let mut nodes = IndexMap::new();
        let (child, has_own_resume_point) = match loaded {
            LoadScope::All(_) => (None, false),
            LoadScope::Single(child) => (self.source.resources.get(child), true),
        };
        for index in tree.members() {
            let Some(resource) = self.source.resources.get(index) else { continue };
            let is_loaded = match loaded {
                LoadScope::All(shared) => shared.contains(&index),
                LoadScope::Single(child) => child == index,
            };
            let from = child
                .filter(|_| !is_loaded)
                .map_or(ParentStart::OwnCursor, |child| self.dependent_progress().parent_start(child, resource));
            let own_state = self.state.resource(&self.source.name, &resource.name);
            let (resource_state, in_tables) = match &from {
                ParentStart::OwnCursor => (own_state, CursorEntryTables::of(boundaries, self.source, self.state, resource)),
                ParentStart::Saved(position) => (Some(position), CursorEntryTables::default()),
            };
            // Progress is reported for the first run of a resource only, so that totals are not mixed.
            let runs_twice = self.index_by_name.contains_key(resource.name.as_str());
            self.index_by_name.entry(&resource.name).or_insert((self.trees.len(), index));
            let progress = if runs_twice { &ProgressChannel::default() } else { progress };
            let role = ResourceRole { resource, resource_state, is_loaded, has_own_resume_point };
            let node = ResourceRun::new(self.source, index, role, in_tables, (progress, &self.warnings))?;
            nodes.insert(index, Mutex::new(node));
        }
        let named = child.or_else(|| self.source.resources.get(tree.root));
        let name: Arc<str> = named.map_or("", |resource| resource.name.as_str()).into();
        self.trees.push(TreeRun { name, tree, nodes, has_own_resume_point });
        Ok(())
    }

    fn check_limits(&self) -> Result<(), ExtractError> {
        for TreeRun { tree, nodes, .. } in &self.trees {
            let mut limited = HashSet::new();
            for index in tree.members() {
                let Some(node) = nodes.get(&index) else { continue };
                let is_below_limit = tree.parent(index).is_some_and(|parent| limited.contains(&parent));
                let node = lock(node);
                if is_below_limit || !node.resource.limit.is_none() {
                    limited.insert(index);
                }
                node.check_limit(is_below_limit)?;
            }
        }
        Ok(())
    }

    /// Counts rows that an interrupted run has already delivered. Rows of resources that are not loaded are ignored.
    ///
    /// # Errors
    ///
    /// Returns an error if the rows do not fit the cursor of the resource.
    pub fn replay(&mut self, resource: &str, rows: Selection, ordinal: u64) -> Result<(), ExtractError> {
        let mut nodes = self.trees.iter().flat_map(|part| part.nodes.values()).map(lock);
        let node = nodes.find(|node| node.is_loaded && node.resource.name == resource);
        node.map_or(Ok(()), |mut node| node.replay(rows, ordinal))
    }

    /// Resumes a tree at a checkpoint that an interrupted run reached after `pages` pages.
    pub fn resume_at(&mut self, tree: &str, checkpoint: Checkpoint, pages: u64) {
        let part = self.trees.iter().find(|part| part.name.as_ref() == tree);
        if let Some(root) = part.and_then(|part| part.nodes.get(&part.tree.root)) {
            lock(root).resume_at(checkpoint, pages);
        }
    }

    /// Returns the resume point of a resource; `None` if it is not part of the run.
    pub fn resume_point(&self, resource: &str) -> Option<ResumePoint> {
        let (tree, index) = self.index_by_name.get(resource)?;
        self.trees.get(*tree)?.nodes.get(index).map(|node| lock(node).resume_point())
    }

    /// Returns the names of the trees of resources that have checkpoints, from which a later run can resume.
    pub fn resumable_trees(&self) -> BTreeSet<Arc<str>> {
        let is_resumable = |part: &&TreeRun<'_>| part.nodes.get(&part.tree.root).is_some_and(|root| lock(root).is_resumable());
        self.trees.iter().filter(is_resumable).map(|part| Arc::clone(&part.name)).collect()
    }

    /// Delivers all new rows to `sink`, which must not block. Each batch first waits for a permit of `budget`, which
    /// applies backpressure to the source. Resources run in parallel as [`ExtractOptions`] allow, each in its row order.
    ///
    /// # Errors
    ///
    /// Returns the first error of any resource. The state of the run is lost.
    pub async fn run(self, budget: &MemoryBudget, sink: Sink<'_>) -> Result<ExtractOutcome, ExtractError> {
        let is_parallelized =
            |part: &&TreeRun<'_>| self.source.resources.get(part.tree.root).is_some_and(|root| root.parallelized);
        let (parallel, sequential): (Vec<&TreeRun<'e>>, Vec<&TreeRun<'e>>) = self.trees.iter().partition(is_parallelized);
        let lanes = parallel.into_iter().map(|part| vec![part]).chain(std::iter::once(sequential));
        let lanes: Vec<_> = lanes.map(|lane| self.run_sequentially(lane, budget, sink)).collect();
        let ran = stream::iter(lanes).buffer_unordered(self.options.max_parallel_resources.max(1)).try_collect::<()>().await;
        if ran.is_err() {
            // A failed run has no report.
            for ExtractWarning { resource, message, count } in self.warnings.all() {
                tracing::warn!(resource, count, "{message}");
            }
        }
        ran.and_then(|()| self.finish())
    }

    /// Runs trees one after another.
    async fn run_sequentially(
        &self,
        parts: Vec<&TreeRun<'e>>,
        budget: &MemoryBudget,
        sink: Sink<'_>,
    ) -> Result<(), ExtractError> {
        for part in parts {
            part.run(self.options.max_parallel_items, budget, sink).await?;
        }
        Ok(())
    }

    fn finish(self) -> Result<ExtractOutcome, ExtractError> {
        let mut after = ExtractOutcome { state: self.state.clone(), boundaries: Vec::new(), warnings: Vec::new() };
        let (source, state, without_rows, by_name) = (self.source, self.state, &self.without_rows, &self.by_name);
        let dependents = DependentProgress { source, by_name, state, without_rows };
        let (mut loaded, mut links) = (Vec::new(), Vec::new());
        for part in self.trees {
            let (nodes, part_links) = part.finish();
            loaded.extend(nodes);
            links.extend(part_links);
        }
        loaded.sort_unstable_by_key(|(index, ..)| *index);
        let mut loaded_resources = Vec::new();
        for (_, node, has_complete_ancestors) in loaded {
            let resource = node.resource;
            let had_state = self.state.resource(&self.source.name, &resource.name).is_some();
            let outcome = node.finish(has_complete_ancestors)?;
            if had_state || outcome.resource_state.is_some() || resource.write_disposition == WriteDisposition::Replace {
                after.state.set_resource(&self.source.name, &resource.name, outcome.resource_state);
            }
            after.boundaries.extend(outcome.boundaries);
            loaded_resources.push(resource);
        }
        for link in links {
            let resource = |index: usize| self.source.resources.get(index);
            let (Some(child), Some(parent)) = (resource(link.child), resource(link.parent)) else { continue };
            dependents.record(&mut after.state, child, parent, link.end)?;
        }
        loaded_resources.into_iter().for_each(|parent| dependents.record_unloaded_dependents(&mut after.state, parent));
        for resource in &self.source.resources {
            let warnings = resource.end_warnings.as_ref().map(|warnings| warnings()).unwrap_or_default();
            warnings.into_iter().for_each(|warning| self.warnings.add(&resource.name, warning));
        }
        after.warnings = self.warnings.all();
        Ok(after)
    }
}
