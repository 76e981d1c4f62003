//! The checked-in JSON Schema.

use super::value;

#[test]
fn the_checked_in_schema_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/spec.schema.json");
    let schema = crate::json_schema();
    let written =
        serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(&schema.to_string()).unwrap()).unwrap() + "\n";
    if std::env::var_os("CATCHMENT_UPDATE").is_some() {
        std::fs::write(path, &written).unwrap();
    }
    let checked_in = std::fs::read_to_string(path).unwrap_or_default();
    assert!(checked_in == written, "spec.schema.json is outdated; run this test with CATCHMENT_UPDATE=1");
}

#[test]
fn keys_have_a_description_and_unsupported_ones_are_excluded() {
    let schema = crate::json_schema();
    let client = schema.get("$defs").and_then(|all| all.get("client")).and_then(|client| client.get("properties")).unwrap();
    assert_eq!(client.get("base_url"), Some(&value(r#"{"type": "string", "description": "The base URL of all paths."}"#)));
    assert_eq!(client.get("session"), None);
}
