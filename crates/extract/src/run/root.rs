//! The pages of the resource that a tree begins with.

use std::sync::Mutex;
use std::time::Duration;

use async_stream::try_stream;
use futures_util::StreamExt as _;
use tokio::time::Instant;

use super::item::{Item, ItemStream};
use super::node::{Node, lock};
use crate::Turn;
use crate::checkpoint::End;
use crate::resource::Pages;

/// Nobody holds a node while it waits.
fn with<'r, T>(node: &Mutex<Node<'r>>, f: impl FnOnce(&mut Node<'r>) -> T) -> T {
    f(&mut lock(node))
}

/// The new rows of the pages of the resource at `index`, and after each page where it is, if it can go on from there.
pub(super) fn root<'t>(index: usize, node: &'t Mutex<Node<'_>>, turn: Turn) -> ItemStream<'t> {
    let stream = try_stream! {
        let Some(mut pages) = begin(node, turn) else { return };
        while !with(node, |node| node.has_ended()) {
            let asked = with(node, |node| node.is_heard()).then(Instant::now);
            let page = pages.next().await;
            let Some(mut page) = page else {
                with(node, |node| node.set_end(End::Complete));
                if let Some(checkpoint) = with(node, |node| node.checkpoint()) {
                    yield Item::Mark(checkpoint);
                }
                break;
            };
            let waited = asked.map_or(Duration::ZERO, |asked| asked.elapsed());
            let permit = page.as_mut().ok().and_then(|page| page.permit.take());
            let rows = with(node, |node| node.accept(page, None, waited))?;
            yield Item::Rows { node: index, rows, of: None, permit };
            // The limit may have been reached at the very end of the pages.
            let may_be_all = with(node, |node| node.has_ended() && node.is_place_unknown());
            if may_be_all && pages.next().await.is_none() {
                with(node, |node| node.set_end(End::Complete));
            }
            if let Some(checkpoint) = with(node, |node| node.checkpoint()) {
                yield Item::Mark(checkpoint);
            }
        }
    };
    Box::pin(stream)
}

/// The pages, where any are to be taken.
fn begin(node: &Mutex<Node<'_>>, turn: Turn) -> Option<crate::page::PageStream> {
    let mut node = lock(node);
    let start = node.start().in_turn(turn);
    match &node.resource.pages {
        Pages::Own(pages) if !node.has_ended() => Some(pages(&start)),
        Pages::Own(_) | Pages::OfRows { .. } => None,
    }
}
