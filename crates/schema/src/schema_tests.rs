use catchment_json::Value;

use crate::{Column, DataType, MergeOptions, MergeStrategy, Schema, SchemaDelta, TableDelta, TableHints, WriteDisposition};

/// A schema written by dlt 1.31, with keys that only dlt uses, such as descriptions.
const BY_REFERENCE: &str = include_str!("testdata/by_reference.json");

fn columns(schema: &Schema, table: &str) -> Vec<String> {
    let shown = |c: &Column| format!("{} {}", c.name, c.data_type.map_or("?", DataType::name));
    schema.tables[table].columns.values().map(shown).collect()
}

fn delta(table: &str, columns: &[(&str, DataType)]) -> SchemaDelta {
    TableDelta::root(table, columns.iter().map(|(name, t)| Column::new(*name, *t)).collect()).into()
}

#[test]
fn version_hash_matches_dlt() {
    let stored = Value::parse(BY_REFERENCE).unwrap();
    let mut schema = Schema::from_value(&stored).unwrap();
    assert!(!schema.update_version(), "{:?}, stored {:?}", schema.version_hash, stored.get("version_hash"));
    assert_eq!(schema.to_value(), stored);
}

#[test]
fn unknown_keys_are_preserved() {
    let mut stored = Value::parse(BY_REFERENCE).unwrap();
    let top = stored.as_object_mut().unwrap();
    top.insert("x-ours".to_owned(), Value::from(1));
    top["settings"].as_object_mut().unwrap().insert("x-ours".to_owned(), Value::from(0.5));
    let table = top["tables"].as_object_mut().unwrap()["items"].as_object_mut().unwrap();
    table.insert("x-ours".to_owned(), Value::Array(vec![Value::Null]));
    table["columns"].as_object_mut().unwrap()["id"].as_object_mut().unwrap().insert("x-ours".to_owned(), Value::from("kept"));
    let mut schema = Schema::from_value(&stored).unwrap();
    assert_eq!(schema.to_value(), stored);
    assert!(schema.update_version());
    assert_eq!(schema.previous_hashes.first().map(String::as_str), stored.get("version_hash").and_then(Value::as_str));
}

#[test]
fn columns_are_added_in_the_order_of_first_values() {
    let mut schema = Schema::new("s");
    schema.declare("t", "t", &TableHints { primary_key: vec!["ID".to_owned()], ..TableHints::default() }).unwrap();
    assert_eq!(columns(&schema, "t"), ["id ?"]);
    schema.apply(&delta("t", &[("name", DataType::Text), ("id", DataType::Bigint)]));
    schema.apply(&delta("t", &[("late", DataType::Bool), ("name", DataType::Text)]));
    assert_eq!(columns(&schema, "t"), ["name text", "id bigint", "late bool"]);
    assert!(schema.tables["t"].columns["id"].has_hint("primary_key") && !schema.tables["t"].columns["id"].is_nullable());
}

#[test]
fn a_delta_with_an_incompatible_type_is_a_conflict() {
    let mut schema = Schema::new("s");
    schema.apply(&delta("t", &[("a", DataType::Bigint)]));
    assert_eq!(delta("t", &[("b", DataType::Text), ("a", DataType::Text)]).conflict(&schema), Some(("t", "a")));
    assert_eq!(delta("t", &[("a", DataType::Bigint)]).conflict(&schema), None);
    assert_eq!(delta("u", &[("a", DataType::Text)]).conflict(&schema), None);
}

#[test]
fn version_increases_with_changes() {
    let mut schema = Schema::new("s");
    assert!(schema.update_version() && !schema.update_version());
    assert_eq!((schema.version, schema.previous_hashes.len()), (1, 0));
    schema.apply(&delta("t", &[("a", DataType::Bigint)]));
    assert!(schema.update_version());
    assert_eq!((schema.version, schema.previous_hashes.len()), (2, 1));
}

#[test]
fn later_hints_replace_earlier_hints() {
    let mut schema = Schema::new("s");
    let hints = |key: &str| TableHints {
        write_disposition: WriteDisposition::Merge,
        primary_key: vec![key.to_owned()],
        cursor: Some("at".to_owned()),
        ..TableHints::default()
    };
    schema.declare("t", "r", &hints("a")).unwrap();
    assert!(schema.propagates_root_id("t"));
    schema.declare("t", "r", &hints("b")).unwrap();
    assert_eq!(schema.tables["t"].columns_with("primary_key"), ["b"]);
    assert_eq!(schema.tables["t"].columns_with("incremental"), ["at"]);
}

/// Returns hints for a table with merge strategy `strategy`.
fn merged(strategy: MergeStrategy) -> TableHints {
    TableHints {
        write_disposition: WriteDisposition::Merge,
        primary_key: vec!["id".to_owned()],
        merge: MergeOptions { strategy, ..MergeOptions::default() },
        ..TableHints::default()
    }
}

