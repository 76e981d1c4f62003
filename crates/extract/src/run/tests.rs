use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use catchment_json::Value;
use catchment_schema::WriteDisposition;
use catchment_state::State;
use futures_util::{StreamExt as _, stream};

use crate::{
    Boundaries, ExtractError, ExtractEvent, ExtractOutcome, Extraction, Incremental, MemoryBudget, Page, PageError, Resource,
    ResumePoint, RowOrder, Sink, Source,
};

pub(super) fn numbers(name: &str, range: std::ops::Range<i64>) -> Resource {
    Resource::stream(name, move |_| stream::iter(range.clone()).map(|n| Ok::<_, Infallible>(vec![row(n)])))
}

pub(super) fn row(n: i64) -> Value {
    Value::object([("n", Value::from(n))])
}

pub(crate) fn extract(source: &Source, state: &State, sink: Sink<'_>) -> Result<ExtractOutcome, ExtractError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let run = Extraction::new(source, state, &Boundaries::new())?;
    runtime.block_on(run.run(&MemoryBudget::new(1 << 20), sink))
}

/// Extracts `source` and checks its rows by table, followed by the state or the error.
pub(super) fn check(source: Source, state: &State, expected: &str) -> Option<State> {
    let shown = Mutex::new(Vec::new());
    let sink = |extracted| {
        if let ExtractEvent::Rows { batch, .. } = extracted {
            let rows = batch.rows.nodes().map(|row| format!("{row:?}"));
            shown.lock().unwrap().push(format!("{} {}", batch.table, rows.collect::<Vec<_>>().join("")));
        }
        ControlFlow::Continue(())
    };
    let extracted = extract(&source, state, &sink);
    let mut shown = shown.into_inner().unwrap();
    let (end, state) = match extracted {
        Ok(ExtractOutcome { state, .. }) => {
            (state.to_value().get("sources").map_or("-".to_owned(), Value::to_string), Some(state))
        }
        Err(error) => (error.to_string(), None),
    };
    shown.push(end);
    assert_eq!(shown.join("; "), expected);
    state
}

pub(super) fn fresh() -> State {
    State::new("p", "d", "t")
}

