//! Check for conflicts between the tables of resources, before anything is requested.

use catchment_extract::{Resource, Source, TableName};
use catchment_schema::{NestedHints, Schema, WriteDisposition, is_system_table, naming};
use thiserror::Error;

use super::refresh::RefreshMode;

/// A conflict that prevents loading resources into their tables.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TableError {
    /// A resource name or its table name is empty.
    #[error("resource {resource:?} with table {table:?} has an empty name or `table_name`; set a name")]
    EmptyName {
        /// The resource.
        resource: String,
        /// The name of its table.
        table: String,
    },
    /// The table name of a resource is reserved for system tables.
    #[error(
        "resource {resource:?} would be loaded into table `{table}`, but names that begin with `_dlt` or `_catchment` are reserved \
         for system tables; set another `table_name` for the resource"
    )]
    ReservedName {
        /// The table.
        table: String,
        /// The resource.
        resource: String,
    },
    /// Two resources have different names but the same table name.
    #[error(
        "resources {first:?} and {second:?} would both be loaded into table `{table}`, because their names normalize to the same \
         table name; set `table_name` for one of them, or the same `table_name` for both to load them into one table"
    )]
    NameCollision {
        /// The table.
        table: String,
        /// The first resource.
        first: String,
        /// The second resource.
        second: String,
    },
    /// Two resources share a table with conflicting hints.
    #[error(
        "resources {first:?} and {second:?} are both loaded into table `{table}` but have {difference}, so rows of one would be \
         lost; use the same hints for both or set another `table_name` for one of them"
    )]
    HintConflict {
        /// The table.
        table: String,
        /// The first resource.
        first: String,
        /// The second resource.
        second: String,
        /// The conflicting hints.
        difference: String,
    },
    /// The load of a resource would delete rows of another resource that is not selected.
    #[error(
        "resources {resource:?} and {other:?} are both loaded into table `{table}`, and {what} of {resource:?} alone would delete \
         the rows of the other one or duplicate its own; select both"
    )]
    UnselectedRowsLost {
        /// The table.
        table: String,
        /// The selected resource.
        resource: String,
        /// The resource that is not selected.
        other: String,
        /// The operation: a `replace` or a refresh.
        what: &'static str,
    },
    /// The table of a resource is a child table with the rows of a list.
    #[error(
        "resource {resource:?} would be loaded into table `{table}`, which is a child table of `{parent}`; set another \
         `table_name` for the resource"
    )]
    NestedTableConflict {
        /// The table.
        table: String,
        /// The resource.
        resource: String,
        /// The parent table.
        parent: String,
    },
}

/// Returns an error if a resource would mix its rows in one table with those of another resource unintentionally, or with
/// those of a list. `named` is the source with its table names in the dataset.
pub(crate) fn check_table_conflicts(
    source: &Source,
    named: &Source,
    schema: &Schema,
    refresh: Option<RefreshMode>,
) -> Result<(), TableError> {
    let resources: Vec<_> = source.resources.iter().zip(named.resources.iter().map(Resource::root_table)).collect();
    for (at, (resource, table)) in resources.iter().enumerate().filter(|(_, (resource, _))| resource.is_loaded()) {
        check_name(resource, table)?;
        if let Some(parent) = parent(named, schema, resource, table) {
            return Err(TableError::NestedTableConflict { table: table.clone(), resource: resource.name.clone(), parent });
        }
        for (other_at, (other, _)) in resources.iter().enumerate().filter(|(_, (_, other))| other == table) {
            if !other.is_loaded() {
                check_unselected(resource, other, table, refresh)?;
            }
            // An unselected resource conflicts only if it was loaded before.
            let is_rival = if other.is_loaded() { other_at < at } else { other_at != at && has_loaded(schema, other, table) };
            if is_rival {
                check_pair(other, resource, table)?;
            }
        }
    }
    Ok(())
}

/// Returns an error if a replace or refresh of one resource would affect a table shared with an unselected resource.
fn check_unselected(resource: &Resource, other: &Resource, table: &str, refresh: Option<RefreshMode>) -> Result<(), TableError> {
    let what = match refresh {
        Some(RefreshMode::DropResources | RefreshMode::DropData) => "a refresh",
        _ if resource.write_disposition == WriteDisposition::Replace => "a `replace`",
        _ => return Ok(()),
    };
    let (resource, other, table) = (resource.name.clone(), other.name.clone(), table.to_owned());
    Err(TableError::UnselectedRowsLost { table, resource, other, what })
}

