//! Schemas as they are stored, and YAML.

use catchment_json::Value;
use catchment_schema::Schema;

/// What is read is written and read again as the same, and what it hashes to stays the same.
pub fn stored_schema(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let stored = Schema::from_stored_text(text).ok();
    if let Ok(value) = Value::parse(text) {
        assert_eq!(Schema::from_value(&value).ok(), stored, "text is read as its value is");
    }
    let from_yaml = Schema::from_yaml(text).ok();
    for schema in stored.into_iter().chain(from_yaml) {
        keeps(schema);
    }
    if let Ok(value) = Value::parse_yaml(text) {
        let written = value.to_yaml();
        assert_eq!(Value::parse_yaml(&written).as_ref(), Ok(&value), "{written}");
    }
}

fn keeps(schema: Schema) {
    assert_eq!(written_and_read(&schema), schema);
    let yaml = schema.to_yaml();
    assert_eq!(Schema::from_yaml(&yaml).expect("what was written can be read").to_yaml(), yaml);

    let mut bumped = schema;
    bumped.update_version();
    assert!(!bumped.update_version(), "a second look finds no change");
    let mut again = written_and_read(&bumped);
    assert!(!again.update_version(), "storing it changes nothing");
    assert_eq!(again, bumped);
}

fn written_and_read(schema: &Schema) -> Schema {
    Schema::from_stored_text(&schema.to_value().to_string()).expect("what was written can be read")
}
