//! Names that are words of SQL, or have other characters than letters.

use catchment_json::Value;
use catchment_schema::{Column, DataType, MergeOptions, MergeStrategy};

use super::load_mode::LoadMode::{self, Append, DeleteInsert, InsertOnly, Replace, Scd2, Upsert};
use crate::testing::case::cases_by_strategy;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases_by_strategy! { [
    ("append", Append),
    ("replace", Replace),
    ("delete_insert", DeleteInsert),
    ("upsert", Upsert),
    ("insert_only", InsertOnly),
    ("scd2", Scd2)
]:
    quotes_words_of_sql,
    quotes_quotes,
    takes_names_of_the_greatest_length,
}

fn quotes_words_of_sql(trial: &mut TestContext<'_>, way: LoadMode) -> Result<(), Mismatch> {
    let mut table = way.resource("select", &["group"]);
    if !matches!(way, Append | Replace) {
        table = table.hard_delete("delete");
    }
    if matches!(way, DeleteInsert | Upsert | InsertOnly) {
        table = table.dedup_sort("limit", "desc");
    }
    if way == Scd2 {
        let names = Some(("from".to_owned(), "to".to_owned()));
        let options = MergeOptions { strategy: MergeStrategy::Scd2, validity_column_names: names, ..MergeOptions::default() };
        table = table.options(options).merge_key(&["group"]);
    }
    trial.load(&table, r#"[{"group":1,"order":"a","limit":1,"delete":false,"table":[{"where":true,"null":["x"]}]},{"group":2,"order":"b","limit":1}]"#)?;
    trial.load(&table, r#"[{"group":1,"order":"c","limit":2,"delete":false,"table":[{"where":false,"null":["y"]}]}]"#)?;
    let expected = match way {
        Append | Scd2 => ["1 a; 2 b; 1 c", "true; false", "x; y"],
        Replace => ["1 c", "false", "y"],
        DeleteInsert | Upsert => ["1 c; 2 b", "false", "y"],
        InsertOnly => ["1 a; 2 b", "true", "x"],
    };
    let queries = [
        r#"SELECT "group", "order" FROM "select""#,
        r#"SELECT "where" FROM "select__table""#,
        r#"SELECT "value" FROM "select__table__null""#,
    ];
    for (sql, expected) in queries.iter().zip(expected) {
        trial.expect(sql, expected)?;
    }
    if way == Scd2 {
        let expected = "1 2024-01-01 2024-01-02; 1 2024-01-02 -; 2 2024-01-01 -";
        trial.expect(r#"SELECT "group", "from", "to" FROM "select""#, expected)?;
    }
    Ok(())
}

const ODD_TABLE: &str = r#"Odd "table's" näme; -- 1"#;
const ODD_KEY: &str = r#"the "Key" 'k'"#;
const ODD_COLUMNS: [&str; 6] = ["1st", "UPPER Lower", "semi;colon", "back\\slash `tick`", "per%cent {} $1 ?", "ünïcödé 日本 🦀"];
const ODD_LIST: &str = r#"a "list""#;
const ODD_DELETED: &str = r#"is "gone""#;
const ODD_SORT: &str = r#"sort "by""#;

/// Loads a row with odd names for everything; hints are set in the schema, as names that are declared are normalised.
fn load_odd(trial: &mut TestContext<'_>, way: LoadMode, key: i64, value: &str) -> Result<(), Mismatch> {
    let declared = match way {
        Append => TestResource::append(ODD_TABLE),
        Replace => TestResource::replace(ODD_TABLE),
        Scd2 => TestResource::merge(ODD_TABLE, MergeStrategy::Scd2, &[]),
        DeleteInsert | Upsert | InsertOnly => TestResource::merge(ODD_TABLE, MergeStrategy::DeleteInsert, &[]),
    };
    let mut draft = trial.package_builder(&[&declared])?;
    if let Some(table) = draft.schema.tables.get_mut(ODD_TABLE) {
        let hint = if way == Scd2 { "merge_key" } else { "primary_key" };
        let mut sort = Column::new(ODD_SORT, DataType::Bigint);
        sort.hints.insert("dedup_sort".to_owned(), Value::from("desc"));
        let deleted = Column::new(ODD_DELETED, DataType::Bool).with_hint("hard_delete");
        let key = Column::new(ODD_KEY, DataType::Bigint).not_null().with_hint(hint);
        for column in [key, deleted, sort] {
            table.columns.insert(column.name.clone(), column);
        }
        let strategy = match way {
            Upsert => Some(MergeStrategy::Upsert),
            InsertOnly => Some(MergeStrategy::InsertOnly),
            _ => None,
        };
        if let Some(strategy) = strategy {
            table.hints.insert("x-merge-strategy".to_owned(), Value::from(strategy.name()));
        }
    }
    let list =
        Value::Array(vec![Value::object([(ODD_KEY, Value::from(value)), (ODD_LIST, Value::Array(vec![Value::from(value)]))])]);
    let entries = [(ODD_KEY, Value::from(key)), (ODD_DELETED, Value::from(false)), (ODD_SORT, Value::from(1)), (ODD_LIST, list)];
    let columns = ODD_COLUMNS.map(|name| (name, Value::from(value)));
    draft.rows_from_values(ODD_TABLE, &[Value::object(entries.into_iter().chain(columns))])?;
    trial.load_package(&draft.seal()?)
}

fn quotes_quotes(trial: &mut TestContext<'_>, way: LoadMode) -> Result<(), Mismatch> {
    for (key, value) in [(1, "a"), (2, "b"), (1, "c")] {
        load_odd(trial, way, key, value)?;
    }
    let expected = match way {
        Append | Scd2 => "a; b; c",
        Replace => "c",
        DeleteInsert | Upsert => "b; c",
        InsertOnly => "a; b",
    };
    let columns = ODD_COLUMNS.map(TestContext::name).join(", ");
    let rows: Vec<String> = expected.split("; ").map(|value| [value; ODD_COLUMNS.len()].join(" ")).collect();
    trial.expect(&format!("SELECT {columns} FROM {}", TestContext::name(ODD_TABLE)), &rows.join("; "))?;
    let list = format!("{ODD_TABLE}__{ODD_LIST}");
    trial.expect(&format!("SELECT {} FROM {}", TestContext::name(ODD_KEY), TestContext::name(&list)), expected)?;
    trial.expect(
        &format!("SELECT {} FROM {}", TestContext::name("value"), TestContext::name(&format!("{list}__{ODD_LIST}"))),
        expected,
    )
}

/// Names are not made longer than this, whatever the destination says.
const LONGEST: usize = 300;

fn takes_names_of_the_greatest_length(trial: &mut TestContext<'_>, way: LoadMode) -> Result<(), Mismatch> {
    let length = trial.destination.max_identifier_length().unwrap_or(LONGEST).min(LONGEST);
    let name = |letter: &str| letter.repeat(length);
    // the names of the tables below it have the same length
    let (key, column, list) = (name("k"), name("c"), "l".repeat(length.saturating_sub("items__".len())));
    let items = way.resource("items", &[&key]);
    let alone = way.resource(&name("t"), &[&key]);
    for value in ["a", "b"] {
        let row = [(key.as_str(), Value::from(1)), (column.as_str(), Value::from(value))];
        let with_list = row.clone().into_iter().chain([(list.as_str(), Value::Array(vec![Value::from(value)]))]);
        let mut draft = trial.package_builder(&[&items, &alone])?;
        draft.rows_from_values("items", &[Value::object(with_list)])?;
        draft.rows_from_values(&alone.table, &[Value::object(row)])?;
        trial.load_package(&draft.seal()?)?;
    }
    let expected = match way {
        Append | Scd2 => "a; b",
        Replace | DeleteInsert | Upsert => "b",
        InsertOnly => "a",
    };
    for table in ["items", &alone.table] {
        trial.expect(&format!("SELECT {column} FROM {table}"), expected)?;
    }
    trial.expect(&format!("SELECT value FROM items__{list}"), expected)
}
