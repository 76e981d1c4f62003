//! Servers that fail, signals, and files that older programs must open.

use catchment_rest_client::testing::{Answer, ScriptedServer};

use crate::command::Run;
use crate::dataset::Dataset;

fn spec(url: &str) -> String {
    format!(
        r#"{{"client":{{"base_url":"{url}"}},"resources":[{{"name":"issues","write_disposition":"replace","endpoint":"repos/issues"}}]}}"#
    )
}

/// Loads one row, then lets the API fail: exit code 1, a message, and the dataset as it was.
fn check_failure(url_of_failing: impl Fn() -> (Option<ScriptedServer>, String), expected: &[&str]) {
    let dataset = Dataset::new();
    let good = ScriptedServer::start(|_| Answer::json(200, r#"[{"id":1,"l":[1]}]"#));
    assert_eq!(Run::new(&dataset, &spec(&good.url())).says(&[]).0, Some(0));
    let (_server, url) = url_of_failing();
    let (code, said) = Run::new(&dataset, &spec(&url)).says(&[]);
    assert_eq!(code, Some(1), "{said}");
    for words in ["resource `issues` failed", "/repos/issues"].iter().chain(expected) {
        assert!(said.contains(words), "{words:?} is not in: {said}");
    }
    assert_eq!(dataset.query("SELECT id FROM issues"), "1");
    assert_eq!(dataset.query("SELECT count(*) FROM _dlt_loads"), "1");
    let left = std::fs::read_dir(dataset.pipelines().join("p/packages")).unwrap().count();
    assert_eq!(left, 0, "nothing of the failed run is left");
}

fn serving(answer: impl Fn() -> Answer + Send + Sync + 'static) -> impl Fn() -> (Option<ScriptedServer>, String) {
    let answer = std::sync::Arc::new(answer);
    move || {
        let answer = std::sync::Arc::clone(&answer);
        let server = ScriptedServer::start(move |_| answer());
        let url = server.url();
        (Some(server), url)
    }
}

#[test]
fn an_answer_of_500() {
    check_failure(serving(|| Answer::json(500, r#"{"message":"boom"}"#)), &["500", "5 attempts", "boom"]);
}

#[test]
fn half_a_body() {
    check_failure(serving(|| Answer::truncated(r#"[{"id":2},{"id":3}]"#, 8)), &["5 attempts"]);
}

#[test]
fn invalid_json() {
    check_failure(serving(|| Answer::json(200, "[{\"id\":2}, oops]")), &["invalid JSON at line 1, column 12"]);
}

#[test]
fn a_refused_connection() {
    // Port 9 of loopback: discard, which nobody serves.
    check_failure(|| (None, "http://127.0.0.1:9".to_owned()), &["127.0.0.1:9"]);
}

#[test]
fn sigterm_while_rows_are_fetched_leaves_nothing() {
    let dataset = Dataset::new();
    let server = ScriptedServer::start(|request| match request.param("page") {
        None => Answer::json(200, r#"[{"id":1}]"#).header("Link", "</repos/issues?page=2>; rel=\"next\""),
        Some(_) => Answer::hang(),
    });
    let mut child = Run::new(&dataset, &spec(&server.url())).spawn();
    server.wait_for_requests(2);
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(143));
    assert!(!dataset.file().exists());
    assert_eq!(std::fs::read_dir(dataset.pipelines().join("p/packages")).unwrap().count(), 0);
}

#[test]
fn new_files_have_an_old_storage_version() {
    let dataset = Dataset::new();
    crate::pipeline::run(&dataset, r#"[{"id":1}]"#, crate::pipeline::append).unwrap();
    // Bytes 12 to 20 of the main header: 64 is what DuckDB 0.10 to 1.1 write and read.
    let header = std::fs::read(dataset.file()).unwrap();
    assert_eq!((&header[8..12], u64::from_le_bytes(header[12..20].try_into().unwrap())), (b"DUCK".as_slice(), 64));
}
