use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Mutex;

use catchment_json::{Selection, Value};
use catchment_state::State;
use futures_util::{StreamExt as _, stream};

use super::tests::extract;
use crate::{ExtractEvent, Page, PageError, Resource, Source};

const PAGES: u32 = 4;

/// Returns the resumable resource `a` with three rows per page, and its dependent resources, whose pages arrive late.
fn source(dependents: &[(&str, &str)]) -> Source {
    let pages = |_: &_| {
        stream::iter((0..PAGES).map(|page| {
            let rows = Selection::try_from(vec![3 * page, 3 * page + 1, 3 * page + 2])?;
            Ok::<_, PageError>(Page::from(rows).with_next_position((page + 1 < PAGES).then(|| Value::from(page + 1))))
        }))
    };
    let mut source = Source::new("s").with_resource(Resource::pages("a", pages).resumable(true));
    for (name, parent) in dependents {
        source = source.with_resource(Resource::transformer(*name, *parent, |row, _| {
            let id: u32 = row.node().deserialize()?;
            Ok(stream::iter(0..id % 5).then(move |_| async move {
                for _ in 0..id % 7 {
                    tokio::task::yield_now().await;
                }
                Ok::<_, PageError>(vec![id])
            }))
        }));
    }
    source
}

/// Checks that each checkpoint comes after all rows of the pages before it, and before all rows of the pages behind it.
#[track_caller]
fn check(dependents: &[(&str, &str)]) {
    let (complete, counts) = (Mutex::new(0), Mutex::new(Vec::new()));
    let sink = |event| {
        let mut complete = complete.lock().unwrap();
        match event {
            ExtractEvent::Rows { batch, .. } => {
                let pages: BTreeSet<u32> = batch.rows.deserialize::<u32>().map(|id| id.unwrap() / 3).collect();
                assert_eq!(pages.into_iter().collect::<Vec<_>>(), [*complete], "{}", batch.resource);
            }
            ExtractEvent::Checkpoint { .. } => *complete += 1,
        }
        counts.lock().unwrap().push(*complete);
        ControlFlow::Continue(())
    };
    extract(&source(dependents), &State::new("p", "d", "t"), &sink).unwrap();
    // The last checkpoint is repeated at the end of the pages.
    assert!(counts.into_inner().unwrap().contains(&PAGES));
}

#[test]
fn rows_do_not_overtake_a_checkpoint() {
    check(&[]);
    check(&[("kids", "a")]);
    check(&[("kids", "a"), ("others", "a")]);
    check(&[("kids", "a"), ("grandkids", "kids")]);
}
