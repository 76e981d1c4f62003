use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray};
use arrow::record_batch::RecordBatch;
use catchment_json::Value;
use catchment_schema::{Column, DataType, Schema, TableDelta};
use catchment_state::State;

use crate::{Begin, PackageStore, Pending, Seal, SealedPackage, Segment, WriterOptions};

pub(crate) fn begin() -> Begin {
    Begin {
        load_id: "1700000000.5".to_owned(),
        created_at: 7,
        dataset: "d".to_owned(),
        source: "s".to_owned(),
        resources: vec![("r".to_owned(), "t".to_owned())],
        base_state: State::new("p", "d", "dlt.destinations.duckdb"),
        base_schema: None,
    }
}

fn seal() -> Seal {
    let mut schema = Schema::new("s");
    schema.apply(&TableDelta::root("t", vec![Column::new("a", DataType::Bigint)]).into());
    schema.bump();
    Seal { schema, state: State::new("p", "d", "dlt.destinations.duckdb"), findings: Value::from("noticed") }
}

fn read(package: &SealedPackage, segment: &Segment) -> Vec<RecordBatch> {
    package.read(segment).unwrap().map(Result::unwrap).collect()
}

fn batch(columns: &[(&str, ArrayRef)]) -> RecordBatch {
    RecordBatch::try_from_iter(columns.iter().map(|(name, array)| (*name, Arc::clone(array)))).unwrap()
}

