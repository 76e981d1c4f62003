//! Signals in each stage of a run.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Child;
use std::sync::{Arc, Mutex};

use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};
use duckdb::Connection;
use rustix::process::{Pid, Signal};

use crate::command::Run;
use crate::dataset::Dataset;

fn spec(url: &str) -> String {
    format!(r#"{{"client":{{"base_url":"{url}"}},"resources":[{{"name":"issues","endpoint":"repos/issues"}}]}}"#)
}

fn send(signal: Signal, child: &Child) {
    rustix::process::kill_process(Pid::from_child(child), signal).unwrap();
}

/// Sends SIGTERM and waits for exit code 143.
fn terminate(mut child: Child) {
    send(Signal::TERM, &child);
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

/// A run that waits for its second page: a graceful shutdown ends it with an error message.
fn run_that_hangs(dataset: &Dataset) -> (Child, ScriptedServer) {
    let server = ScriptedServer::start(|_| ScriptedResponse::hang());
    let child = Run::new(dataset, &spec(&server.url())).spawn();
    server.wait_for_requests(1);
    (child, server)
}

fn stderr(mut child: Child) -> (Option<i32>, String) {
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (child.wait().unwrap().code(), said)
}

#[test]
fn sigint_exits_with_130() {
    let dataset = Dataset::new();
    let (child, _server) = run_that_hangs(&dataset);
    send(Signal::INT, &child);
    let (code, said) = stderr(child);
    assert!(code == Some(130) && said.contains("stopped by a signal"), "{code:?} {said}");
}

/// GNU `timeout` signals the process and its process group.
#[test]
fn a_duplicate_signal_does_not_abort_the_shutdown() {
    let dataset = Dataset::new();
    let (child, _server) = run_that_hangs(&dataset);
    send(Signal::TERM, &child);
    send(Signal::INT, &child);
    let (_, said) = stderr(child);
    assert!(said.contains("stopped by a signal"), "{said}");
}

/// A run that reads a named pipe without a writer does not end by the first signal.
#[test]
fn a_second_signal_exits_immediately() {
    let dataset = Dataset::new();
    let folder = dataset.dir().join("schemas");
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("rest_api.schema.yaml");
    let made = std::process::Command::new("mkfifo").arg(&file).status().unwrap();
    assert!(made.success());
    let spec =
        r#"{"client":{"base_url":"http://127.0.0.1:1"},"resources":["issues"],"pipeline":{"import_schema_path":"schemas"}}"#;
    let mut child = Run::new(&dataset, spec).spawn();
    // opens as soon as the run has opened it for reading
    let writer = std::fs::OpenOptions::new().write(true).open(&file).unwrap();
    send(Signal::INT, &child);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("send the signal again")));
    // signals right after the first one count as duplicates of it
    let code = loop {
        send(Signal::INT, &child);
        match child.try_wait().unwrap() {
            Some(status) => break status.code(),
            None => std::thread::yield_now(),
        }
    };
    assert_eq!(code, Some(130));
    drop(writer);
}
