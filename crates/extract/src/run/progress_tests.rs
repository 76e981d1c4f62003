use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::tests::{fresh, paged};
use crate::{Boundaries, ExtractOptions, Extraction, MemoryBudget, ProgressChannel, Source};

#[test]
fn events_have_totals() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (source, state, progress) = (Source::from(paged(2)), fresh(), ProgressChannel::default());
    let mut events = progress.subscribe();
    let run =
        Extraction::with_options(&source, &state, &Boundaries::new(), &BTreeSet::new(), ExtractOptions::default(), &progress)
            .unwrap();
    runtime.block_on(run.run(&MemoryBudget::new(1 << 20), &|_| ControlFlow::Continue(()))).unwrap();
    let mut shown = Vec::new();
    while let Ok(event) = events.try_recv() {
        shown.push(format!("{} {} {} {} {}", event.resource, event.pages, event.rows, event.bytes, event.is_done));
    }
    assert_eq!(shown, ["r 1 2 4 false", "r 2 4 8 false", "r 2 4 8 true"]);
}
