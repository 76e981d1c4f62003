//! Faults at every request of a load.

use catchment_load::{Destination as _, LoadOutcome};
use catchment_rest_client::testing::ScriptedResponse;
use futures_util::{StreamExt as _, stream};
use tokio_util::sync::CancellationToken;

use crate::package::Package;
use crate::service::{Fault, Op, Service, When};
use crate::{FEW_ROWS, assert_loaded_once, load};

/// The number of loads at the same time. They mostly wait for jobs.
const LOADS: usize = 16;

/// Returns a service whose jobs end when they are polled.
fn service(uses_bucket: bool) -> Service {
    let service = Service::with_polls(1);
    if uses_bucket { service.with_bucket() } else { service }
}

/// Returns the number of requests of a load without faults.
async fn requests(uses_bucket: bool) -> usize {
    let service = service(uses_bucket);
    load(&service, &Package::new("shop", FEW_ROWS)).await.unwrap();
    service.calls().len()
}

/// Calls `check` for every request of a load, with a new service and package.
async fn for_each_request(uses_bucket: bool, check: impl AsyncFn(usize, Service, Package)) {
    let new = |number| check(number, service(uses_bucket), Package::new("shop", FEW_ROWS));
    let checks = (0..requests(uses_bucket).await).map(new);
    stream::iter(checks).buffer_unordered(LOADS).collect::<Vec<()>>().await;
}

/// Loads a package although a request and those after it, `faults` in total, fail.
async fn check(fault: Fault, faults: usize) {
    check_with(false, fault, faults).await;
}

async fn check_with(uses_bucket: bool, fault: Fault, faults: usize) {
    for_each_request(uses_bucket, async |number, service, package| {
        for next in 0..faults {
            service.fail(When::Request(number + next), fault.clone(), 1);
        }
        let context = format!("{fault:?} at {number}: {:?}", service.calls().get(number));
        let outcome = load(&service, &package).await;
        assert!(matches!(outcome, Ok(LoadOutcome::Loaded)), "{outcome:?}: {context}");
        assert_loaded_once(&service, &[&package], &context);
        assert_one_job_each(&service, &context);
    })
    .await;
}

/// Checks that no job was repeated.
#[track_caller]
fn assert_one_job_each(service: &Service, context: &str) {
    assert_eq!(service.jobs("catchment_load"), 3, "{context}");
    assert_eq!((service.jobs("catchment_define"), service.jobs("catchment_apply")), (1, 1), "{context}");
}

#[tokio::test]
async fn a_lost_response() {
    check(Fault::lost_response(), 1).await;
}

#[tokio::test]
async fn two_lost_responses() {
    check(Fault::lost_response(), 2).await;
}

#[tokio::test]
async fn a_lost_request() {
    check(Fault::reset(), 1).await;
}

#[tokio::test]
async fn an_unavailable_service() {
    check(Fault::status(503, "backendError", "Error encountered during execution. Retrying may solve the problem."), 1).await;
}

#[tokio::test]
async fn a_request_that_took_effect_with_an_error() {
    check(Fault::RespondAfter(crate::service::error(500, "internalError", "An internal error occurred.")), 1).await;
}

/// Drops a load at each request, before or after it takes effect, and loads the package again.
async fn check_killed(uses_bucket: bool, fault: Fault) {
    for_each_request(uses_bucket, async |number, service, package| {
        service.fail(When::Request(number), fault.clone(), 1);
        tokio::select! {
            loaded = load(&service, &package) => panic!("{loaded:?} without a response to {number}"),
            () = service.wait_for_requests(number + 1) => {}
        }
        let context = format!("killed at {number}: {:?}", service.calls().get(number));
        let known = service.job_ids("catchment_load");
        let outcome = load(&service, &package).await;
        assert!(outcome.is_ok(), "{outcome:?}: {context}");
        assert_loaded_once(&service, &[&package], &context);
        assert_eq!(service.most_files(), 1, "a complete staging table was filled again: {context}");
        for id in &known {
            assert_eq!(service.count(Op::BeginUpload, id), 1, "the file of {id} was uploaded again: {context}");
        }
        assert_eq!(service.jobs("catchment_apply"), 1, "the first transaction was not waited for: {context}");
    })
    .await;
}

#[tokio::test]
async fn a_killed_load_is_continued() {
    check_killed(false, Fault::RespondAfter(ScriptedResponse::hang())).await;
}

#[tokio::test]
async fn a_killed_load_is_continued_without_its_last_request() {
    check_killed(false, Fault::Respond(ScriptedResponse::hang())).await;
}

#[tokio::test]
async fn a_lost_response_with_a_bucket() {
    check_with(true, Fault::lost_response(), 1).await;
}

#[tokio::test]
async fn a_lost_request_with_a_bucket() {
    check_with(true, Fault::reset(), 1).await;
}

#[tokio::test]
async fn a_killed_load_with_a_bucket_is_continued() {
    check_killed(true, Fault::RespondAfter(ScriptedResponse::hang())).await;
}

#[tokio::test]
async fn a_cancelled_load_is_continued() {
    for_each_request(false, async |number, service, package| {
        let stop = CancellationToken::new();
        let cancel = async {
            service.wait_for_requests(number + 1).await;
            stop.cancel();
        };
        let destination = service.destination();
        let (loaded, ()) = tokio::join!(destination.load(package.sealed.clone(), &stop), cancel);
        let context = format!("cancelled at {number}: {:?}", service.calls().get(number));
        let is_logged = service.loads() == [package.load_id()];
        assert_eq!(loaded.is_ok(), is_logged, "{loaded:?}: {context}");
        let outcome = load(&service, &package).await.unwrap();
        assert_eq!(outcome == LoadOutcome::AlreadyLoaded, is_logged, "{context}");
        assert_loaded_once(&service, &[&package], &context);
        assert_eq!(service.most_files(), 1, "a complete staging table was filled again: {context}");
    })
    .await;
}

#[tokio::test]
async fn chunks_are_resumed() {
    // Only a large file has several chunks.
    let package = Package::new("shop", 200_000);
    for fault in [Fault::lost_response(), Fault::reset(), Fault::StorePart(256 << 10), Fault::StorePart(0)] {
        let service = Service::start();
        service.fail(When::Call(Op::Chunk, ""), fault.clone(), 5);
        service.fail(When::Call(Op::UploadStatus, ""), Fault::reset(), 1);
        let context = format!("{fault:?}");
        let outcome = load(&service, &package).await;
        assert!(matches!(outcome, Ok(LoadOutcome::Loaded)), "{outcome:?}: {context}");
        assert_loaded_once(&service, &[&package], &context);
        assert_one_job_each(&service, &context);
        assert_eq!(service.count(Op::BeginUpload, ""), 3, "{context}");
    }
}
