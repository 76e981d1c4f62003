use catchment_schema::{Column, DataType, Table};
use catchment_state::{CursorEntryKey, CursorEntryKind};

use super::{
    DatasetName, QualifiedName, VariantSplit, add_column, add_root_id, alter_type, create_staging_table, create_table,
    delete_all, delete_cursor_rows, fill_root_ids, insert_from, insert_split, select_any_row, select_beyond_double,
    select_cursor_rows, select_rounded, select_unconvertible, text_literal,
};

fn name() -> QualifiedName<'static> {
    DatasetName { database: "f", schema: "da\"ta" }.table("t")
}

fn column_type(column: &Column) -> String {
    column.data_type.map_or("?", DataType::name).to_uppercase()
}

#[test]
fn tables_are_created_with_their_complete_columns() {
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
fn rows_are_inserted_by_column_name() {
    insta::assert_snapshot!(insert_from("t", ["a", "select"], "arrow(?)"), @r#"INSERT INTO t ("a", "select") SELECT "a", "select" FROM arrow(?)"#);
    insta::assert_snapshot!(delete_all(name()), @r#"DELETE FROM "f"."da""ta"."t""#);
    assert_eq!(text_literal("it's"), "'it''s'");
}

#[test]
fn columns_are_widened_or_split() {
    let column = Column::new("a", DataType::Double);
    insta::assert_snapshot!(alter_type(name(), &column, column_type), @r#"ALTER TABLE "f"."da""ta"."t" ALTER COLUMN "a" TYPE DOUBLE"#);
    insta::assert_snapshot!(select_beyond_double(name(), "a"), @r#"SELECT 'yes' FROM "f"."da""ta"."t" WHERE "a" NOT BETWEEN -9007199254740992 AND 9007199254740992 LIMIT 1"#);
    let split = VariantSplit { column: "a".to_owned(), variant: "a__v_double".to_owned() };
    insta::assert_snapshot!(insert_split("t", &["id", "a"], &[&split], "s"), @r#"INSERT INTO t ("id", "a__v_double", "a") SELECT "id", CASE WHEN NOT ("a" = trunc("a") AND abs("a") <= 9007199254740992) THEN "a" END, CASE WHEN "a" = trunc("a") AND abs("a") <= 9007199254740992 THEN "a" END FROM s"#);
    insta::assert_snapshot!(insert_split("t", &["a", "a__v_double"], &[&split], "s"), @r#"INSERT INTO t ("a__v_double", "a") SELECT coalesce("a__v_double", CASE WHEN NOT ("a" = trunc("a") AND abs("a") <= 9007199254740992) THEN "a" END), CASE WHEN "a" = trunc("a") AND abs("a") <= 9007199254740992 THEN "a" END FROM s"#);
}

#[test]
fn root_ids_are_added_to_child_rows() {
    let column = Column::new("_dlt_root_id", DataType::Text).not_null();
    insta::assert_snapshot!(add_root_id(name(), &column, column_type).join(";\n"), @r#"
    ALTER TABLE "f"."da""ta"."t" ADD COLUMN "_dlt_root_id" TEXT NOT NULL DEFAULT '';
    ALTER TABLE "f"."da""ta"."t" ALTER COLUMN "_dlt_root_id" DROP DEFAULT
    "#);
    let parent = DatasetName { database: "f", schema: "d" }.table("p");
    insta::assert_snapshot!(fill_root_ids(name(), parent, true), @r#"UPDATE "f"."da""ta"."t" AS c SET "_dlt_root_id" = p."_dlt_id" FROM "f"."d"."p" AS p WHERE p."_dlt_id" = c."_dlt_parent_id""#);
    insta::assert_snapshot!(fill_root_ids(name(), parent, false), @r#"UPDATE "f"."da""ta"."t" AS c SET "_dlt_root_id" = p."_dlt_root_id" FROM "f"."d"."p" AS p WHERE p."_dlt_id" = c."_dlt_parent_id""#);
}

#[test]
fn tables_are_staged_and_inspected() {
    insta::assert_snapshot!(create_staging_table("s", name()), @r#"CREATE TEMP TABLE s AS SELECT *, CAST(NULL AS DECIMAL(29,0)) AS "_dlt_root_row" FROM "f"."da""ta"."t" LIMIT 0"#);
    insta::assert_snapshot!(select_any_row(name()), @r#"SELECT 'yes' FROM "f"."da""ta"."t" LIMIT 1"#);
    insta::assert_snapshot!(select_unconvertible("a\"b", "UTINYINT"), @r#"SELECT "a""b"::VARCHAR FROM arrow(?) WHERE "a""b" IS NOT NULL AND TRY_CAST("a""b" AS UTINYINT) IS NULL LIMIT 1"#);
    insta::assert_snapshot!(select_rounded("a", "BIGINT", "DOUBLE"), @r#"SELECT "a"::VARCHAR FROM arrow(?) WHERE TRY_CAST("a" AS BIGINT) IS NOT NULL AND TRY_CAST("a" AS DOUBLE) IS DISTINCT FROM TRY_CAST(TRY_CAST("a" AS BIGINT) AS DOUBLE) LIMIT 1"#);
}

#[test]
fn cursor_entries_are_selected_by_pipeline() {
    let [source, resource, cursor_path] = ["s", "it's", "a.at"].map(str::to_owned);
    let mut key = CursorEntryKey { kind: CursorEntryKind::Rows, source, resource, cursor_path };
    insta::assert_snapshot!(select_cursor_rows(name(), "p", &key), @r#"SELECT row_hash FROM "f"."da""ta"."t" WHERE pipeline_name = 'p' AND source_name = 's' AND resource_name = 'it''s' AND cursor_path = 'a.at'"#);
    key.kind = CursorEntryKind::Parents;
    insta::assert_snapshot!(select_cursor_rows(name(), "p", &key), @r#"SELECT parent, "cursor" FROM "f"."da""ta"."t" WHERE pipeline_name = 'p' AND source_name = 's' AND resource_name = 'it''s' AND cursor_path = 'a.at'"#);
    insta::assert_snapshot!(delete_cursor_rows(name(), "p", &key), @r#"DELETE FROM "f"."da""ta"."t" WHERE pipeline_name = 'p' AND source_name = 's' AND resource_name = 'it''s' AND cursor_path = 'a.at'"#);
}
