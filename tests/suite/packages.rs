//! The commands for pending and failed packages.

use std::process::Command;

use catchment::Resource;
use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};

use crate::command::{Run, binary};
use crate::dataset::Dataset;
use crate::feed::Feed;
use crate::recovery::package;

const LOAD_ID: &str = "1700000000.000000";

/// Runs `catchment pipeline p` with these arguments and returns the exit code, stdout and stderr.
fn pipeline(dataset: &Dataset, words: &str) -> (Option<i32>, String, String) {
    let mut command = Command::new(binary());
    command.args(["pipeline", "p"]).args(words.split(' ')).arg("--pipelines-dir").arg(dataset.pipelines());
    let output = command.current_dir(dataset.dir()).output().unwrap();
    let [said, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code(), said, error)
}

/// Checks that the command succeeds with this output, in which `DIR` is the folder of the pipeline.
#[track_caller]
fn check(dataset: &Dataset, words: &str, expected: &str) {
    let (code, said, error) = pipeline(dataset, words);
    let dir = dataset.pipelines().join("p").display().to_string();
    assert_eq!((code, said.replace(&dir, "DIR").trim_end(), error.as_str()), (Some(0), expected, ""));
}

/// Checks that the command fails with this exit code and a message that contains `expected`.
#[track_caller]
fn check_error(dataset: &Dataset, words: &str, expected_code: i32, expected: &str) {
    let (code, said, error) = pipeline(dataset, words);
    assert_eq!((code, said.as_str()), (Some(expected_code), ""), "{error}");
    assert!(error.contains(expected), "{error}");
}

/// Returns the load ID of the only package in a folder of the pipeline.
fn load_id(dataset: &Dataset, folder: &str) -> String {
    let mut folders = std::fs::read_dir(dataset.pipelines().join("p").join(folder)).unwrap();
    folders.next().unwrap().unwrap().file_name().into_string().unwrap()
}

/// Returns the output with placeholders: `ID` for the load ID, `N` for the size in bytes, `DIR` for the folder.
fn normalized_output(dataset: &Dataset, words: &str, load_id: &str) -> String {
    let (code, said, error) = pipeline(dataset, words);
    assert_eq!(code, Some(0), "{error}");
    let said = said.replace(&dataset.pipelines().join("p").display().to_string(), "DIR").replace(load_id, "ID");
    let bytes = said.find(" bytes").unwrap();
    let number = said[..bytes].rfind(' ').unwrap();
    format!("{} N{}", &said[..number], &said[bytes..])
}

