//! Names that are SQL keywords or contain special characters.

use catchment_json::Value;
use catchment_schema::{Column, DataType, MergeOptions, MergeStrategy};

use super::load_mode::LoadMode::{self, Append, DeleteInsert, InsertOnly, Replace, Scd2, Upsert};
use crate::IdentifierCharacters;
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

fn quotes_words_of_sql(context: &mut TestContext<'_>, mode: LoadMode) -> Result<(), Mismatch> {
    let mut table = mode.resource("select", &["group"]);
    if !matches!(mode, Append | Replace) {
        table = table.hard_delete("delete");
    }
    if matches!(mode, DeleteInsert | Upsert | InsertOnly) {
        table = table.dedup_sort("limit", "desc");
    }
    if mode == Scd2 {
        let names = Some(("from".to_owned(), "to".to_owned()));
        let options = MergeOptions { strategy: MergeStrategy::Scd2, validity_column_names: names, ..MergeOptions::default() };
        table = table.options(options).merge_key(&["group"]);
    }
    context.load(&table, r#"[{"group":1,"order":"a","limit":1,"delete":false,"table":[{"where":true,"null":["x"]}]},{"group":2,"order":"b","limit":1}]"#)?;
    context.load(&table, r#"[{"group":1,"order":"c","limit":2,"delete":false,"table":[{"where":false,"null":["y"]}]}]"#)?;
    let expected = match mode {
        Append | Scd2 => ["1 a; 2 b; 1 c", "true; false", "x; y"],
        Replace => ["1 c", "false", "y"],
        DeleteInsert | Upsert => ["1 c; 2 b", "false", "y"],
        InsertOnly => ["1 a; 2 b", "true", "x"],
    };
    let queries = [("select", &["group", "order"][..]), ("select__table", &["where"]), ("select__table__null", &["value"])];
    for ((table, columns), expected) in queries.into_iter().zip(expected) {
        context.expect(&select(context, table, columns), expected)?;
    }
    if mode == Scd2 {
        let expected = "1 2024-01-01 2024-01-02; 1 2024-01-02 -; 2 2024-01-01 -";
        context.expect(&select(context, "select", &["group", "from", "to"]), expected)?;
    }
    Ok(())
}

/// Returns a query with quoted names.
fn select(context: &TestContext<'_>, table: &str, columns: &[&str]) -> String {
    let columns = columns.iter().map(|name| context.name(name)).collect::<Vec<_>>().join(", ");
    format!("SELECT {columns} FROM {}", context.name(table))
}

const ODD_TABLE: &str = r#"Odd "table's" näme; -- 1"#;
const ODD_KEY: &str = r#"the "Key" 'k'"#;
const ODD_COLUMNS: [&str; 6] = ["1st", "UPPER Lower", "semi;colon", "back\\slash `tick`", "per%cent {} $1 ?", "ünïcödé 日本 🦀"];
const ODD_LIST: &str = r#"a "list""#;
const ODD_DELETED: &str = r#"is "gone""#;
const ODD_SORT: &str = r#"sort "by""#;

/// Loads a row with unusual names. The hints are set in the schema, because declared names are normalized.
fn load_odd(context: &mut TestContext<'_>, mode: LoadMode, key: i64, value: &str) -> Result<(), Mismatch> {
    let declared = match mode {
        Append => TestResource::append(ODD_TABLE),
        Replace => TestResource::replace(ODD_TABLE),
        Scd2 => TestResource::merge(ODD_TABLE, MergeStrategy::Scd2, &[]),
        DeleteInsert | Upsert | InsertOnly => TestResource::merge(ODD_TABLE, MergeStrategy::DeleteInsert, &[]),
    };
    let mut builder = context.package_builder(&[&declared])?;
    if let Some(table) = builder.schema.tables.get_mut(ODD_TABLE) {
        let hint = if mode == Scd2 { "merge_key" } else { "primary_key" };
        let mut sort = Column::new(ODD_SORT, DataType::Bigint);
        sort.hints.insert("dedup_sort".to_owned(), Value::from("desc"));
        let deleted = Column::new(ODD_DELETED, DataType::Bool).with_hint("hard_delete");
        let key = Column::new(ODD_KEY, DataType::Bigint).not_null().with_hint(hint);
        for column in [key, deleted, sort] {
            table.columns.insert(column.name.clone(), column);
        }
        let strategy = match mode {
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
    builder.rows_from_values(ODD_TABLE, &[Value::object(entries.into_iter().chain(columns))])?;
    context.load_package(&builder.seal()?)
}

fn quotes_quotes(context: &mut TestContext<'_>, mode: LoadMode) -> Result<(), Mismatch> {
    if context.destination.capabilities().identifiers.characters == IdentifierCharacters::Word {
        return Ok(());
    }
    for (key, value) in [(1, "a"), (2, "b"), (1, "c")] {
        load_odd(context, mode, key, value)?;
    }
    let expected = match mode {
        Append | Scd2 => "a; b; c",
        Replace => "c",
        DeleteInsert | Upsert => "b; c",
        InsertOnly => "a; b",
    };
    let rows: Vec<String> = expected.split("; ").map(|value| [value; ODD_COLUMNS.len()].join(" ")).collect();
    context.expect(&select(context, ODD_TABLE, &ODD_COLUMNS), &rows.join("; "))?;
    let list = format!("{ODD_TABLE}__{ODD_LIST}");
    context.expect(&select(context, &list, &[ODD_KEY]), expected)?;
    context.expect(&select(context, &format!("{list}__{ODD_LIST}"), &["value"]), expected)
}

/// The maximum length of the tested names, even if the destination allows longer ones.
const LONGEST: usize = 300;

fn takes_names_of_the_greatest_length(context: &mut TestContext<'_>, mode: LoadMode) -> Result<(), Mismatch> {
    let length = context.destination.capabilities().identifiers.max_length.min(LONGEST);
    let name = |letter: &str| letter.repeat(length);
    // The names of the child tables have the same length.
    let (key, column, list) = (name("k"), name("c"), "l".repeat(length.saturating_sub("items__".len())));
    let items = mode.resource("items", &[&key]);
    let alone = mode.resource(&name("t"), &[&key]);
    for value in ["a", "b"] {
        let row = [(key.as_str(), Value::from(1)), (column.as_str(), Value::from(value))];
        let with_list = row.clone().into_iter().chain([(list.as_str(), Value::Array(vec![Value::from(value)]))]);
        let mut builder = context.package_builder(&[&items, &alone])?;
        builder.rows_from_values("items", &[Value::object(with_list)])?;
        builder.rows_from_values(&alone.table, &[Value::object(row)])?;
        context.load_package(&builder.seal()?)?;
    }
    let expected = match mode {
        Append | Scd2 => "a; b",
        Replace | DeleteInsert | Upsert => "b",
        InsertOnly => "a",
    };
    for table in ["items", &alone.table] {
        context.expect(&format!("SELECT {column} FROM {table}"), expected)?;
    }
    context.expect(&format!("SELECT value FROM items__{list}"), expected)
}
