//! The stream of a root resource.

use std::sync::Mutex;
use std::time::Duration;

use async_stream::try_stream;
use futures_util::StreamExt as _;
use tokio::time::Instant;

use super::resource_run::{ResourceRun, lock};
use super::tree_stream::{TreeEvent, TreeStream};
use crate::DeliveryTurn;
use crate::checkpoint::PageEnd;
use crate::resource::PageFactory;

/// Locks a node briefly: the lock is never held across an await.
fn with<'r, T>(node: &Mutex<ResourceRun<'r>>, f: impl FnOnce(&mut ResourceRun<'r>) -> T) -> T {
    f(&mut lock(node))
}

/// Yields the new rows of each page of the resource at `index`, and its checkpoint if the resource is resumable.
pub(super) fn root_stream<'t>(index: usize, node: &'t Mutex<ResourceRun<'_>>, turn: DeliveryTurn) -> TreeStream<'t> {
    let stream = try_stream! {
        let Some(mut pages) = open_pages(node, turn) else { return };
        while !with(node, |node| node.has_ended()) {
            let requested_at = with(node, |node| node.is_heard()).then(Instant::now);
            let page = pages.next().await;
            let Some(mut page) = page else {
                with(node, |node| node.set_end(PageEnd::Complete));
                if let Some(checkpoint) = with(node, |node| node.checkpoint()) {
                    yield TreeEvent::Checkpoint(checkpoint);
                }
                break;
            };
            let waited = requested_at.map_or(Duration::ZERO, |requested_at| requested_at.elapsed());
            let permit = page.as_mut().ok().and_then(|page| page.permit.take());
            let rows = with(node, |node| node.accept(page, None, waited))?;
            yield TreeEvent::Rows { node: index, rows, parent_row: None, permit };
            // The limit may have been reached exactly at the last page.
            let may_be_all = with(node, |node| node.has_ended() && node.has_unknown_position());
            if may_be_all && pages.next().await.is_none() {
                with(node, |node| node.set_end(PageEnd::Complete));
            }
            if let Some(checkpoint) = with(node, |node| node.checkpoint()) {
                yield TreeEvent::Checkpoint(checkpoint);
            }
        }
    };
    Box::pin(stream)
}

/// Opens the pages, unless the resource has ended or is a dependent resource.
fn open_pages(node: &Mutex<ResourceRun<'_>>, turn: DeliveryTurn) -> Option<crate::page::PageStream> {
    let mut node = lock(node);
    let start = node.start().with_turn(turn);
    match &node.resource.pages {
        PageFactory::Root(pages) if !node.has_ended() => Some(pages(&start)),
        PageFactory::Root(_) | PageFactory::Transformer { .. } => None,
    }
}
