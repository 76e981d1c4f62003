use std::sync::Arc;

use catchment_json::{Document, JsonPath, Object, Selection, Value};
use catchment_state::{CursorEntry, RowHash};

use super::{BoundaryDedup, CursorTracker, Incremental, LastValueFunc, OnCursorValueMissing, RangeBound, RowOrder};
use crate::StopSignal;

/// Runs with these pages, with the key in `id`. Returns the loaded ids of each run and the final state, or the first
/// error.
fn run(incremental: &Incremental, runs: &[&[&str]]) -> Result<(String, Option<Object>), String> {
    run_from(incremental, None, runs)
}

fn run_from(
    incremental: &Incremental,
    resource_state: Option<Object>,
    runs: &[&[&str]],
) -> Result<(String, Option<Object>), String> {
    let runs: Vec<_> = runs.iter().map(|pages| (BoundaryDedup::ByKey, *pages)).collect();
    run_with(incremental, resource_state, &runs)
}

/// Like [`run`], with the deduplication of boundary rows for each run.
pub(super) fn run_with(
    incremental: &Incremental,
    resource_state: Option<Object>,
    runs: &[(BoundaryDedup, &[&str])],
) -> Result<(String, Option<Object>), String> {
    let key = ["id".to_owned()];
    let (mut resource_state, mut shown) = (resource_state, Vec::new());
    // the boundary rows that a table would have
    let mut in_table: Vec<CursorEntry> = Vec::new();
    for (rows, pages) in runs {
        let tracker = CursorTracker::new(("s", "r"), incremental, (*rows, &key), resource_state.as_ref(), &in_table);
        let mut tracker = tracker.map_err(|error| error.to_string())?;
        let mut ids = Vec::new();
        for page in *pages {
            let mut page = Selection::from_document(Document::parse(page.as_bytes().to_vec()).unwrap());
            tracker.filter(&mut page, usize::MAX, &StopSignal::default()).map_err(|error| error.to_string())?;
            ids.extend(page.nodes().map(|row| row.get("id").unwrap().as_number().unwrap().to_owned()));
            if tracker.is_done() {
                ids.push("stop".to_owned());
                break;
            }
        }
        shown.push(ids.join(","));
        let (now, change) = tracker.finish(resource_state.unwrap_or_default());
        resource_state = Some(now);
        if let Some(change) = change {
            in_table = if change.replaces { change.entries } else { [in_table, change.entries].concat() };
        }
    }
    Ok((shown.join(" | "), resource_state))
}

fn show(incremental: &Incremental, runs: &[&[&str]]) -> String {
    run(incremental, runs).map_or_else(|error| error, |(ids, _)| ids)
}

fn check(initial: Option<i64>, runs: &[&[&str]], expected: &str) {
    let mut incremental = Incremental::new("at");
    incremental.initial_value = initial.map(Value::from);
    assert_eq!(show(&incremental, runs), expected, "{runs:?}");
}

