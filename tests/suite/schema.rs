//! Schema evolution and contracts, in a DuckDB file.

use catchment::schema::{Column, ColumnType, ContractMode, DataType, SchemaContract};
use catchment::{NormalizeOptions, Resource, RunOptions};
use catchment_json::Value;

use crate::dataset::Dataset;
use crate::pipeline::{append, merge, run};

/// Returns the columns of a table with their types, without system columns.
fn columns(dataset: &Dataset, table: &str) -> String {
    dataset.query(&format!(
        "SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY ordinal_position) FROM information_schema.columns \
         WHERE table_schema = 'd' AND table_name = '{table}' AND column_name NOT LIKE '\\_dlt%' ESCAPE '\\'"
    ))
}

/// Loads each list of rows in a separate run, and compares the columns and the rows.
fn check(change: fn(Resource) -> Resource, runs: &[&str], expected_columns: &str, select: &str, expected: &str) {
    let dataset = Dataset::new();
    for rows in runs {
        run(&dataset, rows, change).unwrap();
    }
    assert_eq!(columns(&dataset, "items"), expected_columns, "{runs:?}");
    assert_eq!(dataset.query(&format!("SELECT {select} FROM items ORDER BY id")), expected, "{runs:?}");
    dataset.check_integrity("items", &[]);
}

