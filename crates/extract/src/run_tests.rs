use std::ops::ControlFlow;
use std::sync::Mutex;

use catchment_json::Value;
use catchment_schema::WriteDisposition;
use catchment_state::State;
use futures_util::{StreamExt as _, stream};

use crate::{Budget, Incremental, Page, Resource, RowBatch, Source, extract};

fn numbers(name: &str, range: std::ops::Range<i64>) -> Resource {
    let pages: Vec<Page> =
        range.map(|n| Page::from_values(vec![Value::object([("n", n)].map(|(k, v)| (k, Value::from(v))))])).collect();
    Resource::new(name, move |_| Box::pin(stream::iter(pages.clone()).map(Ok)))
}

/// Extracts, and shows rows by table, then what the state keeps.
fn check(source: Source, state: &State, expected: &str) -> Option<State> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let shown = Mutex::new(Vec::new());
    let sink = |batch: RowBatch| {
        let rows = batch.page.rows.iter().map(|row| format!("{:?}", batch.page.document.node(*row)));
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
    let rows = (1..4).map(|n| Value::object([("n", Value::from(n))])).collect();
    check(Resource::from_rows("r", rows).add_limit(2).into(), &fresh(), r#"r {"n":1}{"n":2}; -"#);
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
    let failing = Resource::new("r", |_| Box::pin(stream::iter([Err("boom".into())])));
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
