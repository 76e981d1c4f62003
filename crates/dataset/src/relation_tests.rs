use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use catchment_json::Value;
use catchment_load::QueryResult;
use catchment_load::testing::StandardSql;
use catchment_schema::{Schema, Table};

use crate::{Catalog, Operator, Relation, SortDirection};

#[track_caller]
fn check(relation: Relation, expected: &str) {
    assert_eq!(relation.to_sql(&StandardSql), expected);
}

/// Checks the SQL after `SELECT * FROM "t" WHERE `.
#[track_caller]
fn check_condition(filter: impl FnOnce(Relation) -> Relation, expected: &str) {
    check(filter(Relation::table("t")), &format!(r#"SELECT * FROM "t" WHERE {expected}"#));
}

#[test]
fn columns_are_selected() {
    check(Relation::table("t"), r#"SELECT * FROM "t""#);
    check(Relation::table("t").select(["a", "b"]), r#"SELECT "a", "b" FROM "t""#);
    check(Relation::table("t").select(["a"]).select(["b"]), r#"SELECT "b" FROM "t""#);
    check(Relation::table("t").select(Vec::<String>::new()), r#"SELECT * FROM "t""#);
}

#[test]
fn names_are_quoted() {
    check(Relation::table("da\"ta").select(["group by", "\""]), r#"SELECT "group by", """" FROM "da""ta""#);
    check_condition(|t| t.filter("a\" = 1 --", Operator::Eq, 1), r#""a"" = 1 --" = 1"#);
}

#[test]
fn values_are_compared() {
    check_condition(|t| t.filter("a", Operator::Eq, "it's"), r#""a" = 'it''s'"#);
    check_condition(|t| t.filter("a", Operator::Ne, "x"), r#""a" <> 'x'"#);
    check_condition(|t| t.filter("a", Operator::Lt, -5), r#""a" < -5"#);
    check_condition(|t| t.filter("a", Operator::Le, u64::MAX), r#""a" <= 18446744073709551615"#);
    check_condition(|t| t.filter("a", Operator::Gt, 0.1), r#""a" > 0.1"#);
    check_condition(|t| t.filter("a", Operator::Ge, 1e300), r#""a" >= 1e300"#);
    check_condition(|t| t.filter("a", Operator::Eq, true), r#""a" = TRUE"#);
    check_condition(|t| t.filter("a", Operator::Eq, f64::NAN), r#""a" = CAST('NaN' AS DOUBLE)"#);
    check_condition(|t| t.filter("a", Operator::Lt, f64::INFINITY), r#""a" < CAST('Infinity' AS DOUBLE)"#);
}

#[test]
fn numbers_keep_their_notation() {
    let check = |number| {
        let value = Value::parse(number).unwrap();
        check_condition(|t| t.filter("a", Operator::Eq, value), &format!(r#""a" = {number}"#));
    };
    check("99999999999999999999999999999999999999");
    check("-0.10000000000000000000000000000000000001");
    check("1E+5");
}

#[test]
fn documents_are_compared_as_their_json() {
    let value = Value::parse(r#"{"a":["it's",1.50]}"#).unwrap();
    check_condition(|t| t.filter("a", Operator::Eq, value), r#""a" = '{"a":["it''s",1.50]}'"#);
}

#[test]
fn null_is_equal_to_null() {
    let null = || None::<i64>;
    check_condition(|t| t.filter("a", Operator::Eq, null()), r#""a" IS NULL"#);
    check_condition(|t| t.filter("a", Operator::Ne, null()), r#""a" IS NOT NULL"#);
    check_condition(|t| t.filter("a", Operator::Lt, null()), r#""a" < NULL"#);
    check_condition(|t| t.filter_in("a", [Some(1), None]), r#"("a" IN (1) OR "a" IS NULL)"#);
    check_condition(|t| t.filter_in("a", [null()]), r#""a" IS NULL"#);
    check_condition(|t| t.filter_not_in("a", [Some(1), None]), r#""a" NOT IN (1)"#);
    check_condition(|t| t.filter_not_in("a", [null()]), r#""a" IS NOT NULL"#);
}

#[test]
fn lists_may_be_empty() {
    check_condition(|t| t.filter_in("a", ["x", "y"]), r#""a" IN ('x', 'y')"#);
    check_condition(|t| t.filter_in("a", Vec::<i64>::new()), "FALSE");
    check_condition(|t| t.filter_not_in("a", Vec::<i64>::new()), "TRUE");
}

#[test]
fn conditions_precede_order_and_limit() {
    let relation = Relation::table("t").limit(9).order_by("a", SortDirection::Ascending).filter("a", Operator::Gt, 1);
    let relation = relation.filter("b", Operator::Eq, "x").order_by("b", SortDirection::Descending).limit(3);
    check(relation, r#"SELECT * FROM "t" WHERE "a" > 1 AND "b" = 'x' ORDER BY "a" ASC NULLS LAST, "b" DESC NULLS LAST LIMIT 3"#);
}

#[test]
fn aggregates_apply_to_the_filtered_rows() {
    check(Relation::table("t").max("a"), r#"SELECT max("a") AS "a" FROM (SELECT "a" FROM "t") AS "rows""#);
    check(
        Relation::table("t").min("a").order_by("b", SortDirection::Ascending).limit(2),
        r#"SELECT min("a") AS "a" FROM (SELECT "a" FROM "t" ORDER BY "b" ASC NULLS LAST LIMIT 2) AS "rows""#,
    );
}

fn texts(texts: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(texts.to_vec()))
}

fn result<const N: usize>(columns: [(&str, ArrayRef); N]) -> QueryResult {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    QueryResult { schema: batch.schema(), batches: vec![batch] }
}

/// Returns a catalog of columns written as `table.column`.
fn catalog(columns: &[&str]) -> Catalog {
    let (tables, columns): (Vec<&str>, Vec<&str>) = columns.iter().map(|column| column.split_once('.').unwrap()).unzip();
    Catalog::new("d", &result([("table_name", texts(&tables)), ("column_name", texts(&columns))]))
}

#[test]
fn names_match_exactly_by_case_and_as_keys() {
    let check = |table: &str, column: &str, expected: &str| {
        let catalog = catalog(&["Odd.a", "items.id", "items.user_id", "items.UserID", "items.A B", "items__l.value"]);
        let found =
            catalog.resolve(Relation::table(table).select([column])).map_or_else(|e| e.to_string(), |r| r.to_sql(&StandardSql));
        assert_eq!(found, expected);
    };
    check("items", "id", r#"SELECT "id" FROM "items""#);
    check("Items", "ID", r#"SELECT "id" FROM "items""#);
    check("odd", "A", r#"SELECT "a" FROM "Odd""#);
    check("items", "UserID", r#"SELECT "UserID" FROM "items""#);
    check("items", "userId", r#"SELECT "UserID" FROM "items""#);
    check("items", "User ID", r#"SELECT "user_id" FROM "items""#);
    check("items", "a b", r#"SELECT "A B" FROM "items""#);
    check("items__L", "value", r#"SELECT "value" FROM "items__l""#);
    check("item", "id", "dataset `d` has no table `item`; did you mean `items`?");
    check("x", "id", "dataset `d` has no table `x`; it has Odd, items, items__l");
    check("items", "users_id", "table `items` of dataset `d` has no column `users_id`; did you mean `user_id`?");
    check("items", "", "table `items` of dataset `d` has no column ``; it has id, user_id, UserID, A B");
}

#[test]
fn columns_are_resolved_in_all_clauses() {
    let relation = Relation::table("t").max("cA").filter("cB", Operator::Eq, 1).order_by("cC", SortDirection::Ascending);
    check(
        catalog(&["t.c_a", "t.c_b", "t.c_c"]).resolve(relation).unwrap(),
        r#"SELECT max("c_a") AS "c_a" FROM (SELECT "c_a" FROM "t" WHERE "c_b" = 1 ORDER BY "c_c" ASC NULLS LAST) AS "rows""#,
    );
}

#[test]
fn hints_for_empty_and_large_datasets() {
    let hint = |columns: &[&str]| catalog(columns).resolve(Relation::table("x")).unwrap_err().to_string();
    assert_eq!(hint(&[]), "dataset `d` has no table `x`; nothing has been loaded yet");
    let many: Vec<String> = (0..23).map(|n| format!("table_{n:02}.a")).collect();
    let hint = hint(&many.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(hint.ends_with("table_18, table_19 and 3 more"), "{hint}");
}

/// Returns a catalog with parent tables: `child < parent`, or a root table.
fn with_parents(columns: &[&str], tables: &[&str]) -> Catalog {
    let mut schema = Schema::new("s");
    for table in tables {
        let table = match table.split_once(" < ") {
            Some((child, parent)) => Table::child(child, parent),
            None => Table::root(*table, *table),
        };
        schema.tables.insert(table.name.clone(), table);
    }
    let schemas = result([("schema", texts(&[&schema.to_value().to_string()]))]);
    catalog(columns).with_parents(&schemas).unwrap()
}

#[test]
fn rows_of_all_data_tables_are_counted() {
    let tables = catalog(&["_dlt_loads.load_id", "it's.a", "items.a"]);
    insta::assert_snapshot!(tables.row_counts_sql(&StandardSql).unwrap(), @r#"SELECT 'it''s' AS table_name, count(*) AS row_count FROM "it's" UNION ALL SELECT 'items' AS table_name, count(*) AS row_count FROM "items""#);
    let counts: ArrayRef = Arc::new(Int64Array::from(vec![7, 5]));
    let counted = result([("table_name", texts(&["items", "it's"])), ("row_count", counts)]);
    assert_eq!(tables.parse_row_counts(&counted), [("it's".to_owned(), 5), ("items".to_owned(), 7)]);
    assert_eq!(catalog(&["_dlt_loads.load_id"]).row_counts_sql(&StandardSql), None);
}

#[test]
fn rows_of_a_load_are_counted_by_their_root_rows() {
    let columns = [
        "items._dlt_load_id",
        "items._dlt_id",
        "items__l._dlt_parent_id",
        "items__l._dlt_id",
        "items__l__m._dlt_parent_id",
        "made_by_hand.a",
    ];
    let catalog = with_parents(&columns, &["items", "items__l < items", "items__l__m < items__l"]);
    insta::assert_snapshot!(catalog.load_row_counts_sql(&StandardSql, "it's").unwrap().replace(" UNION", "\nUNION"), @r#"
    SELECT 'items' AS table_name, count(*) AS row_count FROM "items" WHERE "_dlt_load_id" = 'it''s'
    UNION ALL SELECT 'items__l' AS table_name, count(*) AS row_count FROM "items__l" WHERE "_dlt_parent_id" IN (SELECT "_dlt_id" FROM "items" WHERE "_dlt_load_id" = 'it''s')
    UNION ALL SELECT 'items__l__m' AS table_name, count(*) AS row_count FROM "items__l__m" WHERE "_dlt_parent_id" IN (SELECT "_dlt_id" FROM "items__l" WHERE "_dlt_parent_id" IN (SELECT "_dlt_id" FROM "items" WHERE "_dlt_load_id" = 'it''s'))
    "#);
}

#[test]
fn tables_without_a_known_load_are_skipped() {
    let check = |columns: &[&str], tables: &[&str]| {
        assert_eq!(with_parents(columns, tables).load_row_counts_sql(&StandardSql, "1"), None)
    };
    // cycles, missing parent tables and missing columns
    check(&["a._dlt_parent_id", "a._dlt_id", "b._dlt_parent_id", "b._dlt_id"], &["a < b", "b < a"]);
    check(&["a._dlt_parent_id", "a._dlt_id"], &["a < a"]);
    check(&["a._dlt_parent_id"], &["a < gone"]);
    check(&["a._dlt_parent_id"], &[]);
}

#[test]
fn schemas_are_only_queried_if_they_are_stored() {
    assert_eq!(catalog(&["items.a"]).schemas_sql(&StandardSql), None);
    let sql = catalog(&["_dlt_version.schema_name", "_dlt_version.inserted_at", "_dlt_version.schema"])
        .schemas_sql(&StandardSql)
        .unwrap();
    insta::assert_snapshot!(sql, @r#"SELECT v."schema" FROM "_dlt_version" AS v JOIN (SELECT schema_name, max(inserted_at) AS last_at FROM "_dlt_version" GROUP BY schema_name) AS l ON v.schema_name = l.schema_name AND v.inserted_at = l.last_at"#);
}
