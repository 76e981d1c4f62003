//! Rows can be reconstructed from their tables.
//!
//! Nulls, empty objects and empty lists are lost; as list elements they become empty rows. Keys are single identifiers,
//! because `a__b` and `{"a":{"b":…}}` share a column, and no key is `value` or `list`, because elements that are not
//! objects become objects with these keys. Rows that cannot be loaded together are ignored.

use std::collections::BTreeMap;

use catchment_json::Value;
use catchment_schema::{ColumnType, Schema, is_system_name};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::cell::Cell;
use crate::convert::convert;
use crate::generate::{Alphabet, Json, SCALARS, texts};
use crate::independence::{options, plans};
use crate::load::{Loaded, Plan, Row, load};
use crate::tables::config;

const ROWS: Alphabet = Alphabet { keys: &["a", "b", "c", "d", "e", "f"], scalars: SCALARS, twice: false, depth: 4 };

/// The content of a row that survives normalization.
#[derive(Debug, Clone)]
enum Rest<T> {
    Nothing,
    Scalar(T),
    List(Vec<Rest<T>>),
    Object(BTreeMap<String, Rest<T>>),
}

impl<T> Rest<T> {
    fn is_nothing(&self) -> bool {
        match self {
            Rest::Nothing => true,
            Rest::Scalar(_) => false,
            Rest::List(elements) => elements.is_empty(),
            Rest::Object(entries) => entries.values().all(Rest::is_nothing),
        }
    }
}

/// Returns the source value without lost content.
fn of_source(value: &Value) -> Rest<Value> {
    match value {
        Value::Null => Rest::Nothing,
        Value::Array(elements) => Rest::List(elements.iter().map(of_source).collect()),
        Value::Object(entries) => Rest::Object(entries.iter().map(|(key, value)| (key.clone(), of_source(value))).collect()),
        scalar => Rest::Scalar(scalar.clone()),
    }
}

/// Reconstructs a row of `table` with its child rows.
fn of_tables(loaded: &Loaded, table: &str, row: &Row) -> Rest<(ColumnType, Cell)> {
    let mut rest = Rest::Nothing;
    for (column, cell) in row.iter().filter(|(column, _)| !is_system_name(column)) {
        let definition = &loaded.schema.tables[table].columns[column];
        let column_type = definition.column_type().unwrap();
        let variant = format!("__v_{}", column_type.data_type());
        let path = if definition.has_hint("variant") { column.strip_suffix(&variant).unwrap() } else { column };
        put(&mut rest, path, Rest::Scalar((column_type, cell.clone())));
    }
    for child in children(&loaded.schema, table) {
        let belongs = |child: &&Row| child["_dlt_parent_id"] == row["_dlt_id"];
        let mut rows: Vec<&Row> = loaded.tables[child].iter().filter(belongs).collect();
        rows.sort_by_key(|row| row["_dlt_list_idx"].clone());
        if !rows.is_empty() {
            let elements = rows.into_iter().map(|row| of_tables(loaded, child, row)).collect();
            put(&mut rest, child.strip_prefix(table).and_then(|path| path.strip_prefix("__")).unwrap(), Rest::List(elements));
        }
    }
    rest
}

fn children<'s>(schema: &'s Schema, table: &'s str) -> impl Iterator<Item = &'s str> {
    schema.tables.values().filter(move |child| child.parent.as_deref() == Some(table)).map(|child| child.name.as_str())
}

/// Inserts `value` at `path`. The paths `value` and `list` denote list elements that are not objects.
fn put<T: std::fmt::Debug>(rest: &mut Rest<T>, path: &str, value: Rest<T>) {
    if path == "value" || path == "list" {
        assert!(rest.is_nothing(), "an element has two values: {rest:?} {value:?}");
        *rest = value;
        return;
    }
    let mut at = rest;
    for key in path.split("__") {
        if at.is_nothing() && !matches!(at, Rest::Object(_)) {
            *at = Rest::Object(BTreeMap::new());
        }
        let Rest::Object(entries) = at else { panic!("{path} is below a scalar or a list") };
        at = entries.entry(key.to_owned()).or_insert(Rest::Nothing);
    }
    assert!(at.is_nothing(), "{path} has two values: {at:?} {value:?}");
    *at = value;
}

