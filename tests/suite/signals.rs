//! SIGTERM in each stage of a run.

use std::io::{BufRead as _, BufReader};
use std::process::Child;
use std::sync::{Arc, Mutex};

use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};
use duckdb::Connection;

use crate::command::Run;
use crate::dataset::Dataset;

fn spec(url: &str) -> String {
    format!(r#"{{"client":{{"base_url":"{url}"}},"resources":[{{"name":"issues","endpoint":"repos/issues"}}]}}"#)
}

/// Sends SIGTERM and waits for exit code 143.
fn terminate(mut child: Child) {
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143));
}

/// Blocks until the command has logged that it waits for the lock on the database.
fn wait_for_lock_message(child: &mut Child) {
    let log = BufReader::new(child.stderr.take().unwrap());
    let mut lines = log.lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("is locked, waiting up to")));
}

fn packages(dataset: &Dataset) -> usize {
    std::fs::read_dir(dataset.pipelines().join("p/packages")).unwrap().count()
}

#[test]
fn while_rows_are_fetched() {
    let dataset = Dataset::new();
    let server = ScriptedServer::start(|request| match request.param("page") {
        None => ScriptedResponse::json(200, r#"[{"id":1}]"#).header("Link", "</repos/issues?page=2>; rel=\"next\""),
        Some(_) => ScriptedResponse::hang(),
    });
    let child = Run::new(&dataset, &spec(&server.url())).spawn();
    server.wait_for_requests(2);
    terminate(child);
    assert!(!dataset.file().exists());
    assert_eq!(packages(&dataset), 0);
}

#[test]
fn while_the_state_is_read() {
    let dataset = Dataset::new();
    let server = ScriptedServer::start(|_| ScriptedResponse::json(200, r#"[{"id":1}]"#));
    let run = Run::new(&dataset, &spec(&server.url()));
    assert_eq!(run.says(&[]).0, Some(0));
    let other = Connection::open(dataset.file()).unwrap();
    let mut child = run.spawn();
    wait_for_lock_message(&mut child);
    terminate(child);
    drop(other);
    assert_eq!(server.requests().len(), 1, "no request is sent before the state is restored");
    assert_eq!((packages(&dataset), dataset.query("SELECT id FROM issues").as_str()), (0, "1"));
}

#[test]
fn while_the_package_is_loaded() {
    let dataset = Dataset::new();
    let (file, other) = (dataset.file(), Arc::new(Mutex::new(None)));
    let holder = Arc::clone(&other);
    let server = ScriptedServer::start(move |request| {
        // another program opens the database while the second run extracts
        if request.index == 1 {
            *holder.lock().unwrap() = Some(Connection::open(&file).unwrap());
        }
        ScriptedResponse::json(200, format!(r#"[{{"id":{}}}]"#, request.index))
    });
    let run = Run::new(&dataset, &spec(&server.url()));
    assert_eq!(run.says(&[]).0, Some(0));
    let mut child = run.spawn();
    wait_for_lock_message(&mut child);
    terminate(child);
    *other.lock().unwrap() = None;
    assert_eq!((packages(&dataset), dataset.query("SELECT id FROM issues").as_str()), (1, "0"));
    let (code, said) = run.says(&[]);
    assert!(code == Some(0) && said.contains("recovered from an earlier run"), "{said}");
    assert_eq!(dataset.query("SELECT id FROM issues ORDER BY id"), "0; 1; 2");
}

#[test]
fn a_second_process_reports_the_process_that_holds_the_lock() {
    let dataset = Dataset::new();
    let server = ScriptedServer::start(|_| ScriptedResponse::hang());
    let run = Run::new(&dataset, &spec(&server.url()));
    let first = run.spawn();
    server.wait_for_requests(1);
    let (code, said) = run.says(&[]);
    let expected = format!("resource `issues` is locked by another run (process {} since ", first.id());
    assert!(code == Some(1) && said.contains(&expected), "{said}");
    terminate(first);
}
