use catchment_json::{Document, Value};
use catchment_schema::Schema;
use catchment_state::{CursorEntry, CursorEntryChange, CursorEntryKey, CursorEntryKind, RowHash};

use super::cursor_entries::{batches, from_node, to_value};
use crate::CursorEntriesHeader;
use crate::store_tests::{header, pending, read, seal, store};
use crate::{ExtractedRecord, PendingExtract, WriterOptions};

/// Returns a change that sets the cursors of two parents.
fn parents() -> CursorEntryChange {
    let [source, resource, cursor_path] = ["s", "r", "at"].map(str::to_owned);
    let key = CursorEntryKey { kind: CursorEntryKind::Parents, source, resource, cursor_path };
    let entry = |id: u8, cursor: &str| CursorEntry { id: RowHash::from([id; 9]), cursor: Some(cursor.into()) };
    let entries = vec![entry(1, r#"[0,"it's \"5\"",["Tp44cKMYfAuJ"],[]]"#), entry(2, "[0,6,[],[]]")];
    CursorEntryChange { key, replaces: true, entries }
}

#[track_caller]
fn check_extracted(json: &str, change: Option<&CursorEntryChange>) {
    let document = Document::parse(json.as_bytes().to_vec()).unwrap();
    assert_eq!(from_node(document.root()).as_ref(), change);
    if let Some(change) = change {
        assert_eq!(to_value(change).to_string(), json);
    }
}

#[test]
fn entries_in_an_extract_read_back() {
    let rows = r#"{"source":"s","resource":"r","cursor_path":"at","replaces":true,"hashes":["Tp44cKMYfAuJ"]}"#;
    check_extracted(rows, Some(&crate::extracted_tests::change()));
    let cursors = r#"{"kind":"parents","source":"s","resource":"r","cursor_path":"at","replaces":true,"cursors":[["AQEBAQEBAQEB","[0,\"it's \\\"5\\\"\",[\"Tp44cKMYfAuJ\"],[]]"],["AgICAgICAgIC","[0,6,[],[]]"]]}"#;
    check_extracted(cursors, Some(&parents()));
    check_extracted(&cursors.replace(r#""kind":"parents""#, r#""kind":"others""#), None);
    check_extracted(&cursors.replace("AQEBAQEBAQEB", "no hash"), None);
}

#[track_caller]
fn check_journal(json: &str, kind: Option<CursorEntryKind>) {
    let read = CursorEntriesHeader::from_value(&Value::parse(json).unwrap());
    assert_eq!(read.as_ref().map(|cursor| cursor.key.kind), kind);
    assert!(read.is_none_or(|cursor| cursor.to_value().to_string() == json));
}

#[test]
fn cursors_in_a_journal_read_back() {
    check_journal(r#"{"source":"s","resource":"r","cursor_path":"at","replaces":true}"#, Some(CursorEntryKind::Rows));
    let parents = r#"{"kind":"parents","source":"s","resource":"r","cursor_path":"at","replaces":false}"#;
    check_journal(parents, Some(CursorEntryKind::Parents));
    check_journal(&parents.replace(r#""parents""#, r#""others""#), None);
    check_journal(&parents.replace(r#""parents""#, "null"), None);
}

#[test]
fn parent_cursors_and_boundary_rows_have_separate_tables() {
    let (_dir, store) = store();
    let mut writer = store.create_package(header(), WriterOptions::default()).unwrap();
    writer.append_cursor_entries(&crate::extracted_tests::change()).unwrap();
    writer.append_cursor_entries(&parents()).unwrap();
    drop(writer.seal(seal()).unwrap());
    let package = pending(&store);
    let kinds: Vec<_> = package.cursor_entries().iter().map(|cursor| cursor.key.kind).collect();
    assert_eq!(kinds, [CursorEntryKind::Rows, CursorEntryKind::Parents]);
    let shown = package.cursor_segments().iter().map(|segment| {
        let schema = read(&package, segment)[0].schema();
        let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        format!("{} {} {}", segment.table, segment.rows, columns[4..].join(" "))
    });
    let expected = ["_catchment_cursor_rows 1 row_hash", "_catchment_parent_cursors 2 parent cursor"];
    assert_eq!(shown.collect::<Vec<_>>(), expected);
    assert!(package.segments().is_empty() && package.row_counts().is_empty());
}

#[test]
fn an_extract_ends_with_the_parent_cursors() {
    let (_dir, store) = store();
    let writer = store.create_extract(&header(), &Schema::new("s")).unwrap();
    writer.finish(&seal().state, &[crate::extracted_tests::change(), parents()], &Value::Null).unwrap();
    let Some(PendingExtract::Complete(mut extracted)) = store.pending_extracts().unwrap().pop() else { panic!("no extract") };
    let ExtractedRecord::End { boundaries, .. } = extracted.next_record().unwrap() else { panic!("no end") };
    assert_eq!(boundaries, [crate::extracted_tests::change(), parents()]);
}

#[track_caller]
fn check_batches(lengths: &[usize], expected: &[usize]) {
    let entry = |length: &usize| CursorEntry { id: RowHash::from([0; 9]), cursor: Some("x".repeat(*length).into()) };
    let entries: Vec<_> = lengths.iter().map(entry).collect();
    assert_eq!(batches(&entries).map(<[_]>::len).collect::<Vec<_>>(), expected);
}

#[test]
fn batches_are_bounded() {
    check_batches(&[], &[]);
    check_batches(&[1; 20_001], &[10_000, 10_000, 1]);
    let most = 4 << 20;
    check_batches(&[most - 1, 1, 1, most + 1, 1], &[2, 1, 1, 1]);
}
