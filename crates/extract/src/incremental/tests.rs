use catchment_json::{Document, Object, Selection, Value};

use super::{Incremental, Tracker};

/// Runs, each of them pages of rows, with the cursor in `at` and the key in `id`: the ids that were kept in
/// each run, and the state after the last one, or the first error.
fn run(incremental: &Incremental, runs: &[&[&str]]) -> Result<(String, Option<Object>), String> {
    let key = ["id".to_owned()];
    let (mut kept, mut shown) = (None, Vec::new());
    for pages in runs {
        let mut tracker = Tracker::new("r", incremental, &key, kept.as_ref());
        let mut ids = Vec::new();
        for page in *pages {
            let mut page = Selection::elements(Document::parse(page.as_bytes().to_vec()).unwrap());
            tracker.filter(&mut page).map_err(|error| error.to_string())?;
            ids.extend(page.nodes().map(|row| row.get("id").unwrap().number().unwrap().to_owned()));
        }
        shown.push(ids.join(","));
        kept = Some(tracker.finish(kept.as_ref()));
    }
    Ok((shown.join(" | "), kept))
}

fn check(initial: Option<i64>, runs: &[&[&str]], expected: &str) {
    let mut incremental = Incremental::new("at");
    incremental.initial_value = initial.map(Value::from);
    let found = run(&incremental, runs).map_or_else(|error| error, |(ids, _)| ids);
    assert_eq!(found, expected, "{runs:?}");
}

#[test]
fn rows_of_earlier_runs_are_left_out() {
    check(
        None,
        &[&[r#"[{"id":1,"at":5},{"id":2,"at":3}]"#], &[r#"[{"id":1,"at":5},{"id":3,"at":5},{"id":4,"at":6},{"id":5,"at":4}]"#]],
        "1,2 | 3,4",
    );
    check(Some(4), &[&[r#"[{"id":1,"at":5},{"id":2,"at":3},{"id":3,"at":4}]"#]], "1,3");
    check(None, &[&["[]"], &[r#"[{"id":1,"at":1}]"#]], " | 1");
}

#[test]
fn order_and_pages_do_not_matter() {
    check(
        None,
        &[&[r#"[{"id":1,"at":1}]"#, r#"[{"id":2,"at":3},{"id":3,"at":2}]"#], &[r#"[{"id":2,"at":3},{"id":4,"at":3}]"#]],
        "1,2,3 | 4",
    );
}

#[test]
fn values_compare_by_type() {
    let at = |value: &str| format!(r#"[{{"id":1,"at":"2024-01-01T12:00:00Z"}},{{"id":2,"at":"{value}"}}]"#);
    let second = |value: &str| format!(r#"[{{"id":9,"at":"{value}"}}]"#);
    // 12:30 in Berlin is before 12:00 in Greenwich.
    let found = |first: &str, then: &str| run(&Incremental::new("at"), &[&[&at(first)], &[&second(then)]]).unwrap().0;
    assert_eq!(found("2024-01-01T12:30:00+01:00", "2024-01-01T12:59:00+01:00"), "1,2 | ");
    assert_eq!(found("2024-01-01T12:00:00.5Z", "2024-01-01T12:00:00.6Z"), "1,2 | 9");
    check(None, &[&[r#"[{"id":1,"at":9}]"#], &[r#"[{"id":2,"at":10.5},{"id":3,"at":8.5}]"#]], "1 | 2");
}

#[test]
fn what_cannot_be_compared_is_an_error() {
    check(
        None,
        &[&[r#"[{"id":1,"at":1},{"id":2,"at":"x"}]"#]],
        "resource `r`: the cursor `at` was 1 and is \"x\" now, which cannot be compared; it must keep its type",
    );
    check(
        None,
        &[&[r#"[{"id":1,"at":null}]"#]],
        "resource `r`: {\"id\":1,\"at\":null} has no value at the cursor `at`; every row must have one",
    );
}

#[test]
fn the_state_is_that_of_the_reference() {
    let mut incremental = Incremental::new("upd");
    incremental.initial_value = Some(Value::from(0));
    let page = r#"[{"id":1,"upd":1},{"id":2,"upd":2},{"id":3,"upd":2}]"#;
    let (_, kept) = run(&incremental, &[&[page]]).unwrap();
    let expected = r#"{"incremental":{"upd":{"initial_value":0,"last_value":2,"unique_hashes":["Tp44cKMYfAuJ","Cn/dwi436vBb"],"start_value":0}}}"#;
    assert_eq!(Value::Object(kept.unwrap()).to_string(), expected);
}

#[test]
fn a_run_without_new_rows_changes_nothing() {
    let page = r#"[{"id":1,"at":1}]"#;
    let incremental = Incremental::new("at");
    let (_, once) = run(&incremental, &[&[page]]).unwrap();
    let (_, again) = run(&incremental, &[&[page], &[page], &["[]"]]).unwrap();
    assert_eq!(once, again);
}