#[test]
fn a_failed_package_is_listed_retried_and_removed() {
    let (dataset, feed) = (Dataset::new(), Feed::start(100));
    let run = Run::new(&dataset, &feed.spec());
    let (code, said) = run.says(&[]);
    assert_eq!(code, Some(0), "{said}");
    check(&dataset, "failed-jobs", "pipeline p has no failed packages");
    dataset.query("ALTER TABLE items ALTER COLUMN id SET DATA TYPE UTINYINT; SELECT 1");
    // not a round number, which could be the size of a full page
    feed.serve(201);
    let (code, said) = run.says(&[]);
    let id = load_id(&dataset, "aside");
    let expected = format!("error: package {id} cannot be loaded and was moved to ");
    assert!(code == Some(1) && said.contains(&expected) && said.contains("`items`"), "{said}");

    let listed = normalized_output(&dataset, "failed-jobs", &id);
    assert!(listed.starts_with("package ID: failed\n  created 20"), "{listed}");
    assert!(
        listed.contains(" from source rest_api, for dataset d\n  N bytes in DIR/aside/ID\n    items: 201 rows\n  reason: "),
        "{listed}"
    );
    let help = "help: `catchment pipeline p load-package LOAD_ID retry` retries a package in the next run, \
                `catchment pipeline p load-package LOAD_ID abort` removes it\n";
    assert!(listed.ends_with(help), "{listed}");
    assert_eq!(normalized_output(&dataset, "load-package", &id), listed.replace(help, ""));
    check(&dataset, "load-package row-counts", &format!("package {id}:\n    items: 201 rows"));

    // The failed package does not block the next run, which extracts its rows again, as the cursor has not moved.
    feed.serve(10);
    let (code, said) = run.says(&["--write-disposition", "append"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(dataset.query("SELECT count(*) FROM items"), "110");
    check(&dataset, &format!("load-package {id} retry"), &format!("package {id} is pending again; the next run retries it"));
    check(&dataset, "failed-jobs", "pipeline p has no failed packages");
    check_error(
        &dataset,
        &format!("load-package {id} retry"),
        2,
        &format!("package {id} is pending (not loaded); only failed packages can be retried"),
    );
    // the cursor has moved since, so the package fails again
    let (code, said) = run.says(&[]);
    assert!(code == Some(0) && said.contains("failed: the package is stale"), "{said}");
    check_error(&dataset, &format!("load-package {id} oops"), 2, "found \"oops\", expected a load ID or one of info, row-counts");
    let (code, said, error) = pipeline(&dataset, &format!("load-package {id} abort"));
    assert!(code == Some(0) && said.starts_with(&format!("removed package {id}: failed\n")), "{said} {error}");
    check_error(
        &dataset,
        &format!("load-package {id}"),
        2,
        &format!("pipeline p has no package {id}, and no other pending or failed packages"),
    );
    assert!(!dataset.pipelines().join("p/aside").join(&id).exists());
}

#[test]
fn a_retried_package_is_loaded_once_its_cause_is_fixed() {
    let dataset = Dataset::new();
    let server = ScriptedServer::start(|request| {
        ScriptedResponse::json(200, [r#"[{"id":1}]"#, r#"[{"id":1000}]"#, "[]"][request.index.min(2)])
    });
    let run = Run::new(&dataset, &format!(r#"{{"client":{{"base_url":"{}"}},"resources":["items"]}}"#, server.url()));
    assert_eq!(run.says(&[]).0, Some(0));
    dataset.query("ALTER TABLE items ALTER COLUMN id SET DATA TYPE UTINYINT; SELECT 1");
    assert_eq!(run.says(&[]).0, Some(1));
    let id = load_id(&dataset, "aside");
    dataset.query("ALTER TABLE items ALTER COLUMN id SET DATA TYPE BIGINT; SELECT 1");
    assert_eq!(pipeline(&dataset, &format!("load-package {id} retry")).0, Some(0));
    let (code, said) = run.says(&[]);
    assert!(code == Some(0) && said.contains(&format!("package {id}: recovered from an earlier run")), "{said}");
    assert_eq!(dataset.query("SELECT id FROM items ORDER BY id"), "1; 1000");
    dataset.check_integrity("items", &[]);
}

#[test]
fn rows_that_could_not_be_normalized_are_retried() {
    let dataset = Dataset::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let keyed = |id: Option<u32>| Resource::rows("keyed", [std::collections::BTreeMap::from([("id", id)])]).primary_key(["id"]);
    let merged = |id| keyed(id).write_disposition(catchment::WriteDisposition::Merge);
    runtime.block_on(dataset.pipeline().run(merged(Some(1)))).unwrap();
    runtime.block_on(dataset.pipeline().extract(merged(None))).unwrap();
    let id = load_id(&dataset, "extracted");
    let pending = normalized_output(&dataset, "load-package", &id);
    let expected = "package ID: pending (not normalized)\n";
    assert!(pending.starts_with(expected) && pending.ends_with("\n    keyed: 1 row\n"), "{pending}");
    let error = runtime.block_on(dataset.pipeline().normalize()).unwrap_err().to_string();
    assert!(error.starts_with(&format!("package {id} cannot be normalized and was moved to ")), "{error}");
    assert_eq!(pipeline(&dataset, &format!("load-package {id} retry")).0, Some(0));
    assert_eq!(load_id(&dataset, "extracted"), id);
    let info = runtime.block_on(dataset.pipeline().run(merged(Some(2)))).unwrap();
    assert!(info.to_string().contains(&format!("package {id}: failed: ")), "{info}");
    assert_eq!(dataset.query("SELECT id FROM keyed ORDER BY id"), "1; 2");
}

#[test]
fn abort_packages_removes_pending_packages_and_keeps_failed_ones() {
    let dataset = Dataset::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    std::fs::create_dir_all(dataset.pipelines().join("p")).unwrap();
    check(&dataset, "load-package", "pipeline p has no pending or failed packages");
    check(&dataset, "abort-packages", "pipeline p has no pending packages");
    drop(package(&dataset, "1600000000.000000", "r", None, 7));
    std::fs::create_dir(dataset.pipelines().join("p/aside")).unwrap();
    let [pending, failed] =
        ["packages", "aside"].map(|folder| dataset.pipelines().join("p").join(folder).join("1600000000.000000"));
    std::fs::rename(pending, failed).unwrap();
    drop(package(&dataset, LOAD_ID, "r", None, 1));
    runtime.block_on(dataset.pipeline().extract(Resource::rows("numbers", [1, 2]))).unwrap();
    let extracted = load_id(&dataset, "extracted");

    let (code, said, error) = pipeline(&dataset, "abort-packages");
    assert_eq!(code, Some(0), "{error}");
    for expected in [
        format!("removed package {extracted}: pending (not normalized)\n"),
        "\n    numbers: 2 rows\n".to_owned(),
        format!("removed package {LOAD_ID}: pending (not loaded)\n"),
        "\n    items: 1 row\n".to_owned(),
        "kept failed packages: 1600000000.000000\n".to_owned(),
    ] {
        assert!(said.contains(&expected), "{said}");
    }
    let info = runtime.block_on(dataset.pipeline().run(Resource::rows("items", [7]))).unwrap();
    assert_eq!(info.packages.len(), 1, "{info}");
    check_error(&dataset, "load-package abort", 2, "retry and abort require a LOAD_ID; the latest is 1600000000.000000");
    assert_eq!(pipeline(&dataset, "load-package 1600000000.000000 abort").0, Some(0));
    check(&dataset, "load-package", "pipeline p has no pending or failed packages");
    check_error(&dataset, "info 7", 2, "unexpected argument '7' found");
}

#[test]
fn a_locked_package_is_not_removed() {
    let dataset = Dataset::new();
    let server = ScriptedServer::start(|request| match request.param("page") {
        None => ScriptedResponse::json(200, r#"[{"id":1}]"#).header("Link", "</items?page=2>; rel=\"next\""),
        Some(_) => ScriptedResponse::hang(),
    });
    let run = Run::new(&dataset, &format!(r#"{{"client":{{"base_url":"{}"}},"resources":["items"]}}"#, server.url()));
    let mut child = run.spawn();
    server.wait_for_requests(2);
    let (id, holder) = (load_id(&dataset, "packages"), child.id());
    let expected = format!("packages/{id} is locked by process {holder}; wait for it to finish");
    check_error(&dataset, &format!("load-package {id} abort"), 1, &expected);
    check_error(&dataset, "abort-packages", 1, &expected);
    check_error(&dataset, &format!("load-package {id} retry"), 2, "is incomplete (in use by a process, ");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(pipeline(&dataset, "abort-packages").0, Some(0));
    assert_eq!(std::fs::read_dir(dataset.pipelines().join("p/packages")).unwrap().count(), 0);
}
