use catchment_schema::{Column, ColumnType, DataType, Schema, TableHints, WriteDisposition};

use super::{load, trim};

fn check_error(hints: TableHints, page: &str, expected: &str) {
    let mut schema = Schema::new("s");
    schema.declare("t", "t", &hints).unwrap();
    assert_eq!(load(schema, &[page]).unwrap_err().to_string(), expected);
}

#[test]
fn rejects_a_missing_key() {
    let key = |name: &str| TableHints { primary_key: vec![name.to_owned()], ..TableHints::default() };
    check_error(
        key("id"),
        r#"[{"id":1},{"x":2}]"#,
        "table `t`, row 2 of its page: column `id` is NOT NULL but the row has no value; use a primary key that all rows have",
    );
    check_error(
        key("idd"),
        r#"[{"id":1}]"#,
        "table `t`, row 1 of its page: column `idd` is NOT NULL but the row has no value; check the spelling of the primary key",
    );
}

#[test]
fn rejects_a_key_that_does_not_fit_its_column() {
    let rest = "; declare the column with `data_type: text` in `columns`, and reload existing rows with \
                `--refresh drop_resources`";
    let key = TableHints { primary_key: vec!["id".to_owned()], ..TableHints::default() };
    check_error(
        key.clone(),
        r#"[{"id":1},{"id":"abc"}]"#,
        &format!("table `t`, row 2 of its page: column `id` (primary key) has type bigint but the row has text: \"abc\"{rest}"),
    );
    check_error(
        key,
        r#"[{"id":7},{"id":7.5},{"id":true}]"#,
        &format!("table `t`, row 3 of its page: column `id` (primary key) has type double but the row has bool: true{rest}"),
    );
    for (first, second, column_type) in [
        (r#""2024-01-01T00:00:00.123456Z""#, r#""2024-01-01T00:00:00.1234567Z""#, "timestamp"),
        ("0.5", "0.10000000000000000001", "double"),
    ] {
        let digits = format!("has type {column_type}, which loses digits of {second}{rest}");
        check_error(
            TableHints { primary_key: vec!["id".to_owned()], ..TableHints::default() },
            &format!(r#"[{{"id":{first}}},{{"id":{second}}}]"#),
            &format!("table `t`, row 2 of its page: column `id` (primary key) {digits}"),
        );
    }
    let by_day = Column { nullable: Some(true), ..Column::new("day", DataType::Date) };
    check_error(
        TableHints { merge_key: vec!["day".to_owned()], columns: vec![by_day], ..TableHints::default() },
        r#"[{"day":"soon"}]"#,
        &format!("table `t`, row 1 of its page: column `day` (merge key) has type date but the row has text: \"soon\"{rest}"),
    );
    check_error(
        TableHints { columns: vec![Column::new("gone", DataType::Bool).with_hint("hard_delete")], ..TableHints::default() },
        r#"[{"gone":2}]"#,
        &format!(
            "table `t`, row 1 of its page: column `gone` (hard delete marker) has type bool but the row has bigint: 2{rest}"
        ),
    );
}

#[test]
fn a_hard_delete_row_needs_only_its_key() {
    let hints = |disposition| TableHints {
        write_disposition: disposition,
        primary_key: vec!["id".to_owned()],
        columns: vec![
            Column { nullable: Some(false), ..Column::new("name", DataType::Text) },
            Column::new("gone", DataType::Bool).with_hint("hard_delete"),
        ],
        ..TableHints::default()
    };
    let loads = |disposition, page: &str| {
        let mut schema = Schema::new("s");
        schema.declare("t", "t", &hints(disposition)).unwrap();
        load(schema, &[page]).is_ok()
    };
    assert!(loads(WriteDisposition::Merge, r#"[{"id":1,"name":"a"},{"id":2,"gone":true}]"#));
    assert!(loads(WriteDisposition::Merge, r#"[{"id":1,"name":"a"},{"id":2,"gone":"true"},{"id":3,"gone":1}]"#));
    assert!(!loads(WriteDisposition::Merge, r#"[{"id":1,"name":"a"},{"id":2,"gone":false}]"#));
    assert!(!loads(WriteDisposition::Merge, r#"[{"id":1,"name":"a"},{"id":2,"gone":"0"}]"#));
    assert!(!loads(WriteDisposition::Merge, r#"[{"name":"a","gone":true}]"#), "the key is needed");
    assert!(!loads(WriteDisposition::Append, r#"[{"id":2,"gone":true}]"#));
}

fn check_declared(columns: &[Column], page: &str, expected: &str) {
    let mut schema = Schema::new("s");
    schema.declare("t", "t", &TableHints { columns: columns.to_vec(), ..TableHints::default() }).unwrap();
    let (found, _) = load(schema, &[page]).unwrap();
    assert_eq!(trim(&found), trim(expected));
}

#[test]
fn declared_columns_come_first_and_keep_their_type() {
    check_declared(
        &[
            Column::with_type("price", ColumnType::Decimal { precision: 10, scale: 2 }),
            Column::new("Day", DataType::Date),
            Column::new("never", DataType::Bigint),
        ],
        r#"[{"id":1,"price":12.5,"day":"2024-02-03"},{"price":"3.10","day":"2024-02-04T23:00:00-02:00"},{"price":0.125,"day":86400}]"#,
        "t(price decimal, day date, never bigint, id bigint, _dlt_load_id, _dlt_id, day__v_timestamp timestamp, price__v_double double)
         price=12.50 day=2024-02-03 id=1
         price=3.10 day__v_timestamp=2024-02-05T01:00:00+00:00
         day=1970-01-02 price__v_double=0.125",
    );
}

#[test]
fn declared_columns_are_not_widened() {
    check_declared(
        &[Column::new("n", DataType::Bigint), Column::with_type("small", ColumnType::Bigint { bits: 8, beyond_double: false })],
        r#"[{"n":1,"small":127},{"n":1.5,"small":128}]"#,
        "t(n bigint, small bigint, _dlt_load_id, _dlt_id, n__v_double double, small__v_bigint bigint)
         n=1 small=127
         n__v_double=1.5 small__v_bigint=128",
    );
}

#[test]
fn values_of_all_types() {
    let columns = [
        Column::new("time", DataType::Time),
        Column::new("bytes", DataType::Binary),
        Column::new("wei", DataType::Wei),
        Column::with_type("wall", ColumnType::LOCAL_TIMESTAMP),
        Column::new("json", DataType::Json),
    ];
    check_declared(
        &columns,
        r#"[{"time":"10:20:30.5","bytes":"0xC0ffee","wei":"0x10","wall":"2024-01-01T12:00:00+02:00","json":{"a":[1]}},
            {"time":"25:00","bytes":"QUI=","wei":123456789012345678901234567890,"wall":"2024-01-01","json":"[1]"},
            {"bytes":258,"wei":1.5,"bytes2":1}]"#,
        r#"t(time time, bytes binary, wei wei, wall timestamp, json json, _dlt_load_id, _dlt_id, time__v_text text, bytes2 bigint, wei__v_double double)
         time=10:20:30.500 bytes=c0ffee wei=16 wall=2024-01-01T10:00:00+00:00 json={"a":[1]}
         bytes=4142 wei=123456789012345678901234567890 wall=2024-01-01T00:00:00+00:00 json=[1] time__v_text=25:00
         bytes=0201 bytes2=1 wei__v_double=1.5"#,
    );
}

#[test]
fn preferred_types_and_detections_of_the_schema_apply() {
    let mut schema = Schema::new("s");
    let settings = r#"{"detections": ["iso_date"], "preferred_types": {"re:_id$": "text", "meta": "json"}}"#;
    schema.settings.extend(catchment_json::Value::parse(settings).unwrap().as_object().unwrap().clone());
    let page = r#"[{"user_id":7,"meta":{"a":1},"at":"2024-01-01T00:00:00","day":"2024-01-01"}]"#;
    let (found, _) = load(schema, &[page]).unwrap();
    let expected = r#"t(user_id text, meta json, at text, day date, _dlt_load_id, _dlt_id)
        user_id=7 meta={"a":1} at=2024-01-01T00:00:00 day=2024-01-01"#;
    assert_eq!(trim(&found), trim(expected));
}