#[test]
fn integers_and_fractions_share_a_column() {
    for change in [append, merge] {
        check(
            change,
            &[r#"[{"id":1,"n":1},{"id":2,"n":9007199254740992}]"#, r#"[{"id":3,"n":1.5}]"#, r#"[{"id":4,"n":2}]"#],
            "id BIGINT, n DOUBLE",
            "id, n::VARCHAR",
            "1 1.0; 2 9007199254740992.0; 3 1.5; 4 2.0",
        );
    }
}

#[test]
fn integers_of_any_size_share_a_column() {
    check(
        append,
        &[r#"[{"id":1,"n":1}]"#, r#"[{"id":2,"n":18446744073709551615}]"#, r#"[{"id":3,"n":-7}]"#],
        "id BIGINT, n DECIMAL(38,0)",
        "id, n::VARCHAR",
        "1 1; 2 18446744073709551615; 3 -7",
    );
}

#[test]
fn a_column_with_integers_beyond_double_is_not_widened() {
    for change in [append, merge] {
        check(
            change,
            &[r#"[{"id":1,"n":9007199254740993}]"#, r#"[{"id":2,"n":1.5},{"id":3,"n":4}]"#],
            "id BIGINT, n BIGINT, n__v_double DOUBLE",
            "id, n::VARCHAR, n__v_double::VARCHAR",
            "1 9007199254740993 -; 2 - 1.5; 3 4 -",
        );
    }
}

#[test]
fn existing_integers_are_checked_before_their_column_is_widened() {
    for change in [append, merge] {
        let dataset = Dataset::new();
        run(&dataset, r#"[{"id":1,"n":5}]"#, change).unwrap();
        // changed by another tool, so the schema does not record integers beyond double
        dataset.query("UPDATE items SET n = 9007199254740993; SELECT 1 AS one");
        run(&dataset, r#"[{"id":2,"n":1.5},{"id":3,"n":4},{"id":4,"n":1e300},{"id":5,"n":NaN}]"#, change).unwrap();
        run(&dataset, r#"[{"id":6,"n":2.5},{"id":7,"n":9007199254740995}]"#, change).unwrap();
        assert_eq!(columns(&dataset, "items"), "id BIGINT, n BIGINT, n__v_double DOUBLE");
        assert_eq!(
            dataset.query("SELECT id, n::VARCHAR, n__v_double::VARCHAR FROM items ORDER BY id"),
            "1 9007199254740993 -; 2 - 1.5; 3 4 -; 4 - 1e+300; 5 - nan; 6 - 2.5; 7 9007199254740995 -"
        );
        dataset.check_integrity("items", &[]);
    }
}

#[test]
fn nan_and_infinity_are_kept() {
    check(
        append,
        &[r#"[{"id":1,"n":NaN},{"id":2,"n":Infinity},{"id":3,"n":-Infinity},{"id":4,"n":0.5}]"#],
        "id BIGINT, n DOUBLE",
        "id, n::VARCHAR",
        "1 nan; 2 inf; 3 -inf; 4 0.5",
    );
}

#[test]
fn declared_columns_have_the_declared_types_in_the_database() {
    let declared = |resource: Resource| {
        resource.columns([
            Column::with_type("price", ColumnType::Decimal { precision: 10, scale: 2 }),
            Column::new("day", DataType::Date),
            Column::new("at", DataType::Time),
            Column::new("bytes", DataType::Binary),
            Column::with_type("big", ColumnType::Bigint { bits: 128, beyond_double: false }),
            Column::with_type("small", ColumnType::Bigint { bits: 16, beyond_double: false }),
            Column::with_type("wall", ColumnType::LOCAL_TIMESTAMP),
            Column::new("wei", DataType::Wei),
            Column::new("doc", DataType::Json),
        ])
    };
    let dataset = Dataset::new();
    let rows = r#"[{"id":1,"price":"12.5","day":"2024-02-29","at":"10:20:30.5","bytes":"0xff00","big":-170141183460469231731,"small":-5,
        "wall":"2024-01-01T02:00:00+02:00","wei":99999999999999999999999999999999999999,"doc":{"a":[1,NaN]}}]"#;
    run(&dataset, rows, declared).unwrap();
    assert_eq!(
        columns(&dataset, "items"),
        "price DECIMAL(10,2), day DATE, at TIME, bytes BLOB, big HUGEINT, small SMALLINT, wall TIMESTAMP, wei DECIMAL(38,0), doc JSON, id BIGINT"
    );
    assert_eq!(
        dataset.query(r#"SELECT concat_ws('|', price, day, "at", bytes, big, small, wall, wei) FROM items"#),
        r"12.50|2024-02-29|10:20:30.5|\xFF\x00|-170141183460469231731|-5|2024-01-01 00:00:00|99999999999999999999999999999999999999"
    );
    let error = run(&dataset, "[]", |resource| resource.columns([Column::new("day", DataType::Bigint)])).unwrap_err().to_string();
    assert_eq!(
        error,
        "column `day` of table `items` is declared as bigint, but its existing rows are date and cannot all be converted \
         without loss; declare it as date or rename the table"
    );
}

#[test]
fn timestamps_have_the_declared_precision() {
    #[track_caller]
    fn check(precision: u32, column_type: &str, expected: &str) {
        let dataset = Dataset::new();
        let declared = |resource: Resource| {
            let mut column = Column::with_type("at", ColumnType::LOCAL_TIMESTAMP);
            column.hints.insert("precision".to_owned(), Value::from(precision));
            resource.columns([column])
        };
        run(&dataset, r#"[{"at":"2024-01-01T02:00:00.123456789+02:00"},{"at":"1969-12-31T23:59:59.999999999Z"}]"#, declared)
            .unwrap();
        assert_eq!(columns(&dataset, "items"), format!("at {column_type}"));
        assert_eq!(dataset.query("SELECT \"at\"::VARCHAR FROM items ORDER BY \"at\" DESC"), expected);
    }
    check(0, "TIMESTAMP_S", "2024-01-01 00:00:00; 1969-12-31 23:59:59");
    check(3, "TIMESTAMP_MS", "2024-01-01 00:00:00.123; 1969-12-31 23:59:59.999");
    check(6, "TIMESTAMP", "2024-01-01 00:00:00.123456; 1969-12-31 23:59:59.999999");
    check(9, "TIMESTAMP_NS", "2024-01-01 00:00:00.123456789; 1969-12-31 23:59:59.999999999");
}

#[test]
fn the_precision_of_an_existing_column_stays() {
    let dataset = Dataset::new();
    let load = |precision: u32, rows: &str| {
        run(&dataset, rows, |resource| {
            let mut column = Column::with_type("at", ColumnType::LOCAL_TIMESTAMP);
            column.hints.insert("precision".to_owned(), Value::from(precision));
            resource.columns([column])
        })
    };
    load(3, r#"[{"at":"2024-01-01T00:00:00.123456Z"}]"#).unwrap();
    load(9, r#"[{"at":"2024-01-02T00:00:00.123456Z"}]"#).unwrap();
    assert_eq!(columns(&dataset, "items"), "at TIMESTAMP_MS");
    assert_eq!(
        dataset.query("SELECT \"at\"::VARCHAR FROM items ORDER BY \"at\""),
        "2024-01-01 00:00:00.123; 2024-01-02 00:00:00.123"
    );
    let error =
        run(&dataset, "[]", |resource| resource.columns([Column::new("at", DataType::Timestamp)])).unwrap_err().to_string();
    assert_eq!(
        error,
        "column `at` of table `items` is declared as timestamp, but its existing rows are timestamp without time zone and cannot \
         all be converted without loss; declare it as timestamp without time zone or rename the table"
    );
}

#[test]
fn discarded_rows_and_values_are_counted_and_quarantined() {
    let dataset = Dataset::new();
    let options = RunOptions {
        normalize: NormalizeOptions { quarantine_table: Some("refused".to_owned()), ..NormalizeOptions::default() },
        ..RunOptions::default()
    };
    let load = |rows: &str| {
        let rows = Value::parse(rows).unwrap().as_array().unwrap().to_vec();
        let contract = SchemaContract {
            columns: ContractMode::DiscardValue,
            data_type: ContractMode::DiscardRow,
            ..SchemaContract::default()
        };
        let resource = Resource::rows("items", rows).schema_contract(contract);
        let pipeline = dataset.pipeline().options(options.clone());
        let info = tokio::runtime::Runtime::new().unwrap().block_on(pipeline.run(resource)).unwrap();
        (info, pipeline.last_trace().unwrap())
    };
    load(r#"[{"id":1,"l":[1]}]"#);
    let (info, trace) = load(r#"[{"id":2,"new":"x","l":[2]},{"id":"three","l":[3,4]}]"#);
    let text = info.to_string();
    assert!(text.contains("note: items: 1 row and 1 value discarded by the schema contract"), "{text}");
    assert!(text.contains("note: items__l: 2 rows discarded by the schema contract"), "{text}");
    let json = serde_json::to_string(&info).unwrap();
    assert!(json.contains(r#""discarded":{"items":{"rows":1,"values":1},"items__l":{"rows":2,"values":0}}"#), "{json}");
    assert_eq!(trace.normalize.unwrap().packages[0].diagnostics, info.packages[0].diagnostics);
    assert_eq!(dataset.query("SELECT id FROM items ORDER BY id"), "1; 2");
    assert_eq!(dataset.query("SELECT value FROM items__l ORDER BY value"), "1; 2");
    assert_eq!(
        dataset.query("SELECT concat_ws('|', table_name, column_name, content) FROM refused ORDER BY content::VARCHAR"),
        r#"items|new|"x"; items|id|{"id":"three","l":[3,4]}"#
    );
    assert_eq!(dataset.query("SELECT count(*) FROM refused JOIN _dlt_loads ON load_id = _dlt_load_id"), "2");
}

#[test]
fn a_frozen_contract_fails_the_run_and_changes_nothing() {
    let dataset = Dataset::new();
    let frozen = |resource: Resource| resource.schema_contract(SchemaContract::all(ContractMode::Freeze));
    run(&dataset, r#"[{"id":1}]"#, frozen).unwrap();
    let error = run(&dataset, r#"[{"id":2},{"id":3,"new":1}]"#, frozen).unwrap_err().to_string();
    assert!(error.contains("row 2 of its page: new column `new` violates the schema contract"), "{error}");
    assert_eq!(dataset.query("SELECT id FROM items"), "1");
    run(&dataset, r#"[{"id":2}]"#, frozen).unwrap();
    assert_eq!(dataset.query("SELECT id FROM items ORDER BY id"), "1; 2");
}

#[test]
fn schema_files_are_exported_and_imported_when_they_change() {
    let dataset = Dataset::new();
    let folder = dataset.dir().join("schemas");
    let files =
        catchment::SchemaFiles { import_schema_path: Some(folder.clone()), export_schema_path: Some(folder.join("exported")) };
    let load = |rows: &str| {
        let rows = Value::parse(rows).unwrap().as_array().unwrap().to_vec();
        let pipeline = dataset.pipeline().schema_files(files.clone());
        tokio::runtime::Runtime::new().unwrap().block_on(pipeline.run(Resource::rows("items", rows)))
    };
    load(r#"[{"id":1,"code":7}]"#).unwrap();
    let exported = std::fs::read_to_string(folder.join("exported/items.schema.yaml")).unwrap();
    assert!(exported.contains("code:\n        data_type: bigint"), "{exported}");
    // a user copies the exported file and adds a column
    let edited = exported.replace("      note:\n", "").replace(
        "      code:\n        data_type: bigint",
        "      note:\n        data_type: text\n      code:\n        data_type: bigint",
    );
    std::fs::write(folder.join("items.schema.yaml"), edited).unwrap();
    load(r#"[{"id":2,"note":5}]"#).unwrap();
    assert_eq!(dataset.query("SELECT id, note FROM items ORDER BY id"), "1 -; 2 5");
    // it is not imported again, which would undo changes of later runs
    load(r#"[{"id":3,"more":true}]"#).unwrap();
    load(r#"[{"id":4}]"#).unwrap();
    let stored = dataset.query("SELECT schema FROM _dlt_version ORDER BY inserted_at DESC LIMIT 1");
    assert!(stored.contains(r#""imported_version_hash""#) && stored.contains(r#""more":{"name":"more""#), "{stored}");
    std::fs::write(folder.join("items.schema.yaml"), "name: other\nengine_version: 11\ntables: {}\n").unwrap();
    let error = load(r#"[{"id":5}]"#).unwrap_err().to_string();
    assert!(error.contains(r#"items.schema.yaml contains the schema "other", expected "items""#), "{error}");
}
