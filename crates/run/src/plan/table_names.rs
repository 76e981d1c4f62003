//! Table names of resources, transliterated or as in dlt.

use std::sync::Arc;

use catchment_extract::{Resource, Source, TableName};
use catchment_schema::{Schema, naming};

/// Returns `source` with the table names of its resources in the dataset. A name is transliterated, unless transliteration
/// is off or the resource already has a table under the dlt name.
pub(crate) fn with_dataset_table_names(source: &Source, schema: &Schema, transliterate: bool) -> Source {
    let mut source = source.clone();
    source.resources.iter_mut().for_each(|resource| name(resource, schema, transliterate));
    source
}

fn name(resource: &mut Resource, schema: &Schema, transliterate: bool) {
    let text = match &resource.table_name {
        TableName::Fixed(name) => name,
        TableName::Resource => &resource.name,
        TableName::PerRow(_) if transliterate => return,
        TableName::PerRow(name) => {
            let name = Arc::clone(name);
            resource.table_name = TableName::PerRow(Arc::new(move |row| naming::normalize_path(&name(row))));
            return;
        }
    };
    let (dlt_name, readable) = (naming::normalize_path(text), naming::transliterate_path(text));
    if dlt_name == readable {
        return;
    }
    let is_existing = || schema.tables.get(&dlt_name).is_some_and(|known| known.resource.as_ref() == Some(&resource.name));
    if !transliterate || (is_existing() && !schema.tables.contains_key(&readable)) {
        resource.table_name = TableName::Fixed(dlt_name);
    }
}

#[cfg(test)]
mod tests {
    use catchment_schema::TableHints;

    use super::*;

    #[track_caller]
    fn check(schema: &Schema, transliterate: bool, expected: &[&str]) {
        let source = ["заказы", "клиенты", "orders"].map(|name| Resource::rows(name, [1]));
        let source = source.into_iter().fold(Source::new("s"), Source::with_resource);
        let tables: Vec<String> =
            with_dataset_table_names(&source, schema, transliterate).resources.iter().map(Resource::root_table).collect();
        assert_eq!(tables, expected);
    }

    #[test]
    fn existing_tables_keep_their_dlt_names() {
        let mut schema = Schema::new("s");
        check(&schema, true, &["zakazy", "klienty", "orders"]);
        check(&schema, false, &["x", "x", "orders"]);
        schema.declare("x", "заказы", &TableHints::default()).unwrap();
        check(&schema, true, &["x", "klienty", "orders"]);
        schema.declare("zakazy", "заказы", &TableHints::default()).unwrap();
        check(&schema, true, &["zakazy", "klienty", "orders"]);
    }
}
