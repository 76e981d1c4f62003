use std::path::PathBuf;

use catchment_json::{Document, Selection, Value};
use catchment_schema::Schema;
use catchment_state::State;

use crate::store_tests::begin;
use crate::{Extracted, ExtractedRecord, PackageStore, PendingRows, Place};

/// The one extraction that waits.
fn waiting(store: &PackageStore) -> Extracted {
    match store.extracted().unwrap().pop() {
        Some(PendingRows::Complete(extracted)) => *extracted,
        other => panic!("{other:?}"),
    }
}

fn state() -> State {
    let mut state = State::new("p", "d", "dlt.destinations.duckdb");
    state.bump();
    state
}

fn store() -> (tempfile::TempDir, PackageStore, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let store = PackageStore::open(dir.path()).unwrap();
    let pages = dir.path().join("extracted").join(begin().load_id).join("pages");
    (dir, store, pages)
}

/// Keeps two pages, the first one with a row that was filtered out.
fn keep(store: &PackageStore) {
    let mut writer = store.create_extracted(&begin(), &Schema::new("s")).unwrap();
    let mut page = Selection::elements(Document::parse(br#"[{"a":"x\ny"},{"a":1.50},{"a":null}]"#.to_vec()).unwrap());
    page.ids.remove(1);
    writer.append("t", 0, &page).unwrap();
    let built = Value::Array(vec![Value::from(f64::NAN), Value::from(f64::NEG_INFINITY)]);
    writer.append("u", 1, &Document::from_value(&built).unwrap().into()).unwrap();
    writer.finish(&state()).unwrap();
}

/// The records up to the end or the first error.
fn show(mut extracted: Extracted) -> String {
    let mut shown = Vec::new();
    loop {
        match extracted.next_record() {
            Ok(ExtractedRecord::Page { table, ordinal, rows }) => {
                shown.push(format!("{table} {ordinal} {:?}", rows.nodes().collect::<Vec<_>>()));
            }
            Ok(ExtractedRecord::End(state)) => {
                shown.push(format!("state {}", state.version()));
                break;
            }
            Err(error) => {
                shown.push(error.to_string());
                break;
            }
        }
    }
    shown.join("; ")
}

#[test]
fn what_is_kept_comes_back() {
    let (_dir, store, _) = store();
    keep(&store);
    let extracted = waiting(&store);
    assert_eq!((extracted.begin(), extracted.schema().name.as_str()), (&begin(), "s"));
    assert!(store.extracted().unwrap().is_empty(), "somebody is at work on it");
    assert_eq!(show(extracted), r#"t 0 [{"a":"x\ny"}, {"a":null}]; u 1 [NaN, -Infinity]; state 1"#);
    let extracted = waiting(&store);
    store.complete_extracted(extracted).unwrap();
    assert!(store.extracted().unwrap().is_empty());
}

#[test]
fn what_was_not_finished_is_thrown_away() {
    let (_dir, store, pages) = store();
    drop(store.create_extracted(&begin(), &Schema::new("s")).unwrap());
    assert!(!pages.parent().unwrap().exists());
    // as a killed process leaves it
    std::fs::create_dir_all(pages.parent().unwrap()).unwrap();
    std::fs::write(pages.with_extension("unfinished"), "").unwrap();
    assert!(store.extracted().unwrap().is_empty());
    assert!(!pages.parent().unwrap().exists());
}

#[test]
fn rows_that_wait_do_not_make_way_for_others_of_their_load_id() {
    let (_dir, store, pages) = store();
    keep(&store);
    let kept = std::fs::read(&pages).unwrap();
    let error = store.create_extracted(&begin(), &Schema::new("s")).unwrap_err().to_string();
    assert!(error.ends_with("is there already: load or remove it first"), "{error}");
    assert_eq!(std::fs::read(&pages).unwrap(), kept);
}

#[test]
fn damage_is_found() {
    let (_dir, store, pages) = store();
    keep(&store);
    let check = |damage: &dyn Fn(&str) -> String, expected: &str| {
        let fine = std::fs::read_to_string(&pages).unwrap();
        let damaged = damage(&fine);
        std::fs::write(&pages, &damaged).unwrap();
        match store.extracted().unwrap().pop() {
            Some(PendingRows::Complete(extracted)) => {
                let shown = show(*extracted);
                assert!(shown.contains(expected), "{shown}");
            }
            // what is wrong from the first line on
            Some(PendingRows::SetAside(aside)) => {
                assert!(aside.reason.ends_with(expected), "{aside:?}");
                assert_eq!(std::fs::read_to_string(aside.path.join("pages")).unwrap(), damaged);
                assert_eq!(store.retry(aside.path.file_name().unwrap().to_str().unwrap()).unwrap(), Place::Extracted);
            }
            None => panic!("nothing waits"),
        }
        std::fs::write(&pages, fine).unwrap();
    };
    check(&|fine| fine.replace("-Infinity", "+Infinity"), "line 3 does not match its checksum");
    check(&|fine| fine.lines().take(2).map(|line| format!("{line}\n")).collect(), "line 3 does not match its checksum");
    check(&|fine| fine[5..].to_owned(), "line 1 does not match its checksum");
    check(&|fine| fine.lines().skip(1).map(|line| format!("{line}\n")).collect(), "line 1 is not what was expected there");
}
