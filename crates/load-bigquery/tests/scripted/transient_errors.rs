//! Errors that another attempt can overcome.

use catchment_load::{LoadError, LoadOutcome};

use crate::package::Package;
use crate::service::{Fault, Op, Service, When};
use crate::{FEW_ROWS, assert_loaded_once, assert_unchanged, load};

/// Checks that a load succeeds in spite of a fault. Returns the service.
async fn check(when: When, fault: Fault, times: usize) -> Service {
    let (service, package) = (Service::start(), Package::new("shop", FEW_ROWS));
    service.fail(when, fault.clone(), times);
    let context = format!("{fault:?} {when:?}");
    let outcome = load(&service, &package).await;
    assert!(matches!(outcome, Ok(LoadOutcome::Loaded)), "{outcome:?}: {context}");
    assert_loaded_once(&service, &[&package], &context);
    assert_eq!(service.most_files(), 1, "{context}");
    service
}

#[tokio::test]
async fn requests_are_repeated() {
    let calls = [
        (Op::GetDataset, ""),
        (Op::CreateDataset, ""),
        (Op::CreateTable, "_1"),
        (Op::InsertJob, "catchment_query"),
        (Op::InsertJob, "catchment_define"),
        (Op::InsertJob, "catchment_apply"),
        (Op::GetJob, "catchment_apply"),
        (Op::Results, ""),
        (Op::DeleteTable, ""),
    ];
    let errors = [
        (500, "internalError"),
        (503, "backendError"),
        (504, ""),
        (403, "rateLimitExceeded"),
        (403, "jobRateLimitExceeded"),
        (429, "rateLimitExceeded"),
        (400, "tableUnavailable"),
    ];
    let every_call = calls.map(|call| (call, errors[0]));
    let every_error = errors.map(|error| (calls[5], error));
    for ((op, part), (status, reason)) in every_call.into_iter().chain(every_error) {
        let service = check(When::Call(op, part), Fault::status(status, reason, "Try again."), 2).await;
        assert_eq!((service.jobs("catchment_load"), service.jobs("catchment_apply")), (3, 1));
    }
}

#[tokio::test]
async fn uploads_are_repeated() {
    for (op, status, reason) in [
        (Op::BeginUpload, 503, "backendError"),
        (Op::BeginUpload, 403, "rateLimitExceeded"),
        (Op::Chunk, 503, "backendError"),
        (Op::Chunk, 429, ""),
        (Op::Chunk, 500, ""),
    ] {
        let (service, package) = (Service::start(), Package::new("shop", FEW_ROWS));
        service.fail(When::Call(op, ""), Fault::status(status, reason, "Try again."), 2);
        assert_eq!(load(&service, &package).await.unwrap(), LoadOutcome::Loaded, "{op:?} {status}");
        assert_loaded_once(&service, &[&package], "");
        assert_eq!(service.jobs("catchment_load"), 3, "{op:?} {status}");
    }
}

/// Checks that the file of a lost session is uploaded again, into the same job.
#[tokio::test]
async fn lost_sessions_are_begun_again() {
    for status in [404, 410] {
        let (service, package) = (Service::start(), Package::new("shop", FEW_ROWS));
        service.fail(When::Call(Op::Chunk, ""), Fault::LoseSession(status), 1);
        assert_eq!(load(&service, &package).await.unwrap(), LoadOutcome::Loaded, "{status}");
        assert_loaded_once(&service, &[&package], "");
        assert_eq!((service.jobs("catchment_load"), service.most_files()), (3, 1), "{status}");
    }
}

/// The reasons of jobs that are started again.
const REASONS: [&str; 8] = [
    "backendError",
    "internalError",
    "rateLimitExceeded",
    "jobRateLimitExceeded",
    "jobBackendError",
    "jobInternalError",
    "tableUnavailable",
    "timeout",
];

#[tokio::test]
async fn jobs_are_started_again() {
    for reason in REASONS {
        for (part, load_jobs, define_jobs, apply_jobs) in [
            ("catchment_load", 4, 1, 1),
            ("catchment_define", 3, 2, 1),
            ("catchment_apply", 3, 2, 2),
            ("catchment_query", 3, 1, 1),
        ] {
            let service = check(When::Call(Op::EndJob, part), Fault::EndWith(reason, "Try again."), 1).await;
            let jobs = ["catchment_load", "catchment_define", "catchment_apply"].map(|part| service.jobs(part));
            assert_eq!(jobs, [load_jobs, define_jobs, apply_jobs], "{part}: {reason}");
            assert_eq!(service.count(Op::BeginUpload, ""), load_jobs, "files were uploaded again: {part}: {reason}");
        }
    }
}

#[tokio::test]
async fn missing_staging_tables_are_created_again() {
    let missing = "Not found: Table p:d._catchment_staging_lock was not found in location US";
    check(When::Call(Op::EndJob, "catchment_apply"), Fault::EndWith("notFound", missing), 1).await;
    let missing = "Not found: Table p:d._catchment_staging_1_0 was not found in location US";
    check(When::Call(Op::EndJob, "catchment_load"), Fault::EndWith("notFound", missing), 1).await;
}

/// Checks that a load ends if an error recurs. Returns the numbers of load jobs and scripts.
async fn check_ends(when: When, fault: Fault) -> [usize; 3] {
    let (service, package) = (Service::start(), Package::new("shop", FEW_ROWS));
    service.fail(when, fault, usize::MAX);
    let error = load(&service, &package).await.unwrap_err();
    assert!(matches!(error, LoadError::Unavailable { .. }), "{error}");
    assert!(error.is_retryable() && !error.is_terminal(), "{error}");
    assert_unchanged(&service, &error.to_string());
    ["catchment_load", "catchment_define", "catchment_apply"].map(|part| service.jobs(part))
}

#[tokio::test]
async fn retries_end() {
    let unavailable = || Fault::status(503, "backendError", "Try again.");
    assert_eq!(check_ends(When::Call(Op::InsertJob, "catchment_apply"), unavailable()).await, [3, 7, 0]);
    assert_eq!(check_ends(When::Call(Op::CreateTable, ""), unavailable()).await, [0, 0, 0]);
    assert_eq!(check_ends(When::Call(Op::BeginUpload, ""), unavailable()).await, [0, 0, 0]);
    assert_eq!(check_ends(When::Call(Op::Chunk, ""), unavailable()).await, [0, 0, 0]);
    assert_eq!(check_ends(When::Call(Op::Chunk, ""), Fault::StorePart(0)).await, [0, 0, 0]);
    assert_eq!(check_ends(When::Call(Op::Chunk, ""), Fault::LoseSession(410)).await, [0, 0, 0]);
    let failed = || Fault::EndWith("backendError", "Try again.");
    assert_eq!(check_ends(When::Call(Op::EndJob, "catchment_apply"), failed()).await, [3, 7, 7]);
    assert_eq!(check_ends(When::Call(Op::EndJob, "catchment_define"), failed()).await, [3, 7, 0]);
}
