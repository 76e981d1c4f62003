//! Table names that are computed per row.

use std::collections::HashMap;

use catchment_json::Selection;
use catchment_schema::is_system_table;
use catchment_schema::naming::transliterate_path;
use indexmap::IndexMap;

use crate::resource::TableName;
use crate::{ExtractError, Resource};

/// The table names that rows have used so far, and their normalized forms.
#[derive(Debug, Default)]
pub(super) struct TableNames {
    /// The normalized table of each table name.
    tables: HashMap<String, String>,
    /// The first table name of each normalized table.
    names: HashMap<String, String>,
}

impl TableNames {
    /// Groups the rows of a page by table.
    ///
    /// # Errors
    ///
    /// Returns an error if two names have the same normalized table, or if a name is empty or reserved for system
    /// tables.
    pub(super) fn by_table(&mut self, resource: &Resource, rows: Selection) -> Result<Vec<(String, Selection)>, ExtractError> {
        let TableName::PerRow(name) = &resource.table_name else { return Ok(vec![(resource.root_table(), rows)]) };
        let mut tables: IndexMap<String, Vec<_>> = IndexMap::new();
        for node in rows.nodes() {
            let name = name(node);
            let table = match self.tables.get(&name) {
                Some(table) => table,
                None => self.add(resource, name)?,
            };
            match tables.get_mut(table) {
                Some(ids) => ids.push(node.id()),
                None => drop(tables.insert(table.clone(), vec![node.id()])),
            }
        }
        Ok(tables.into_iter().map(|(table, ids)| (table, Selection { document: rows.document.clone(), ids })).collect())
    }

    fn add(&mut self, resource: &Resource, name: String) -> Result<&String, ExtractError> {
        let table = transliterate_path(&name);
        let reject = |name, problem| Err(ExtractError::TableName { resource: resource.name.clone(), name, problem });
        if name.trim().is_empty() {
            return reject(name, "it is empty");
        }
        if is_system_table(&table) {
            return reject(name, "names that begin with `_dlt` or `_catchment` are reserved for system tables");
        }
        if let Some(first) = self.names.insert(table.clone(), name.clone()) {
            return Err(ExtractError::TableNameCollision { resource: resource.name.clone(), table, first, second: name });
        }
        Ok(self.tables.entry(name).or_insert(table))
    }
}
