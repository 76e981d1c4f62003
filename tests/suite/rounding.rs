//! Datasets whose column types differ from the schema: values are loaded without loss, or rejected.

use catchment::Resource;
use catchment_json::Value;

use crate::dataset::Dataset;

/// Loads `first`, changes the type of its column with SQL, and loads `second`.
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
    check("1", "DOUBLE", "9007199254740993", "has type DOUBLE and cannot store \"9007199254740993\"");
    check("1", "DECIMAL(4,1)", "7", "1.0; 7.0");
    check("1", "DECIMAL(4,1)", "70000", "has type DECIMAL(4,1) and cannot store \"70000\"");
    check("1", "VARCHAR", "9007199254740993", "1; 9007199254740993");
    check("1", "BOOLEAN", "1", "true; true");
    check("1", "BOOLEAN", "2", "has type BOOLEAN and cannot store \"2\"");
    // FLOAT columns may round
    check("1", "FLOAT", "16777217", "1.0; 16777216.0");
}

#[test]
fn texts() {
    check(r#""1""#, "DECIMAL(4,1)", r#""1.2""#, "1.0; 1.2");
    check(r#""1""#, "DECIMAL(4,1)", r#""1.25""#, "has type DECIMAL(4,1) and cannot store \"1.25\"");
    check(r#""1""#, "BIGINT", r#""2""#, "1; 2");
    check(r#""1""#, "BIGINT", r#""2.0""#, "has type BIGINT and cannot store \"2.0\"");
    check(r#""1""#, "BIGINT", r#""2.5""#, "has type BIGINT and cannot store \"2.5\"");
    check(r#""1""#, "BIGINT", r#""x""#, "has type BIGINT and cannot store \"x\"");
}

#[test]
fn times() {
    let (whole, micros) = (r#""2024-05-01T10:00:00Z""#, r#""2024-05-01T10:00:00.000001Z""#);
    check(whole, "TIMESTAMP_S", whole, "2024-05-01T10:00:00; 2024-05-01T10:00:00");
    check(whole, "TIMESTAMP_S", micros, "has type TIMESTAMP_S and cannot store \"2024-05-01T10:00:00.000001");
}
