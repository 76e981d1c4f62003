use catchment_json::{Document, Selection, Value};
use catchment_schema::Schema;
use catchment_state::State;

use crate::extracted_tests::of_table;
use crate::store_tests::{begin, sealed, store};
use crate::{Content, PackageError, PackageStore, Pending, Place};

const LOAD_ID: &str = "1700000000.5";

/// Keeps a page of two rows.
fn extract(store: &PackageStore) {
    let mut writer = store.create_extracted(&begin(), &Schema::new("s")).unwrap();
    let page = Selection::elements(Document::parse(br#"[{"a":1},{"a":2}]"#.to_vec()).unwrap());
    writer.append(&of_table("t", 0, page)).unwrap();
    writer.finish(&State::new("p", "d", "dlt.destinations.duckdb"), &[], &Value::Null).unwrap();
}

#[test]
fn what_cannot_be_loaded_is_set_aside_and_tried_again_when_asked_to() {
    let (dir, store) = store();
    let aside = store.set_aside(sealed(&store), "a reason").unwrap();
    assert_eq!(aside.path, dir.path().join("aside/1700000000.5"));
    assert_eq!(std::fs::read_to_string(aside.path.join("reason.txt")).unwrap(), "a reason");
    assert!(store.pending().unwrap().is_empty());
    assert_eq!(store.last_load_id().unwrap().as_deref(), Some(LOAD_ID));

    assert_eq!(store.retry(LOAD_ID).unwrap(), Place::Packages);
    assert!(matches!(store.pending().unwrap()[..], [Pending::Sealed(_)]));
    assert!(!dir.path().join("packages/1700000000.5/reason.txt").exists());
    let error = store.retry(LOAD_ID).unwrap_err();
    assert!(matches!(error, PackageError::Missing { .. }), "{error}");
}

#[test]
fn several_of_one_load_id_have_names_of_their_own() {
    let (_dir, store) = store();
    store.set_aside(sealed(&store), "one").unwrap();
    store.set_aside(sealed(&store), "two").unwrap();
    assert_eq!(store.load_ids(Place::Aside).unwrap(), [LOAD_ID, "1700000000.5_2"]);
    assert_eq!(store.last_load_id().unwrap().as_deref(), Some(LOAD_ID));
    assert_eq!(store.retry("1700000000.5_2").unwrap(), Place::Packages);
    let error = store.retry(LOAD_ID).unwrap_err();
    assert!(matches!(error, PackageError::Exists { .. }), "{error}");
    assert_eq!(store.look(Place::Aside).unwrap()[0].reason.as_deref(), Some("one"));
}

#[test]
fn removing_goes_for_what_waits_and_for_what_is_aside() {
    let (_dir, store) = store();
    store.set_aside(sealed(&store), "a reason").unwrap();
    drop(sealed(&store));
    extract(&store);
    store.remove(LOAD_ID, &[Place::Extracted, Place::Packages]).unwrap();
    assert_eq!(Place::ALL.map(|place| store.load_ids(place).unwrap().len()), [0, 0, 1]);
    store.remove(LOAD_ID, &Place::ALL).unwrap();
    assert!(store.load_ids(Place::Aside).unwrap().is_empty());
    let error = store.remove(LOAD_ID, &Place::ALL).unwrap_err();
    assert!(matches!(error, PackageError::Missing { .. }), "{error}");
}

#[test]
fn what_somebody_is_at_work_on_is_not_removed() {
    let (_dir, store) = store();
    extract(&store);
    let package = sealed(&store);
    let message = store.remove(LOAD_ID, &Place::ALL).unwrap_err().to_string();
    assert!(message.ends_with(&format!("is in use by process {}; wait for it to end", std::process::id())), "{message}");
    assert_eq!(store.load_ids(Place::Extracted).unwrap(), [LOAD_ID], "all or nothing");
    drop(package);
    store.remove(LOAD_ID, &Place::ALL).unwrap();
    assert!(store.load_ids(Place::Extracted).unwrap().is_empty());
}

/// The files of a folder and those below it.
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
fn a_look_changes_nothing() {
    let (dir, store) = store();
    extract(&store);
    let package = sealed(&store);
    // as a killed process leaves it
    std::fs::create_dir_all(dir.path().join("packages/1600000000.5")).unwrap();
    std::fs::write(dir.path().join("packages/1600000000.5/000001.arrows"), "").unwrap();
    std::fs::create_dir_all(dir.path().join("packages/1800000000.5")).unwrap();
    std::fs::write(dir.path().join("packages/1800000000.5/journal"), crate::line::write(r#"{"format":4}"#)).unwrap();
    let before = files(dir.path());
    let look = |place| store.look(place).unwrap();

    let [rows] = &look(Place::Extracted)[..] else { panic!("{:?}", look(Place::Extracted)) };
    assert_eq!(rows.row_counts().unwrap(), [("t".to_owned(), 2)].into());
    assert_eq!(rows.begin(), Some(&begin()));
    let [left, used, later] = &look(Place::Packages)[..] else { panic!("{:?}", look(Place::Packages)) };
    assert!(matches!(left.content, Content::Unfinished), "{left:?}");
    assert!(matches!(&later.content, Content::Unreadable(PackageError::TooNew { .. })), "{later:?}");
    assert_eq!(used.row_counts().unwrap(), [("t".to_owned(), 3), ("u".to_owned(), 1)].into());
    assert!(used.bytes > package.segments().iter().map(|segment| segment.bytes).sum());
    assert_eq!((used.name.as_str(), used.findings().as_str()), (LOAD_ID, Some("noticed")));
    assert!(look(Place::Aside).is_empty());

    assert_eq!(files(dir.path()), before);
}
