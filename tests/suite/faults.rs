//! Server failures, DuckDB without downloads, and the storage version of new files.

use std::collections::BTreeMap;

use catchment::{Pipeline, Resource, WriteDisposition};
use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};

use crate::command::Run;
use crate::dataset::Dataset;

fn spec(url: &str) -> String {
    format!(
        r#"{{"client":{{"base_url":"{url}"}},"resources":[{{"name":"issues","write_disposition":"replace","endpoint":"repos/issues"}}]}}"#
    )
}

/// Loads one row, then runs against a failing API: exit code 1, an error message, and an unchanged dataset.
fn check_failure(url_of_failing: impl Fn() -> (Option<ScriptedServer>, String), expected: &[&str]) {
    let dataset = Dataset::new();
    let good = ScriptedServer::start(|_| ScriptedResponse::json(200, r#"[{"id":1,"l":[1]}]"#));
    assert_eq!(Run::new(&dataset, &spec(&good.url())).says(&[]).0, Some(0));
    let (_server, url) = url_of_failing();
    let (code, said) = Run::new(&dataset, &spec(&url)).says(&[]);
    assert_eq!(code, Some(1), "{said}");
    for words in ["resource `issues` failed", "/repos/issues"].iter().chain(expected) {
        assert!(said.contains(words), "missing {words:?} in: {said}");
    }
    assert_eq!(dataset.query("SELECT id FROM issues"), "1");
    assert_eq!(dataset.query("SELECT count(*) FROM _dlt_loads"), "1");
    let left = std::fs::read_dir(dataset.pipelines().join("p/packages")).unwrap().count();
    assert_eq!(left, 0, "the failed run leaves no package");
}

fn serving(respond: impl Fn() -> ScriptedResponse + Send + Sync + 'static) -> impl Fn() -> (Option<ScriptedServer>, String) {
    let respond = std::sync::Arc::new(respond);
    move || {
        let respond = std::sync::Arc::clone(&respond);
        let server = ScriptedServer::start(move |_| respond());
        let url = server.url();
        (Some(server), url)
    }
}

#[test]
fn status_500() {
    check_failure(serving(|| ScriptedResponse::json(500, r#"{"message":"boom"}"#)), &["500", "5 attempts", "boom"]);
}

#[test]
fn a_truncated_body() {
    check_failure(serving(|| ScriptedResponse::truncated(r#"[{"id":2},{"id":3}]"#, 8)), &["5 attempts"]);
}

#[test]
fn invalid_json() {
    check_failure(serving(|| ScriptedResponse::json(200, "[{\"id\":2}, oops]")), &["invalid JSON at line 1, column 12"]);
}

#[test]
fn a_refused_connection() {
    // port 9 is the discard service, which is not running
    check_failure(|| (None, "http://127.0.0.1:9".to_owned()), &["127.0.0.1:9"]);
}

#[test]
fn new_files_have_an_old_storage_version() {
    let dataset = Dataset::new();
    crate::pipeline::run(&dataset, r#"[{"id":1}]"#, crate::pipeline::append).unwrap();
    // bytes 12 to 20 of the main header: 64 is the storage version of DuckDB 0.10 to 1.1
    let header = std::fs::read(dataset.file()).unwrap();
    assert_eq!((&header[8..12], u64::from_le_bytes(header[12..20].try_into().unwrap())), (b"DUCK".as_slice(), 64));
}

/// By default, DuckDB would download its `icu` extension for time zones.
#[test]
fn no_extension_is_downloaded() {
    let dataset = Dataset::new();
    crate::pipeline::run(&dataset, r#"[{"id":1}]"#, crate::pipeline::append).unwrap();
    let settings =
        "SELECT current_setting('autoinstall_known_extensions')::VARCHAR, current_setting('autoload_known_extensions')::VARCHAR";
    assert_eq!(dataset.query(settings), "false false");
    let error = dataset.try_query_in("d", "SET TimeZone = 'Europe/Berlin'").unwrap_err().to_string();
    assert!(error.contains("icu"), "{error}");
}

#[test]
fn a_dataset_can_have_the_name_of_its_file() {
    let dataset = Dataset::new();
    let pipeline = Pipeline::new("p", dataset.destination(), "data").pipelines_dir(dataset.pipelines());
    let merged = |rows: [(u32, u32); 2]| {
        let rows = rows.map(|(id, n)| BTreeMap::from([("id", vec![id]), ("n", vec![n])]));
        Resource::rows("data", rows).write_disposition(WriteDisposition::Merge)
    };
    let count = tokio::runtime::Runtime::new().unwrap().block_on(async {
        pipeline.run(merged([(1, 1), (2, 2)])).await.unwrap();
        pipeline.run(merged([(3, 3), (4, 4)]).write_disposition(WriteDisposition::Replace)).await.unwrap();
        pipeline.sql_client().query("SELECT count(*) FROM data__n").await.unwrap()
    });
    assert_eq!(count.first_i64(), Some(2));
}

#[test]
fn a_query_creates_no_file() {
    let dataset = Dataset::new();
    let query = |sql: &str| {
        let client = dataset.pipeline().sql_client();
        tokio::runtime::Runtime::new().unwrap().block_on(client.query(sql)).unwrap_err().to_string()
    };
    let error = query("SELECT 1");
    assert!(error.contains("data.duckdb: the file does not exist; nothing has been loaded yet"), "{error}");
    assert!(!dataset.file().exists());
}
