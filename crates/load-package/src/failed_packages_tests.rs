use catchment_json::{Document, Selection, Value};
use catchment_schema::Schema;
use catchment_state::State;

use crate::extracted_tests::of_table;
use crate::store_tests::{header, sealed, store};
use crate::{PackageContent, PackageError, PackageQueue, PackageStore, PendingPackage};

const LOAD_ID: &str = "1700000000.5";

/// Writes an extract with one page of two rows.
fn extract(store: &PackageStore) {
    let mut writer = store.create_extract(&header(), &Schema::new("s")).unwrap();
    let page = Selection::from_document(Document::parse(br#"[{"a":1},{"a":2}]"#.to_vec()).unwrap());
    writer.append(&of_table("t", 0, page)).unwrap();
    writer.finish(&State::new("p", "d", "dlt.destinations.duckdb"), &[], &Value::Null).unwrap();
}

#[test]
fn failed_packages_can_be_retried() {
    let (dir, store) = store();
    let failed = store.move_to_failed(&sealed(&store), "a reason").unwrap();
    assert_eq!(failed.path, dir.path().join("aside/1700000000.5"));
    assert_eq!(std::fs::read_to_string(failed.path.join("reason.txt")).unwrap(), "a reason");
    assert!(store.pending_packages().unwrap().is_empty());
    assert_eq!(store.last_load_id().unwrap().as_deref(), Some(LOAD_ID));

    assert_eq!(store.retry(LOAD_ID).unwrap(), PackageQueue::Normalized);
    assert!(matches!(store.pending_packages().unwrap()[..], [PendingPackage::Sealed(_)]));
    assert!(!dir.path().join("packages/1700000000.5/reason.txt").exists());
    let error = store.retry(LOAD_ID).unwrap_err();
    assert!(matches!(error, PackageError::NotFound { .. }), "{error}");
}

#[test]
fn failed_packages_with_one_load_id_have_different_names() {
    let (_dir, store) = store();
    store.move_to_failed(&sealed(&store), "one").unwrap();
    store.move_to_failed(&sealed(&store), "two").unwrap();
    assert_eq!(store.load_ids(PackageQueue::Failed).unwrap(), [LOAD_ID, "1700000000.5_2"]);
    assert_eq!(store.last_load_id().unwrap().as_deref(), Some(LOAD_ID));
    assert_eq!(store.retry("1700000000.5_2").unwrap(), PackageQueue::Normalized);
    let error = store.retry(LOAD_ID).unwrap_err();
    assert!(matches!(error, PackageError::AlreadyExists { .. }), "{error}");
    assert_eq!(store.inspect(PackageQueue::Failed).unwrap()[0].reason.as_deref(), Some("one"));
}

#[test]
fn pending_and_failed_packages_can_be_removed() {
    let (_dir, store) = store();
    store.move_to_failed(&sealed(&store), "a reason").unwrap();
    drop(sealed(&store));
    extract(&store);
    store.remove(LOAD_ID, &[PackageQueue::Extracted, PackageQueue::Normalized]).unwrap();
    assert_eq!(PackageQueue::ALL.map(|queue| store.load_ids(queue).unwrap().len()), [0, 0, 1]);
    store.remove(LOAD_ID, &PackageQueue::ALL).unwrap();
    assert!(store.load_ids(PackageQueue::Failed).unwrap().is_empty());
    let error = store.remove(LOAD_ID, &PackageQueue::ALL).unwrap_err();
    assert!(matches!(error, PackageError::NotFound { .. }), "{error}");
}

#[test]
fn locked_packages_are_not_removed() {
    let (_dir, store) = store();
    extract(&store);
    let package = sealed(&store);
    let message = store.remove(LOAD_ID, &PackageQueue::ALL).unwrap_err().to_string();
    assert!(message.ends_with(&format!("is locked by process {}; wait for it to finish", std::process::id())), "{message}");
    assert_eq!(store.load_ids(PackageQueue::Extracted).unwrap(), [LOAD_ID], "all or nothing");
    drop(package);
    store.remove(LOAD_ID, &PackageQueue::ALL).unwrap();
    assert!(store.load_ids(PackageQueue::Extracted).unwrap().is_empty());
}

/// Returns the files below a folder, recursively.
fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        }
        files.push(path);
    }
    files.sort_unstable();
    files
}

#[test]
fn inspection_changes_nothing() {
    let (dir, store) = store();
    extract(&store);
    let package = sealed(&store);
    // the remains of a killed process
    std::fs::create_dir_all(dir.path().join("packages/1600000000.5")).unwrap();
    std::fs::write(dir.path().join("packages/1600000000.5/000001.arrows"), "").unwrap();
    std::fs::create_dir_all(dir.path().join("packages/1800000000.5")).unwrap();
    std::fs::write(dir.path().join("packages/1800000000.5/journal"), crate::checksum_line::encode(r#"{"format":4}"#)).unwrap();
    let before = files(dir.path());
    let look = |queue| store.inspect(queue).unwrap();

    let [rows] = &look(PackageQueue::Extracted)[..] else { panic!("{:?}", look(PackageQueue::Extracted)) };
    assert_eq!(rows.row_counts().unwrap(), [("t".to_owned(), 2)].into());
    assert_eq!(rows.header(), Some(&header()));
    let [left, used, later] = &look(PackageQueue::Normalized)[..] else { panic!("{:?}", look(PackageQueue::Normalized)) };
    assert!(matches!(left.content, PackageContent::Incomplete), "{left:?}");
    assert!(matches!(&later.content, PackageContent::Corrupt(PackageError::UnsupportedFormat { .. })), "{later:?}");
    assert_eq!(used.row_counts().unwrap(), [("t".to_owned(), 3), ("u".to_owned(), 1)].into());
    assert!(used.bytes > package.segments().iter().map(|segment| segment.bytes).sum());
    assert_eq!((used.name.as_str(), used.findings().as_str()), (LOAD_ID, Some("noticed")));
    assert!(look(PackageQueue::Failed).is_empty());

    assert_eq!(files(dir.path()), before);
}
