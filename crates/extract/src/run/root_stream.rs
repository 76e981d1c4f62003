//! The pages of the resource that a tree begins with.

use std::sync::Mutex;
use std::time::Duration;

use async_stream::try_stream;
use futures_util::StreamExt as _;
use tokio::time::Instant;

use super::item::{TreeEvent, TreeStream};
use super::resource_run::{ResourceRun, lock};
use crate::DeliveryTurn;
use crate::checkpoint::PageEnd;
use crate::resource::PageFactory;

/// Nobody holds a node while it waits.
fn with<'r, T>(node: &Mutex<ResourceRun<'r>>, f: impl FnOnce(&mut ResourceRun<'r>) -> T) -> T {
    f(&mut lock(node))
}

/// The new rows of the pages of the resource at `index`, and after each page where it is, if it can go on from there.
pub(super) fn root_stream<'t>(index: usize, node: &'t Mutex<ResourceRun<'_>>, turn: DeliveryTurn) -> TreeStream<'t> {
    let stream = try_stream! {
        let Some(mut pages) = open_pages(node, turn) else { return };
        while !with(node, |node| node.has_ended()) {
            let asked = with(node, |node| node.is_heard()).then(Instant::now);
            let page = pages.next().await;
            let Some(mut page) = page else {
                with(node, |node| node.set_end(PageEnd::Complete));
                if let Some(checkpoint) = with(node, |node| node.checkpoint()) {
                    yield TreeEvent::Checkpoint(checkpoint);
                }
                break;
            };
            let waited = asked.map_or(Duration::ZERO, |asked| asked.elapsed());
            let permit = page.as_mut().ok().and_then(|page| page.permit.take());
            let rows = with(node, |node| node.accept(page, None, waited))?;
            yield TreeEvent::Rows { node: index, rows, parent_row: None, permit };
            // The limit may have been reached at the very end of the pages.
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

/// The pages, where any are to be taken.
fn open_pages(node: &Mutex<ResourceRun<'_>>, turn: DeliveryTurn) -> Option<crate::page::PageStream> {
    let mut node = lock(node);
    let start = node.start().with_turn(turn);
    match &node.resource.pages {
        PageFactory::Root(pages) if !node.has_ended() => Some(pages(&start)),
        PageFactory::Root(_) | PageFactory::Transformer { .. } => None,
    }
}
