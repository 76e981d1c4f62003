//! Runs with a low limit on threads.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};

use crate::command::binary;
use crate::dataset::Dataset;

/// First ID of users without other processes. Limits do not apply to root.
const USER: u32 = 65_000;

/// Runs a load with a limit of `threads` threads.
#[track_caller]
fn check(threads: u32, code: i32, expected: &str) {
    let server = ScriptedServer::start(|_| ScriptedResponse::json(200, r#"[{"id": 1}]"#));
    let dataset = Dataset::new();
    let dir = dataset.dir();
    let spec = format!(r#"{{"client": {{"base_url": "{}"}}, "resources": ["items"]}}"#, server.url());
    std::fs::write(dir.join("p.json"), spec).unwrap();
    let program = dir.join("catchment");
    std::fs::copy(binary(), &program).unwrap();
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o777)).unwrap();
    let mut command = Command::new("bash");
    command
        .args(["-c", &format!("ulimit -u {threads} && exec ./catchment run p.json --pipelines-dir pipelines --dataset-name d")]);
    command.current_dir(dir).env_clear().env("HOME", dir).env("DESTINATION__DUCKDB__CREDENTIALS", dataset.file());
    let output = command.uid(USER + threads).output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(code), "{threads}: {said}");
    assert!(said.contains(expected), "{threads}: {said}");
}

#[test]
fn a_run_with_few_threads_fails_with_an_error_or_succeeds() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root can run as a user without other processes");
        return;
    }
    check(1, 1, "error: failed to start: not enough threads or open files");
    check(2, 1, "error: failed to start");
    check(4, 1, "error: failed to start");
    check(2000, 0, "items: 1 row");
}
