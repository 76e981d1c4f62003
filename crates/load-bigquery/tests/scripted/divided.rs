//! Packages that change more tables than a transaction can.

use catchment_load::{Destination as _, LoadOutcome};
use catchment_rest_client::testing::ScriptedResponse;
use tokio_util::sync::CancellationToken;

use crate::load;
use crate::package::Package;
use crate::service::{Fault, Op, Service, When};

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
    insta::assert_snapshot!(warning, @r#"the package changes more tables than one transaction of BigQuery can, and was loaded in several: until the last one, queries could read a part of it"#);
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
    let (service, package) = (Service::start(), Package::of_tables("shop", &tables()));
    let aborted = "Transaction is aborted due to concurrent update against table p:d._dlt_loads.";
    service.fail(When::Call(Op::EndJob, "catchment_apply"), Fault::EndWith("invalidQuery", aborted), 1);
    load(&service, &package).await.unwrap();
    assert_complete(&service, 1, "");
    let (first, second) = (Package::of_tables("second", &tables()), Package::of_tables("third", &tables()));
    let (one, other) = tokio::join!(load(&service, &first), load(&service, &second));
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    assert_complete(&service, 3, "");
}

/// Two processes load the same package: neither repeats what the other has changed.
#[tokio::test]
async fn a_divided_load_runs_twice_at_the_same_time() {
    let (service, package) = (Service::start(), Package::of_tables("shop", &tables()));
    let (one, other) = tokio::join!(load(&service, &package), load(&service, &package));
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    assert_complete(&service, 1, "");
}