#[test]
fn resources_run_in_parallel_unless_disabled() {
    let source = Source::new("s").with_resource(numbers("A b", 1..3)).with_resource(numbers("c", 5..6));
    check(source.clone(), &fresh(), r#"a_b {"n":1}; c {"n":5}; a_b {"n":2}; -"#);
    let alone = Source { resources: source.resources.into_iter().map(|r| r.parallelized(false)).collect(), ..Source::new("s") };
    check(alone, &fresh(), r#"a_b {"n":1}; a_b {"n":2}; c {"n":5}; -"#);
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
    let limited = numbers("r", 1..4).incremental(Incremental::new("n")).add_limit(2);
    check(
        limited.into(),
        &fresh(),
        "resource `r` appends rows incrementally by `n` and has a limit, so rows beyond the limit would be appended twice \
         or never; merge by a primary key, declare `row_order` if rows are sorted by the cursor, set `resumable`, or remove \
         the limit",
    );
}

#[test]
fn replaced_resources_start_over() {
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
fn a_page_larger_than_the_budget_is_granted() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let budget = MemoryBudget::new(1);
    runtime.block_on(async {
        drop(budget.acquire(1 << 30).await);
        drop(budget.acquire(1).await);
    });
}

#[test]
fn iterator_rows_are_split_into_pages() {
    let source = Resource::iter("r", |_| (0_i64..2500).map(row)).add_limit(1001);
    let sizes = Mutex::new(Vec::new());
    let sink = |extracted| {
        if let ExtractEvent::Rows { batch, .. } = extracted {
            sizes.lock().unwrap().push(batch.rows.ids.len());
        }
        ControlFlow::Continue(())
    };
    extract(&source.into(), &fresh(), &sink).unwrap();
    assert_eq!(sizes.into_inner().unwrap(), [1000, 1]);
}

#[test]
fn rows_that_cannot_be_serialized_fail_the_run() {
    let rows = vec![std::collections::BTreeMap::from([(vec![1], 2)])];
    check(Resource::rows("r", rows).into(), &fresh(), "resource `r` failed");
}

/// Runs a resource with rows in descending order that stops at known rows. Returns the number of requested rows.
fn descending(rows: &'static [i64], state: &State, expected: &str) -> (State, usize) {
    let requested = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requested);
    let pages = move |start: &crate::ResumePoint| {
        let (start, count) = (start.clone(), Arc::clone(&count));
        stream::iter(rows)
            .take_while(move |_| std::future::ready(!start.is_out_of_range()))
            .inspect(move |_| {
                count.fetch_add(1, Ordering::Relaxed);
            })
            .map(|n| Ok::<_, Infallible>(vec![row(*n)]))
    };
    let resource = Resource::stream("r", pages).incremental(Incremental::new("n").initial_value(3)).primary_key(["n"]);
    (check(resource.into(), state, expected).unwrap(), requested.load(Ordering::Relaxed))
}

#[test]
fn a_descending_resource_can_stop_at_older_rows() {
    let resource_state = r#"{"r":{"resources":{"r":{"incremental":{"n":{"initial_value":3,"last_value":5,"unique_hashes":["tIXXf9wiHssy"],"start_value":3}}}}}}"#;
    let (state, requested) =
        descending(&[5, 4, 3, 2, 1], &fresh(), &format!(r#"r {{"n":5}}; r {{"n":4}}; r {{"n":3}}; {resource_state}"#));
    assert_eq!(requested, 4);
    // Rows may have been added at the last value, so one row at it does not end the pages.
    let (_, requested) = descending(&[5, 5, 4, 3, 2, 1], &state, resource_state);
    assert_eq!(requested, 3);
}

/// Returns a source with pages of two rows, whose positions count from 0.
pub(super) fn paged(count: i64) -> Resource {
    Resource::pages("r", move |start: &ResumePoint| {
        let first = start.position.as_ref().and_then(Value::as_i64).unwrap_or(0);
        stream::iter(first..count).map(move |number| {
            let page = Page::from(catchment_json::Selection::try_from(vec![row(number * 2), row(number * 2 + 1)])?);
            Ok::<_, PageError>(page.with_next_position((number + 1 < count).then(|| Value::from(number + 1))))
        })
    })
}

#[test]
fn limits_of_pages_and_time() {
    check(paged(3).add_page_limit(1).into(), &fresh(), r#"r {"n":0}{"n":1}; -"#);
    check(paged(3).add_page_limit(0).into(), &fresh(), "-");
    check(paged(3).add_page_limit(2).add_limit(3).into(), &fresh(), r#"r {"n":0}{"n":1}; r {"n":2}; -"#);
    check(paged(3).add_time_limit(std::time::Duration::ZERO).into(), &fresh(), r#"r {"n":0}{"n":1}; -"#);
}

#[test]
fn rows_are_mapped_and_filtered_before_they_are_counted() {
    let even =
        |n: catchment_json::Node<'_>| n.get("n").and_then(|n| n.as_number()?.parse().ok()).is_some_and(|n: i64| n % 2 == 0);
    let tenfold = |row: Value| Value::object([("n", Value::from(row.get("n").and_then(Value::as_i64).unwrap_or(0) * 10))]);
    check(paged(3).add_limit(2).filter(even).map(tenfold).into(), &fresh(), r#"r {"n":0}; r {"n":20}; -"#);
    check(paged(1).yield_map(|row| vec![row.clone(), row]).into(), &fresh(), r#"r {"n":0}{"n":0}{"n":1}{"n":1}; -"#);
    check(paged(1).map(|_| None::<i64>).into(), &fresh(), "-");
}

#[test]
fn rows_are_loaded_into_their_tables() {
    let resource =
        paged(2).table_name_per_row(|row| format!("Rest {}", row.get("n").and_then(|n| n.as_number()).unwrap_or_default()));
    check(resource.into(), &fresh(), r#"rest_0 {"n":0}; rest_1 {"n":1}; rest_2 {"n":2}; rest_3 {"n":3}; -"#);
}

#[test]
fn colliding_table_names_are_an_error() {
    let name = |row: catchment_json::Node<'_>| {
        if row.get("n").and_then(|n| n.as_number()) == Some("3") { "my items" } else { "my_items" }
    };
    let source: Source = paged(2).table_name_per_row(move |row| name(row).to_owned()).into();
    let error = extract(&source, &fresh(), &|_| ControlFlow::Continue(())).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("tables \"my_items\" and \"my items\" would both be loaded into table `my_items`;"), "{error}");
}

#[test]
fn system_tables_and_empty_table_names_are_an_error() {
    let check = |table: &'static str, expected: &str| {
        let source: Source = paged(1).table_name_per_row(move |_| table.to_owned()).into();
        let error = extract(&source, &fresh(), &|_| ControlFlow::Continue(())).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check("_dlt_loads", "a row has the invalid table name \"_dlt_loads\": names that begin with `_dlt`");
    check("", "a row has the invalid table name \"\": it is empty");
}

fn ascending() -> Incremental {
    Incremental::new("n").row_order(RowOrder::Asc)
}

#[test]
fn a_limited_run_advances_the_cursor_if_rows_are_sorted() {
    let resource = || paged(3).incremental(ascending()).add_limit(3);
    let resource_state = |last: i64, start: &str, hash: &str| {
        format!(
            r#"{{"r":{{"resources":{{"r":{{"incremental":{{"n":{{"initial_value":null,"last_value":{last},"unique_hashes":["{hash}"],"start_value":{start}}}}}}}}}}}}}"#
        )
    };
    let hash = |n: i64| catchment_schema::short_hash::<9>(&format!(r#"{{"n":{n}}}"#));
    let state = check(
        resource().into(),
        &fresh(),
        &format!(r#"r {{"n":0}}{{"n":1}}; r {{"n":2}}; {}"#, resource_state(2, "null", &hash(2))),
    )
    .unwrap();
    let state =
        check(resource().into(), &state, &format!(r#"r {{"n":3}}; r {{"n":4}}{{"n":5}}; {}"#, resource_state(5, "2", &hash(5))))
            .unwrap();
    check(resource().into(), &state, &resource_state(5, "2", &hash(5)));
}

#[test]
fn a_limited_run_of_unsorted_rows_is_an_error() {
    let rows = |values: &[i64]| Resource::rows("r", values.iter().copied().map(row).collect::<Vec<_>>());
    check(
        rows(&[3, 1, 2]).incremental(ascending()).add_limit(2).into(),
        &fresh(),
        r#"r {"n":3}{"n":1}; resource `r`: rows are not sorted by the cursor `n` as `row_order` declares, so rows beyond the limit could be skipped forever; remove `row_order` or the limit"#,
    );
    // With an open start, further rows at the last value would be skipped.
    let open = ascending().range_start(crate::RangeBound::Open);
    let limited = extract(&rows(&[1, 1]).incremental(open).add_limit(1).into(), &fresh(), &|_| ControlFlow::Continue(()));
    assert!(matches!(limited, Err(ExtractError::LimitLosesRows { .. })), "{limited:?}");
}

#[test]
fn a_limited_run_resumes_at_its_page() {
    let resume = |resource: Resource| resource.resumable(true).add_limit(3);
    let next = |state: &State, resource: Resource, expected: &str| check(resource.into(), state, expected).unwrap();
    // without a cursor
    let resource_state = |position: i64, taken: i64| {
        format!(
            r#"{{"r":{{"resources":{{"r":{{"_catchment":{{"resume":{{"position":{position},"taken":{taken},"cursor":null}}}}}}}}}}}}"#
        )
    };
    let state = next(&fresh(), resume(paged(4)), &format!(r#"r {{"n":0}}{{"n":1}}; r {{"n":2}}; {}"#, resource_state(1, 1)));
    let state = next(&state, resume(paged(4)), &format!(r#"r {{"n":3}}; r {{"n":4}}{{"n":5}}; {}"#, resource_state(3, 0)));
    let state = next(&state, resume(paged(4)), r#"r {"n":6}{"n":7}; {"r":{"resources":{}}}"#);
    next(&state, resume(paged(4)), &format!(r#"r {{"n":0}}{{"n":1}}; r {{"n":2}}; {}"#, resource_state(1, 1)));
    // the limit is reached at the end of the pages
    next(&fresh(), paged(1).resumable(true).add_limit(2), r#"r {"n":0}{"n":1}; -"#);
    // replace starts over
    next(&fresh(), resume(paged(4)).write_disposition(WriteDisposition::Replace), r#"r {"n":0}{"n":1}; r {"n":2}; {"r":{}}"#);
}

#[test]
fn the_cursor_advances_when_the_pages_end() {
    let resource = || paged(2).resumable(true).add_limit(3).incremental(Incremental::new("n")).primary_key(["n"]);
    let resource_state = r#"{"r":{"resources":{"r":{"_catchment":{"resume":{"position":1,"taken":1,"cursor":{"last_value":2,"unique_hashes":["Tp44cKMYfAuJ"],"moved":true,"kept_rows":true,"cap":null}}}}}}}"#;
    let state = check(resource().into(), &fresh(), &format!(r#"r {{"n":0}}{{"n":1}}; r {{"n":2}}; {resource_state}"#)).unwrap();
    let cursor = r#"{"initial_value":null,"last_value":3,"unique_hashes":["Cn/dwi436vBb"],"start_value":null}"#;
    let ended = format!(r#"{{"r":{{"resources":{{"r":{{"incremental":{{"n":{cursor}}}}}}}}}}}"#);
    let state = check(resource().into(), &state, &format!(r#"r {{"n":3}}; {ended}"#)).unwrap();
    check(resource().into(), &state, &ended);
}

#[test]
fn an_append_that_cannot_resume_is_an_error() {
    // Its pages have no positions.
    let resource = numbers("r", 1..4).resumable(true).incremental(Incremental::new("n")).add_limit(2);
    let limited = extract(&resource.into(), &fresh(), &|_| ControlFlow::Continue(()));
    assert!(matches!(limited, Err(ExtractError::LimitLosesRows { .. })), "{limited:?}");
}

/// Returns two rows for each row of `parent`: ten times its number, and one more.
pub(super) fn details(name: &str, parent: &str) -> Resource {
    Resource::transformer(name, parent, |of: crate::Row, _| {
        let n = of.get("n").and_then(|n| n.as_i64()).unwrap_or(0) * 10;
        stream::iter([n, n + 1]).map(|n| Ok::<_, Infallible>(vec![row(n)]))
    })
}

#[test]
fn dependent_resources_are_extracted_for_each_parent_row() {
    let source = || Source::new("s").with_resource(numbers("r", 1..3)).with_resource(details("d", "r"));
    let rows_of_first = r#"d {"n":10}; d {"n":11}"#;
    check(source(), &fresh(), &format!(r#"r {{"n":1}}; {rows_of_first}; r {{"n":2}}; d {{"n":20}}; d {{"n":21}}; -"#));
    check(source().select(["d"]).unwrap(), &fresh(), &format!(r#"{rows_of_first}; d {{"n":20}}; d {{"n":21}}; -"#));
    check(source().select(["r"]).unwrap(), &fresh(), r#"r {"n":1}; r {"n":2}; -"#);
    let deeper =
        Source::new("s").with_resource(details("e", "d")).with_resource(details("d", "r")).with_resource(numbers("r", 1..2));
    check(deeper.select(["e"]).unwrap(), &fresh(), r#"e {"n":100}; e {"n":101}; e {"n":110}; e {"n":111}; -"#);
}

#[test]
fn limits_apply_to_each_resource() {
    let source = Source::new("s").with_resource(numbers("r", 1..9)).with_resource(details("d", "r")).add_limit(3);
    check(source, &fresh(), r#"r {"n":1}; d {"n":10}; d {"n":11}; r {"n":2}; d {"n":20}; r {"n":3}; -"#);
}

#[test]
fn cursors_of_dependent_resources() {
    let merged = |limit: Option<u64>| {
        let mut rivers = numbers("r", 1..4);
        rivers.limit.rows = limit;
        let details = details("d", "r").incremental(Incremental::new("n")).primary_key(["n"]);
        Source::new("s").with_resource(rivers.selected(false)).with_resource(details.write_disposition(WriteDisposition::Merge))
    };
    let rows = r#"d {"n":10}; d {"n":11}; d {"n":20}; d {"n":21}"#;
    let resource_state = r#"{"s":{"resources":{"d":{"_catchment":{"boundary":{"n":{"last_value":31,"rows":0,"whole_rows":["WHOLE"]}}},"incremental":{"n":{"initial_value":null,"last_value":31,"unique_hashes":["HASH"],"start_value":null}}}}}}"#;
    let resource_state = resource_state.replace("HASH", &catchment_schema::short_hash::<9>("31"));
    let resource_state = resource_state.replace("WHOLE", &catchment_schema::short_hash::<9>(r#"{"n":31}"#));
    let state = check(merged(None), &fresh(), &format!(r#"{rows}; d {{"n":30}}; d {{"n":31}}; {resource_state}"#)).unwrap();
    check(merged(None), &state, &resource_state);
    // The parent resource was truncated, so the cursor must not pass its missing rows.
    check(merged(Some(2)), &fresh(), &format!("{rows}; -"));
    check(merged(Some(9)), &fresh(), &format!(r#"{rows}; d {{"n":30}}; d {{"n":31}}; {resource_state}"#));
}

#[test]
fn a_parent_resource_that_is_not_loaded_keeps_its_cursor() {
    let source =
        Source::new("s").with_resource(numbers("r", 1..2).incremental(Incremental::new("n"))).with_resource(details("d", "r"));
    let resource_state = r#"{"s":{"resources":{"d":{"_catchment":{"fed":{"r":{"incremental":{"n":{"initial_value":null,"last_value":1,"unique_hashes":["HASH"],"start_value":null}}}}}}}}}"#;
    let resource_state = resource_state.replace("HASH", &catchment_schema::short_hash::<9>(r#"{"n":1}"#));
    // the position of a parent resource that is not loaded is stored in its dependent resources
    check(source.select(["d"]).unwrap(), &fresh(), &format!(r#"d {{"n":10}}; d {{"n":11}}; {resource_state}"#));
}

#[test]
fn invalid_sources_are_an_error() {
    let check = |source: Source, expected: &str| check(source, &fresh(), expected);
    check(
        Source::new("s").with_resource(numbers("rivers", 1..2)).with_resource(details("d", "river")),
        "parent resource `river` of resource `d` does not exist in source `s`; did you mean `rivers`?",
    );
    check(
        Source::new("s").with_resource(details("a", "b")).with_resource(details("b", "a")),
        "resource `a` depends on its own rows: a from b from a; remove one of these dependencies",
    );
    check(
        Source::new("s").with_resource(numbers("r", 1..2)).with_resource(numbers("r", 1..2)),
        "source `s` has two resources named `r`, which would share a cursor; rename one of them",
    );
}
