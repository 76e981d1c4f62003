use catchment_schema::{Column, DataType, Table};

use super::{
    DatasetName, Merge, QualifiedName, Split, StagedRows, add_column, alter_type, create_table, empty, insert_from, insert_split,
    merge, select_beyond_double, text_literal,
};

fn name() -> QualifiedName<'static> {
    DatasetName { database: "f", schema: "da\"ta" }.table("t")
}

fn column_type(column: &Column) -> String {
    column.data_type.map_or("?", DataType::name).to_uppercase()
}

#[test]
fn tables_are_made_with_their_complete_columns() {
    let mut table = Table::root("t", "t");
    for column in
        [Column::new("a", DataType::Text), Column::incomplete("b", "primary_key"), Column::new("c", DataType::Bigint).not_null()]
    {
        table.columns.insert(column.name.clone(), column);
    }
    insta::assert_snapshot!(create_table(name(), &table, column_type), @r#"
    CREATE TABLE IF NOT EXISTS "f"."da""ta"."t" (
      "a" TEXT,
      "c" BIGINT NOT NULL
    )
    "#);
    insta::assert_snapshot!(add_column(name(), &table.columns["a"], column_type), @r#"ALTER TABLE "f"."da""ta"."t" ADD COLUMN "a" TEXT"#);
}

#[test]
fn rows_are_inserted_by_the_names_of_their_columns() {
    insta::assert_snapshot!(insert_from("t", ["a", "select"], "arrow(?)"), @r#"INSERT INTO t ("a", "select") SELECT "a", "select" FROM arrow(?)"#);
    insta::assert_snapshot!(empty(name()), @r#"DELETE FROM "f"."da""ta"."t""#);
    assert_eq!(text_literal("it's"), "'it''s'");
}

#[test]
fn columns_become_wider_or_are_split() {
    let column = Column::new("a", DataType::Double);
    insta::assert_snapshot!(alter_type(name(), &column, column_type), @r#"ALTER TABLE "f"."da""ta"."t" ALTER COLUMN "a" TYPE DOUBLE"#);
    insta::assert_snapshot!(select_beyond_double(name(), "a"), @r#"SELECT 'yes' FROM "f"."da""ta"."t" WHERE "a" NOT BETWEEN -9007199254740992 AND 9007199254740992 LIMIT 1"#);
    let split = Split { column: "a".to_owned(), variant: "a__v_double".to_owned() };
    insta::assert_snapshot!(insert_split("t", &["id", "a"], &[&split], "s"), @r#"INSERT INTO t ("id", "a__v_double", "a") SELECT "id", CASE WHEN NOT ("a" = trunc("a") AND abs("a") <= 9007199254740992) THEN "a" END, CASE WHEN "a" = trunc("a") AND abs("a") <= 9007199254740992 THEN "a" END FROM s"#);
    insta::assert_snapshot!(insert_split("t", &["a", "a__v_double"], &[&split], "s"), @r#"INSERT INTO t ("a__v_double", "a") SELECT coalesce("a__v_double", CASE WHEN NOT ("a" = trunc("a") AND abs("a") <= 9007199254740992) THEN "a" END), CASE WHEN "a" = trunc("a") AND abs("a") <= 9007199254740992 THEN "a" END FROM s"#);
}

fn check_merge(key: Vec<&str>) -> String {
    let dataset = DatasetName { database: "f", schema: "d" };
    let rows = |relation, columns: &[&'static str]| StagedRows { relation, columns: columns.to_vec() };
    let child = |table, staged: Option<&'static str>| {
        let rows = staged.map(|relation| rows(relation, &["v", "_dlt_root_id"]));
        (dataset.table(table), rows)
    };
    let plan = merge(&Merge {
        root: dataset.table("t"),
        rows: rows("s0", &["a", "b", "_dlt_id"]),
        children: vec![child("t__x", Some("s1")), child("t__gone", None)],
        key,
    });
    plan.join(";\n")
}

#[test]
fn merging_by_a_compound_key() {
    insta::assert_snapshot!(check_merge(vec!["a", "b"]), @r#"
    CREATE TEMP TABLE "_dlt_deleted" AS SELECT d."_dlt_id" FROM "f"."d"."t" AS d WHERE EXISTS (SELECT 1 FROM s0 AS s WHERE d."a" IS NOT DISTINCT FROM s."a" AND d."b" IS NOT DISTINCT FROM s."b");
    DELETE FROM "f"."d"."t__x" WHERE "_dlt_root_id" IN (SELECT "_dlt_id" FROM "_dlt_deleted");
    DELETE FROM "f"."d"."t__gone" WHERE "_dlt_root_id" IN (SELECT "_dlt_id" FROM "_dlt_deleted");
    DELETE FROM "f"."d"."t" WHERE "_dlt_id" IN (SELECT "_dlt_id" FROM "_dlt_deleted");
    CREATE TEMP TABLE "_dlt_inserted" AS SELECT "_dlt_id" FROM s0 QUALIFY row_number() OVER (PARTITION BY "a", "b" ORDER BY rowid) = 1;
    INSERT INTO "f"."d"."t" ("a", "b", "_dlt_id") SELECT "a", "b", "_dlt_id" FROM s0 WHERE "_dlt_id" IN (SELECT "_dlt_id" FROM "_dlt_inserted");
    INSERT INTO "f"."d"."t__x" ("v", "_dlt_root_id") SELECT "v", "_dlt_root_id" FROM s1 WHERE "_dlt_root_id" IN (SELECT "_dlt_id" FROM "_dlt_inserted");
    DROP TABLE "_dlt_deleted";
    DROP TABLE "_dlt_inserted"
    "#);
}

#[test]
fn merging_without_a_key_adds_rows() {
    insta::assert_snapshot!(check_merge(Vec::new()), @r#"
    INSERT INTO "f"."d"."t" ("a", "b", "_dlt_id") SELECT "a", "b", "_dlt_id" FROM s0;
    INSERT INTO "f"."d"."t__x" ("v", "_dlt_root_id") SELECT "v", "_dlt_root_id" FROM s1
    "#);
}
