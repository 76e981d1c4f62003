//! Clocks that run backwards.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use catchment::{Incremental, PackageOutcome, Pipeline, Resource, RunEnvironment};

use crate::dataset::Dataset;
use crate::recovery::package;

const DAY: i64 = 86_400_000_000;

/// A settable clock that goes back by one second with each call.
#[derive(Clone)]
struct Backwards(Arc<AtomicI64>);

impl RunEnvironment for Backwards {
    fn now(&self) -> i64 {
        self.0.fetch_sub(1_000_000, Ordering::Relaxed)
    }

    fn seed(&self) -> [u8; 16] {
        self.now().to_le_bytes().repeat(2).try_into().unwrap()
    }
}

fn pipeline(dataset: &Dataset) -> (Pipeline, Backwards) {
    let clock = Backwards(Arc::new(AtomicI64::new(1_700_000_000_000_000)));
    (dataset.pipeline().environment(clock.clone()), clock)
}

/// Returns a resource of the rows 1 to `last`.
fn items(last: i64) -> Resource {
    let rows: Vec<_> = (1..=last).map(|id| BTreeMap::from([("id", id)])).collect();
    Resource::rows("items", rows).incremental(Incremental::new("id"))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(future)
}

#[test]
fn load_ids_increase_and_the_latest_state_is_used_with_any_clock() {
    let dataset = Dataset::new();
    let (pipeline, clock) = pipeline(&dataset);
    let mut load_ids = Vec::new();
    for run in 1..=6 {
        let info = block_on(pipeline.run(items(run * 2))).unwrap();
        assert_eq!(info.row_counts(), [("items".to_owned(), 2)].into(), "the cursor advances");
        assert!(info.to_string().contains("in 0.00 s"), "{info}");
        load_ids.extend(info.packages.into_iter().map(|package| package.load_id));
        clock.0.fetch_sub(run * DAY, Ordering::Relaxed);
        if run % 2 == 0 {
            std::fs::remove_dir_all(dataset.pipelines()).unwrap();
        }
    }
    assert!(load_ids.is_sorted_by(|one, next| one < next), "{load_ids:?}");
    assert_eq!(dataset.query("SELECT count(*), count(DISTINCT id), max(id) FROM items"), "12 12 12");
    assert_eq!(dataset.query("SELECT version FROM _dlt_pipeline_state ORDER BY _dlt_load_id"), "1; 2; 3; 4; 5; 6");
    assert_eq!(dataset.query("SELECT load_id FROM _dlt_loads ORDER BY inserted_at, load_id"), load_ids.join("; "));
    dataset.check_integrity("items", &[]);
}

#[test]
fn a_pending_package_precedes_a_run_whose_clock_is_behind() {
    let dataset = Dataset::new();
    drop(package(&dataset, "1800000000.000000", "other", None, 1));
    let (pipeline, _) = pipeline(&dataset);
    let info = block_on(pipeline.run(Resource::rows("items", [BTreeMap::from([("id", 2)])]))).unwrap();
    let outcomes: Vec<_> = info.packages.iter().map(|package| (package.load_id.as_str(), &package.outcome)).collect();
    let expected = [("1800000000.000000", &PackageOutcome::Recovered), ("1800000000.000001", &PackageOutcome::Loaded)];
    assert_eq!(outcomes, expected);
}

#[test]
fn load_ids_of_an_unset_clock_sort_before_later_ones() {
    let dataset = Dataset::new();
    let (pipeline, clock) = pipeline(&dataset);
    clock.0.store(5_000_000, Ordering::Relaxed);
    for number in 1..=2 {
        block_on(pipeline.extract(Resource::rows("numbers", [number]))).unwrap();
        block_on(pipeline.normalize()).unwrap();
        clock.0.store(1_700_000_000_000_000, Ordering::Relaxed);
    }
    let info = block_on(pipeline.load()).unwrap();
    let load_ids: Vec<_> = info.packages.iter().map(|package| package.load_id.as_str()).collect();
    assert!(load_ids[0].starts_with("0000000") && load_ids[1].starts_with("16999999"), "{load_ids:?}");
}
