//! Resources and pages that are extracted in parallel.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::Arc;

use futures_util::{StreamExt as _, stream};

use super::tests::{check, details, extract, fresh, numbers, row};
use crate::{Resource, Row, Source};

#[test]
fn pages_of_several_parent_rows_are_requested_in_parallel() {
    // Each page waits until the pages of three rows were requested.
    let barrier = Arc::new(tokio::sync::Barrier::new(3));
    let waiting = Resource::transformer("d", "r", move |of: Row, _| {
        let barrier = Arc::clone(&barrier);
        stream::once(async move {
            barrier.wait().await;
            Ok::<_, Infallible>(vec![of.get("n")])
        })
    });
    let rows = (1..4).map(row).collect::<Vec<_>>();
    let source = Source::new("s").with_resource(Resource::rows("r", rows).selected(false)).with_resource(waiting);
    check(source, &fresh(), "d 1; d 2; d 3; -");
}

fn endless(name: &str) -> Resource {
    Resource::stream(name, |_| stream::repeat(()).map(|()| Ok::<_, Infallible>(vec![row(1)])))
}

#[test]
fn a_parent_resource_stops_when_its_dependents_have_ended() {
    let source = Source::new("s").with_resource(endless("r").selected(false)).with_resource(details("d", "r").add_limit(3));
    check(source.with_resource(details("e", "r").add_limit(1)), &fresh(), r#"e {"n":10}; d {"n":10}; d {"n":11}; d {"n":10}; -"#);
}

#[test]
fn a_failing_resource_stops_the_others() {
    let endless = endless("endless");
    let failing = Resource::transformer("d", "r", |_, _| stream::iter([Err::<Vec<i64>, _>("boom")]));
    let source = Source::new("s").with_resource(endless).with_resource(numbers("r", 1..2)).with_resource(failing);
    let failed = extract(&source, &fresh(), &|_| ControlFlow::Continue(()));
    let mut messages = Vec::new();
    let mut cause: Option<&dyn std::error::Error> = Some(failed.as_ref().unwrap_err());
    while let Some(error) = cause {
        messages.push(error.to_string());
        cause = error.source();
    }
    assert_eq!(messages, ["resource `d` failed", r#"parent row {"n":1}"#, "boom"]);
}
