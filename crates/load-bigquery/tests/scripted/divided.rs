//! Packages that change more tables than a transaction can.

use catchment_load::{Destination as _, LoadOutcome};
use catchment_rest_client::testing::ScriptedResponse;
use tokio_util::sync::CancellationToken;

use crate::package::Package;
use crate::service::{Fault, Op, Service, When};
use crate::{load, shown};

/// The number of tables, which three transactions change.
const MANY: usize = 200;

fn tables() -> Vec<(String, usize)> {
    (0..MANY).map(|number| (format!("table_{number:03}"), 2)).collect()
}

/// Checks that every table has its rows once.
#[track_caller]
fn assert_complete(service: &Service, packages: usize, context: &str) {
    for (table, rows) in tables() {
        assert_eq!(service.rows(&table), rows * packages, "{table}: {context}");
    }
    assert_eq!(service.loads().len(), packages, "{context}");
    assert_eq!(service.applied(), [""; 0], "{context}");
}

#[tokio::test]
async fn many_tables_are_changed_in_several_transactions() {
    let service = Service::start();
    let package = Package::of_tables("shop", &tables());
    let loaded = service.destination().load(package.sealed.clone(), &CancellationToken::new()).await.unwrap();
    let [warning] = &loaded.warnings[..] else { panic!("{:?}", loaded.warnings) };
    insta::assert_snapshot!(warning, @r#"the package exceeds the limits of a transaction of BigQuery (100 tables, 1 MiB of statements) and is loaded in several: until the last one, queries read a part of it; load fewer resources at once with `--select`"#);
    assert_complete(&service, 1, "");
    assert_eq!(service.jobs("catchment_apply"), 3);
    let second = Package::of_tables("shop again", &tables());
    load(&service, &second).await.unwrap();
    assert_complete(&service, 2, "");
}

/// Loads a package of many tables. Faults happen at each request of its scripts, or of the queries between them.
#[tokio::test]
async fn a_divided_load_is_continued() {
    let service = Service::start();
    load(&service, &Package::of_tables("shop", &tables())).await.unwrap();
    let calls = service.calls();
    let first = calls.iter().position(|call| call.op == Op::InsertJob && call.target.contains("catchment_apply")).unwrap();
    let last = calls.iter().rposition(|call| call.op != Op::DeleteTable).unwrap();
    // Of several pages of results, only the first.
    let is_next_page = |number: usize| [number - 1, number].iter().all(|number| calls[*number].op == Op::Results);
    let numbers: Vec<usize> = (first..=last).filter(|number| !is_next_page(*number)).collect();
    assert!(numbers.len() < 20, "{:?}", &calls[first..=last]);
    for number in numbers {
        for fault in [Fault::lost_response(), Fault::reset()] {
            let (service, package) = (Service::start(), Package::of_tables("shop", &tables()));
            service.fail(When::Request(number), fault, 1);
            let context = format!("failed at {number}: {:?}", calls.get(number));
            let outcome = load(&service, &package).await;
            assert!(matches!(outcome, Ok(LoadOutcome::Loaded)), "{outcome:?}: {context}");
            assert_complete(&service, 1, &context);
        }
        for fault in [Fault::Respond(ScriptedResponse::hang()), Fault::RespondAfter(ScriptedResponse::hang())] {
            let (service, package) = (Service::start(), Package::of_tables("shop", &tables()));
            service.fail(When::Request(number), fault, 1);
            tokio::select! {
                loaded = load(&service, &package) => panic!("{loaded:?} without a response to {number}"),
                () = service.wait_for_requests(number + 1) => {}
            }
            let context = format!("killed at {number}: {:?}", calls.get(number));
            let outcome = load(&service, &package).await;
            assert!(outcome.is_ok(), "{outcome:?}: {context}");
            assert_complete(&service, 1, &context);
        }
    }
}

#[tokio::test]
async fn a_divided_load_continues_after_another_load() {
    let aborted = Fault::EndWith("invalidQuery", "Transaction is aborted due to concurrent update against table p:d._dlt_loads.");
    for (number, fault) in [(0, aborted.clone()), (1, aborted), (1, Fault::LogLoad("1.0")), (2, Fault::LogLoad("1.0"))] {
        let (service, package) = (Service::with_polls(1), Package::of_tables("shop", &tables()));
        let context = format!("{fault:?} at {number}");
        service.fail(When::Transaction(number), fault, 1);
        assert_eq!(load(&service, &package).await.unwrap(), LoadOutcome::Loaded, "{context}");
        for (table, rows) in tables() {
            assert_eq!(service.rows(&table), rows, "{table}: {context}");
        }
        assert_eq!(service.applied(), [""; 0], "{context}");
    }
}

#[tokio::test]
async fn loads_of_many_tables_at_the_same_time_succeed() {
    let service = Service::with_polls(1);
    let (first, second) = (Package::of_tables("crm", &tables()), Package::of_tables("shop", &tables()));
    let (one, other) = tokio::join!(load(&service, &first), load(&service, &second));
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    assert_complete(&service, 2, "");
}

/// A terminal error would move the package aside, and the next run would load the tables of the first transaction again.
#[tokio::test]
async fn a_partly_loaded_package_is_kept() {
    let (service, package) = (Service::start(), Package::of_tables("shop", &tables()));
    service.fail(When::Transaction(1), Fault::EndWith("invalidQuery", "Value is too long at [4:1]"), 1);
    let error = load(&service, &package).await.unwrap_err();
    assert!(!error.is_terminal());
    insta::assert_snapshot!(shown(&service, &error), @r#"failed to load the rest of the package in bigquery://p: failed to insert rows into table `table_095` in bigquery://p: Value is too long at [4:1] (reason invalidQuery); earlier transactions of load 1704067642.000000 have changed 95 root tables, so the package is kept: run again after the cause is corrected in the dataset, or abort the package and delete its rows (see "Remove a partly loaded package" in the guide "Load into BigQuery")"#);
    load(&service, &package).await.unwrap();
    assert_complete(&service, 1, "");
}

/// The state of the other package does not contain what the first one has loaded.
#[tokio::test]
async fn another_load_of_the_pipeline_waits_for_an_unfinished_one() {
    let (service, package) = (Service::start(), Package::of_tables("shop", &tables()));
    service.fail(When::Transaction(1), Fault::EndWith("accessDenied", "Access Denied: Table p:d.a"), 1);
    load(&service, &package).await.unwrap_err();
    let other = Package::of_tables_at("shop", 1_800_000_000, &tables());
    let error = load(&service, &other).await.unwrap_err();
    assert!(!error.is_terminal());
    insta::assert_snapshot!(shown(&service, &error), @r#"failed to apply the package in bigquery://p: load 1704067642.000000 of the pipeline has changed only a part of its tables: it still runs, or was interrupted; run the pipeline again when it has ended, in the working folder that has its package; if that is lost, delete its rows (see "Remove a partly loaded package" in the guide "Load into BigQuery")"#);
    load(&service, &package).await.unwrap();
    assert_complete(&service, 1, "");
}

/// Two processes load the same package: neither repeats what the other has changed.
#[tokio::test]
async fn a_divided_load_runs_twice_at_the_same_time() {
    let (service, package) = (Service::start(), Package::of_tables("shop", &tables()));
    let (one, other) = tokio::join!(load(&service, &package), load(&service, &package));
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    assert_complete(&service, 1, "");
}
