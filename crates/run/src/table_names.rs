//! The tables of resources whose names are in other scripts.

use std::sync::Arc;

use catchment_extract::{Resource, Source, TableName};
use catchment_schema::{Schema, naming};

/// `source` with the names that the tables of its resources have: those of dlt where names are not transliterated, and
/// where a resource has its table under such a name already.
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
    let (of_reference, readable) = (naming::normalize_path(text), naming::transliterate_path(text));
    if of_reference == readable {
        return;
    }
    let is_ours = || schema.tables.get(&of_reference).is_some_and(|known| known.resource.as_ref() == Some(&resource.name));
    if !transliterate || (is_ours() && !schema.tables.contains_key(&readable)) {
        resource.table_name = TableName::Fixed(of_reference);
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
    fn resources_have_tables_that_can_be_read_or_those_that_they_had() {
        let mut schema = Schema::new("s");
        check(&schema, true, &["zakazy", "klienty", "orders"]);
        check(&schema, false, &["x", "x", "orders"]);
        schema.declare("x", "заказы", &TableHints::default()).unwrap();
        check(&schema, true, &["x", "klienty", "orders"]);
        schema.declare("zakazy", "заказы", &TableHints::default()).unwrap();
        check(&schema, true, &["zakazy", "klienty", "orders"]);
    }
}