fn ints(values: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

fn sealed(store: &PackageStore) -> SealedPackage {
    // One byte of buffer: each batch becomes a segment of its own.
    let mut writer = store.create(begin(), WriterOptions { buffer_max_bytes: 1 }).unwrap();
    writer.append("t", batch(&[("a", ints(&[1, 2]))])).unwrap();
    writer.append("u", batch(&[("b", ints(&[9]))])).unwrap();
    writer.append("t", batch(&[("a", ints(&[3]))])).unwrap();
    writer.seal(seal()).unwrap()
}

/// The one package that waits.
fn pending(store: &PackageStore) -> SealedPackage {
    match store.pending().unwrap().pop() {
        Some(Pending::Sealed(package)) => *package,
        other => panic!("{other:?}"),
    }
}

fn store() -> (tempfile::TempDir, PackageStore) {
    let dir = tempfile::tempdir().unwrap();
    let store = PackageStore::open(dir.path()).unwrap();
    (dir, store)
}

#[test]
fn a_sealed_package_reads_back_in_another_process() {
    let (_dir, store) = store();
    drop(sealed(&store));
    let package = pending(&store);
    assert_eq!(package.begin(), &begin());
    assert_eq!(package.seal(), &seal());
    assert_eq!(package.row_counts(), [("t".to_owned(), 3), ("u".to_owned(), 1)].into());
    let rows: Vec<_> = package.segments().iter().map(|s| read(&package, s)).collect();
    assert_eq!(rows[2][0].columns(), [ints(&[3])]);
    store.complete(package).unwrap();
    assert!(store.pending().unwrap().is_empty());
}

#[test]
fn batches_with_different_columns_share_a_segment() {
    let (_dir, store) = store();
    let mut writer = store.create(begin(), WriterOptions::default()).unwrap();
    writer.append("t", batch(&[("a", ints(&[1]))])).unwrap();
    let text: ArrayRef = Arc::new(StringArray::from(vec!["x"]));
    writer.append("t", batch(&[("b", text)])).unwrap();
    let package = writer.seal(seal()).unwrap();
    let [segment] = package.segments() else { panic!("{:?}", package.segments()) };
    let shown = arrow::util::pretty::pretty_format_batches(&read(&package, segment)).unwrap().to_string();
    assert!(shown.contains("| 1 |   |") && shown.contains("|   | x |"), "{shown}");
}

#[test]
fn dropping_a_writer_takes_the_package_back() {
    let (dir, store) = store();
    let mut writer = store.create(begin(), WriterOptions { buffer_max_bytes: 1 }).unwrap();
    writer.append("t", batch(&[("a", ints(&[1]))])).unwrap();
    drop(writer);
    assert_eq!(std::fs::read_dir(dir.path().join("packages")).unwrap().count(), 0);
}

#[test]
fn an_unfinished_package_is_discarded() {
    let (dir, store) = store();
    let mut writer = store.create(begin(), WriterOptions { buffer_max_bytes: 1 }).unwrap();
    writer.append("t", batch(&[("a", ints(&[1]))])).unwrap();
    // What a killed process leaves behind: the files without their owner.
    let (from, to) = (dir.path().join("packages/1700000000.5"), dir.path().join("packages/1700000000.4"));
    copy(&from, &to);
    drop(writer);
    let found = store.pending().unwrap();
    assert!(matches!(found.as_slice(), [Pending::Discarded { load_id }] if load_id == "1700000000.4"), "{found:?}");
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
    assert!(store.pending().unwrap().is_empty());
    drop(package);
    assert_eq!(store.pending().unwrap().len(), 1);
}

#[test]
fn a_journal_cut_anywhere_is_the_package_as_far_as_it_was_written() {
    let (dir, store) = store();
    drop(sealed(&store));
    let folder = dir.path().join("packages/1700000000.5");
    let journal = std::fs::read(folder.join("journal")).unwrap();
    for length in 0..journal.len() {
        let cut = dir.path().join("packages/1700000000.6");
        copy(&folder, &cut);
        std::fs::write(cut.join("journal"), &journal[..length]).unwrap();
        let found = store.pending().unwrap();
        assert!(matches!(&found[..], [Pending::Sealed(_), Pending::Discarded { .. }]), "cut at {length}: {found:?}");
    }
}

#[test]
fn a_gap_in_an_unsealed_journal_is_an_unfinished_package() {
    let (dir, store) = store();
    drop(sealed(&store));
    let path = dir.path().join("packages/1700000000.5/journal");
    let journal = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = journal.split_inclusive('\n').collect();
    std::fs::write(&path, format!("{}{}{}", lines[0], lines[1].replace("segment", "SEGMENT"), lines[2])).unwrap();
    assert!(matches!(store.pending().unwrap()[..], [Pending::Discarded { .. }]));
}

fn check_damage(file: &str, change: impl Fn(&mut Vec<u8>), expected: &str) {
    let (dir, store) = store();
    drop(sealed(&store));
    let path = dir.path().join("packages/1700000000.5").join(file);
    let mut bytes = std::fs::read(&path).unwrap();
    change(&mut bytes);
    std::fs::write(&path, bytes).unwrap();
    let error = match store.pending() {
        Err(error) => error,
        Ok(mut found) => match found.pop() {
            Some(Pending::Sealed(package)) => package.segments().iter().find_map(|s| package.read(s).err()).expect("an error"),
            other => panic!("{other:?}"),
        },
    };
    assert!(error.to_string().contains(expected), "{error}");
}

#[test]
fn damage_is_noticed() {
    check_damage("journal", |bytes| bytes[20] ^= 1, "line 1 does not match its checksum");
    check_damage("000001.arrows", |bytes| bytes[100] ^= 1, "its checksum is not that of what was written");
    check_damage("000002.arrows", |bytes| bytes.truncate(50), "it has 50 bytes");
}

#[test]
fn a_package_of_a_later_version_is_left_alone() {
    let (dir, store) = store();
    drop(sealed(&store));
    let path = dir.path().join("packages/1700000000.5/journal");
    let json = r#"{"format":2,"what":"ever"}"#;
    std::fs::write(&path, format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes()))).unwrap();
    let message = store.pending().unwrap_err().to_string();
    assert!(message.contains("has package format 2, this version reads up to 1"), "{message}");
    assert!(path.exists());
}

#[test]
fn a_package_that_cannot_be_loaded_is_set_aside() {
    let (dir, store) = store();
    let place = store.set_aside(sealed(&store), "a reason").unwrap();
    assert_eq!(std::fs::read_to_string(place.join("reason.txt")).unwrap(), "a reason");
    assert_eq!(store.aside().unwrap(), ["1700000000.5"]);
    assert!(store.pending().unwrap().is_empty());
    assert_eq!(place, dir.path().join("aside/1700000000.5"));
}
