//! Datasets whose columns have other types than the schema says: values are loaded as they are, or not at all.

use catchment::Resource;
use catchment_json::Value;

use crate::dataset::Dataset;

/// Loads `first`, gives its column another type by hand, and loads `second`.
#[track_caller]
fn check(first: &str, column_type: &str, second: &str, expected: &str) {
    let dataset = Dataset::new();
    let load = |value: &str| {
        let row = Value::parse(&format!(r#"{{"v":{value}}}"#)).unwrap();
        tokio::runtime::Runtime::new().unwrap().block_on(dataset.pipeline().run(Resource::rows("items", [row])))
    };
    load(first).unwrap();
    dataset.query(&format!("ALTER TABLE items ALTER COLUMN v SET DATA TYPE {column_type}; SELECT 1"));
    match load(second) {
        Ok(_) => assert_eq!(dataset.query("SELECT v FROM items"), expected, "{first}, {column_type}, {second}"),
        Err(error) => {
            let message = error.to_string();
            assert!(message.contains(&format!("column `v` {expected}")), "{first}, {column_type}, {second}: {message}");
        }
    }
}

#[test]
fn integers() {
    check("1", "DOUBLE", "9007199254740992", "1.0; 9007199254740992.0");
    check("1", "DOUBLE", "9007199254740993", "is DOUBLE there, and cannot hold \"9007199254740993\"");
    check("1", "DECIMAL(4,1)", "7", "1.0; 7.0");
    check("1", "DECIMAL(4,1)", "70000", "is DECIMAL(4,1) there, and cannot hold \"70000\"");
    check("1", "VARCHAR", "9007199254740993", "1; 9007199254740993");
    check("1", "BOOLEAN", "1", "true; true");
    check("1", "BOOLEAN", "2", "is BOOLEAN there, and cannot hold \"2\"");
    // who makes such a column does not want every digit
    check("1", "FLOAT", "16777217", "1.0; 16777216.0");
}

#[test]
fn texts() {
    check(r#""1""#, "DECIMAL(4,1)", r#""1.2""#, "1.0; 1.2");
    check(r#""1""#, "DECIMAL(4,1)", r#""1.25""#, "is DECIMAL(4,1) there, and cannot hold \"1.25\"");
    check(r#""1""#, "BIGINT", r#""2.0""#, "1; 2");
    check(r#""1""#, "BIGINT", r#""2.5""#, "is BIGINT there, and cannot hold \"2.5\"");
    check(r#""1""#, "BIGINT", r#""x""#, "is BIGINT there, and cannot hold \"x\"");
}

#[test]
fn times() {
    let (whole, micros) = (r#""2024-05-01T10:00:00Z""#, r#""2024-05-01T10:00:00.000001Z""#);
    check(whole, "TIMESTAMP_S", whole, "2024-05-01T10:00:00; 2024-05-01T10:00:00");
    check(whole, "TIMESTAMP_S", micros, "is TIMESTAMP_S there, and cannot hold \"2024-05-01 10:00:00.000001");
}