#[test]
fn merge_options_are_stored_like_dlt() {
    let check = |hints: TableHints, expected: &str| {
        let mut schema = Schema::new("s");
        schema.declare("t", "t", &hints).unwrap();
        let stored = schema.to_value();
        let table = stored.get("tables").and_then(|tables| tables.get("t")).unwrap();
        let shown = format!("{} {}", table.get("x-merge-strategy").unwrap_or(&Value::Null), table.get("columns").unwrap());
        assert_eq!(shown, expected);
    };
    let id = r#"{"id":{"name":"id","nullable":false,"primary_key":true}"#;
    check(merged(MergeStrategy::DeleteInsert), &format!("null {id}}}"));
    check(merged(MergeStrategy::Upsert), &format!(r#""upsert" {id}}}"#));
    let from = r#""_dlt_valid_from":{"name":"_dlt_valid_from","data_type":"timestamp","nullable":true,"x-valid-from":true}"#;
    let to = r#""_dlt_valid_to":{"name":"_dlt_valid_to","data_type":"timestamp","nullable":true,"x-valid-to":true,"x-active-record-timestamp":null}"#;
    let version = r#""_dlt_id":{"name":"_dlt_id","nullable":false,"x-row-version":true,"unique":false,"row_key":false}"#;
    check(merged(MergeStrategy::Scd2), &format!(r#""scd2" {id},{from},{to},{version}}}"#));
}

#[test]
fn invalid_merge_options_are_rejected() {
    let check = |hints: TableHints, expected: &str| {
        assert_eq!(Schema::new("s").declare("t", "t", &hints).unwrap_err().to_string(), expected);
    };
    check(
        TableHints { primary_key: Vec::new(), ..merged(MergeStrategy::Upsert) },
        "table `t` uses merge strategy `upsert`, which requires a primary key; set `primary_key`",
    );
    let mark = |name: &str| Column::new(name, DataType::Bool).with_hint("hard_delete");
    check(
        TableHints { columns: vec![mark("gone"), mark("left")], ..merged(MergeStrategy::DeleteInsert) },
        "table `t` declares `hard_delete` for several columns (gone, left); declare it for one",
    );
}

#[test]
fn a_changed_merge_strategy_removes_hints_of_the_previous_one() {
    let mut schema = Schema::new("s");
    schema.declare("t", "t", &merged(MergeStrategy::Scd2)).unwrap();
    assert_eq!(schema.tables["t"].validity_columns(), Some(("_dlt_valid_from", "_dlt_valid_to")));
    schema.declare("t", "t", &merged(MergeStrategy::DeleteInsert)).unwrap();
    let table = &schema.tables["t"];
    assert_eq!((table.merge_strategy(), table.validity_columns()), (Ok(MergeStrategy::DeleteInsert), None));
    assert!(table.columns["_dlt_id"].has_hint("unique") && table.columns["_dlt_id"].has_hint("row_key"));
}

#[test]
fn a_change_to_merge_adds_root_ids_to_child_tables() {
    let mut schema = Schema::new("s");
    schema.declare("t", "t", &TableHints::default()).unwrap();
    let below = TableDelta { name: "t__l".to_owned(), parent: Some("t".to_owned()), columns: Vec::new() };
    schema.apply(&SchemaDelta { tables: vec![below] });
    schema.declare("t", "t", &merged(MergeStrategy::DeleteInsert)).unwrap();
    assert_eq!(columns(&schema, "t__l"), ["_dlt_root_id text"]);
}

#[test]
fn table_tree_lists_parents_first_and_ends_on_a_cycle() {
    let mut schema = Schema::new("s");
    for (name, parent) in [("a__b__c", Some("a__b")), ("a__b", Some("a")), ("a", None), ("ring", Some("ring"))] {
        let parent = parent.map(str::to_owned);
        schema.apply(&SchemaDelta { tables: vec![TableDelta { name: name.to_owned(), parent, columns: Vec::new() }] });
    }
    let names = |root| schema.table_tree(root).iter().map(|t| t.name.clone()).collect::<Vec<_>>();
    assert_eq!(names("a"), ["a", "a__b", "a__b__c"]);
    assert_eq!(schema.root_of("a__b__c"), "a");
    assert_eq!(schema.root_of("ring"), "ring");
}

#[test]
fn read_errors_name_the_key() {
    let check = |from: &str, to: &str, expected: &str| {
        let stored = Value::parse(&BY_REFERENCE.replacen(from, to, 1)).unwrap();
        assert_eq!(Schema::from_value(&stored).unwrap_err().to_string(), format!("invalid stored schema: {expected}"));
    };
    check(
        "\"engine_version\":11",
        "\"engine_version\":12",
        "engine_version: found 12, expected 1 to 11; a newer tool wrote this schema, upgrade to read it",
    );
    check(
        "\"data_type\":\"double\"",
        "\"data_type\":\"complex\"",
        "tables.items.columns.price.data_type: unknown data type \"complex\"",
    );
    check("\"name\":\"shop\"", "\"label\":\"shop\"", "schema.name: required key is missing");
    check("\"tables\":{", "\"tables\":7,\"was\":{", "schema.tables: expected an object, found a number");
}
