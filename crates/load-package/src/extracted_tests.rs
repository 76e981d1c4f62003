use std::path::PathBuf;

use catchment_json::{Document, Selection, Value};
use catchment_schema::Schema;
use catchment_state::{CursorEntryChange, CursorEntryKey, CursorEntryKind, RowHash, State};

use crate::store_tests::{header, sealed};
use crate::{ExtractedPackage, ExtractedPage, ExtractedRecord, PackageQueue, PackageStore, PendingExtract, SealedPackage};

/// Returns the only pending extract.
fn pending_extract(store: &PackageStore) -> ExtractedPackage {
    match store.pending_extracts().unwrap().pop() {
        Some(PendingExtract::Complete(extracted)) => *extracted,
        other => panic!("{other:?}"),
    }
}

fn state() -> State {
    let mut state = State::new("p", "d", "dlt.destinations.duckdb");
    state.update_version();
    state
}

fn store() -> (tempfile::TempDir, PackageStore, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let store = PackageStore::open(dir.path()).unwrap();
    let pages = dir.path().join("extracted").join(header().load_id).join("pages");
    (dir, store, pages)
}

/// Writes an extract of two pages. One row of the first page is filtered out.
fn extract(store: &PackageStore) {
    let mut writer = store.create_extract(&header(), &Schema::new("s")).unwrap();
    let mut page = Selection::from_document(Document::parse(br#"[{"a":"x\ny"},{"a":1.50},{"a":null}]"#.to_vec()).unwrap());
    page.ids.remove(1);
    writer.append(&of_table("t", 0, page)).unwrap();
    let built = Value::Array(vec![Value::from(f64::NAN), Value::from(f64::NEG_INFINITY)]);
    writer.append(&of_table("u", 1, Document::from_value(&built).unwrap().into())).unwrap();
    writer.finish(&state(), &[], &Value::Null).unwrap();
}

/// Returns a page of a resource named like its table.
pub(crate) fn of_table(table: &str, ordinal: u64, rows: Selection) -> ExtractedPage {
    let [tree, resource, table] = [table; 3].map(str::to_owned);
    ExtractedPage { tree, resource, table, ordinal, rows }
}

fn show_page(page: &ExtractedPage) -> String {
    format!("{} {} {:?}", page.table, page.ordinal, page.rows.nodes().collect::<Vec<_>>())
}

/// Formats the records up to the end or the first error.
fn show(mut extracted: ExtractedPackage) -> String {
    let mut shown = Vec::new();
    loop {
        match extracted.next_record() {
            Ok(ExtractedRecord::Page(page)) => shown.push(show_page(&page)),
            Ok(ExtractedRecord::Checkpoint { tree, checkpoint }) => shown.push(format!("{tree} at {checkpoint}")),
            Ok(ExtractedRecord::End { state, boundaries, diagnostics }) => {
                shown.push(format!("state {}", state.version()));
                shown.extend(boundaries.iter().map(|change| format!("{change:?}")));
                shown.extend(diagnostics.as_str().map(str::to_owned));
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
fn extracts_read_back() {
    let (_dir, store, _) = store();
    extract(&store);
    let extracted = pending_extract(&store);
    assert_eq!((extracted.header(), extracted.schema().name.as_str()), (&header(), "s"));
    assert!(store.pending_extracts().unwrap().is_empty(), "the extract is locked");
    assert_eq!(show(extracted), r#"t 0 [{"a":"x\ny"}, {"a":null}]; u 1 [NaN, -Infinity]; state 1"#);
    let extracted = pending_extract(&store);
    store.remove_normalized(extracted).unwrap();
    assert!(store.pending_extracts().unwrap().is_empty());
}

#[test]
fn incomplete_extracts_are_discarded() {
    let (_dir, store, pages) = store();
    drop(store.create_extract(&header(), &Schema::new("s")).unwrap());
    assert!(!pages.parent().unwrap().exists());
    // the remains of a killed process
    std::fs::create_dir_all(pages.parent().unwrap()).unwrap();
    std::fs::write(pages.with_extension("unfinished"), "").unwrap();
    assert!(store.pending_extracts().unwrap().is_empty());
    assert!(!pages.parent().unwrap().exists());
}

#[test]
fn pending_extracts_are_not_overwritten() {
    let (_dir, store, pages) = store();
    extract(&store);
    let before = std::fs::read(&pages).unwrap();
    let error = store.create_extract(&header(), &Schema::new("s")).unwrap_err().to_string();
    assert!(error.ends_with("already exists; load or remove it first"), "{error}");
    assert_eq!(std::fs::read(&pages).unwrap(), before);
}

#[test]
fn corruption_is_detected() {
    let (_dir, store, pages) = store();
    extract(&store);
    let check = |corrupt: &dyn Fn(&str) -> String, expected: &str| {
        let intact = std::fs::read_to_string(&pages).unwrap();
        let corrupted = corrupt(&intact);
        std::fs::write(&pages, &corrupted).unwrap();
        match store.pending_extracts().unwrap().pop() {
            Some(PendingExtract::Complete(extracted)) => {
                let shown = show(*extracted);
                assert!(shown.contains(expected), "{shown}");
            }
            // the header is corrupt
            Some(PendingExtract::Failed(failed)) => {
                assert!(failed.reason.ends_with(expected), "{failed:?}");
                assert_eq!(std::fs::read_to_string(failed.path.join("pages")).unwrap(), corrupted);
                assert_eq!(store.retry(failed.path.file_name().unwrap().to_str().unwrap()).unwrap(), PackageQueue::Extracted);
            }
            None => panic!("no pending extract"),
        }
        std::fs::write(&pages, intact).unwrap();
    };
    check(&|intact| intact.replace("-Infinity", "+Infinity"), "line 3 does not match its checksum");
    check(&|intact| intact.lines().take(2).map(|line| format!("{line}\n")).collect(), "line 3 does not match its checksum");
    check(&|intact| intact[5..].to_owned(), "line 1 does not match its checksum");
    check(&|intact| intact.lines().skip(1).map(|line| format!("{line}\n")).collect(), "line 1 is not the expected record");
}

fn rows(json: &str) -> Selection {
    Selection::from_document(Document::parse(json.as_bytes().to_vec()).unwrap())
}

/// Formats the records that another run resumes from.
fn show_resumable(store: &PackageStore) -> String {
    let Some(resumable) = store.resumable_extracts().unwrap().pop() else { return "nothing".to_owned() };
    let mut shown = Vec::new();
    let take = &mut |record| {
        match record {
            ExtractedRecord::Page(page) => shown.push(show_page(&page)),
            ExtractedRecord::Checkpoint { tree, checkpoint } => shown.push(format!("{tree} at {checkpoint}")),
            ExtractedRecord::End { .. } => shown.push("end".to_owned()),
        }
        Ok::<(), crate::PackageError>(())
    };
    resumable.read(take).unwrap();
    shown.join("; ")
}

#[test]
fn extracts_are_resumable_up_to_their_last_checkpoints() {
    let (_dir, store, pages) = store();
    let mut writer = store.create_extract(&header(), &Schema::new("s")).unwrap();
    writer.append(&of_table("a", 0, rows("[1]"))).unwrap();
    writer.append(&of_table("b", 1, rows("[2]"))).unwrap();
    writer.append_checkpoint("a", &Value::from(5)).unwrap();
    writer.sync_checkpoint().unwrap();
    // rows of a resource that is not resumable, and rows after the last checkpoint
    writer.append(&of_table("b", 2, rows("[3]"))).unwrap();
    writer.append(&of_table("a", 3, rows("[4]"))).unwrap();
    assert_eq!(show_resumable(&store), "nothing", "the extract is locked");
    drop(writer);
    let resumable = "a 0 [1]; a at 5";
    assert_eq!(show_resumable(&store), resumable);
    // A resumable extract is neither normalized nor deleted.
    assert!(store.pending_extracts().unwrap().is_empty());
    assert_eq!(show_resumable(&store), resumable);
    let file = pages.with_extension("resumable");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, &text[..text.len() - 1]).unwrap();
    assert_eq!(show_resumable(&store), resumable, "a torn line does not count");
    store.resumable_extracts().unwrap().pop().unwrap().discard();
    assert_eq!(show_resumable(&store), "nothing");
    assert!(!pages.parent().unwrap().exists());
}

#[test]
fn written_pages_can_be_read_before_the_extract_is_complete() {
    let (_dir, store, _) = store();
    let mut writer = store.create_extract(&header(), &Schema::new("s")).unwrap();
    assert!(writer.read_pages().unwrap().next_page().unwrap().is_none());
    writer.append(&of_table("a", 0, rows("[1]"))).unwrap();
    writer.append_checkpoint("a", &Value::from(5)).unwrap();
    writer.sync_checkpoint().unwrap();
    writer.append(&of_table("a", 1, rows("[2]"))).unwrap();
    let mut pages = writer.read_pages().unwrap();
    writer.append(&of_table("a", 2, rows("[3]"))).unwrap();
    let mut shown = Vec::new();
    while let Some(page) = pages.next_page().unwrap() {
        shown.push(show_page(&page));
    }
    assert_eq!(shown, ["a 0 [1]", "a 1 [2]"]);
}

#[test]
fn a_package_is_removed_with_the_extract_of_a_killed_process() {
    let check = |remove: fn(&PackageStore, SealedPackage)| {
        let (_dir, store, _) = store();
        let mut writer = store.create_extract(&header(), &Schema::new("s")).unwrap();
        writer.append_checkpoint("a", &Value::from(5)).unwrap();
        writer.sync_checkpoint().unwrap();
        drop(writer);
        let package = sealed(&store);
        assert_eq!(show_resumable(&store), "a at 5");
        remove(&store, package);
        assert_eq!(show_resumable(&store), "nothing");
    };
    check(|store, package| store.remove_package(&package).unwrap());
    check(|store, package| drop(store.move_to_failed(&package, "rejected").unwrap()));
}

#[test]
fn resumable_extracts_can_be_finished_or_discarded() {
    let (_dir, store, pages) = store();
    let mut writer = store.create_extract(&header(), &Schema::new("s")).unwrap();
    writer.append_checkpoint("a", &Value::from(5)).unwrap();
    writer.sync_checkpoint().unwrap();
    writer.finish(&state(), &[change()], &Value::from("noticed")).unwrap();
    assert_eq!(
        show(pending_extract(&store)),
        "a at 5; state 1; CursorEntryChange { key: CursorEntryKey { kind: Rows, source: \"s\", resource: \"r\", cursor_path: \"at\" }, replaces: true, entries: [CursorEntry { id: Tp44cKMYfAuJ, cursor: None }] }; noticed"
    );
    assert_eq!(show_resumable(&store), "nothing");
    std::fs::remove_dir_all(pages.parent().unwrap()).unwrap();
    let mut writer = store.create_extract(&header(), &Schema::new("s")).unwrap();
    writer.append_checkpoint("a", &Value::from(5)).unwrap();
    writer.sync_checkpoint().unwrap();
    writer.discard();
    assert!(!pages.parent().unwrap().exists());
}

/// Returns a change that adds one boundary row.
pub(crate) fn change() -> CursorEntryChange {
    let [source, resource, cursor_path] = ["s", "r", "at"].map(str::to_owned);
    let key = CursorEntryKey { kind: CursorEntryKind::Rows, source, resource, cursor_path };
    CursorEntryChange { key, replaces: true, entries: vec!["Tp44cKMYfAuJ".parse::<RowHash>().unwrap().into()] }
}
