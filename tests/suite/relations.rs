//! Queries of datasets and tables, in a DuckDB file.

use catchment::{DatasetError, DuckDb, Operator, QueryResult, Resource, RowCounts, SortDirection, TableQuery};

use crate::dataset::{Dataset, cells};
use crate::pipeline::{append, merge, replace, run};

const ITEMS: &str = r#"[
    {"id":1,"userName":"Ann","n":0.1,"at":"2024-01-01T00:00:00Z","big":18446744073709551615,"select":"a","ok":true,"l":[{"m":[1,2]},{"m":[3]}]},
    {"id":2,"userName":"it's","n":1e300,"at":"2024-02-01T00:00:00Z","big":18446744073709551614,"select":"b","ok":false},
    {"id":3,"n":-2.5,"select":"A"}
]"#;

fn items() -> Dataset {
    let dataset = Dataset::new();
    run(&dataset, ITEMS, append).unwrap();
    dataset
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Runtime::new().unwrap().block_on(future)
}

#[track_caller]
fn fetch(query: TableQuery) -> QueryResult {
    block_on(query.fetch()).unwrap()
}

fn counts(tables: &[(&str, u64)]) -> RowCounts {
    tables.iter().map(|(table, rows)| ((*table).to_owned(), *rows)).collect()
}

#[test]
fn rows_are_filtered_by_column_values() {
    let dataset = items();
    let check = |narrow: fn(TableQuery) -> TableQuery, expected: &str| {
        let query = dataset.pipeline().dataset().table("items").select(["id"]).order_by("id", SortDirection::Ascending);
        assert_eq!(cells(&fetch(narrow(query))), expected);
    };
    check(|items| items, "1; 2; 3");
    check(|items| items.limit(2), "1; 2");
    check(|items| items.limit(0), "");
    check(|items| items.filter("id", Operator::Ge, 2), "2; 3");
    check(|items| items.filter("id", Operator::Ne, 2).filter("id", Operator::Lt, 3), "1");
    check(|items| items.filter("userName", Operator::Eq, "it's"), "2");
    check(|items| items.filter("user_name", Operator::Eq, None::<&str>), "3");
    check(|items| items.filter("user_name", Operator::Ne, None::<&str>), "1; 2");
    check(|items| items.filter("user_name", Operator::Ne, "Ann"), "2");
    check(|items| items.filter_in("user_name", [Some("Ann"), None]), "1; 3");
    check(|items| items.filter_in("user_name", Vec::<&str>::new()), "");
    check(|items| items.filter_not_in("user_name", [Some("Ann"), None]), "2");
    check(|items| items.filter_not_in("user_name", Vec::<&str>::new()), "1; 2; 3");
    check(|items| items.filter("n", Operator::Eq, 0.1), "1");
    check(|items| items.filter("n", Operator::Eq, 1e300), "2");
    check(|items| items.filter("n", Operator::Gt, f64::NEG_INFINITY).filter("n", Operator::Lt, 0), "3");
    check(|items| items.filter("big", Operator::Eq, u64::MAX), "1");
    check(|items| items.filter("big", Operator::Lt, u64::MAX), "2");
    check(|items| items.filter("ok", Operator::Eq, true), "1");
    check(|items| items.filter("at", Operator::Gt, "2024-01-15T00:00:00Z"), "2");
    check(|items| items.filter("at", Operator::Le, "2024-02-01T01:00:00+01:00"), "1; 2");
}

#[test]
fn rows_are_sorted_and_nulls_come_last() {
    let dataset = items();
    let check = |column: &str, direction, expected: &str| {
        let query = dataset.pipeline().dataset().table("items").select(["id"]).order_by(column, direction);
        assert_eq!(cells(&fetch(query)), expected, "{column}");
    };
    check("n", SortDirection::Ascending, "3; 1; 2");
    check("n", SortDirection::Descending, "2; 1; 3");
    check("user_name", SortDirection::Ascending, "1; 2; 3");
    check("user_name", SortDirection::Descending, "2; 1; 3");
}

