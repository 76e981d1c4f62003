//! Responses that are not those of the service.

use catchment_rest_client::testing::ScriptedResponse;
use futures_util::{StreamExt as _, stream};

use crate::package::Package;
use crate::service::{Fault, Op, Service, When};
use crate::{FEW_ROWS, assert_loaded_once, assert_unchanged, load, shown};

/// Loads a package into a service that always responds to `op` with `response`. Returns the error.
async fn check(op: Op, part: &'static str, response: ScriptedResponse) -> String {
    let (service, package) = (Service::start(), Package::new("shop", FEW_ROWS));
    service.fail(When::Call(op, part), Fault::Respond(response), usize::MAX);
    let error = load(&service, &package).await.unwrap_err();
    assert!(error.is_retryable() && !error.is_terminal(), "{error}");
    assert_unchanged(&service, &error.to_string());
    assert!(service.calls().len() < 400, "{error}: {} requests", service.calls().len());
    format!("{op:?}: {}", shown(&service, &error))
}

fn html() -> ScriptedResponse {
    ScriptedResponse::json(200, "<!DOCTYPE html><title>Sign in</title>").header("Content-Type", "text/html")
}

fn json(text: &str) -> ScriptedResponse {
    ScriptedResponse::json(200, text)
}

#[tokio::test]
async fn responses_that_are_not_of_the_api_are_errors() {
    let errors = [
        check(Op::GetDataset, "", html()).await,
        check(Op::CreateTable, "", html()).await,
        check(Op::InsertJob, "", html()).await,
        check(Op::BeginUpload, "", html()).await,
        check(Op::Chunk, "", html()).await,
        check(Op::Results, "", html()).await,
        check(Op::GetDataset, "", json("")).await,
        check(Op::InsertJob, "", json("")).await,
        check(Op::Chunk, "", json("")).await,
        check(Op::Results, "", json("")).await,
    ];
    insta::assert_snapshot!(errors.join("\n"), @r"
    GetDataset: failed to open bigquery://p: the service returned an unexpected response: expected value at line 1 column 1; a proxy may have changed it
    CreateTable: failed to stage rows of table `T` in bigquery://p: the service returned an unexpected response: expected value at line 1 column 1; a proxy may have changed it
    InsertJob: failed to read the loads in bigquery://p: the service returned an unexpected response: expected value at line 1 column 1; a proxy may have changed it
    BeginUpload: failed to stage rows of table `T` in bigquery://p: the service returned no URL for the upload
    Chunk: failed to stage rows of table `T` in bigquery://p: the service returned an unexpected response: expected value at line 1 column 1; a proxy may have changed it
    Results: failed to read the columns in bigquery://p: the service returned an unexpected response: expected value at line 1 column 1; a proxy may have changed it
    GetDataset: failed to open bigquery://p: the service returned an empty response; a proxy may have changed it
    InsertJob: failed to read the loads in bigquery://p: the service returned an empty response; a proxy may have changed it
    Chunk: failed to stage rows of table `T` in bigquery://p: the service returned an empty response; a proxy may have changed it
    Results: failed to read the columns in bigquery://p: the service returned an empty response; a proxy may have changed it
    ");
}

#[tokio::test]
async fn jobs_without_a_state_are_errors() {
    let errors = [
        check(Op::InsertJob, "", json("{}")).await,
        check(Op::InsertJob, "", json(r#"{"status": {"state": ""}}"#)).await,
        check(Op::GetJob, "", json("{}")).await,
    ];
    // The ids of queries differ.
    let errors = errors.map(|error| error.split("catchment_").next().unwrap_or_default().to_owned());
    insta::assert_snapshot!(errors.join("…\n"), @r"
    InsertJob: failed to read the loads in bigquery://p: the service returned a response without the state of job …
    InsertJob: failed to read the loads in bigquery://p: the service returned a response without the state of job …
    GetJob: failed to look up an earlier load of the package in bigquery://p: the service returned a response without the state of job
    ");
}

#[tokio::test]
async fn results_without_end_are_errors() {
    let row = r#"{"jobComplete": true, "rows": [{"f": [{"v": "1"}]}], "pageToken": "again"}"#;
    let errors = [
        check(Op::Results, "", json(row)).await,
        check(Op::Results, "", json(r#"{"jobComplete": true, "pageToken": "again"}"#)).await,
        check(Op::Results, "", json(r#"{"jobComplete": false}"#)).await,
    ];
    insta::assert_snapshot!(errors.join("\n"), @r"
    Results: failed to read the columns in bigquery://p: the service returns pages of results without end
    Results: failed to read the columns in bigquery://p: the service returns pages of results without end
    Results: failed to read the columns in bigquery://p: the query is still running
    ");
}

#[tokio::test]
async fn uploads_without_progress_are_errors() {
    let stored = |range: &str| ScriptedResponse::json(308, "").header("Range", range);
    let errors = [
        check(Op::BeginUpload, "", json("")).await,
        check(Op::BeginUpload, "", json("").header("Location", "upload_id=1")).await,
        check(Op::Chunk, "", ScriptedResponse::json(308, "")).await,
        check(Op::Chunk, "", stored("bytes=0-99999999")).await,
        check(Op::Chunk, "", stored("nonsense")).await,
    ];
    // The sizes of files differ.
    let errors = errors.map(|error| error.split(", expected").next().unwrap_or_default().to_owned());
    insta::assert_snapshot!(errors.join("\n"), @r#"
    BeginUpload: failed to stage rows of table `T` in bigquery://p: the service returned no URL for the upload
    BeginUpload: failed to stage rows of table `T` in bigquery://p: invalid URL "upload_id=1": relative URL without a base
    Chunk: failed to stage rows of table `T` in bigquery://p: the service stores no more bytes of an upload
    Chunk: failed to stage rows of table `T` in bigquery://p: the service stored 100000000 bytes of an upload
    Chunk: failed to stage rows of table `T` in bigquery://p: the service stores no more bytes of an upload
    "#);
}

/// Responds once with nonsense, in place of a request or of its response. The package can be loaded afterwards.
#[tokio::test]
async fn nonsense_does_not_damage_a_dataset() {
    let service = Service::start();
    load(&service, &Package::new("shop", FEW_ROWS)).await.unwrap();
    let bodies = ["<html>", "{}", r#"{"jobComplete": true}"#, r#"{"status": {"state": "DONE"}}"#];
    let faults = bodies.iter().flat_map(|body| [Fault::Respond(json(body)), Fault::RespondAfter(json(body))]);
    let cases = faults.flat_map(|fault| (0..service.calls().len()).map(move |number| (fault.clone(), number)));
    let checks = cases.map(async |(fault, number)| {
        let (service, package) = (Service::start(), Package::new("shop", FEW_ROWS));
        service.fail(When::Request(number), fault.clone(), 1);
        let first = load(&service, &package).await;
        let context = format!("{fault:?} at {number}: {:?}, {first:?}", service.calls().get(number));
        assert!(first.is_err() || service.loads() == [package.load_id()], "{context}");
        let outcome = load(&service, &package).await;
        assert!(outcome.is_ok(), "{outcome:?}: {context}");
        assert_loaded_once(&service, &[&package], &context);
    });
    stream::iter(checks).buffer_unordered(16).collect::<Vec<()>>().await;
}
