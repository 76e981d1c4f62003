//! The commands for packages that wait or were set aside.

use std::process::Command;

use catchment::Resource;
use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};

use crate::command::{Run, binary};
use crate::dataset::Dataset;
use crate::feed::Feed;
use crate::recovery::package;

const LOAD_ID: &str = "1700000000.000000";

/// `catchment pipeline p` with these words: exit code, what it prints, and its error.
fn pipeline(dataset: &Dataset, words: &str) -> (Option<i32>, String, String) {
    let mut command = Command::new(binary());
    command.args(["pipeline", "p"]).args(words.split(' ')).arg("--pipelines-dir").arg(dataset.pipelines());
    let output = command.current_dir(dataset.dir()).output().unwrap();
    let [said, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code(), said, error)
}

/// The command succeeds and prints that, with `DIR` for the folder of the pipeline.
#[track_caller]
fn check(dataset: &Dataset, words: &str, expected: &str) {
    let (code, said, error) = pipeline(dataset, words);
    let dir = dataset.pipelines().join("p").display().to_string();
    assert_eq!((code, said.replace(&dir, "DIR").trim_end(), error.as_str()), (Some(0), expected, ""));
}

/// The command is refused with that exit code, and a message that has these words.
#[track_caller]
fn check_refused(dataset: &Dataset, words: &str, expected_code: i32, expected: &str) {
    let (code, said, error) = pipeline(dataset, words);
    assert_eq!((code, said.as_str()), (Some(expected_code), ""), "{error}");
    assert!(error.contains(expected), "{error}");
}

/// The load id of the only package in a folder of the pipeline.
fn load_id(dataset: &Dataset, folder: &str) -> String {
    let mut folders = std::fs::read_dir(dataset.pipelines().join("p").join(folder)).unwrap();
    folders.next().unwrap().unwrap().file_name().into_string().unwrap()
}

/// What it prints, with `ID` for the load id, `N` for other numbers of several digits, and `DIR` for the folder.
fn shown(dataset: &Dataset, words: &str, load_id: &str) -> String {
    let (code, said, error) = pipeline(dataset, words);
    assert_eq!(code, Some(0), "{error}");
    let said = said.replace(&dataset.pipelines().join("p").display().to_string(), "DIR").replace(load_id, "ID");
    let bytes = said.find(" bytes").unwrap();
    let number = said[..bytes].rfind(' ').unwrap();
    format!("{} N{}", &said[..number], &said[bytes..])
}

