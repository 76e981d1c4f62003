//! Progress events and warnings of a run.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use futures_util::stream;

use super::tests::{details, extract, fresh, paged, row};
use crate::{Boundaries, ExtractOptions, Extraction, MemoryBudget, Page, PageError, ProgressChannel, Resource, Source};

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

#[test]
fn page_warnings_are_part_of_the_outcome() {
    let pages = |name: &str| {
        let page = |warnings: &[&str]| {
            let page = Page::from(catchment_json::Selection::try_from(vec![row(1)])?);
            Ok::<_, PageError>(Page { warnings: warnings.iter().copied().map(str::to_owned).collect(), ..page })
        };
        Resource::pages(name, move |_| stream::iter([page(&["odd"]), page(&[]), page(&["odd", "late"])]))
    };
    let source =
        Source::new("s").with_resource(pages("a").selected(false)).with_resource(details("b", "a")).with_resource(pages("c"));
    let after = extract(&source, &fresh(), &|_| ControlFlow::Continue(())).unwrap();
    let shown: Vec<_> = after.warnings.iter().map(|w| format!("{} {} {}", w.resource, w.message, w.count)).collect();
    assert_eq!(shown, ["a odd 2", "c odd 2", "c late 1", "a late 1"]);
}
