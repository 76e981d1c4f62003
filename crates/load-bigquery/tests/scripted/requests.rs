//! The number of requests and jobs of a load.

use crate::package::{Package, TABLES};
use crate::service::{Op, Service};
use crate::{FEW_ROWS, assert_loaded_once, load};

/// Loads a package, and returns the number of all requests and of chunks.
async fn check(rows: usize) -> (usize, usize) {
    let (service, package) = (Service::start(), Package::new("shop", rows));
    load(&service, &package).await.unwrap();
    assert_loaded_once(&service, &[&package], "");
    assert_eq!(service.jobs("catchment_load"), TABLES.len());
    assert_eq!((service.jobs("catchment_define"), service.jobs("catchment_apply")), (1, 1));
    for table in 0..TABLES.len() {
        assert_eq!(service.count(Op::BeginUpload, &format!("_{table}_0_")), 1);
    }
    (service.calls().len(), service.count(Op::Chunk, ""))
}

#[tokio::test]
async fn the_number_of_requests_does_not_depend_on_the_number_of_rows() {
    let (few, few_chunks) = check(FEW_ROWS).await;
    let (many, many_chunks) = check(200_000).await;
    assert_eq!((few, few_chunks), (25, 3));
    assert_eq!((many, many_chunks), (26, 4));
}
