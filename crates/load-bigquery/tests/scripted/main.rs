//! Loads into a model of the BigQuery service that fails in all ways that the documentation of the service describes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod bad_servers;
mod cancelled;
mod conflicts;
mod credentials;
mod divided;
mod every_request;
mod final_errors;
mod package;
mod requests;
mod service;
mod transient_errors;

use catchment_load::{Destination as _, LoadError, LoadOutcome};
use package::{Package, TABLES};
use service::Service;
use tokio_util::sync::CancellationToken;

/// The number of rows of a small package.
const FEW_ROWS: usize = 200;

/// Loads a package.
async fn load(service: &Service, package: &Package) -> Result<LoadOutcome, LoadError> {
    let loaded = service.destination().load(package.sealed.clone(), &CancellationToken::new()).await;
    loaded.map(|loaded| loaded.outcome)
}

/// Returns the text of an error. The address of the service, and the tables, which are staged in any order, are masked.
fn shown(service: &Service, error: &LoadError) -> String {
    let mut text = error.to_string().replace(service.url().trim_start_matches("http://"), "HOST");
    for table in TABLES {
        text = text.replace(&format!("stage rows of table `{table}`"), "stage rows of table `T`");
    }
    text
}

/// Checks that the packages, and nothing else, have been loaded exactly once.
#[track_caller]
fn assert_loaded_once(service: &Service, packages: &[&Package], context: &str) {
    let mut load_ids: Vec<&str> = packages.iter().map(|package| package.load_id()).collect();
    load_ids.sort_unstable();
    let mut loads = service.loads();
    loads.sort_unstable();
    assert_eq!(loads, load_ids, "{context}");
    for table in TABLES {
        let expected: usize = packages.iter().map(|package| package.rows(table)).sum();
        assert_eq!(service.rows(table), expected, "rows of {table}: {context}");
    }
    assert_eq!(service.tables("_catchment_staging_"), [""; 0], "{context}");
    assert_eq!(service.objects(), [""; 0], "{context}");
}

/// Checks that nothing has been loaded.
#[track_caller]
fn assert_unchanged(service: &Service, context: &str) {
    assert_eq!(service.loads(), [""; 0], "{context}");
    for table in TABLES {
        assert_eq!(service.rows(table), 0, "rows of {table}: {context}");
    }
}
