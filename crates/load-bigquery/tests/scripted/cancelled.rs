//! Cancelled loads.

use catchment_load::{Destination as _, LoadError, LoadOutcome, LoadResult};
use tokio_util::sync::CancellationToken;

use crate::package::Package;
use crate::service::{Fault, Op, Service, When};
use crate::{FEW_ROWS, assert_loaded_once, assert_unchanged, load};

/// Loads a package, and cancels the load when `script` is polled. The script runs until the service cancels it, and commits
/// in spite of that if `commits`.
async fn cancel(service: &Service, package: &Package, script: &'static str, commits: bool) -> Result<LoadResult, LoadError> {
    service.fail(When::Call(Op::InsertJob, script), Fault::RunUntilCancelled(commits), 1);
    let stop = CancellationToken::new();
    let cancel = async {
        service.wait_for_call(Op::InsertJob, script).await;
        stop.cancel();
    };
    let destination = service.destination();
    let (loaded, ()) = tokio::join!(destination.load(package.sealed.clone(), &stop), cancel);
    assert_eq!(service.count(Op::CancelJob, script), 1);
    loaded
}

#[tokio::test]
async fn a_cancelled_load_cancels_its_script() {
    for script in ["catchment_define", "catchment_apply"] {
        let (service, package) = (Service::start(), Package::new("shop", FEW_ROWS));
        let loaded = cancel(&service, &package, script, false).await;
        assert!(matches!(loaded, Err(LoadError::Cancelled)), "{loaded:?}");
        assert_unchanged(&service, script);
        assert_eq!(load(&service, &package).await.unwrap(), LoadOutcome::Loaded);
        assert_loaded_once(&service, &[&package], script);
        assert_eq!(service.most_files(), 1);
    }
}

#[tokio::test]
async fn a_script_that_is_cancelled_too_late_counts() {
    let (service, package) = (Service::start(), Package::new("shop", FEW_ROWS));
    let loaded = cancel(&service, &package, "catchment_apply", true).await;
    assert!(matches!(loaded, Ok(LoadResult { outcome: LoadOutcome::Loaded, .. })), "{loaded:?}");
    assert_loaded_once(&service, &[&package], "");
}

#[tokio::test]
async fn a_load_that_is_cancelled_first_sends_no_script() {
    let (service, package) = (Service::start(), Package::new("shop", FEW_ROWS));
    let stop = CancellationToken::new();
    stop.cancel();
    let loaded = service.destination().load(package.sealed.clone(), &stop).await;
    assert!(matches!(loaded, Err(LoadError::Cancelled)), "{loaded:?}");
    assert_eq!(service.jobs(""), 0);
}
