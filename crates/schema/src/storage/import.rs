//! Schemas that people keep in files beside a pipeline.

use catchment_json::Value;

use super::IMPORTED_VERSION_HASH;
use crate::{Schema, hash};

impl Schema {
    /// The schema to go on with where a file has `imported` for it, and `stored` is what earlier runs made of it. None
    /// where that is `stored`: the file is as it was when it was imported.
    ///
    /// A file that changed takes the place of what is stored, and keeps the hash of that among its previous ones. What
    /// was imported is noted, so that it is not imported again over what later runs add.
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

    /// The hash of the schema that was imported last, if any was.
    pub fn imported_version_hash(&self) -> Option<&str> {
        self.extra.get(IMPORTED_VERSION_HASH).and_then(Value::as_str)
    }

    /// Keeps a hash that the schema, or the one whose place it takes, had before.
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
    fn what_is_new_is_imported() {
        let file = with_columns(&["a"]);
        let imported = Schema::import(None, file.clone()).unwrap();
        assert_eq!(imported.imported_version_hash(), file.version_hash.as_deref());
        assert_eq!((imported.version, imported.previous_hashes.len()), (1, 0));
        let keys: Vec<_> = imported.to_value().as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys[7..], ["previous_hashes", "imported_version_hash"]);
    }

    #[test]
    fn what_was_imported_is_not_imported_again() {
        let file = with_columns(&["a"]);
        let mut schema = Schema::import(None, file.clone()).unwrap();
        assert!(!schema.update_version(), "the note is no content");
        schema.apply(&SchemaDelta::from(TableDelta::root("t", vec![Column::new("b", DataType::Text)])));
        schema.update_version();
        let stored = Schema::from_value(&schema.to_value()).unwrap();
        assert_eq!(Schema::import(Some(&stored), file), None);
    }

    #[test]
    fn what_changed_takes_the_place_of_what_is_stored() {
        let stored = Schema::import(None, with_columns(&["a"])).unwrap();
        let file = with_columns(&["b"]);
        let imported = Schema::import(Some(&stored), file.clone()).unwrap();
        assert_eq!(imported.tables, file.tables);
        assert_eq!(imported.imported_version_hash(), file.version_hash.as_deref());
        assert_eq!(imported.previous_hashes, [stored.version_hash.unwrap()]);
        assert_eq!(Schema::import(Some(&imported), file), None);
    }

    #[test]
    fn a_stored_schema_that_was_never_imported_is_replaced() {
        let stored = with_columns(&["a"]);
        let imported = Schema::import(Some(&stored), stored.clone()).unwrap();
        assert_eq!(imported.previous_hashes, Vec::<String>::new());
        assert_eq!(imported.imported_version_hash(), stored.version_hash.as_deref());
    }

    #[test]
    fn a_file_of_people_has_no_hash_or_a_wrong_one() {
        let yaml = with_columns(&["a"]).to_yaml();
        let edited = yaml.replace("a:\n", "b:\n");
        let (file, edited) = (Schema::from_yaml(&yaml).unwrap(), Schema::from_yaml(&edited).unwrap());
        let stored = Schema::import(None, file).unwrap();
        let imported = Schema::import(Some(&stored), edited).unwrap();
        assert_eq!((imported.version, imported.previous_hashes.len()), (2, 1));
    }
}
