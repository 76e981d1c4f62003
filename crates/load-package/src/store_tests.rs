use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray};
use arrow::record_batch::RecordBatch;
use catchment_json::Value;
use catchment_schema::{Column, DataType, Schema, TableDelta};
use catchment_state::State;

use crate::{
    BATCH_MAX_BYTES, PackageError, PackageFooter, PackageHeader, PackageQueue, PackageStore, PendingPackage, RefreshTables,
    SealedPackage, Segment, WriterOptions,
};

pub(crate) fn header() -> PackageHeader {
    PackageHeader {
        load_id: "1700000000.5".to_owned(),
        created_at: 7,
        dataset: "d".to_owned(),
        source: "s".to_owned(),
        resources: vec![("r".to_owned(), "t".to_owned())],
        base_state: State::new("p", "d", "dlt.destinations.duckdb"),
        fingerprint: String::new(),
        base_schema: None,
        refresh: RefreshTables::default(),
    }
}

pub(crate) fn seal() -> PackageFooter {
    let mut schema = Schema::new("s");
    schema.apply(&TableDelta::root("t", vec![Column::new("a", DataType::Bigint)]).into());
    schema.update_version();
    PackageFooter { schema, state: State::new("p", "d", "dlt.destinations.duckdb"), findings: Value::from("noticed") }
}

pub(crate) fn read(package: &SealedPackage, segment: &Segment) -> Vec<RecordBatch> {
    package.read(segment, BATCH_MAX_BYTES).unwrap().map(Result::unwrap).collect()
}

fn batch(columns: &[(&str, ArrayRef)]) -> RecordBatch {
    RecordBatch::try_from_iter(columns.iter().map(|(name, array)| (*name, Arc::clone(array)))).unwrap()
}

