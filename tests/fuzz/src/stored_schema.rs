//! Stored schemas and YAML.

use catchment_json::Value;
use catchment_schema::Schema;

/// Schemas and YAML documents survive a round trip, and the version hash of a schema is stable.
pub fn stored_schema(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let stored = Schema::from_stored_text(text).ok();
    if let Ok(value) = Value::parse(text) {
        assert_eq!(Schema::from_value(&value).ok(), stored, "a text is read like its parsed value");
    }
    let from_yaml = Schema::from_yaml(text).ok();
    for schema in stored.into_iter().chain(from_yaml) {
        check_round_trips(schema);
    }
    if let Ok(value) = Value::parse_yaml(text) {
        let written = value.to_yaml();
        assert_eq!(Value::parse_yaml(&written).as_ref(), Ok(&value), "{written}");
    }
}

fn check_round_trips(schema: Schema) {
    assert_eq!(round_trip(&schema), schema);
    let yaml = schema.to_yaml();
    assert_eq!(Schema::from_yaml(&yaml).expect("written YAML can be parsed").to_yaml(), yaml);

    let mut bumped = schema;
    bumped.update_version();
    assert!(!bumped.update_version(), "a second update finds no change");
    let mut again = round_trip(&bumped);
    assert!(!again.update_version(), "a round trip does not change the version");
    assert_eq!(again, bumped);
}

fn round_trip(schema: &Schema) -> Schema {
    Schema::from_stored_text(&schema.to_value().to_string()).expect("a written schema can be parsed")
}
