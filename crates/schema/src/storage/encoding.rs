//! Text encodings of the stored format: rows of `_dlt_version`, and YAML files.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use catchment_json::{Object, Value};
use flate2::read::ZlibDecoder;

use super::StoredSchemaError;
use crate::Schema;

/// The maximum size of a decompressed schema, in bytes. Schemas usually have a few kilobytes.
const MAX_UNPACKED: u64 = 256 << 20;

impl Schema {
    /// Reads the text of a row of `_dlt_version`: the stored format as JSON, or as base64 of zlib-compressed JSON.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is neither, or under the conditions of [`Schema::from_value`].
    ///
    /// ```
    /// use catchment_schema::Schema;
    ///
    /// let schema = Schema::new("rivers");
    /// assert_eq!(Schema::from_stored_text(&schema.to_value().to_string())?, schema);
    /// # Ok::<(), catchment_schema::StoredSchemaError>(())
    /// ```
    pub fn from_stored_text(text: &str) -> Result<Schema, StoredSchemaError> {
        let unpacked = match STANDARD.decode(text) {
            Ok(packed) => Some(unpack(&packed, MAX_UNPACKED)?),
            // A JSON object is never valid base64.
            Err(_) => None,
        };
        let value = Value::parse(unpacked.as_deref().unwrap_or(text)).map_err(|error| whole(error.to_string()))?;
        Schema::from_value(&value)
    }

    /// Reads the stored format as YAML: the output of [`Schema::to_yaml`], and dlt's import and export files. Tables and
    /// columns may omit their `name`.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not valid YAML, or under the conditions of [`Schema::from_value`].
    ///
    /// ```
    /// use catchment_schema::{DataType, Schema};
    ///
    /// let yaml = "
    /// engine_version: 11
    /// name: rivers
    /// tables:
    ///   gauges:
    ///     columns:
    ///       level: {data_type: double}
    /// ";
    /// let schema = Schema::from_yaml(yaml)?;
    /// assert_eq!(schema.tables["gauges"].columns["level"].data_type, Some(DataType::Double));
    /// # Ok::<(), catchment_schema::StoredSchemaError>(())
    /// ```
    pub fn from_yaml(text: &str) -> Result<Schema, StoredSchemaError> {
        let value = Value::parse_yaml(text).map_err(|error| whole(error.to_string()))?;
        Schema::from_value(&value)
    }

    /// Returns the stored format as YAML, like dlt's export: tables and columns do not repeat their names, and the hash of
    /// the imported schema is omitted.
    pub fn to_yaml(&self) -> String {
        self.to_export().to_yaml()
    }

    /// Returns the stored format without names of tables and columns and without the hash of the imported schema.
    pub(crate) fn to_export(&self) -> Value {
        let mut stored = self.to_value();
        if let Value::Object(schema) = &mut stored {
            schema.shift_remove(super::IMPORTED_VERSION_HASH);
            for table in objects(schema, "tables") {
                table.shift_remove("name");
                for column in objects(table, "columns") {
                    column.shift_remove("name");
                }
            }
        }
        stored
    }
}

fn objects<'o>(object: &'o mut Object, key: &str) -> impl Iterator<Item = &'o mut Object> {
    let entries = object.get_mut(key).and_then(Value::as_object_mut);
    entries.into_iter().flat_map(|entries| entries.values_mut().filter_map(Value::as_object_mut))
}

fn unpack(packed: &[u8], max: u64) -> Result<String, StoredSchemaError> {
    let mut json = String::new();
    let read = ZlibDecoder::new(packed).take(max + 1).read_to_string(&mut json);
    match read {
        Err(error) => Err(whole(format!("cannot decompress the base64 text with zlib: {error}"))),
        Ok(_) if json.len() as u64 > max => Err(whole(format!("the decompressed schema exceeds the limit of {max} bytes"))),
        Ok(_) => Ok(json),
    }
}

/// Returns an error about the text as a whole.
fn whole(problem: String) -> StoredSchemaError {
    StoredSchemaError { path: "schema".to_owned(), problem }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use catchment_json::Value;
    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::unpack;
    use crate::{Column, DataType, Schema, SchemaDelta, TableDelta};

    const BY_REFERENCE: &str = include_str!("../testdata/by_reference.json");

    fn pack(text: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn reads_plain_and_packed_text() {
        let plain = Schema::from_stored_text(BY_REFERENCE).unwrap();
        let packed = Schema::from_stored_text(&STANDARD.encode(pack(BY_REFERENCE.as_bytes()))).unwrap();
        assert_eq!(plain.to_value(), Value::parse(BY_REFERENCE).unwrap());
        assert_eq!(packed, plain);
    }

    #[test]
    fn rejects_invalid_text() {
        let check = |text: &str, expected: &str| {
            let error = Schema::from_stored_text(text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("invalid stored schema: {expected}")), "{error}");
        };
        check("", "schema: ");
        check("{", "schema: invalid JSON");
        check("[]", "schema: expected an object, found a list");
        check("{}", "engine_version: required key is missing; the document is not a stored schema");
        check("AAAA", "schema: cannot decompress the base64 text with zlib: ");
        check(&STANDARD.encode(pack(b"{\"a\":1")), "schema: invalid JSON");
        check(&STANDARD.encode(pack(&[0xff])), "schema: cannot decompress the base64 text with zlib: ");
    }

    #[test]
    fn rejects_a_zip_bomb() {
        let packed = pack(&[b' '; 5000]);
        assert_eq!(unpack(&packed, 5000).map(|text| text.len()), Ok(5000));
        let error = unpack(&packed, 4999).unwrap_err().to_string();
        assert!(error.ends_with("the decompressed schema exceeds the limit of 4999 bytes"), "{error}");
    }

    fn odd_schema() -> Schema {
        let mut column = Column::new("no", DataType::Decimal).with_hint("x-ours");
        column.hints.extend([("description".to_owned(), Value::from("a: b\n#c")), ("scale".to_owned(), Value::from(2))]);
        let mut schema = Schema::new("odd");
        schema.apply(&SchemaDelta::from(TableDelta::root("1e3", vec![column, Column::new("ü", DataType::Text)])));
        schema.extra.insert("x-more".to_owned(), Value::parse(r#"{"a":[1.50,null,"~",{"name":[]}]}"#).unwrap());
        schema.update_version();
        schema
    }

    #[test]
    fn yaml_matches_the_export_of_dlt() {
        insta::assert_snapshot!(odd_schema().to_yaml());
    }

    #[test]
    fn yaml_round_trips() {
        for schema in [odd_schema(), Schema::from_stored_text(BY_REFERENCE).unwrap()] {
            assert_eq!(Schema::from_yaml(&schema.to_yaml()), Ok(schema.clone()));
            assert_eq!(Schema::from_yaml(&schema.to_value().to_yaml()), Ok(schema.clone()));
        }
    }

    #[test]
    fn yaml_errors_include_the_location() {
        let check = |yaml: &str, expected: &str| {
            let error = Schema::from_yaml(yaml).unwrap_err().to_string();
            assert_eq!(error, format!("invalid stored schema: {expected}"));
        };
        check("a: 1\na: 2", "schema: invalid YAML at line 2, column 1: duplicate key \"a\" in an object");
        check("name: s\nengine_version: '11'", "engine_version: found \"11\", expected 1 to 11");
    }
}
