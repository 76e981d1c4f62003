//! Import of schemas from files that users edit.

use catchment_json::Value;

use super::IMPORTED_VERSION_HASH;
use crate::{Schema, hash};

impl Schema {
    /// Returns the schema to use after importing `imported` from a file, or `None` if the file has not changed since its
    /// last import and `stored` remains valid.
    ///
    /// A changed file replaces the stored schema, whose hash becomes a previous hash of the new one. The hash of the
    /// imported schema is recorded, so that an unchanged file does not overwrite the additions of later runs.
    ///
    /// ```
    /// use catchment_schema::{Column, DataType, Schema, SchemaDelta, TableDelta};
    ///
    /// let file = Schema::new("rivers");
    /// let mut schema = Schema::import(None, file.clone()).expect("nothing is stored");
    /// schema.apply(&SchemaDelta::from(TableDelta::root("gauges", vec![Column::new("level", DataType::Double)])));
    /// assert_eq!(Schema::import(Some(&schema), file), None);
    /// ```
    pub fn import(stored: Option<&Schema>, mut imported: Schema) -> Option<Schema> {
        imported.update_version();
        let imported_hash = hash::version_hash(&imported);
        if let Some(stored) = stored {
            if stored.imported_version_hash() == Some(&imported_hash) {
                return None;
            }
            let replaced = hash::version_hash(stored);
            if replaced != imported_hash {
                imported.keep_previous_hash(replaced);
            }
        }
        imported.extra.shift_insert(0, IMPORTED_VERSION_HASH.to_owned(), Value::from(imported_hash));
        Some(imported)
    }

    /// Returns the hash of the last imported schema.
    pub fn imported_version_hash(&self) -> Option<&str> {
        self.extra.get(IMPORTED_VERSION_HASH).and_then(Value::as_str)
    }

    /// Records a previous hash of the schema, or of the schema it replaces. Keeps up to ten.
    pub(crate) fn keep_previous_hash(&mut self, hash: String) {
        if !self.previous_hashes.contains(&hash) {
            self.previous_hashes.insert(0, hash);
            self.previous_hashes.truncate(10);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Column, DataType, Schema, SchemaDelta, TableDelta};

    fn with_columns(columns: &[&str]) -> Schema {
        let mut schema = Schema::new("s");
        let columns = columns.iter().map(|name| Column::new(*name, DataType::Text)).collect();
        schema.apply(&SchemaDelta::from(TableDelta::root("t", columns)));
        schema.update_version();
        schema
    }

    #[test]
    fn imports_a_new_schema() {
        let file = with_columns(&["a"]);
        let imported = Schema::import(None, file.clone()).unwrap();
        assert_eq!(imported.imported_version_hash(), file.version_hash.as_deref());
        assert_eq!((imported.version, imported.previous_hashes.len()), (1, 0));
        let keys: Vec<_> = imported.to_value().as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys[7..], ["previous_hashes", "imported_version_hash"]);
    }

    #[test]
    fn does_not_import_an_unchanged_file_again() {
        let file = with_columns(&["a"]);
        let mut schema = Schema::import(None, file.clone()).unwrap();
        assert!(!schema.update_version(), "the imported hash is not part of the content");
        schema.apply(&SchemaDelta::from(TableDelta::root("t", vec![Column::new("b", DataType::Text)])));
        schema.update_version();
        let stored = Schema::from_value(&schema.to_value()).unwrap();
        assert_eq!(Schema::import(Some(&stored), file), None);
    }

    #[test]
    fn a_changed_file_replaces_the_stored_schema() {
        let stored = Schema::import(None, with_columns(&["a"])).unwrap();
        let file = with_columns(&["b"]);
        let imported = Schema::import(Some(&stored), file.clone()).unwrap();
        assert_eq!(imported.tables, file.tables);
        assert_eq!(imported.imported_version_hash(), file.version_hash.as_deref());
        assert_eq!(imported.previous_hashes, [stored.version_hash.unwrap()]);
        assert_eq!(Schema::import(Some(&imported), file), None);
    }

    #[test]
    fn a_file_replaces_a_stored_schema_without_import() {
        let stored = with_columns(&["a"]);
        let imported = Schema::import(Some(&stored), stored.clone()).unwrap();
        assert_eq!(imported.previous_hashes, Vec::<String>::new());
        assert_eq!(imported.imported_version_hash(), stored.version_hash.as_deref());
    }

    #[test]
    fn an_edited_file_may_have_a_stale_hash() {
        let yaml = with_columns(&["a"]).to_yaml();
        let edited = yaml.replace("a:\n", "b:\n");
        let (file, edited) = (Schema::from_yaml(&yaml).unwrap(), Schema::from_yaml(&edited).unwrap());
        let stored = Schema::import(None, file).unwrap();
        let imported = Schema::import(Some(&stored), edited).unwrap();
        assert_eq!((imported.version, imported.previous_hashes.len()), (2, 1));
    }
}
