//! Runs that resume in the middle of their pages.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};

use crate::command::Run;
use crate::dataset::Dataset;

const PAGES: u64 = 1000;

/// Starts a server of pages with one row each, which hangs at page `stuck_at` while `is_stuck` is set. Counts requests in
/// `requested`.
fn server(stuck_at: u64, is_stuck: Arc<AtomicBool>) -> ScriptedServer {
    ScriptedServer::start(move |request| {
        let page: u64 = request.param("cursor").and_then(|page| page.parse().ok()).unwrap_or(0);
        if page == stuck_at && is_stuck.load(Ordering::Relaxed) {
            return ScriptedResponse::hang();
        }
        let next = if page + 1 < PAGES { format!(r#", "next": "{}""#, page + 1) } else { String::new() };
        ScriptedResponse::json(200, format!(r#"{{"rows": [{{"id": {page}, "at": {page}}}]{next}}}"#))
    })
}

fn spec(server: &ScriptedServer, more: &str) -> String {
    format!(
        r#"{{"client": {{"base_url": "{}", "paginator": {{"type": "cursor", "cursor_path": "next", "cursor_param": "cursor"}}}},
            "resources": [{{"name": "items", "primary_key": "id", "write_disposition": "merge" {more},
                "endpoint": {{"data_selector": "rows", "incremental": {{"cursor_path": "at"}}}}}}]}}"#,
        server.url()
    )
}

/// Kills a run once it has requested page `at`. Returns the number of requests of the next run.
fn requests_after_a_kill(at: u64, more: &str) -> (Dataset, u64) {
    let (dataset, is_stuck) = (Dataset::new(), Arc::new(AtomicBool::new(true)));
    let server = server(at, Arc::clone(&is_stuck));
    let spec = spec(&server, more);
    let run = Run::new(&dataset, &spec);
    let mut child = run.spawn();
    server.wait_for_requests(usize::try_from(at).unwrap() + 1);
    child.kill().unwrap();
    child.wait().unwrap();
    is_stuck.store(false, Ordering::Relaxed);
    let before = server.requests().len();
    let (code, said) = run.says(&[]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(dataset.query("SELECT count(*), count(DISTINCT id), max(id) FROM items"), "1000 1000 999");
    dataset.check_integrity("items", &[]);
    let requested = u64::try_from(server.requests().len() - before).unwrap();
    (dataset, requested)
}

#[test]
fn a_killed_run_resumes() {
    let (dataset, requested) = requests_after_a_kill(900, r#", "resumable": true"#);
    assert!(requested <= 102, "{requested} requests");
    assert_eq!(dataset.query("SELECT count(*) FROM _dlt_loads"), "1");
    // the first run leaves no files
    assert_eq!(std::fs::read_dir(dataset.pipelines().join("p/extracted")).unwrap().count(), 0);
}

#[test]
fn only_rows_of_resumable_resources_are_kept_on_disk() {
    let (dataset, is_stuck) = (Dataset::new(), Arc::new(AtomicBool::new(true)));
    let stuck = Arc::clone(&is_stuck);
    let server = ScriptedServer::start(move |request| {
        let page: u64 = request.param("cursor").and_then(|page| page.parse().ok()).unwrap_or(0);
        match request.path.as_str() {
            "/others" => ScriptedResponse::json(200, r#"{"rows": [{"id": 7, "label": "not on disk"}]}"#),
            _ if page == 3 && stuck.load(Ordering::Relaxed) => ScriptedResponse::hang(),
            _ => {
                let next = if page < 5 { format!(r#", "next": "{}""#, page + 1) } else { String::new() };
                ScriptedResponse::json(200, format!(r#"{{"rows": [{{"id": {page}}}]{next}}}"#))
            }
        }
    });
    let spec = format!(
        r#"{{"client": {{"base_url": "{}", "paginator": {{"type": "cursor", "cursor_path": "next", "cursor_param": "cursor"}}}},
            "resource_defaults": {{"endpoint": {{"data_selector": "rows"}}}},
            "resources": ["others", {{"name": "items", "resumable": true}}]}}"#,
        server.url()
    );
    let run = Run::new(&dataset, &spec);
    let mut child = run.spawn();
    server.wait_for_requests(5);
    child.kill().unwrap();
    child.wait().unwrap();
    let extracts: Vec<_> = std::fs::read_dir(dataset.pipelines().join("p/extracted")).unwrap().collect();
    let [Ok(extract)] = &extracts[..] else { panic!("{extracts:?}") };
    let pages = std::fs::read_to_string(extract.path().join("pages.resumable")).unwrap();
    assert!(pages.contains(r#""rows":[{"id":1}]"#) && !pages.contains("not on disk"), "{pages}");
    is_stuck.store(false, Ordering::Relaxed);
    run.load(&[]);
    assert_eq!(dataset.query("SELECT count(*), count(DISTINCT id) FROM items"), "6 6");
    assert_eq!(dataset.query("SELECT count(*) FROM others"), "1");
    assert_eq!(dataset.query("SELECT count(*) FROM _dlt_loads"), "1");
    let first_pages = server.requests().iter().filter(|request| request.param("cursor").is_none()).count();
    assert_eq!(first_pages, 3, "`others` twice, `items` once");
}

#[test]
fn saved_pages_whose_rows_are_rejected_are_requested_again() {
    let (dataset, is_fixed) = (Dataset::new(), Arc::new(AtomicBool::new(true)));
    let fixed = Arc::clone(&is_fixed);
    let server = ScriptedServer::start(move |request| {
        let is_items = request.path == "/items";
        let next = if is_items && request.param("cursor").is_none() { r#", "next": "1""# } else { "" };
        let is_rejected = is_items && !fixed.load(Ordering::Relaxed);
        let row = if is_rejected { r#"{"id": 1, "new": true}"# } else { r#"{"id": 1}"# };
        ScriptedResponse::json(200, format!(r#"{{"rows": [{row}]{next}}}"#))
    });
    let spec = format!(
        r#"{{"client": {{"base_url": "{}", "paginator": {{"type": "cursor", "cursor_path": "next", "cursor_param": "cursor"}}}},
            "resource_defaults": {{"schema_contract": {{"columns": "freeze"}}, "endpoint": {{"data_selector": "rows"}}}},
            "resources": ["others", {{"name": "items", "resumable": true}}]}}"#,
        server.url()
    );
    let run = Run::new(&dataset, &spec);
    run.load(&[]);
    is_fixed.store(false, Ordering::Relaxed);
    let before = server.requests().len();
    let (code, said) = run.says(&[]);
    assert_eq!(code, Some(1), "{said}");
    is_fixed.store(true, Ordering::Relaxed);
    run.load(&[]);
    assert_eq!(dataset.query("SELECT count(*) FROM items"), "4");
    let requests = server.requests();
    let first_pages = requests[before..].iter().filter(|request| request.path == "/items" && request.param("cursor").is_none());
    assert_eq!(first_pages.count(), 2);
}

/// Kills a run at page 3 and runs it again, with other arguments and a changed spec. Returns the number of requests for the
/// first page.
fn first_pages(first: &[&str], second: &[&str], change: fn(&str) -> String) -> usize {
    let (dataset, is_stuck) = (Dataset::new(), Arc::new(AtomicBool::new(true)));
    let server = server(3, Arc::clone(&is_stuck));
    let resumable = spec(&server, r#", "resumable": true"#);
    let mut command = Run::new(&dataset, &resumable).command();
    let mut child = command.args(first).spawn().unwrap();
    server.wait_for_requests(4);
    child.kill().unwrap();
    child.wait().unwrap();
    is_stuck.store(false, Ordering::Relaxed);
    Run::new(&dataset, &change(&resumable)).load(second);
    server.requests().iter().filter(|request| request.param("cursor").is_none()).count()
}

#[test]
fn saved_pages_are_requested_again_if_anything_that_determines_the_rows_has_changed() {
    let check = |first: &[&str], second: &[&str], change: fn(&str) -> String, expected| {
        assert_eq!(first_pages(first, second, change), expected, "{first:?} {second:?}");
    };
    let same = str::to_owned;
    check(&[], &[], same, 1);
    check(&["--limit", "500"], &[], same, 2);
    check(&[], &["--limit", "500"], same, 2);
    check(&[], &["--write-disposition", "replace"], same, 2);
    check(&[], &["--refresh", "drop_data"], same, 2);
    check(&[], &[], |spec| spec.replace(r#""cursor_path": "at""#, r#""cursor_path": "at", "initial_value": -1"#), 2);
    check(
        &[],
        &[],
        |spec| {
            spec.replace(r#""base_url": "http://127.0.0.1"#, r#""headers": {"x-tenant": "two"}, "base_url": "http://127.0.0.1"#)
        },
        2,
    );
}

#[test]
fn an_interrupted_refresh_is_not_resumed_by_a_run_without_refresh() {
    let (dataset, is_stuck) = (Dataset::new(), Arc::new(AtomicBool::new(false)));
    let server = server(3, Arc::clone(&is_stuck));
    let spec = spec(&server, r#", "resumable": true"#);
    let run = Run::new(&dataset, &spec);
    run.load(&[]);
    is_stuck.store(true, Ordering::Relaxed);
    let mut child = run.command().args(["--refresh", "drop_data"]).spawn().unwrap();
    server.wait_for_requests(usize::try_from(PAGES).unwrap() + 4);
    child.kill().unwrap();
    child.wait().unwrap();
    is_stuck.store(false, Ordering::Relaxed);
    run.load(&[]);
    assert_eq!(dataset.query("SELECT count(*), count(DISTINCT id) FROM items"), "1000 1000");
    assert_eq!(server.requests().iter().filter(|request| request.param("cursor").is_none()).count(), 3);
}

#[test]
fn saved_pages_are_requested_again_if_the_processing_steps_have_changed() {
    let (dataset, is_stuck) = (Dataset::new(), Arc::new(AtomicBool::new(true)));
    let server = server(3, Arc::clone(&is_stuck));
    let resumable = spec(&server, r#", "resumable": true"#);
    let mut child = Run::new(&dataset, &resumable).spawn();
    server.wait_for_requests(4);
    child.kill().unwrap();
    child.wait().unwrap();
    is_stuck.store(false, Ordering::Relaxed);
    let masked = spec(&server, r#", "resumable": true, "processing_steps": [{"filter": "row.id != 1"}]"#);
    Run::new(&dataset, &masked).load(&[]);
    assert_eq!(dataset.query("SELECT count(*), min(id) FILTER (id > 0) FROM items"), "999 2");
}

#[test]
fn without_resumable_a_run_starts_over() {
    let (_, requested) = requests_after_a_kill(20, "");
    assert_eq!(requested, PAGES);
}

#[test]
fn limited_runs_resume_after_one_another() {
    let dataset = Dataset::new();
    let server = server(u64::MAX, Arc::default());
    let run = |more: &str| Run::new(&dataset, &spec(&server, more)).says(&["--limit", "400"]);
    let check = |expected: &str| {
        let (code, said) = run(r#", "resumable": true"#);
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(dataset.query("SELECT count(*), max(id) FROM items"), expected);
    };
    check("400 399");
    check("800 799");
    check("1000 999");
    let mut requested: Vec<u64> =
        server.requests().iter().map(|request| request.param("cursor").map_or(0, |page| page.parse().unwrap())).collect();
    requested.sort_unstable();
    let (once, again): (Vec<u64>, Vec<u64>) =
        (0..PAGES).partition(|page| requested.iter().filter(|requested| *requested == page).count() == 1);
    // a run may have prefetched the page after its last one
    assert!(again.iter().all(|page| [400, 800].contains(page)), "{again:?}");
    assert_eq!(requested.len(), once.len() + 2 * again.len());
}

#[test]
fn an_expired_position_is_retried_once() {
    let dataset = Dataset::new();
    let requests = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&requests);
    let server = ScriptedServer::start(move |request| match (request.param("cursor"), counter.fetch_add(1, Ordering::Relaxed)) {
        (None, _) => ScriptedResponse::json(200, r#"{"rows": [{"id": 1, "at": 1}], "next": "1"}"#),
        (Some("1"), number) if number > 4 => ScriptedResponse::json(200, r#"{"rows": [{"id": 2, "at": 2}]}"#),
        (Some(_), _) => ScriptedResponse::json(410, "{}"),
    });
    let spec = spec(&server, r#", "resumable": true"#);
    let run = Run::new(&dataset, &spec);
    let codes = [(); 3].map(|()| run.says(&[]).0);
    // the first run fails, the second one resumes and fails, the third one starts over
    assert_eq!(codes, [Some(1), Some(1), Some(1)]);
    assert_eq!(server.requests().iter().filter(|request| request.param("cursor").is_none()).count(), 2);
    assert_eq!(run.says(&[]).0, Some(0));
    assert_eq!(dataset.query("SELECT id FROM items ORDER BY id"), "1; 2");
}
