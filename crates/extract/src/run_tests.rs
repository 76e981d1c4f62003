use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use catchment_json::Value;
use catchment_schema::WriteDisposition;
use catchment_state::State;
use futures_util::{StreamExt as _, stream};

use crate::{Budget, Incremental, Resource, RowBatch, Source, extract};

fn numbers(name: &str, range: std::ops::Range<i64>) -> Resource {
    Resource::stream(name, move |_| stream::iter(range.clone()).map(|n| Ok::<_, Infallible>(vec![row(n)])))
}

fn row(n: i64) -> Value {
    Value::object([("n", Value::from(n))])
}

/// Extracts, and shows rows by table, then what the state keeps.
fn check(source: Source, state: &State, expected: &str) -> Option<State> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let shown = Mutex::new(Vec::new());
    let sink = |batch: RowBatch| {
        let rows = batch.rows.nodes().map(|row| format!("{row:?}"));
        shown.lock().unwrap().push(format!("{} {}", batch.table, rows.collect::<Vec<_>>().join("")));
        ControlFlow::Continue(())
    };
    let extracted = runtime.block_on(extract(&source, state, &Budget::new(1 << 20), &sink));
    let mut shown = shown.into_inner().unwrap();
    let (end, state) = match extracted {
        Ok(state) => (state.to_value().get("sources").map_or("-".to_owned(), Value::to_string), Some(state)),
        Err(error) => (error.to_string(), None),
    };
    shown.push(end);
    assert_eq!(shown.join("; "), expected);
    state
}

fn fresh() -> State {
    State::new("p", "d", "t")
}

#[test]
fn resources_come_one_after_the_other() {
    let source = Source::new("s").with(numbers("A b", 1..3)).with(numbers("c", 5..6));
    check(source, &fresh(), r#"a_b {"n":1}; a_b {"n":2}; c {"n":5}; -"#);
}

#[test]
fn limits_count_rows() {
    let rows: Vec<_> = (1..4).map(row).collect();
    check(Resource::rows("r", rows).add_limit(2).into(), &fresh(), r#"r {"n":1}{"n":2}; -"#);
    check(numbers("r", 1..9).add_limit(2).into(), &fresh(), r#"r {"n":1}; r {"n":2}; -"#);
    check(numbers("r", 1..3).add_limit(9).into(), &fresh(), r#"r {"n":1}; r {"n":2}; -"#);
    check(numbers("r", 1..3).add_limit(0).into(), &fresh(), "-");
}

#[test]
fn a_limit_does_not_move_the_cursor() {
    let merged =
        |limit| numbers("r", 1..4).incremental(Incremental::new("n")).write_disposition(WriteDisposition::Merge).add_limit(limit);
    check(merged(2).into(), &fresh(), r#"r {"n":1}; r {"n":2}; -"#);
    let refused = numbers("r", 1..4).incremental(Incremental::new("n")).add_limit(2);
    check(
        refused.into(),
        &fresh(),
        "resource `r` appends rows, loads incrementally by `n`, and has a limit: rows that the limit cuts off would be appended twice \
         or never; merge by a primary key instead, or take the limit away",
    );
}

#[test]
fn replaced_resources_start_anew() {
    let incremental = || numbers("r", 1..3).incremental(Incremental::new("n")).primary_key(["n"]);
    let expected = r#"r {"n":1}; r {"n":2}; {"r":{"resources":{"r":{"incremental":{"n":{"initial_value":null,"last_value":2,"unique_hashes":["Tp44cKMYfAuJ"],"start_value":null}}}}}}"#;
    let state = check(incremental().into(), &fresh(), expected).unwrap();
    check(incremental().into(), &state, expected.rsplit_once("; ").unwrap().1);
    check(incremental().write_disposition(WriteDisposition::Replace).into(), &state, expected);
    check(numbers("r", 1..2).write_disposition(WriteDisposition::Replace).into(), &fresh(), r#"r {"n":1}; {"r":{}}"#);
}

#[test]
fn a_failing_resource_is_named() {
    let failing = Resource::stream("r", |_| stream::iter([Err::<Vec<i64>, _>("boom")]));
    check(failing.into(), &fresh(), "resource `r` failed");
}

#[test]
fn the_budget_lets_a_page_larger_than_itself_through() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let budget = Budget::new(1);
    runtime.block_on(async {
        drop(budget.take(1 << 30).await);
        drop(budget.take(1).await);
    });
}

#[test]
fn rows_of_an_iterator_come_in_pages() {
    let source = Resource::iter("r", |_| (0_i64..2500).map(row)).add_limit(1001);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let sizes = Mutex::new(Vec::new());
    let sink = |batch: RowBatch| {
        sizes.lock().unwrap().push(batch.rows.ids.len());
        ControlFlow::Continue(())
    };
    runtime.block_on(extract(&source.into(), &fresh(), &Budget::new(1 << 20), &sink)).unwrap();
    assert_eq!(sizes.into_inner().unwrap(), [1000, 1]);
}

#[test]
fn rows_that_cannot_be_serialised_fail_the_run() {
    let rows = vec![std::collections::BTreeMap::from([(vec![1], 2)])];
    check(Resource::rows("r", rows).into(), &fresh(), "resource `r` failed");
}

/// Runs a resource of rows in descending order that stops asking where it meets old ones: how many it asked for.
fn descending(rows: &'static [i64], state: &State, expected: &str) -> (State, usize) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let pages = move |start: &crate::Start| {
        let (start, count) = (start.clone(), Arc::clone(&count));
        stream::iter(rows)
            .take_while(move |_| std::future::ready(!start.is_out_of_range()))
            .inspect(move |_| {
                count.fetch_add(1, Ordering::Relaxed);
            })
            .map(|n| Ok::<_, Infallible>(vec![row(*n)]))
    };
    let resource = Resource::stream("r", pages).incremental(Incremental::new("n").initial_value(3)).primary_key(["n"]);
    (check(resource.into(), state, expected).unwrap(), asked.load(Ordering::Relaxed))
}

#[test]
fn a_descending_resource_can_stop_where_it_meets_older_rows() {
    let kept = r#"{"r":{"resources":{"r":{"incremental":{"n":{"initial_value":3,"last_value":5,"unique_hashes":["tIXXf9wiHssy"],"start_value":3}}}}}}"#;
    let (state, asked) = descending(&[5, 4, 3, 2, 1], &fresh(), &format!(r#"r {{"n":5}}; r {{"n":4}}; r {{"n":3}}; {kept}"#));
    assert_eq!(asked, 4);
    // Others may have come to the last value, so that one alone does not say that all below is known.
    let (_, asked) = descending(&[5, 5, 4, 3, 2, 1], &state, kept);
    assert_eq!(asked, 3);
}
