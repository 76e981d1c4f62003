//! Loads of one dataset at the same time.

use catchment_load::{LoadError, LoadOutcome};
use futures_util::future::join_all;

use crate::package::Package;
use crate::service::{Fault, Op, Service, When};
use crate::{FEW_ROWS, assert_loaded_once, load};

/// The errors of a transaction that another one has aborted.
const ABORTED: [(&str, &str); 3] = [
    ("invalidQuery", "Transaction is aborted due to concurrent update against table p:d._dlt_loads. Transaction ID: 1"),
    ("invalid", "Query is aborted due to concurrent transaction 2 at [2:1]"),
    ("jobBackendError", "Too many DML statements outstanding against table p:d._dlt_loads, limit is 20."),
];

#[tokio::test]
async fn an_aborted_transaction_is_planned_again() {
    for (reason, message) in ABORTED {
        let (service, package) = (Service::start(), Package::new("shop", FEW_ROWS));
        service.fail(When::Call(Op::EndJob, "catchment_apply"), Fault::EndWith(reason, message), 2);
        assert_eq!(load(&service, &package).await.unwrap(), LoadOutcome::Loaded, "{message}");
        assert_loaded_once(&service, &[&package], message);
        // Rows are not staged again.
        assert_eq!((service.jobs("catchment_load"), service.jobs("catchment_apply")), (3, 3), "{message}");
    }
}

#[tokio::test]
async fn conflicts_without_end_are_an_error() {
    let (service, package) = (Service::start(), Package::new("shop", FEW_ROWS));
    let (reason, message) = ABORTED[0];
    service.fail(When::Call(Op::EndJob, "catchment_apply"), Fault::EndWith(reason, message), usize::MAX);
    let error = load(&service, &package).await.unwrap_err();
    assert!(matches!(error, LoadError::DatasetChanged { .. }), "{error}");
    assert_eq!(service.jobs("catchment_apply"), 31);
}

/// Checks that a script that finds another load changes nothing, and the load is planned again.
#[tokio::test]
async fn a_load_that_was_logged_meanwhile_is_noticed() {
    for (script, apply_jobs) in [("catchment_define", 2), ("catchment_apply", 2)] {
        let (service, package) = (Service::start(), Package::new("shop", FEW_ROWS));
        service.fail(When::Call(Op::EndJob, script), Fault::LogLoad("1.0"), 1);
        assert_eq!(load(&service, &package).await.unwrap(), LoadOutcome::Loaded, "{script}");
        assert_eq!(service.loads(), ["1.0", package.load_id()], "{script}");
        assert_eq!(service.rows("orders"), package.rows("orders"), "{script}");
        assert_eq!((service.jobs("catchment_load"), service.jobs("catchment_apply")), (3, apply_jobs), "{script}");
    }
}

/// Checks loads of several pipelines into one dataset, which does not exist before, and whose tables do afterwards.
#[tokio::test]
async fn loads_of_several_pipelines_at_the_same_time_succeed() {
    for polls in [0, 1] {
        let service = Service::with_polls(polls);
        let packages = ["crm", "shop", "stock"].map(|pipeline| Package::new(pipeline, FEW_ROWS));
        let loaded = join_all(packages.iter().map(|package| load(&service, package))).await;
        assert!(loaded.iter().all(|outcome| matches!(outcome, Ok(LoadOutcome::Loaded))), "{loaded:?}");
        assert_loaded_once(&service, &packages.each_ref(), "at once");
        let later = Package::new("tickets", FEW_ROWS);
        assert_eq!(load(&service, &later).await.unwrap(), LoadOutcome::Loaded);
        assert_eq!(service.loads().len(), 4);
    }
}

#[tokio::test]
async fn a_package_is_loaded_once_by_two_loads() {
    for polls in [0, 1] {
        let (service, package) = (Service::with_polls(polls), Package::new("shop", FEW_ROWS));
        let loaded = tokio::join!(load(&service, &package), load(&service, &package));
        assert!(matches!(loaded, (Ok(_), Ok(_))), "{loaded:?}");
        assert_loaded_once(&service, &[&package], "by two loads");
        assert_eq!(load(&service, &package).await.unwrap(), LoadOutcome::AlreadyLoaded);
    }
}
