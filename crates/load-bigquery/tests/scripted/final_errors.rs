//! Errors that another attempt cannot overcome.

use std::fmt::Write as _;

use catchment_load::{Destination as _, LoadOutcome};
use catchment_load_bigquery::{BigQuery, BigQueryOptions};
use tokio_util::sync::CancellationToken;

use crate::package::{Package, TABLES};
use crate::service::{Fault, Op, Service, When};
use crate::{FEW_ROWS, assert_loaded_once, assert_unchanged, load, shown};

/// Loads a package into a service with each of the faults. Returns the errors, those of packages that can never be loaded
/// marked.
async fn errors(faults: Vec<(Op, &'static str, Fault)>) -> String {
    let mut errors = String::new();
    for (op, part, fault) in faults {
        let (service, package) = (Service::start(), Package::new("shop", FEW_ROWS));
        service.fail(When::Call(op, part), fault, 1);
        let error = load(&service, &package).await.unwrap_err();
        let mark = if error.is_terminal() { "terminal: " } else { "" };
        writeln!(errors, "{mark}{}", shown(&service, &error)).unwrap();
        assert_unchanged(&service, &error.to_string());
        assert!(service.jobs("catchment_apply") <= 1, "{error}");
        // After the cause is corrected.
        assert_eq!(load(&service, &package).await.unwrap(), LoadOutcome::Loaded, "{error}");
        assert_loaded_once(&service, &[&package], &error.to_string());
        assert_eq!(service.most_files(), 1, "{error}");
    }
    errors
}

#[tokio::test]
async fn errors_of_requests_name_a_remedy() {
    let denied = |message| Fault::status(403, "accessDenied", message);
    let quota = "Quota exceeded: Your table exceeded quota for imports or query appends per table.";
    let errors = errors(vec![
        (Op::GetDataset, "", denied("Access Denied: Dataset p:d: Permission bigquery.datasets.get denied on dataset p:d.")),
        (Op::CreateDataset, "", denied("Access Denied: Project p: User does not have bigquery.datasets.create permission.")),
        (Op::CreateTable, "", denied("Access Denied: Dataset p:d: Permission bigquery.tables.create denied on dataset p:d.")),
        (Op::InsertJob, "query", denied("Access Denied: Project p: User does not have bigquery.jobs.create permission.")),
        (Op::BeginUpload, "", denied("Access Denied: Project p: User does not have bigquery.jobs.create permission.")),
        (Op::InsertJob, "apply", Fault::status(403, "quotaExceeded", "Quota exceeded: Your project exceeded quota.")),
        (Op::BeginUpload, "_0_", Fault::status(403, "quotaExceeded", quota)),
        (Op::Chunk, "", Fault::status(403, "quotaExceeded", quota)),
        (Op::InsertJob, "define", Fault::status(403, "billingNotEnabled", "Billing has not been enabled for this project.")),
        (Op::InsertJob, "query", Fault::status(400, "invalid", "Invalid value for maximumBytesBilled")),
    ])
    .await;
    insta::assert_snapshot!(errors, @r"
    failed to open bigquery://p: Access Denied: Dataset p:d: Permission bigquery.datasets.get denied on dataset p:d (reason accessDenied); grant the account the role BigQuery Data Editor (roles/bigquery.dataEditor) on the dataset
    failed to create the dataset in bigquery://p: Access Denied: Project p: User does not have bigquery.datasets.create permission (reason accessDenied); create the dataset, or grant the account the role BigQuery User (roles/bigquery.user) in the project
    failed to stage rows of table `T` in bigquery://p: Access Denied: Dataset p:d: Permission bigquery.tables.create denied on dataset p:d (reason accessDenied); grant the account the role BigQuery Data Editor (roles/bigquery.dataEditor) on the dataset
    failed to read the loads in bigquery://p: Access Denied: Project p: User does not have bigquery.jobs.create permission (reason accessDenied); grant the account the role BigQuery Job User (roles/bigquery.jobUser) in the project
    failed to stage rows of table `T` in bigquery://p: Access Denied: Project p: User does not have bigquery.jobs.create permission (reason accessDenied); grant the account the role BigQuery Job User (roles/bigquery.jobUser) in the project
    failed to apply the package in bigquery://p: Quota exceeded: Your project exceeded quota (reason quotaExceeded); wait until the quota is renewed, or request a higher one
    failed to stage rows of table `T` in bigquery://p: Quota exceeded: Your table exceeded quota for imports or query appends per table (reason quotaExceeded); wait until the quota is renewed, or request a higher one
    failed to stage rows of table `T` in bigquery://p: Quota exceeded: Your table exceeded quota for imports or query appends per table (reason quotaExceeded); wait until the quota is renewed, or request a higher one
    failed to define tables in bigquery://p: Billing has not been enabled for this project (reason billingNotEnabled); enable billing for the project: the sandbox of BigQuery has no DML
    failed to read the loads in bigquery://p: Invalid value for maximumBytesBilled (reason invalid)
    ");
}

#[tokio::test]
async fn errors_of_jobs_name_a_remedy() {
    let quota = "Quota exceeded: Your table exceeded quota for imports or query appends per table.";
    let denied = "Access Denied: Table p:d.items: Permission bigquery.tables.updateData denied on table p:d.items.";
    let billed = "Query exceeded limit for bytes billed: 1. 10485760 or higher required.";
    let errors = errors(vec![
        (Op::EndJob, "catchment_load", Fault::EndWith("quotaExceeded", quota)),
        (Op::EndJob, "catchment_load", Fault::EndWith("invalid", "Error while reading data, error message: Invalid value.")),
        (Op::EndJob, "catchment_load", Fault::EndWith("stopped", "Job execution was cancelled.")),
        (Op::EndJob, "catchment_define", Fault::EndWith("accessDenied", denied)),
        (Op::EndJob, "catchment_define", Fault::EndWith("invalidQuery", "Invalid table name at [1:1]")),
        (Op::EndJob, "catchment_apply", Fault::EndWith("accessDenied", denied)),
        (Op::EndJob, "catchment_apply", Fault::EndWith("quotaExceeded", "Quota exceeded: Your project exceeded quota.")),
        (Op::EndJob, "catchment_apply", Fault::EndWith("bytesBilledLimitExceeded", billed)),
        (Op::EndJob, "catchment_apply", Fault::EndWith("invalidQuery", "Division by zero at [5:1]")),
        (Op::EndJob, "catchment_apply", Fault::EndWith("resourcesExceeded", "Resources exceeded during query execution.")),
        (Op::EndJob, "catchment_apply", Fault::EndWith("stopped", "Job execution was cancelled.")),
        (Op::EndJob, "catchment_query", Fault::EndWith("bytesBilledLimitExceeded", billed)),
    ])
    .await;
    insta::assert_snapshot!(errors, @r#"
    failed to stage rows of table `T` in bigquery://p: Quota exceeded: Your table exceeded quota for imports or query appends per table (reason quotaExceeded); wait until the quota is renewed, or request a higher one
    terminal: failed to stage rows of table `T` in bigquery://p: Error while reading data, error message: Invalid value (reason invalid)
    failed to stage rows of table `T` in bigquery://p: Job execution was cancelled (reason stopped); load the package again
    failed to define tables in bigquery://p: Access Denied: Table p:d.items: Permission bigquery.tables.updateData denied on table p:d.items (reason accessDenied); grant the account the role BigQuery Data Editor (roles/bigquery.dataEditor) on the dataset
    terminal: failed to create the lock in bigquery://p: Invalid table name at [1:1] (reason invalidQuery)
    failed to apply the package in bigquery://p: Access Denied: Table p:d.items: Permission bigquery.tables.updateData denied on table p:d.items (reason accessDenied); grant the account the role BigQuery Data Editor (roles/bigquery.dataEditor) on the dataset
    failed to apply the package in bigquery://p: Quota exceeded: Your project exceeded quota (reason quotaExceeded); wait until the quota is renewed, or request a higher one
    failed to apply the package in bigquery://p: Query exceeded limit for bytes billed: 1. 10485760 or higher required (reason bytesBilledLimitExceeded); raise destination.bigquery.maximum_bytes_billed
    terminal: failed to insert rows into table `items` in bigquery://p: Division by zero at [5:1] (reason invalidQuery)
    terminal: failed to apply the package in bigquery://p: Resources exceeded during query execution (reason resourcesExceeded); load fewer rows at once: set a smaller `buffer_max_bytes` or load the resources one by one
    failed to apply the package in bigquery://p: Job execution was cancelled (reason stopped); load the package again
    failed to read the loads in bigquery://p: Query exceeded limit for bytes billed: 1. 10485760 or higher required (reason bytesBilledLimitExceeded); raise destination.bigquery.maximum_bytes_billed
    "#);
}

#[tokio::test]
async fn errors_of_the_bucket_name_a_remedy() {
    for (op, fault) in [
        (Op::BeginUpload, Fault::status(404, "notFound", "The specified bucket does not exist.")),
        (Op::EndJob, Fault::EndWith("invalid", "Cannot read and write in different locations: source: EU, destination: US")),
    ] {
        let (service, package) = (Service::start().with_bucket(), Package::new("shop", FEW_ROWS));
        service.fail(When::Call(op, "catchment_load"), fault, usize::MAX);
        let error = load(&service, &package).await.unwrap_err();
        assert!(!error.is_terminal() && error.to_string().contains("bucket"), "{error}");
        assert_unchanged(&service, "");
    }
}

/// Checks that a load stops at the first of many failing load jobs, because failed ones also count.
#[tokio::test]
async fn an_exceeded_quota_is_not_exceeded_further() {
    let (service, package) = (Service::start(), Package::new("shop", FEW_ROWS));
    let quota = Fault::EndWith("quotaExceeded", "Quota exceeded: Your table exceeded quota for imports per table.");
    service.fail(When::Call(Op::EndJob, "catchment_load"), quota, usize::MAX);
    load(&service, &package).await.unwrap_err();
    assert!(service.jobs("catchment_load") <= TABLES.len());
}

#[tokio::test]
async fn the_maximum_of_billed_bytes_applies_to_all_queries() {
    let (service, package) = (Service::start(), Package::new("shop", FEW_ROWS));
    let options = BigQueryOptions { maximum_bytes_billed: Some(12_345), ..service.options() };
    BigQuery::new(options).load(package.sealed.clone(), &CancellationToken::new()).await.unwrap();
    let bodies: Vec<String> = service.requests().iter().map(|request| request.text()).collect();
    let queries: Vec<&String> = bodies.iter().filter(|body| body.contains("useLegacySql")).collect();
    assert!(queries.len() >= 4 && queries.iter().all(|body| body.contains(r#""maximumBytesBilled":"12345""#)), "{queries:?}");
}
