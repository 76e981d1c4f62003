//! Responses that are not those of the service.

use catchment_rest_client::testing::ScriptedResponse;

use crate::package::Package;
use crate::service::{Fault, Op, Service, When};
use crate::{FEW_ROWS, assert_unchanged, load, shown};

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

fn json(text: &str) -> ScriptedResponse {
    ScriptedResponse::json(200, text)
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