fn ints(values: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

pub(crate) fn sealed(store: &PackageStore) -> SealedPackage {
    // With a buffer of one byte each batch is written as a separate segment.
    let mut writer = store.create_package(header(), WriterOptions { buffer_max_bytes: 1 }).unwrap();
    writer.append("t", batch(&[("a", ints(&[1, 2]))])).unwrap();
    writer.append("u", batch(&[("b", ints(&[9]))])).unwrap();
    writer.append("t", batch(&[("a", ints(&[3]))])).unwrap();
    writer.seal(seal()).unwrap()
}

/// Returns the only pending package.
pub(crate) fn pending(store: &PackageStore) -> SealedPackage {
    match store.pending_packages().unwrap().pop() {
        Some(PendingPackage::Sealed(package)) => *package,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn store() -> (tempfile::TempDir, PackageStore) {
    let dir = tempfile::tempdir().unwrap();
    let store = PackageStore::open(dir.path()).unwrap();
    (dir, store)
}

#[test]
fn a_sealed_package_reads_back_in_another_process() {
    let (_dir, store) = store();
    drop(sealed(&store));
    let package = pending(&store);
    assert_eq!(package.header(), &header());
    assert_eq!(package.footer(), &seal());
    assert_eq!(package.row_counts(), [("t".to_owned(), 3), ("u".to_owned(), 1)].into());
    let rows: Vec<_> = package.segments().iter().map(|s| read(&package, s)).collect();
    assert_eq!(rows[2][0].columns(), [ints(&[3])]);
    store.remove_package(&package).unwrap();
    assert!(store.pending_packages().unwrap().is_empty());
}

#[test]
fn batches_with_different_columns_share_a_segment() {
    let (_dir, store) = store();
    let mut writer = store.create_package(header(), WriterOptions::default()).unwrap();
    writer.append("t", batch(&[("a", ints(&[1]))])).unwrap();
    let text: ArrayRef = Arc::new(StringArray::from(vec!["x"]));
    writer.append("t", batch(&[("b", text)])).unwrap();
    let package = writer.seal(seal()).unwrap();
    let [segment] = package.segments() else { panic!("{:?}", package.segments()) };
    let shown = arrow::util::pretty::pretty_format_batches(&read(&package, segment)).unwrap().to_string();
    assert!(shown.contains("| 1 |   |") && shown.contains("|   | x |"), "{shown}");
}

#[test]
fn dropping_a_writer_discards_the_package() {
    let (dir, store) = store();
    let mut writer = store.create_package(header(), WriterOptions { buffer_max_bytes: 1 }).unwrap();
    writer.append("t", batch(&[("a", ints(&[1]))])).unwrap();
    drop(writer);
    assert_eq!(std::fs::read_dir(dir.path().join("packages")).unwrap().count(), 0);
}

#[test]
fn an_incomplete_package_is_discarded() {
    let (dir, store) = store();
    let mut writer = store.create_package(header(), WriterOptions { buffer_max_bytes: 1 }).unwrap();
    writer.append("t", batch(&[("a", ints(&[1]))])).unwrap();
    // The remains of a killed process: the files without a lock.
    let (from, to) = (dir.path().join("packages/1700000000.5"), dir.path().join("packages/1700000000.4"));
    copy(&from, &to);
    drop(writer);
    let found = store.pending_packages().unwrap();
    assert!(matches!(found.as_slice(), [PendingPackage::Discarded { load_id }] if load_id == "1700000000.4"), "{found:?}");
    assert!(!to.exists());
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn a_package_in_use_is_left_alone() {
    let (_dir, store) = store();
    let package = sealed(&store);
    assert!(store.pending_packages().unwrap().is_empty());
    drop(package);
    assert_eq!(store.pending_packages().unwrap().len(), 1);
}

#[test]
fn a_truncated_journal_is_an_incomplete_package() {
    let (dir, store) = store();
    drop(sealed(&store));
    let folder = dir.path().join("packages/1700000000.5");
    let journal = std::fs::read(folder.join("journal")).unwrap();
    for length in 0..journal.len() {
        let cut = dir.path().join("packages/1700000000.6");
        copy(&folder, &cut);
        std::fs::write(cut.join("journal"), &journal[..length]).unwrap();
        std::fs::remove_file(cut.join("sealed")).unwrap();
        let found = store.pending_packages().unwrap();
        assert!(
            matches!(&found[..], [PendingPackage::Sealed(_), PendingPackage::Discarded { .. }]),
            "cut at {length}: {found:?}"
        );
    }
}

#[test]
fn a_sealed_package_with_a_truncated_journal_fails() {
    let check = |lines: Option<usize>, expected: &str| {
        let (dir, store) = store();
        drop(sealed(&store));
        let path = dir.path().join("packages/1700000000.5/journal");
        let journal = std::fs::read_to_string(&path).unwrap();
        match lines {
            Some(lines) => std::fs::write(&path, journal.split_inclusive('\n').take(lines).collect::<String>()).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
        let found = store.pending_packages().unwrap();
        assert!(matches!(&found[..], [PendingPackage::Failed(failed)] if failed.reason.ends_with(expected)), "{found:?}");
    };
    check(None, "journal is corrupt: it is missing or empty although the package was sealed");
    check(Some(0), "journal is corrupt: it is missing or empty although the package was sealed");
    check(Some(1), "journal is corrupt: its end is missing although the package was sealed");
    check(Some(4), "journal is corrupt: its end is missing although the package was sealed");
}

#[test]
fn a_gap_in_an_unsealed_journal_is_an_incomplete_package() {
    let (dir, store) = store();
    drop(sealed(&store));
    let path = dir.path().join("packages/1700000000.5/journal");
    let journal = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = journal.split_inclusive('\n').collect();
    std::fs::remove_file(path.with_file_name("sealed")).unwrap();
    std::fs::write(&path, format!("{}{}{}", lines[0], lines[1].replace("segment", "SEGMENT"), lines[2])).unwrap();
    assert!(matches!(store.pending_packages().unwrap()[..], [PendingPackage::Discarded { .. }]));
}

/// Corrupts a file of a sealed package. A corrupt journal is detected when packages are listed, a corrupt segment when it is
/// read. Both errors name the file and the cause.
#[track_caller]
fn check_corruption(file: &str, change: impl Fn(&mut Vec<u8>), expected: &str) {
    let (dir, store) = store();
    drop(sealed(&store));
    let path = dir.path().join("packages/1700000000.5").join(file);
    let mut bytes = std::fs::read(&path).unwrap();
    change(&mut bytes);
    std::fs::write(&path, &bytes).unwrap();
    let reason = match store.pending_packages().unwrap().pop() {
        Some(PendingPackage::Failed(failed)) => {
            assert_eq!(std::fs::read(failed.path.join(file)).unwrap(), bytes, "the file is preserved");
            assert_eq!(std::fs::read_to_string(failed.path.join("reason.txt")).unwrap(), failed.reason);
            failed.reason
        }
        Some(PendingPackage::Sealed(package)) => {
            let read = |segment| match package.read(segment, BATCH_MAX_BYTES) {
                Err(error) => Some(error),
                Ok(batches) => batches.filter_map(Result::err).next(),
            };
            let error = package.segments().iter().find_map(read).unwrap();
            assert!(error.is_corrupt(), "{error:?}");
            error.to_string()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(reason, format!("{} is corrupt: {expected}", path.display()));
}

#[test]
fn corruption_is_detected() {
    check_corruption("journal", |bytes| bytes[20] ^= 1, "line 1 does not match its checksum");
    check_corruption("journal", |bytes| *bytes.iter_mut().nth_back(20).unwrap() ^= 1, "line 5 does not match its checksum");
    check_corruption("journal", |bytes| bytes[..9].fill(b'0'), "line 1 does not match its checksum");
    check_corruption("000001.arrows", |bytes| bytes[100] ^= 1, "its checksum does not match");
}

#[test]
fn truncated_and_missing_files_are_detected() {
    let (dir, store) = store();
    drop(sealed(&store));
    let folder = dir.path().join("packages/1700000000.5");
    let check = |number: usize, expected: &str| {
        let package = pending(&store);
        let error = package.read(&package.segments()[number], BATCH_MAX_BYTES).err().unwrap();
        assert!(error.is_corrupt() && error.to_string().ends_with(expected), "{error}");
    };
    let second = std::fs::read(folder.join("000002.arrows")).unwrap();
    std::fs::write(folder.join("000002.arrows"), &second[..50]).unwrap();
    check(1, &format!("000002.arrows is corrupt: it has 50 bytes instead of {}", second.len()));
    std::fs::remove_file(folder.join("000003.arrows")).unwrap();
    check(2, "000003.arrows is corrupt: the file is missing");
}

#[test]
fn unexpected_json_in_a_journal_is_corrupt() {
    let check = |changed: usize, json: &str, expected: &str| {
        let (dir, store) = store();
        drop(sealed(&store));
        let path = dir.path().join("packages/1700000000.5/journal");
        let journal = std::fs::read_to_string(&path).unwrap();
        let mut lines: Vec<String> = journal.split_inclusive('\n').map(str::to_owned).collect();
        lines[changed] = crate::checksum_line::encode(json);
        std::fs::write(&path, lines.concat()).unwrap();
        let found = store.pending_packages().unwrap();
        assert!(matches!(&found[..], [PendingPackage::Failed(failed)] if failed.reason.ends_with(expected)), "{found:?}");
    };
    check(0, "{}", "line 1 is not the expected record");
    check(2, r#"{"segment":7}"#, "line 3 is not the expected record");
    check(4, "[]", "line 5 is not the expected record");
    check(4, "oops", "line 5 does not match its checksum");
}

#[test]
fn a_package_of_a_later_version_is_left_alone() {
    let (dir, store) = store();
    drop(sealed(&store));
    let path = dir.path().join("packages/1700000000.5/journal");
    let json = r#"{"format":4,"what":"ever"}"#;
    std::fs::write(&path, format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes()))).unwrap();
    let message = store.pending_packages().unwrap_err().to_string();
    assert!(message.contains("has package format 4, but this version supports formats up to 3"), "{message}");
    assert!(path.exists());
}

#[test]
fn read_errors_name_the_path() {
    let (dir, store) = store();
    let path = dir.path().join("packages");
    std::fs::remove_dir(&path).unwrap();
    std::fs::write(&path, "").unwrap();
    for error in [store.pending_packages().unwrap_err(), PackageStore::open(dir.path()).unwrap_err()] {
        let message = error.to_string();
        assert!(message.contains(&path.display().to_string()), "{message}");
    }
}

#[test]
fn unrecognized_files_are_ignored() {
    let (dir, store) = store();
    drop(sealed(&store));
    let unrecognized =
        ["packages/.DS_Store", "packages/2024.12/report.pdf", "packages/notes/journal"].map(|path| dir.path().join(path));
    for path in &unrecognized {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "theirs").unwrap();
    }
    assert!(matches!(store.pending_packages().unwrap()[..], [PendingPackage::Sealed(_)]));
    assert_eq!(store.load_ids(PackageQueue::Normalized).unwrap(), ["1700000000.5"]);
    assert_eq!(store.last_load_id().unwrap().as_deref(), Some("1700000000.5"));
    assert!(unrecognized.iter().all(|path| std::fs::read(path).unwrap() == b"theirs"));
    let names = ["packages/.DS_Store", "packages/2024.12", "packages/notes"].map(|path| dir.path().join(path));
    assert_eq!(store.unrecognized_files().unwrap(), names);
}

#[test]
fn a_package_does_not_overwrite_another_one() {
    let (dir, store) = store();
    drop(sealed(&store));
    let error = store.create_package(header(), WriterOptions::default()).unwrap_err();
    assert!(matches!(error, PackageError::AlreadyExists { .. }), "{error}");
    let journal = dir.path().join("packages/1700000000.5/journal");
    let mut bytes = std::fs::read(&journal).unwrap();
    bytes[20] ^= 1;
    std::fs::write(&journal, bytes).unwrap();
    // A corrupt package is moved away, so that its extract can be normalized again.
    assert!(!store.is_sealed("1700000000.5").unwrap());
    drop(sealed(&store));
    assert_eq!(store.load_ids(PackageQueue::Failed).unwrap(), ["1700000000.5"]);
    assert!(store.is_sealed("1700000000.5").unwrap());
}

#[test]
fn cursor_entries_and_refreshed_tables_read_back() {
    let (_dir, store) = store();
    let refresh = RefreshTables { dropped: vec!["t".to_owned()], emptied: vec!["u".to_owned()] };
    let header = PackageHeader { refresh, ..header() };
    let mut writer = store.create_package(header.clone(), WriterOptions::default()).unwrap();
    writer.append_cursor_entries(&crate::extracted_tests::change()).unwrap();
    drop(writer.seal(seal()).unwrap());
    let package = pending(&store);
    assert_eq!(package.header(), &header);
    let cursors: Vec<_> = package.cursor_entries().iter().map(|cursor| (cursor.key.resource.as_str(), cursor.replaces)).collect();
    assert_eq!(cursors, [("r", true)]);
    let [segment] = package.cursor_segments() else { panic!("{:?}", package.cursor_segments()) };
    assert_eq!(read(&package, segment)[0].num_columns(), 5);
    // Cursor entries are not rows of the resource.
    assert!(package.segments().is_empty() && package.row_counts().is_empty());
}