#[test]
fn min_and_max_apply_to_the_filtered_rows() {
    let dataset = items();
    let items = || dataset.pipeline().dataset().table("items");
    assert_eq!(cells(&fetch(items().max("id"))), "3");
    assert_eq!(cells(&fetch(items().min("select").filter("id", Operator::Lt, 3))), "a");
    assert_eq!(cells(&fetch(items().max("id").order_by("id", SortDirection::Ascending).limit(2))), "2");
    assert_eq!(fetch(items().max("id").limit(0)).first_i64(), None);
}

#[test]
fn results_have_column_names_and_types() {
    let dataset = items();
    let rows = fetch(dataset.pipeline().dataset().table("ITEMS").select(["userName", "ID"]).filter("id", Operator::Ne, 2));
    let schema: Vec<String> =
        rows.schema.fields().iter().map(|field| format!("{} {}", field.name(), field.data_type())).collect();
    assert_eq!(schema, ["user_name Utf8", "id Int64"]);
    assert_eq!(rows.str_column("user_name").unwrap().collect::<Vec<_>>(), [Some("Ann"), None]);
    assert_eq!(rows.i64_column("id").unwrap().collect::<Vec<_>>(), [Some(1), Some(3)]);
    let error = |column| rows.str_column(column).err().map(|error| error.to_string()).unwrap_or_default();
    assert_eq!(error("id"), "column `id` of the result has type Int64, expected Utf8");
    assert_eq!(error("gone"), "the result has no column `gone`; its columns are user_name, id");
}

