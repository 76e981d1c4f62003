//! Naive flattening of a row into values by column and lists by table.

use catchment_json::Value;
use catchment_schema::{ColumnType, ContractMode, naming, short_hash};
use indexmap::IndexMap;

use super::{Naive, Refused};

/// The precedence for a name, lowest first: depth, whether the key differs from the name, key, path of the object.
type Rank = (usize, bool, String, String);

/// A value of a row and its key.
#[derive(Clone)]
struct Found {
    rank: Rank,
    /// The path of keys as spelled by the source, separated by dots.
    spelt: String,
    path: String,
    value: Value,
    level: i64,
}

/// The values of a row by column, or its lists by suffix of the table name.
type ByName = IndexMap<String, Found>;

/// The link of a child row: table and id of its parent row, and the index in the list.
#[derive(Clone, Copy)]
pub(super) struct Link<'l> {
    pub(super) table: &'l str,
    pub(super) id: &'l str,
    pub(super) index: i128,
}

impl Naive {
    /// Loads a row of the table at `path` and its child rows. `wrap` is the key for a value that is not an object.
    pub(super) fn row(&mut self, path: &str, link: Option<Link<'_>>, row: &Value, wrap: &str, level: i64) -> Result<(), Refused> {
        let table = self.short(path);
        let wrapped = if row.as_object().is_some() { row.clone() } else { Value::object([(wrap, row.clone())]) };
        let before = (self.renamed.clone(), self.nulls.clone());
        let (values, lists) = self.flatten(&table, &wrapped, level)?;
        let given = values.get("_dlt_id").and_then(|found| found.value.as_str()).filter(|id| !id.is_empty());
        let id = match (given, link) {
            (Some(given), _) => given.to_owned(),
            (None, Some(link)) => short_hash::<10>(&format!("{}_{table}_{}", link.id, link.index)),
            (None, None) => String::new(),
        };
        let values: Vec<(String, Value)> =
            values.into_iter().filter(|(column, _)| column != "_dlt_id").map(|(column, found)| (column, found.value)).collect();
        if !self.place(&table, link, &id, &values)? {
            (self.renamed, self.nulls) = before;
            self.discard(path, &wrapped, level)?;
            return Ok(());
        }
        for list in lists.values() {
            let path = format!("{path}__{}", list.path);
            for (index, element) in list.value.as_array().unwrap().iter().enumerate() {
                let link = Link { table: &table, id: &id, index: index as i128 };
                let is_list = element.as_array().is_some();
                let (wrap, level) = if is_list { ("list", list.level - 2) } else { ("value", list.level - 1) };
                self.row(&path, Some(link), element, wrap, level)?;
            }
        }
        Ok(())
    }

    /// Counts a discarded row and its child rows.
    fn discard(&mut self, path: &str, row: &Value, level: i64) -> Result<(), Refused> {
        let mut scratch = Naive::new(self.settings.clone());
        scratch.settings.contract = Default::default();
        scratch.row(path, None, row, "value", level)?;
        for (name, table) in &scratch.tables {
            self.discarded.entry(name.clone()).or_default().rows += table.rows.len() as u64;
        }
        Ok(())
    }

    /// Returns the values of a row by column and its lists by suffix of the table name, both in order.
    fn flatten(&mut self, table: &str, row: &Value, level: i64) -> Result<(ByName, ByName), Refused> {
        let (mut values, mut lists) = (ByName::new(), ByName::new());
        let mut stack = vec![(row.clone(), String::new(), String::new(), 0, level)];
        while let Some((object, prefix, above, depth, level)) = stack.pop() {
            let keys: Vec<&String> = object.as_object().unwrap().keys().collect();
            for (key, value) in object.as_object().unwrap() {
                let name = naming::normalize_key(key);
                let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}__{name}") };
                let spelt = if prefix.is_empty() { key.clone() } else { format!("{above}.{key}") };
                let same_name = keys.iter().filter(|other| naming::normalize_key(other) == name);
                let best = same_name.min_by_key(|other| (***other != name, **other)).unwrap();
                let mut found =
                    Found { rank: (depth, *key != name, key.clone(), prefix.clone()), spelt, path, value: value.clone(), level };
                if *best != key {
                    found = self.renamed(table, found);
                    found.rank.1 = true;
                }
                let column = self.short(&found.path);
                let stays_json = level <= 0 || self.is_json(table, &column);
                match value {
                    Value::Null => {
                        self.nulls.insert((table.to_owned(), column));
                    }
                    Value::Object(_) if !stays_json => {
                        stack.push((value.clone(), found.path, found.spelt, depth + 1, level - 1));
                    }
                    Value::Array(_) if !stays_json => self.put(table, &mut lists, column, found)?,
                    _ => self.put(table, &mut values, column, found)?,
                }
            }
        }
        Ok((values, lists))
    }

    /// Inserts `found` under `name`, which may be taken. The value that loses the name is appended at the end. A list that
    /// wins takes the position of the loser; a value that wins is appended.
    fn put(&mut self, table: &str, all: &mut ByName, name: String, found: Found) -> Result<(), Refused> {
        let Some(known) = all.get(&name).cloned() else {
            all.insert(name, found);
            return Ok(());
        };
        let loser = if found.rank < known.rank {
            if found.value.as_array().is_none() {
                all.shift_remove(&name);
            }
            all.insert(name, found);
            known
        } else {
            found
        };
        let loser = self.renamed(table, loser);
        let name = self.short(&loser.path);
        if all.insert(name, loser).is_some() { Err(Refused::Undecided) } else { Ok(()) }
    }

    /// Returns true if the column is JSON, so that objects and lists under its key stay JSON.
    fn is_json(&self, table: &str, column: &str) -> bool {
        self.tables.get(table).and_then(|table| table.columns.get(column)) == Some(&ColumnType::Json)
    }

    fn renamed(&mut self, table: &str, found: Found) -> Found {
        let key = &found.rank.2;
        let path = format!("{}_{}", found.path, naming::tag(&found.spelt));
        self.renamed.insert((table.to_owned(), key.clone(), path.clone()));
        Found { path, ..found }
    }

    /// Returns the mode for creating the table.
    pub(super) fn table_mode(&self, table: &str) -> ContractMode {
        self.guard(table).table()
    }
}