/// Returns rows with these cursor values and ids from 1.
fn rows(values: &[i64]) -> String {
    let rows = values.iter().enumerate().map(|(index, at)| format!(r#"{{"id":{},"at":{at}}}"#, index + 1));
    format!("[{}]", rows.collect::<Vec<_>>().join(","))
}

/// Runs with one page of these cursor values each. Checks the loaded ids and the final state of the cursor.
fn check_values(incremental: Incremental, runs: &[&[i64]], expected: &str, state: &str) {
    let pages: Vec<String> = runs.iter().map(|values| rows(values)).collect();
    let pages: Vec<[&str; 1]> = pages.iter().map(|page| [page.as_str()]).collect();
    let pages: Vec<&[&str]> = pages.iter().map(<[&str; 1]>::as_slice).collect();
    let (found, resource_state) = run(&incremental, &pages).unwrap_or_else(|error| (error, None));
    let resource_state =
        resource_state.and_then(|resource_state| resource_state.get("incremental")?.get("at").map(Value::to_string));
    assert_eq!((found.as_str(), resource_state.as_deref().unwrap_or_default()), (expected, state), "{incremental:?} {runs:?}");
}

pub(super) fn at() -> Incremental {
    Incremental::new("at")
}

#[test]
fn rows_of_earlier_runs_are_skipped() {
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
fn late_rows_at_the_last_value_are_loaded() {
    check(None, &[&[r#"[{"id":1,"at":1}]"#], &[r#"[{"id":2,"at":1}]"#], &[r#"[{"id":1,"at":1},{"id":2,"at":1}]"#]], "1 | 2 | ");
}

#[test]
fn open_and_closed_ranges_as_in_dlt() {
    let range = || at().initial_value(2).end_value(5);
    check_values(range(), &[&[1, 2, 3, 4, 5, 6]], "2,3,4", "");
    check_values(range().range_start(RangeBound::Open).range_end(RangeBound::Closed), &[&[1, 2, 3, 4, 5, 6]], "3,4,5", "");
    check_values(range().range_start(RangeBound::Open), &[&[1, 2, 3, 4, 5, 6]], "3,4", "");
    check_values(range().range_end(RangeBound::Closed), &[&[1, 2, 3, 4, 5, 6]], "2,3,4,5", "");
    // no state is stored, so each run is the same
    check_values(range(), &[&[2, 3], &[2, 3]], "1,2 | 1,2", "");
}

#[test]
fn an_open_start_skips_rows_at_the_start() {
    let state = r#"{"initial_value":null,"last_value":6,"unique_hashes":[],"start_value":5}"#;
    check_values(at().range_start(RangeBound::Open), &[&[4, 5], &[5, 6]], "1,2 | 2", state);
}

#[test]
fn the_last_value_can_be_the_least() {
    let state = r#"{"initial_value":5,"last_value":0,"unique_hashes":["4AR+yK8Nl6+M"],"start_value":5}"#;
    let least = || at().initial_value(5).last_value_func(LastValueFunc::Min);
    check_values(least(), &[&[7, 5, 3, 0, 6]], "2,3,4", &state.replace("4AR+yK8Nl6+M", &hash("4")));
    check_values(
        least(),
        &[&[5, 3], &[4, 3, 2]],
        "1,2 | 3",
        &state.replace("4AR+yK8Nl6+M", &hash("3")).replace(":0", ":2").replace("\"start_value\":5", "\"start_value\":3"),
    );
    check_values(least().end_value(2), &[&[6, 5, 3, 2, 1]], "2,3", "");
    // with `Min`, an end that is greater is before the start
    check_values(least().end_value(9), &[&[5]], "resource `r`: `end_value` 9 comes before `initial_value` 5", "");
}

fn hash(key: &str) -> String {
    RowHash::from(catchment_schema::short_digest::<9>(key)).to_string()
}

#[test]
fn a_custom_function_can_select_the_last_value() {
    // the value with the most digits, which differs from the greatest text
    let longest = LastValueFunc::Custom(Arc::new(|values| {
        values.iter().max_by_key(|value| value.to_string().len()).cloned().unwrap_or_default()
    }));
    let state = r#"{"initial_value":null,"last_value":100,"unique_hashes":["HASH"],"start_value":null}"#;
    check_values(at().last_value_func(longest), &[&[10, 100, 9]], "1,2,3", &state.replace("HASH", &hash("2")));
}

#[test]
fn with_a_lag_rows_are_loaded_again() {
    let state = r#"{"initial_value":null,"last_value":5,"unique_hashes":[],"start_value":5}"#;
    let values: &[&[i64]] = &[&[1, 2, 3, 4, 5], &[1, 2, 3, 4, 5]];
    check_values(at().lag(2.0), values, "1,2,3,4,5 | 3,4,5", state);
    // never before the initial value
    check_values(at().lag(9.0).initial_value(2), values, "2,3,4,5 | 2,3,4,5", &state.replace("null", "2"));
    check_values(
        at().lag(0.0),
        values,
        "1,2,3,4,5 | ",
        &state.replace("[]", &format!("[\"{}\"]", hash("5"))).replace("\"start_value\":5", "\"start_value\":null"),
    );
    // the last value does not move back if a run has fewer rows
    check_values(at().lag(2.0), &[&[5], &[3]], "1 | 1", state);
    let least = at().lag(2.0).last_value_func(LastValueFunc::Min);
    check_values(least, &[&[5], &[8, 7, 6]], "1 | 2,3", state);
}

#[test]
fn a_lag_keeps_the_format_of_timestamps() {
    let page = r#"[{"id":1,"at":"2024-05-02T00:00:00.000+02:00"}]"#;
    let (_, resource_state) = run(&at().lag(3600.0), &[&[page]]).unwrap();
    let incremental = at().lag(3600.0);
    let tracker =
        CursorTracker::new(("s", "r"), &incremental, (BoundaryDedup::ByKey, &[]), resource_state.as_ref(), &[]).unwrap();
    assert_eq!(tracker.start().last_value_text(), "2024-05-01T23:00:00.000+02:00");
    let check = |last: &str, expected: &str| {
        let (_, resource_state) = run(&at(), &[&[&format!(r#"[{{"id":1,"at":{last}}}]"#)]]).unwrap();
        let incremental = at().lag(1.0);
        let tracker = CursorTracker::new(("s", "r"), &incremental, (BoundaryDedup::ByKey, &[]), resource_state.as_ref(), &[]);
        let found = tracker.map_or_else(|error| error.to_string(), |tracker| tracker.start().last_value_text());
        assert_eq!(found, expected);
    };
    check(r#""2024-03-01""#, "2024-02-29");
    check("7", "6");
    check(r#""b""#, r#"resource `r`: `lag` requires a number, date or timestamp as cursor value, found "b"; remove `lag`"#);
}

#[test]
fn rows_without_a_cursor_value_are_included_excluded_or_an_error() {
    let page = r#"[{"id":1,"at":2},{"id":2},{"id":3,"at":null},{"id":4,"at":1}]"#;
    let found = |action| show(&at().on_cursor_value_missing(action), &[&[page], &[page]]);
    assert_eq!(found(OnCursorValueMissing::Include), "1,2,3,4 | 2,3");
    assert_eq!(found(OnCursorValueMissing::Exclude), "1,4 | ");
    assert_eq!(
        found(OnCursorValueMissing::Raise),
        "resource `r`: row {\"id\":2} has no value for the cursor `at`; set `on_cursor_value_missing` to include or exclude such rows"
    );
}

#[test]
fn boundary_rows_are_identified_by_the_declared_key() {
    let first: &[&str] = &[r#"[{"id":1,"k":1,"at":1}]"#];
    let again: &[&str] = &[r#"[{"id":1,"k":2,"at":1},{"id":2,"k":1,"at":1}]"#];
    let found = |incremental: Incremental| show(&incremental, &[first, again]);
    assert_eq!(found(at()), "1 | 2");
    assert_eq!(found(at().primary_key(["k"])), "1 | 1");
    assert_eq!(found(at().primary_key(["id", "k"])), "1 | 1,2");
    assert_eq!(found(at().primary_key([""; 0])), "1 | 1,2");
    assert_eq!(
        found(at().primary_key(["nope"])),
        "resource `r`: row {\"id\":1,\"k\":1,\"at\":1} has no field `nope`, which is part of the primary key; set `primary_key` to fields that all rows have"
    );
}

#[test]
fn a_run_stops_when_no_later_page_can_have_new_rows() {
    let pages = |values: &[i64]| -> Vec<String> { values.iter().map(|at| format!(r#"[{{"id":{at},"at":{at}}}]"#)).collect() };
    let check = |incremental: Incremental, runs: &[&[i64]], expected: &str| {
        let runs: Vec<Vec<String>> = runs.iter().map(|values| pages(values)).collect();
        let runs: Vec<Vec<&str>> = runs.iter().map(|pages| pages.iter().map(String::as_str).collect()).collect();
        let runs: Vec<&[&str]> = runs.iter().map(Vec::as_slice).collect();
        assert_eq!(show(&incremental, &runs), expected, "{incremental:?}");
    };
    let (asc, desc) = (RowOrder::Asc, RowOrder::Desc);
    check(at().row_order(asc).initial_value(1).end_value(3), &[&[1, 2, 3, 4]], "1,2,stop");
    check(at().row_order(asc).initial_value(1).end_value(3).range_end(RangeBound::Closed), &[&[1, 2, 3, 4, 5]], "1,2,3,stop");
    check(at().row_order(desc), &[&[3, 2], &[5, 4, 3, 2, 1]], "3,2 | 5,4,stop");
    // new rows may follow a row that is out of order
    check(at().row_order(desc), &[&[3, 2], &[4, 5, 2, 6]], "3,2 | 4,5,6");
    let pinned: [&[&str]; 2] = [&[r#"[{"id":3,"at":3}]"#], &[r#"[{"id":1,"at":1},{"id":5,"at":5}]"#, r#"[{"id":4,"at":4}]"#]];
    assert_eq!(show(&at().row_order(desc), &pinned), "3 | 5,4");
    check(at().row_order(desc).initial_value(3), &[&[5, 4, 3, 2, 1]], "5,4,3,stop");
    // rows outside the range do not end the pages if the range follows them
    check(at().row_order(asc).initial_value(3), &[&[1, 2, 3, 4]], "3,4");
    check(at().row_order(desc).initial_value(1).end_value(4), &[&[5, 4, 3, 2, 1]], "3,2,1");
    // once a row was out of order, rows beyond the end do not end the pages
    check(at().row_order(asc).initial_value(1).end_value(4), &[&[2, 1, 5, 3]], "2,1,3");
    let least = || at().last_value_func(LastValueFunc::Min);
    check(least().row_order(desc).initial_value(5).end_value(2), &[&[5, 4, 2, 1]], "5,4,stop");
    check(least().row_order(asc).initial_value(5), &[&[3, 4, 6, 7]], "3,4,stop");
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
    // a date as initial value, as in the tutorial
    let page = r#"[{"id":1,"at":"2023-12-31T23:59:59Z"},{"id":2,"at":"2024-01-01T00:00:00Z"}]"#;
    assert_eq!(show(&Incremental::new("at").initial_value("2024-01-01"), &[&[page]]), "2");
}

#[test]
fn incomparable_values_are_an_error() {
    check(
        None,
        &[&[r#"[{"id":1,"at":1},{"id":2,"at":"x"}]"#]],
        "resource `r`: cursor `at` has the values 1 and \"x\", which cannot be compared; convert them to one type in a processing step, or use another cursor",
    );
    check(
        None,
        &[&[r#"[{"id":1,"at":"2024-01-01T00:00:00Z"},{"id":2,"at":"soon"}]"#]],
        "resource `r`: cursor `at` has the values \"2024-01-01T00:00:00Z\" and \"soon\", which cannot be compared; convert \
         them to one type in a processing step, or use another cursor",
    );
}

#[test]
fn contradictory_options_are_an_error() {
    let check = |incremental: Incremental, expected: &str| {
        assert_eq!(show(&incremental, &[&["[]"]]), format!("resource `r`: {expected}"))
    };
    check(at().end_value(3), "`end_value` requires an `initial_value`");
    check(at().initial_value(4).end_value(3), "`end_value` 3 comes before `initial_value` 4");
    check(at().initial_value("a").end_value(3), "`initial_value` \"a\" and `end_value` 3 cannot be compared; use one type");
}

#[test]
fn the_state_equals_that_of_dlt() {
    let mut incremental = Incremental::new("upd");
    incremental.initial_value = Some(Value::from(0));
    let page = r#"[{"id":1,"upd":1},{"id":2,"upd":2},{"id":3,"upd":2}]"#;
    let (_, resource_state) = run(&incremental, &[&[page]]).unwrap();
    let expected = r#"{"incremental":{"upd":{"initial_value":0,"last_value":2,"unique_hashes":["Tp44cKMYfAuJ","Cn/dwi436vBb"],"start_value":0}}}"#;
    assert_eq!(Value::Object(resource_state.unwrap()).to_string(), expected);
}

/// Resumes from a state that dlt wrote.
fn check_resumed(state: &str, page: &str, expected: &str, after: &str) {
    let cursor = |text: &str| Value::parse(&format!(r#"{{"incremental":{{"at":{text}}}}}"#)).unwrap();
    let (found, resource_state) = run_from(&at(), cursor(state).as_object().cloned(), &[&[page]]).unwrap();
    assert_eq!((found.as_str(), Value::Object(resource_state.unwrap())), (expected, cursor(after)));
}

#[test]
fn hashes_of_old_versions_of_dlt_are_recognized() {
    let long = RowHash::from(catchment_schema::short_digest::<15>("1")).to_string();
    let other = RowHash::from(catchment_schema::short_digest::<15>("2")).to_string();
    let state = |last: i64, hashes: &str| {
        format!(r#"{{"initial_value":0,"last_value":{last},"unique_hashes":[{hashes}],"start_value":0}}"#)
    };
    let before = state(5, &format!("\"{long}\""));
    let started = |text: String| text.replace(r#""start_value":0"#, r#""start_value":5"#);
    check_resumed(&before, r#"[{"id":1,"at":5},{"id":2,"at":5}]"#, "2", &started(state(5, &format!("\"{long}\",\"{other}\""))));
    check_resumed(&before, r#"[{"id":1,"at":5},{"id":2,"at":6}]"#, "2", &started(state(6, &format!("\"{}\"", hash("2")))));
}

#[test]
fn typed_values_of_dlt_keep_their_type() {
    let state = |last: &str| {
        format!(
            "{{\"initial_value\":null,\"last_value\":\"\u{F027}{last}\",\"unique_hashes\":[\"{}\"],\"start_value\":null}}",
            hash("1")
        )
    };
    let page = r#"[{"id":1,"at":"2024-01-02T01:00:00+01:00"},{"id":2,"at":"2024-01-01T00:00:00Z"}]"#;
    check_resumed(&state("2024-01-02T00:00:00+00:00"), page, "", &state("2024-01-02T00:00:00+00:00"));
    let (_, resource_state) = run_from(
        &at(),
        Value::parse(&format!(r#"{{"incremental":{{"at":{}}}}}"#, state("2024-01-02T00:00:00+00:00")))
            .unwrap()
            .as_object()
            .cloned(),
        &[&[r#"[{"id":3,"at":"2024-01-03T00:00:00.5Z"}]"#]],
    )
    .unwrap();
    let last = resource_state.and_then(|resource_state| resource_state.get("incremental")?.get("at")?.get("last_value").cloned());
    assert_eq!(last, Some(Value::from("\u{F027}2024-01-03T00:00:00.500000+00:00")));
}

#[test]
fn cursors_can_be_nested_fields() {
    let incremental = Incremental::at_path(JsonPath::parse("meta.at").unwrap());
    let page = r#"[{"id":1,"meta":{"at":2}},{"id":2,"meta":{"at":1}}]"#;
    let (found, resource_state) = run(&incremental, &[&[page], &[page]]).unwrap();
    assert_eq!(found, "1,2 | ");
    assert!(
        resource_state.is_some_and(|resource_state| resource_state
            .get("incremental")
            .is_some_and(|cursors| cursors.get("meta.at").is_some()))
    );
}

#[test]
fn a_run_without_new_rows_does_not_change_the_state() {
    let page = r#"[{"id":1,"at":1}]"#;
    let incremental = Incremental::new("at");
    let (_, once) = run(&incremental, &[&[page]]).unwrap();
    let (_, again) = run(&incremental, &[&[page], &[page], &["[]"]]).unwrap();
    assert_eq!(once, again);
}

#[test]
fn the_state_stays_small_with_many_boundary_rows() {
    let page = |from: usize, to: usize| {
        let rows = (from..to).map(|id| format!(r#"{{"id":{id},"at":1}}"#));
        format!("[{}]", rows.collect::<Vec<_>>().join(","))
    };
    let (many, more, next) = (page(0, 5000), page(4000, 5500), r#"[{"id":1,"at":2}]"#);
    let counted = |runs: &[&[&str]]| {
        let (found, resource_state) = run(&at(), runs).unwrap();
        let counts: Vec<_> = found.split(" | ").map(|ids| ids.split(',').filter(|id| !id.is_empty()).count()).collect();
        (counts, Value::Object(resource_state.unwrap()))
    };
    let (counts, resource_state) = counted(&[&[&many], &[&many], &[&more], &[&more, &many]]);
    assert_eq!(counts, [5000, 0, 500, 0]);
    assert!(resource_state.to_string().len() < 65536);
    assert_eq!(
        resource_state.get("_catchment").map(Value::to_string),
        Some(r#"{"boundary":{"at":{"last_value":1,"rows":4500}}}"#.to_owned())
    );
    let (counts, resource_state) = counted(&[&[&many], &[&many, next]]);
    assert_eq!((counts, resource_state.get("_catchment")), (vec![5000, 1], None));
}

#[test]
fn values_that_are_too_long_for_the_state_are_an_error() {
    let page = |length: usize| format!(r#"[{{"id":1,"at":"{}"}}]"#, "x".repeat(length));
    assert!(run(&at(), &[&[&page(60_000)]]).is_ok());
    let problem = run(&at(), &[&[&page(70_000)]]).unwrap_err();
    assert!(problem.contains("cursor `at` has a value larger than 64 KiB in row"), "{problem}");
    assert!(problem.len() < 500, "{problem}");
}