#[test]
fn tables_and_columns_with_special_names_are_found() {
    let dataset = Dataset::new();
    let resource = |_| Resource::rows("My Rivers", [catchment_json::Value::parse(r#"{"Group By":1,"ü\"":2}"#).unwrap()]);
    run(&dataset, "[]", resource).unwrap();
    dataset.query(r#"CREATE TABLE "od""d; DROP" AS SELECT 3 AS "My Rivers", 4 AS "a""b"; SELECT 1 AS one"#);
    let check = |table: &str, column: &str, expected: &str| {
        assert_eq!(cells(&fetch(dataset.pipeline().dataset().table(table).select([column]))), expected, "{table} {column}");
    };
    check("my_rivers", "group_by", "1");
    check("My Rivers", "Group By", "1");
    check("My Rivers", "ü\"", "2");
    check("od\"d; DROP", "a\"b", "4");
    check("od\"d; DROP", "my rivers", "3");
    assert_eq!(block_on(dataset.pipeline().dataset().tables()).unwrap(), ["my_rivers", "od\"d; DROP"]);
    assert_eq!(block_on(dataset.pipeline().dataset().row_counts()).unwrap(), counts(&[("my_rivers", 1), ("od\"d; DROP", 1)]));
}

#[test]
fn errors_for_unknown_names_suggest_existing_ones() {
    let dataset = items();
    let check = |query: TableQuery, expected: &str| {
        let error = block_on(query.fetch()).unwrap_err();
        assert!(matches!(error, DatasetError::UnknownName(_)), "{error:?}");
        assert_eq!(error.to_string(), expected);
    };
    let tables = dataset.pipeline().dataset();
    check(tables.table("item"), "dataset `d` has no table `item`; did you mean `items`?");
    check(tables.table("rivers"), "dataset `d` has no table `rivers`; it has items, items__l, items__l__m");
    check(
        tables.table("items").select(["id"]).order_by("username", SortDirection::Ascending),
        "table `items` of dataset `d` has no column `username`; did you mean `user_name`?",
    );
}

#[test]
fn values_that_the_database_cannot_compare_are_an_error() {
    let dataset = items();
    let check = |column: &str, value: &str, expected: &str| {
        let items = dataset.pipeline().dataset().table("items");
        let error = block_on(items.filter(column, Operator::Eq, value).fetch()).unwrap_err().to_string();
        assert!(error.starts_with("failed to query in ") && error.contains(expected), "{error}");
    };
    check("id", "one", "'one'");
    check("at", "yesterday", "yesterday");
    check("select", "nul\0", "nul byte");
}

#[test]
fn an_empty_dataset_is_an_error() {
    let dataset = Dataset::new();
    let nothing = |name: &str| catchment::Dataset::new(dataset.destination(), name);
    let error = block_on(nothing("d").tables()).unwrap_err().to_string();
    assert!(error.contains("nothing has been loaded yet"), "{error}");
    run(&dataset, "[]", append).unwrap();
    run(&dataset, r#"[{"id":1}]"#, append).unwrap();
    for error in [
        block_on(nothing("other").row_counts()).unwrap_err().to_string(),
        block_on(nothing("other").table("items").fetch()).unwrap_err().to_string(),
    ] {
        assert!(error.contains("the dataset `other`"), "{error}");
    }
}

#[test]
fn rows_are_counted_by_load() {
    let dataset = Dataset::new();
    let first = run(&dataset, ITEMS, append).unwrap();
    let second = run(&dataset, r#"[{"id":4,"l":[{"m":[4]}]},{"id":5,"k":[6]}]"#, append).unwrap();
    let tables = dataset.pipeline().dataset();
    let all = block_on(tables.row_counts()).unwrap();
    assert_eq!(all, counts(&[("items", 5), ("items__k", 1), ("items__l", 3), ("items__l__m", 4)]));
    for info in [&first, &second] {
        assert_eq!(block_on(tables.load_row_counts(&info.packages[0].load_id)).unwrap(), info.row_counts());
    }
    assert_eq!(first.row_counts(), counts(&[("items", 3), ("items__l", 2), ("items__l__m", 3)]));
    for unknown in ["", "1.0", "' OR '' = '"] {
        assert_eq!(block_on(tables.load_row_counts(unknown)).unwrap(), RowCounts::new());
    }
}

#[test]
fn rows_removed_by_later_loads_are_not_counted() {
    let count = |change: fn(Resource) -> Resource| {
        let dataset = Dataset::new();
        let first = run(&dataset, r#"[{"id":1,"l":[1,2]},{"id":2,"l":[3]}]"#, change).unwrap();
        run(&dataset, r#"[{"id":1,"l":[4]}]"#, change).unwrap();
        let tables = dataset.pipeline().dataset();
        let of_load = block_on(tables.load_row_counts(&first.packages[0].load_id)).unwrap();
        (of_load, block_on(tables.row_counts()).unwrap())
    };
    assert_eq!(count(merge), (counts(&[("items", 1), ("items__l", 1)]), counts(&[("items", 2), ("items__l", 2)])));
    assert_eq!(count(replace), (RowCounts::new(), counts(&[("items", 1), ("items__l", 1)])));
}

#[test]
fn sources_with_separate_schemas_share_a_dataset() {
    let dataset = items();
    let lakes = |_| Resource::rows("lakes", [catchment_json::Value::parse(r#"{"name":"Ohrid","fish":["trout"]}"#).unwrap()]);
    let second = run(&dataset, "[]", lakes).unwrap();
    // a table of another tool, without load IDs
    dataset.query("CREATE TABLE made_by_hand AS SELECT 1 AS a; SELECT 1 AS one");
    let tables = dataset.pipeline().dataset();
    let of_load = block_on(tables.load_row_counts(&second.packages[0].load_id)).unwrap();
    assert_eq!(of_load, counts(&[("lakes", 1), ("lakes__fish", 1)]));
    let all = block_on(tables.row_counts()).unwrap();
    assert_eq!(all.keys().collect::<Vec<_>>(), ["items", "items__l", "items__l__m", "lakes", "lakes__fish", "made_by_hand"]);
}

#[test]
fn loads_are_listed() {
    let dataset = Dataset::new();
    let first = run(&dataset, r#"[{"id":1}]"#, append).unwrap();
    let second = run(&dataset, r#"[{"id":2}]"#, append).unwrap();
    let ids = [&first, &second].map(|info| info.packages[0].load_id.clone());
    // incomplete loads of the reference have another status
    dataset
        .query("INSERT INTO _dlt_loads SELECT '9' || load_id, schema_name, 1, inserted_at, schema_version_hash FROM _dlt_loads");
    let tables = catchment::Dataset::new(DuckDb::new(dataset.file()), "D");
    assert_eq!(block_on(tables.load_ids()).unwrap(), ids);
    assert_eq!(block_on(tables.latest_load_id()).unwrap().as_ref(), Some(&ids[1]));
    assert_eq!(fetch(tables.loads_table()).num_rows(), 4);
    dataset.query("DELETE FROM _dlt_loads");
    assert_eq!(block_on(tables.latest_load_id()).unwrap(), None);
}
