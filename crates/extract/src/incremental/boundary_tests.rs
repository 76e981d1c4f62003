use catchment_json::Value;

use super::BoundaryDedup;
use super::tests::{at, run_with};

/// Runs with these modes and pages. Checks the loaded ids of each run and returns the final boundary record.
fn check_merged(runs: &[(BoundaryDedup, &[&str])], expected: &str) -> Option<Value> {
    let (found, resource_state) = run_with(&at(), None, runs).unwrap();
    assert_eq!(found, expected, "{runs:?}");
    resource_state.and_then(|resource_state| resource_state.get("_catchment").cloned())
}

fn by_content<'p>(pages: &'p [&'p str]) -> (BoundaryDedup, &'p [&'p str]) {
    (BoundaryDedup::ByContent, pages)
}

const A: &str = r#"[{"id":1,"at":5,"v":"a"},{"id":2,"at":5,"v":"x"}]"#;
const B: &str = r#"[{"id":1,"at":5,"v":"b"},{"id":2,"at":5,"v":"x"}]"#;

#[test]
fn a_row_that_changes_at_the_last_value_is_merged_again() {
    let (a, b): (&[&str], &[&str]) = (&[A], &[B]);
    let run = by_content;
    check_merged(&[run(a), run(a)], "1,2 | ");
    check_merged(&[run(a), run(b), run(b)], "1,2 | 1 | ");
    check_merged(&[run(a), run(b), run(a), run(a)], "1,2 | 1 | 1 | ");
    // rows that an API no longer returns stay known, unless other rows have changed
    check_merged(&[run(a), run(&[]), run(a)], "1,2 |  | ");
    check_merged(&[run(a), run(&[r#"[{"id":1,"at":5,"v":"b"}]"#]), run(b), run(b)], "1,2 | 1 | 2 | ");
    // late rows, and a cursor that advances
    check_merged(&[run(a), run(&[A, r#"[{"id":3,"at":5}]"#]), run(&[A, r#"[{"id":3,"at":5}]"#])], "1,2 | 3 | ");
    check_merged(&[run(a), run(&[A, r#"[{"id":1,"at":6}]"#]), run(b)], "1,2 | 1 | ");
}

#[test]
fn a_row_that_changes_while_it_is_read_twice_is_merged_again() {
    let run = by_content;
    check_merged(&[run(&[A, B]), run(&[B]), run(&[B])], "1,2,1,2 | 1 | ");
    check_merged(&[run(&[A]), run(&[A, B]), run(&[A])], "1,2 | 1 | 1");
}

#[test]
fn rows_of_a_merge_key_are_loaded_together() {
    let off = BoundaryDedup::Off;
    check_merged(&[(off, &[A]), (off, &[A]), (off, &[B])], "1,2 | 1,2 | 1,2");
}

#[test]
fn rows_stay_known_when_the_write_disposition_changes() {
    use BoundaryDedup::{ByContent, ByKey};
    let (a, b): (&[&str], &[&str]) = (&[A], &[B]);
    check_merged(&[(ByContent, a), (ByKey, a), (ByKey, b), (ByContent, a)], "1,2 |  |  | ");
    // appended rows were recorded by key only
    check_merged(&[(ByKey, a), (ByContent, a), (ByContent, a)], "1,2 | 1,2 | ");
}

#[test]
fn the_state_stays_small_with_many_unchanged_boundary_rows() {
    let page = |from: usize, to: usize, v: usize| {
        let rows = (from..to).map(|id| format!(r#"{{"id":{id},"at":1,"v":{v}}}"#));
        format!("[{}]", rows.collect::<Vec<_>>().join(","))
    };
    let (many, changed, next) = (page(0, 3000, 0), page(0, 2, 1), r#"[{"id":1,"at":2}]"#);
    let rest = page(2, 3000, 0);
    let counted = |runs: &[(BoundaryDedup, &[&str])]| {
        let (found, resource_state) = run_with(&at(), None, runs).unwrap();
        let counts: Vec<_> = found.split(" | ").map(|ids| ids.split(',').filter(|id| !id.is_empty()).count()).collect();
        let resource_state = Value::Object(resource_state.unwrap());
        assert!(resource_state.to_string().len() < 65536);
        (counts, resource_state.get("_catchment").and_then(|own| own.get("boundary")?.get("at")?.get("rows")?.as_i64()))
    };
    use BoundaryDedup::{ByContent, ByKey};
    let (many, changed): (&[&str], &[&str]) = (&[&many], &[&changed, &rest]);
    assert_eq!(counted(&[(ByContent, many), (ByContent, many)]), (vec![3000, 0], Some(2000)));
    let runs = [(ByContent, many), (ByContent, changed), (ByContent, changed), (ByKey, changed)];
    assert_eq!(counted(&runs), (vec![3000, 2, 0, 0], Some(2000)));
    assert_eq!(counted(&[(ByKey, many), (ByContent, many), (ByContent, many)]), (vec![3000, 3000, 0], Some(2000)));
    assert_eq!(counted(&[(ByContent, many), (ByContent, &[next])]), (vec![3000, 1], Some(0)));
}
