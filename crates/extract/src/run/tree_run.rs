//! The run of one tree of resources.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt as _;
use indexmap::IndexMap;

use super::dependent_progress::DependentEnd;
use super::emit::{emit, emit_rows};
use super::outcome::{ExtractEvent, Sink};
use super::resource_run::{ResourceRun, lock};
use super::root_stream::root_stream;
use super::transformer_stream::TransformerStream;
use super::tree::ResourceTree;
use super::tree_stream::{TreeEvent, TreeStream};
use crate::{DeliveryTurn, ExtractError, MemoryBudget};

/// A tree of resources in a run.
#[derive(Debug)]
pub(super) struct TreeRun<'e> {
    /// The name in events and checkpoints: that of the root, or of the single resource that is loaded.
    pub(super) name: Arc<str>,
    pub(super) tree: ResourceTree,
    /// The members by their index in the source.
    pub(super) nodes: IndexMap<usize, Mutex<ResourceRun<'e>>>,
    /// Whether the tree starts from a stored position of a single dependent resource.
    pub(super) has_own_resume_point: bool,
}

/// The progress of a dependent resource relative to an ancestor.
pub(super) struct DependentLink {
    pub(super) child: usize,
    pub(super) parent: usize,
    pub(super) end: DependentEnd,
}

impl<'e> TreeRun<'e> {
    /// Delivers the rows of the tree to `sink` as [`Extraction::run`](super::Extraction::run) does. A resource has pages of
    /// up to `max_parallel_items` parent rows in flight.
    pub(super) async fn run(&self, max_parallel_items: usize, budget: &MemoryBudget, sink: Sink<'_>) -> Result<(), ExtractError> {
        let TreeRun { tree, nodes, name, .. } = self;
        let Some(root_node) = nodes.get(&tree.root) else { return Ok(()) };
        let mut turn = DeliveryTurn::default();
        let mut items: TreeStream<'_> = root_stream(tree.root, root_node, turn.clone());
        for (child, parent) in tree.dependents.iter().map(|(child, parent)| (*child, *parent)) {
            let Some(node) = nodes.get(&child) else { continue };
            let start = lock(node).start();
            let upstream_turn = std::mem::take(&mut turn);
            items = Box::pin(TransformerStream {
                upstream: items,
                upstream_turn,
                turn: turn.clone(),
                parent,
                child,
                node,
                start,
                width: max_parallel_items.max(1),
                queue: VecDeque::new(),
                is_upstream_done: false,
            });
        }
        let is_root_loaded = lock(root_node).is_loaded;
        while let Some(item) = items.next().await {
            match item? {
                TreeEvent::Rows { node, rows, permit, parent_row: _ } => {
                    emit_rows(name, nodes.get(&node), rows, permit, budget, sink).await?
                }
                TreeEvent::Checkpoint(checkpoint) => {
                    emit(ExtractEvent::Checkpoint { tree: Arc::clone(name), checkpoint }, name, sink)?
                }
            }
            // Stop reading parent resources once all dependent resources have ended.
            if !is_root_loaded && self.loaded().all(|node| lock(node).has_ended()) {
                break;
            }
            // A source that never waits would block other resources and cancellation.
            tokio::task::yield_now().await;
        }
        drop(items);
        self.nodes.values().for_each(|node| lock(node).end());
        Ok(())
    }

    /// Returns the members whose rows are loaded.
    fn loaded<'s>(&'s self) -> impl Iterator<Item = &'s Mutex<ResourceRun<'e>>> {
        self.nodes.values().filter(|node| lock(node).is_loaded)
    }

    /// Returns the loaded members, each with whether all its ancestors are complete, and the progress of dependent
    /// resources.
    pub(super) fn finish(self) -> (Vec<(usize, ResourceRun<'e>, bool)>, Vec<DependentLink>) {
        let TreeRun { tree, nodes, has_own_resume_point, .. } = self;
        let complete: HashSet<usize> =
            nodes.iter().filter(|(_, node)| lock(node).is_complete()).map(|(index, _)| *index).collect();
        let ancestors = |index: usize| std::iter::successors(tree.parent(index), |at| tree.parent(*at));
        let (mut loaded, mut positions) = (Vec::new(), IndexMap::new());
        for (index, node) in nodes {
            let node = node.into_inner().unwrap_or_else(PoisonError::into_inner);
            if node.is_loaded {
                loaded.push((index, node, ancestors(index).all(|at| complete.contains(&at))));
            } else {
                positions.insert(index, node.into_position());
            }
        }
        let mut links = Vec::new();
        for (child, node, has_complete_ancestors) in &loaded {
            let is_complete = *has_complete_ancestors && node.is_complete();
            let mut is_cut = !node.is_complete();
            for parent in ancestors(*child) {
                let is_truncated = is_cut && !has_own_resume_point;
                is_cut |= !complete.contains(&parent);
                let end = match positions.get(&parent) {
                    _ if is_truncated => DependentEnd::Truncated,
                    _ if !is_complete && has_own_resume_point => DependentEnd::Unchanged,
                    _ if !is_complete => continue,
                    Some(position) => DependentEnd::Position { position: position.clone(), has_rows: node.has_rows() },
                    None => DependentEnd::WithParent { has_rows: node.has_rows() },
                };
                links.push(DependentLink { child: *child, parent, end });
            }
        }
        (loaded, links)
    }
}