fn check_name(resource: &Resource, table: &str) -> Result<(), TableError> {
    let name = resource.name.clone();
    if name.trim().is_empty() || text(resource).trim().is_empty() {
        return Err(TableError::EmptyName { resource: name, table: text(resource).to_owned() });
    }
    if is_system_table(table) && !matches!(resource.table_name, TableName::PerRow(_)) {
        return Err(TableError::ReservedName { table: table.to_owned(), resource: name });
    }
    Ok(())
}

fn has_loaded(schema: &Schema, resource: &Resource, table: &str) -> bool {
    schema.tables.get(table).is_some_and(|known| known.has_seen_data() && known.resource.as_deref() == Some(&resource.name))
}

/// Returns the parent table of `table` if it is a child table in the dataset or in the declaration of another resource.
fn parent(source: &Source, schema: &Schema, resource: &Resource, table: &str) -> Option<String> {
    let known = schema.tables.get(table).filter(|known| known.has_seen_data());
    let declared = || {
        let others = source.selected_resources().filter(|other| other.name != resource.name);
        others.into_iter().find_map(|other| parent_of_list(&other.root_table(), &other.nested_hints, table))
    };
    known.and_then(|known| known.parent.clone()).or_else(declared)
}

/// Returns the parent of the table `wanted` among nested hints.
fn parent_of_list(table: &str, lists: &[NestedHints], wanted: &str) -> Option<String> {
    lists.iter().find_map(|list| {
        let name = naming::join(table, &naming::transliterate_identifier(&list.field), None);
        if name == wanted { Some(table.to_owned()) } else { parent_of_list(&name, &list.hints.nested, wanted) }
    })
}

fn check_pair(first: &Resource, second: &Resource, table: &str) -> Result<(), TableError> {
    let (table, names) = (table.to_owned(), (first.name.clone(), second.name.clone()));
    if text(first) != text(second) {
        return Err(TableError::NameCollision { table, first: names.0, second: names.1 });
    }
    match difference(first, second) {
        Some(difference) => Err(TableError::HintConflict { table, first: names.0, second: names.1, difference }),
        None => Ok(()),
    }
}

/// Returns the table name as set by the user.
fn text(resource: &Resource) -> &str {
    match &resource.table_name {
        TableName::Fixed(name) => name,
        TableName::Resource | TableName::PerRow(_) => &resource.name,
    }
}

/// Returns the difference in hints that would lose rows of one of two resources in one table.
fn difference(first: &Resource, second: &Resource) -> Option<String> {
    let (of_first, of_second) = (first.write_disposition, second.write_disposition);
    if of_first != of_second {
        return Some(format!("the write dispositions `{}` and `{}`", of_first.name(), of_second.name()));
    }
    if of_first != WriteDisposition::Merge {
        return None;
    }
    let keys = |fields: &[String]| -> Vec<String> { fields.iter().map(|field| naming::transliterate_path(field)).collect() };
    if keys(&first.primary_key) != keys(&second.primary_key) {
        return Some("different primary keys".to_owned());
    }
    if keys(&first.merge_key) != keys(&second.merge_key) {
        return Some("different merge keys".to_owned());
    }
    (first.merge != second.merge).then(|| "different merge strategies".to_owned())
}

#[cfg(test)]
mod tests {
    use catchment_schema::{SchemaDelta, TableDelta, TableHints};

    use super::*;

    fn resource(name: &str) -> Resource {
        Resource::rows(name, [1])
    }

    fn merged(name: &str, key: &str) -> Resource {
        resource(name).table_name("t").write_disposition(WriteDisposition::Merge).primary_key([key])
    }

    #[track_caller]
    fn check_source(resources: impl IntoIterator<Item = Resource>, schema: &Schema, expected: &str) {
        let source = resources.into_iter().fold(Source::new("s"), Source::with_resource);
        let named = crate::plan::table_names::with_dataset_table_names(&source, schema, false);
        assert_eq!(
            check_table_conflicts(&source, &named, schema, None).err().map(|error| error.to_string()).unwrap_or_default(),
            expected
        );
    }

    const SAME: &str = "resources \"my items\" and \"my_items\" would both be loaded into table `my_items`, because their names \
                        normalize to the same table name; set `table_name` for one of them, or the same `table_name` for both to \
                        load them into one table";

    #[test]
    fn colliding_table_names_are_rejected() {
        let new = Schema::new("s");
        check_source([resource("my items"), resource("my_items")], &new, SAME);
        check_source([resource("my items"), resource("my_items").table_name("others")], &new, "");
        check_source([resource("my items"), resource("my_items").selected(false)], &new, "");
    }

    #[test]
    fn names_without_ascii_letters_collide() {
        let expected = "resources \"заказы\" and \"клиенты\" would both be loaded into table `x`, because their names normalize to \
                        the same table name; set `table_name` for one of them, or the same `table_name` for both to load them \
                        into one table";
        check_source([resource("заказы"), resource("клиенты")], &Schema::new("s"), expected);
    }

