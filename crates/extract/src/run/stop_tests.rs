use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio_util::sync::CancellationToken;

use super::tests::{fresh, row};
use crate::{Boundaries, Extraction, Incremental, MemoryBudget, Resource, Source};

/// Processes a page of 10,000 rows with `step`, which calls the given function for each row. The tenth call cancels the
/// run. Checks the number of calls.
#[track_caller]
fn check(step: impl FnOnce(Resource, Arc<dyn Fn() + Send + Sync>) -> Resource, expected: usize) {
    let (token, count) = (CancellationToken::new(), Arc::new(AtomicUsize::new(0)));
    let work = {
        let (token, count) = (token.clone(), Arc::clone(&count));
        move || {
            if count.fetch_add(1, Ordering::Relaxed) == 9 {
                token.cancel();
            }
        }
    };
    let resource = step(Resource::rows("numbers", (0..10_000).map(row).collect::<Vec<_>>()), Arc::new(work));
    let (source, state) = (Source::from(resource), fresh());
    let run = Extraction::new(&source, &state, &Boundaries::new()).unwrap().with_stop_signal(&token.into());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let ended = runtime.block_on(run.run(&MemoryBudget::new(1 << 20), &|_| ControlFlow::Continue(())));
    let problem = "the run was cancelled while rows of resource `numbers` were processed";
    assert_eq!(ended.map(|_| ()).map_err(|error| error.to_string()), Err(problem.to_owned()));
    assert_eq!(count.load(Ordering::Relaxed), expected);
}

#[test]
fn a_cancelled_run_ends_in_the_middle_of_a_page() {
    check(|resource, work| resource.filter(move |_| [work()].len() == 1), 64);
    check(|resource, work| resource.map(move |row| [work()].map(|()| row.clone())), 64);
    check(|resource, work| resource.yield_map(move |row| [work()].map(|()| row.clone())), 64);
    // the cursor processes rows after the steps
    let at_once = |resource: Resource, work: Arc<dyn Fn() + Send + Sync>| {
        resource.map_pages(move |page| {
            (0..10).for_each(|_| work());
            Ok(page)
        })
    };
    check(move |resource, work| at_once(resource.incremental(Incremental::new("n")), work), 10);
}
