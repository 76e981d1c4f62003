//! Backfills in windows.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use catchment::extract::PageError;
use catchment::{Incremental, LoadInfo, Resource, ResumePoint, RunError, Windows, WriteDisposition};
use catchment_json::Value;
use futures_util::stream;

use crate::dataset::Dataset;

/// Returns a resource of the numbers in a window, which fails at `fails_at`. Stores the start of each window in `requested`.
fn numbers(requested: Arc<Mutex<Vec<i64>>>, fails_at: Arc<AtomicI64>) -> Resource {
    let pages = move |start: &ResumePoint| {
        let bound = |value: &Option<Value>| value.as_ref().and_then(Value::as_i64).unwrap();
        let (from, to) = (bound(&start.last_value), bound(&start.end_value));
        requested.lock().unwrap().push(from);
        let fails_at = fails_at.load(Ordering::Relaxed);
        stream::iter((from..to).map(move |n| {
            // a text in one window, a number in the others
            let text = if n == 5 { Value::from("five") } else { Value::from(n) };
            let row = Value::object([("n", Value::from(n)), ("text", text)]);
            if n == fails_at { Err(PageError::from("boom")) } else { Ok(vec![row]) }
        }))
    };
    Resource::stream("items", pages).incremental(Incremental::new("n"))
}

fn fill(dataset: &Dataset, resource: Resource, windows: &Windows) -> Result<LoadInfo, RunError> {
    tokio::runtime::Runtime::new().unwrap().block_on(dataset.pipeline().backfill(resource, windows))
}

/// Returns the columns and the rows of `items`.
fn content(dataset: &Dataset) -> (String, String) {
    let columns = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'items' ORDER BY ALL";
    let rows = "SELECT n, \"text\", text__v_text FROM items ORDER BY n";
    (dataset.query(columns), dataset.query(rows))
}

#[test]
fn each_window_is_a_package_and_all_windows_cover_the_range() {
    let (serial, parallel) = (Dataset::new(), Dataset::new());
    let windows = Windows::new(0, 10, 2.0);
    fill(&serial, numbers(Arc::default(), Arc::new((-1).into())), &windows).unwrap();
    assert_eq!(serial.query("SELECT count(*) FROM _dlt_loads"), "5");
    assert_eq!(content(&serial).1, "0 0 -; 1 1 -; 2 2 -; 3 3 -; 4 4 -; 5 - five; 6 6 -; 7 7 -; 8 8 -; 9 9 -");
    fill(&parallel, numbers(Arc::default(), Arc::new((-1).into())), &windows.clone().parallel(4)).unwrap();
    assert_eq!(parallel.query("SELECT count(*) FROM _dlt_loads"), "5");
    assert_eq!(content(&parallel), content(&serial));
    serial.check_integrity("items", &[]);
    parallel.check_integrity("items", &[]);
}

#[test]
fn an_interrupted_backfill_resumes() {
    for parallel in [1, 3] {
        let (dataset, requested, fails_at) = (Dataset::new(), Arc::new(Mutex::default()), Arc::new(AtomicI64::new(5)));
        let windows = Windows::new(0, 10, 2.0).parallel(parallel);
        let resource = || numbers(Arc::clone(&requested), Arc::clone(&fails_at));
        assert!(fill(&dataset, resource(), &windows).is_err());
        let loaded: i64 = dataset.query("SELECT count(*) FROM items").parse().unwrap();
        assert_eq!(loaded, 4);
        fails_at.store(-1, Ordering::Relaxed);
        requested.lock().unwrap().clear();
        fill(&dataset, resource(), &windows).unwrap();
        // again, with windows of another length and a longer range
        fill(&dataset, resource(), &Windows::new(3, 12, 3.0)).unwrap();
        let starts = requested.lock().unwrap().clone();
        // with parallel windows, those after the failed one may be complete and pending
        let is_missing = |from: &i64| [4, 6, 8, 10].contains(from);
        assert!(starts.iter().all(is_missing) && starts.contains(&4) && starts.contains(&10), "{starts:?}");
        assert_eq!(dataset.query("SELECT count(*), count(DISTINCT n), max(n) FROM items"), "12 12 11");
    }
}

#[test]
fn a_backfill_does_not_move_the_cursor() {
    let dataset = Dataset::new();
    fill(&dataset, numbers(Arc::default(), Arc::new((-1).into())), &Windows::new(0, 4, 2.0)).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let state = runtime.block_on(dataset.pipeline().state()).unwrap().state;
    let kept = state.resource("items", "items").map(|kept| Value::Object(kept.clone()).to_string());
    assert_eq!(kept.as_deref(), Some(r#"{"_catchment":{"windows":{"n":{"[0,4]":true}}}}"#));
}

#[test]
fn unsupported_resources_are_rejected() {
    let check = |resource: Resource, windows: Windows, expected: &str| {
        let refused = fill(&Dataset::new(), resource, &windows).unwrap_err().to_string();
        assert_eq!(refused, format!("resource `items` cannot be backfilled: {expected}"));
    };
    let items = || numbers(Arc::default(), Arc::new((-1).into()));
    let windows = || Windows::new(0, 4, 2.0);
    check(items().add_limit(1), windows(), "a limit would skip rows of a window; use smaller windows instead");
    check(
        items().write_disposition(WriteDisposition::Replace),
        windows(),
        "each window would replace the previous one; use append or merge instead",
    );
    check(Resource::rows("items", [1]), windows(), "it has no cursor; set `incremental`");
    check(items(), Windows::new(0, 4, 0.0), "windows from 0 to 4: step 0 must be greater than 0");
}