    #[test]
    fn an_unselected_resource_keeps_its_existing_table() {
        let mut schema = Schema::new("s");
        schema.declare("my_items", "my items", &TableHints::default()).unwrap();
        schema.tables["my_items"].set_seen_data();
        check_source([resource("my items").selected(false), resource("my_items")], &schema, SAME);
    }

    #[test]
    fn resources_with_equal_hints_share_a_table() {
        let new = Schema::new("s");
        let lost = |difference: &str| {
            format!(
                "resources \"a\" and \"b\" are both loaded into table `t` but have {difference}, so rows of one would be lost; use \
                 the same hints for both or set another `table_name` for one of them"
            )
        };
        check_source([resource("a").table_name("t"), resource("b").table_name("t")], &new, "");
        check_source([resource("t"), resource("b").table_name("t")], &new, "");
        check_source([merged("a", "id"), merged("b", "ID")], &new, "");
        check_source([merged("a", "id"), merged("b", "key")], &new, &lost("different primary keys"));
        check_source(
            [resource("a").table_name("t"), resource("b").table_name("t").write_disposition(WriteDisposition::Replace)],
            &new,
            &lost("the write dispositions `append` and `replace`"),
        );
    }

    #[test]
    fn a_shared_table_is_only_replaced_or_refreshed_by_all_its_resources() {
        let check = |disposition: WriteDisposition, is_selected: bool, refresh: Option<RefreshMode>, expected: &str| {
            let resources = [resource("a"), resource("b").selected(is_selected)];
            let resources = resources.map(|resource| resource.table_name("t").write_disposition(disposition));
            let source = resources.into_iter().fold(Source::new("s"), Source::with_resource);
            let named = crate::plan::table_names::with_dataset_table_names(&source, &Schema::new("s"), false);
            let found = super::check_table_conflicts(&source, &named, &Schema::new("s"), refresh);
            let found = found.err().map(|error| error.to_string()).unwrap_or_default();
            assert!(found.contains(expected) && found.is_empty() == expected.is_empty(), "{found}");
        };
        let alone = "a `replace` of \"a\" alone would delete the rows of the other one";
        check(WriteDisposition::Replace, false, None, alone);
        check(WriteDisposition::Append, false, Some(RefreshMode::DropResources), "a refresh of \"a\" alone");
        check(WriteDisposition::Append, false, Some(RefreshMode::DropSources), "");
        check(WriteDisposition::Append, false, None, "");
        check(WriteDisposition::Replace, true, Some(RefreshMode::DropData), "");
    }

    #[test]
    fn system_table_names_are_reserved() {
        let new = Schema::new("s");
        let expected = |resource: &str, table: &str| {
            format!(
                "resource {resource:?} would be loaded into table `{table}`, but names that begin with `_dlt` or `_catchment` are \
                 reserved for system tables; set another `table_name` for the resource"
            )
        };
        check_source([resource("_dlt_pipeline_state")], &new, &expected("_dlt_pipeline_state", "_dlt_pipeline_state"));
        check_source([resource("a").table_name("_DltLoads")], &new, &expected("a", "_dlt_loads"));
        check_source([resource("_catchment_cursor_rows")], &new, &expected("_catchment_cursor_rows", "_catchment_cursor_rows"));
        check_source([resource("_dlt_version").table_name("versions")], &new, "");
        check_source([resource("dlt_version")], &new, "");
    }

    #[test]
    fn empty_names_are_rejected() {
        let new = Schema::new("s");
        let expected = |resource: &str, table: &str| {
            format!("resource {resource:?} with table {table:?} has an empty name or `table_name`; set a name")
        };
        check_source([resource("")], &new, &expected("", ""));
        check_source([resource("a").table_name(" ")], &new, &expected("a", " "));
    }

    #[test]
    fn child_tables_are_rejected() {
        let expected = "resource \"orders__items\" would be loaded into table `orders__items`, which is a child table of \
                        `orders`; set another `table_name` for the resource";
        let columns = Vec::new();
        let child = TableDelta { name: "orders__items".to_owned(), parent: Some("orders".to_owned()), columns };
        let mut schema = Schema::new("s");
        schema.apply(&SchemaDelta { tables: vec![child] });
        schema.tables["orders__items"].set_seen_data();
        check_source([resource("orders__items")], &schema, expected);
        let items = NestedHints { field: "Items".to_owned(), hints: TableHints::default() };
        let orders = resource("orders").nested_hints([items]);
        check_source([orders.clone(), resource("orders__items")], &Schema::new("s"), expected);
        check_source([orders], &schema, "");
    }
}