#[test]
fn what_was_set_aside_is_listed_tried_again_and_loaded() {
    let (dataset, feed) = (Dataset::new(), Feed::start(100));
    let run = Run::new(&dataset, &feed.spec());
    let (code, said) = run.says(&[]);
    assert_eq!(code, Some(0), "{said}");
    check(&dataset, "failed-jobs", "no package of pipeline p is set aside");
    dataset.query("ALTER TABLE items ALTER COLUMN id SET DATA TYPE UTINYINT; SELECT 1");
    // no round number, which could be the size of a full page
    feed.serve(201);
    let (code, said) = run.says(&[]);
    let id = load_id(&dataset, "aside");
    let expected = format!("error: package {id} cannot be loaded and was set aside in ");
    assert!(code == Some(1) && said.contains(&expected) && said.contains("`items`"), "{said}");

    let listed = shown(&dataset, "failed-jobs", &id);
    assert!(listed.starts_with("package ID: set aside\n  made 20"), "{listed}");
    assert!(
        listed.contains(" of source rest_api, for dataset d\n  N bytes in DIR/aside/ID\n    items: 201 rows\n  because: "),
        "{listed}"
    );
    let advice = "`catchment pipeline p load-package LOAD_ID retry` has the next run try one again, \
                  `catchment pipeline p load-package LOAD_ID abort` removes it\n";
    assert!(listed.ends_with(advice), "{listed}");
    assert_eq!(shown(&dataset, "load-package", &id), listed.replace(advice, ""));
    check(&dataset, "load-package row-counts", &format!("package {id}:\n    items: 201 rows"));

    // It does not block, and with the cursor where it was its rows come again; later they are there for good.
    feed.serve(10);
    let (code, said) = run.says(&["--write-disposition", "append"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(dataset.query("SELECT count(*) FROM items"), "110");
    check(&dataset, &format!("load-package {id} retry"), &format!("package {id} is back: the next run tries it again"));
    check(&dataset, "failed-jobs", "no package of pipeline p is set aside");
    check_refused(
        &dataset,
        &format!("load-package {id} retry"),
        2,
        &format!("package {id} is not set aside (waits to be loaded)"),
    );
    // Another package has moved the cursor on by now, so it can only be set aside again.
    let (code, said) = run.says(&[]);
    assert!(code == Some(0) && said.contains("set aside: the package is stale"), "{said}");
    check_refused(
        &dataset,
        &format!("load-package {id} oops"),
        2,
        "found \"oops\", expected a load id or one of info, row-counts",
    );
    let (code, said, error) = pipeline(&dataset, &format!("load-package {id} abort"));
    assert!(code == Some(0) && said.starts_with(&format!("removed package {id}: set aside\n")), "{said} {error}");
    check_refused(&dataset, &format!("load-package {id}"), 2, &format!("pipeline p has no package {id}; there is none"));
    assert!(!dataset.pipelines().join("p/aside").join(&id).exists());
}

#[test]
fn a_package_is_loaded_after_what_stood_in_its_way_has_gone() {
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
    assert!(code == Some(0) && said.contains(&format!("package {id}: loaded now, made before")), "{said}");
    assert_eq!(dataset.query("SELECT id FROM items ORDER BY id"), "1; 1000");
    dataset.check_whole("items", &[]);
}

#[test]
fn rows_that_could_not_be_normalised_are_tried_again() {
    let dataset = Dataset::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let keyed = |id: Option<u32>| Resource::rows("keyed", [std::collections::BTreeMap::from([("id", id)])]).primary_key(["id"]);
    let merged = |id| keyed(id).write_disposition(catchment::WriteDisposition::Merge);
    runtime.block_on(dataset.pipeline().run(merged(Some(1)))).unwrap();
    runtime.block_on(dataset.pipeline().extract(merged(None))).unwrap();
    let id = load_id(&dataset, "extracted");
    let waits = shown(&dataset, "load-package", &id);
    assert!(waits.starts_with("package ID: waits to be normalized\n") && waits.ends_with("\n    keyed: 1 row\n"), "{waits}");
    let error = runtime.block_on(dataset.pipeline().normalize()).unwrap_err().to_string();
    assert!(error.starts_with(&format!("package {id} cannot be normalized and was set aside in ")), "{error}");
    assert_eq!(pipeline(&dataset, &format!("load-package {id} retry")).0, Some(0));
    assert_eq!(load_id(&dataset, "extracted"), id);
    let info = runtime.block_on(dataset.pipeline().run(merged(Some(2)))).unwrap();
    assert!(info.to_string().contains(&format!("package {id}: set aside: ")), "{info}");
    assert_eq!(dataset.query("SELECT id FROM keyed ORDER BY id"), "1; 2");
}

#[test]
fn what_waits_is_removed_by_command_and_what_is_aside_stays() {
    let dataset = Dataset::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    std::fs::create_dir_all(dataset.pipelines().join("p")).unwrap();
    check(&dataset, "load-package", "no package of pipeline p waits or is set aside");
    check(&dataset, "abort-packages", "no package of pipeline p waits to be normalized or loaded");
    drop(package(&dataset, "1600000000.000000", "r", None, 7));
    std::fs::create_dir(dataset.pipelines().join("p/aside")).unwrap();
    let [waits, aside] = ["packages", "aside"].map(|folder| dataset.pipelines().join("p").join(folder).join("1600000000.000000"));
    std::fs::rename(waits, aside).unwrap();
    drop(package(&dataset, LOAD_ID, "r", None, 1));
    runtime.block_on(dataset.pipeline().extract(Resource::rows("numbers", [1, 2]))).unwrap();
    let extracted = load_id(&dataset, "extracted");

    let (code, said, error) = pipeline(&dataset, "abort-packages");
    assert_eq!(code, Some(0), "{error}");
    for expected in [
        format!("removed package {extracted}: waits to be normalized\n"),
        "\n    numbers: 2 rows\n".to_owned(),
        format!("removed package {LOAD_ID}: waits to be loaded\n"),
        "\n    items: 1 row\n".to_owned(),
        "what was set aside stays: 1600000000.000000\n".to_owned(),
    ] {
        assert!(said.contains(&expected), "{said}");
    }
    let info = runtime.block_on(dataset.pipeline().run(Resource::rows("items", [7]))).unwrap();
    assert_eq!(info.packages.len(), 1, "{info}");
    check_refused(&dataset, "load-package abort", 2, "retry and abort need a LOAD_ID; the latest is 1600000000.000000");
    assert_eq!(pipeline(&dataset, "load-package 1600000000.000000 abort").0, Some(0));
    check(&dataset, "load-package", "no package of pipeline p waits or is set aside");
    check_refused(&dataset, "info 7", 2, "found \"7\" after an operation that takes no more");
}

#[test]
fn a_package_that_a_process_is_at_work_on_is_not_removed() {
    let dataset = Dataset::new();
    let server = ScriptedServer::start(|request| match request.param("page") {
        None => ScriptedResponse::json(200, r#"[{"id":1}]"#).header("Link", "</items?page=2>; rel=\"next\""),
        Some(_) => ScriptedResponse::hang(),
    });
    let run = Run::new(&dataset, &format!(r#"{{"client":{{"base_url":"{}"}},"resources":["items"]}}"#, server.url()));
    let mut child = run.spawn();
    server.wait_for_requests(2);
    let (id, holder) = (load_id(&dataset, "packages"), child.id());
    let expected = format!("packages/{id} is in use by process {holder}; wait for it to end");
    check_refused(&dataset, &format!("load-package {id} abort"), 1, &expected);
    check_refused(&dataset, "abort-packages", 1, &expected);
    check_refused(&dataset, &format!("load-package {id} retry"), 2, "is not set aside (unfinished, ");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(pipeline(&dataset, "abort-packages").0, Some(0));
    assert_eq!(std::fs::read_dir(dataset.pipelines().join("p/packages")).unwrap().count(), 0);
}