/// Returns true if the tables contain the source value, converted to the types of the columns.
fn agree(source: &Rest<Value>, found: &Rest<(ColumnType, Cell)>, exact: bool) -> bool {
    match (source, found) {
        (source, found) if source.is_nothing() || found.is_nothing() => source.is_nothing() && found.is_nothing(),
        (Rest::Scalar(source), Rest::Scalar((column_type, cell))) => convert(*column_type, source, exact).as_ref() == Some(cell),
        (Rest::List(source), Rest::List(found)) => {
            source.len() == found.len() && source.iter().zip(found).all(|(source, found)| agree(source, found, exact))
        }
        (Rest::Object(source), Rest::Object(found)) => {
            let nothing = (Rest::Nothing, Rest::Nothing);
            let mut keys = source.keys().chain(found.keys());
            keys.all(|key| agree(source.get(key).unwrap_or(&nothing.0), found.get(key).unwrap_or(&nothing.1), exact))
        }
        _ => false,
    }
}

fn check_rejoined(rows: &[Json], plan: &Plan, widening: bool) -> TestCaseResult {
    let texts = texts(rows);
    let Ok(loaded) = load(&Schema::new("s"), &options(widening), &texts, plan) else { return Ok(()) };
    let found = &loaded.tables["t"];
    prop_assert_eq!(found.len(), rows.len());
    for (source, row) in rows.iter().zip(found) {
        let (source, found) = (of_source(&Value::parse(&source.to_string()).unwrap()), of_tables(&loaded, "t", row));
        prop_assert!(agree(&source, &found, widening), "{source:?}\nis not\n{found:?}");
    }
    Ok(())
}

/// Counts the scalars of a value that are not null.
fn scalars(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Array(elements) => elements.iter().map(scalars).sum(),
        Value::Object(entries) => entries.values().map(scalars).sum(),
        _ => 1,
    }
}

/// Checks that each scalar is in a column, regardless of names.
fn check_complete(rows: &[Json], plan: &Plan) -> TestCaseResult {
    let texts = texts(rows);
    let Ok(loaded) = load(&Schema::new("s"), &options(true), &texts, plan) else { return Ok(()) };
    let source: usize = rows.iter().map(|row| scalars(&Value::parse(&row.to_string()).unwrap())).sum();
    let columns = loaded.tables.values().flatten().flat_map(|row| row.keys());
    prop_assert_eq!(columns.filter(|column| !is_system_name(column)).count(), source);
    Ok(())
}

/// Generates rows with up to four values for `a__b__c`.
fn crowded() -> impl Strategy<Value = Json> {
    any::<[bool; 4]>().prop_map(|[first, second, third, fourth]| {
        let one = || Json::Scalar("1");
        let some = |entries: [(bool, &'static str, Json); 2]| {
            Json::Object(entries.into_iter().filter(|(is_there, ..)| *is_there).map(|(_, key, value)| (key, value)).collect())
        };
        let below = some([(third, "b__c", one()), (fourth, "b", Json::Object(vec![("c", one())]))]);
        let Json::Object(mut row) = some([(first, "a__b__c", one()), (second, "a__b", Json::Object(vec![("c", one())]))]) else {
            return one();
        };
        row.push(("a", below));
        Json::Object(row)
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn rows_can_be_reconstructed(rows in ROWS.rows(3), plan in plans(3), widening: bool) {
        check_rejoined(&rows, &plan, widening)?;
    }

    #[test]
    fn name_collisions_lose_no_values(rows in Alphabet::RIVALS.rows(3), plan in plans(3)) {
        check_complete(&rows, &plan)?;
    }

    #[test]
    fn name_collisions_at_many_depths_lose_no_values(row in crowded()) {
        check_complete(&[row], &Plan::whole(1))?;
    }

    #[test]
    fn keys_named_like_variants_lose_no_values(rows in Alphabet::VARIANTS.rows(4), plan in plans(4)) {
        check_complete(&rows, &plan)?;
    }
}
