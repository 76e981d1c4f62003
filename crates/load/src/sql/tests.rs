use catchment_schema::{Column, DataType, Schema, Table};
use catchment_state::{CursorEntryKey, CursorEntryKind};

use super::cursor_entries::select_cursor_rows;
use super::queries::{delete_schema, select_last_load_id, select_last_schema_at, select_load, select_schema, select_state};
use super::{
    DatasetName, Dialect as _, InsertColumn, PartitionColumn, QualifiedName, TargetTable, add_columns, add_root_id, create_table,
    delete_cursor_rows, drop_table, fill_root_ids, insert_from, insert_load, insert_schema, select_any_row, select_beyond_double,
    select_without_root_id,
};
use crate::testing::StandardSql;

fn dataset() -> DatasetName {
    DatasetName::new(&StandardSql, Some("f"), "da\"ta")
}

fn name() -> QualifiedName {
    dataset().table(&StandardSql, "t")
}

fn target() -> TargetTable {
    TargetTable { name: name(), partition: None }
}

fn partitioned() -> TargetTable {
    let partition = PartitionColumn { name: "day".to_owned(), data_type: "DATE".to_owned() };
    TargetTable { partition: Some(partition), ..target() }
}

#[test]
fn tables_are_created_with_their_complete_columns() {
    let mut table = Table::root("t", "t");
    for column in
        [Column::new("a", DataType::Text), Column::incomplete("b", "primary_key"), Column::new("c", DataType::Bigint).not_null()]
    {
        table.columns.insert(column.name.clone(), column);
    }
    insta::assert_snapshot!(create_table(&StandardSql, &name(), &table, ""), @r#"
    CREATE TABLE IF NOT EXISTS "f"."da""ta"."t" (
      "a" TEXT,
      "c" BIGINT NOT NULL
    )
    "#);
    insta::assert_snapshot!(add_columns(&StandardSql, &name(), &[table.columns["a"].clone()]), @r#"ALTER TABLE "f"."da""ta"."t" ADD COLUMN "a" TEXT"#);
}

#[test]
fn rows_are_inserted_by_column_name() {
    let column = |name: &str, cast: Option<&str>| InsertColumn { name: name.to_owned(), cast: cast.map(str::to_owned) };
    let columns = [column("a", None), column("select", Some("UTINYINT"))];
    insta::assert_snapshot!(insert_from(&StandardSql, "t", &columns, "arrow(?)"), @r#"INSERT INTO t ("a", "select") SELECT "a", CAST("select" AS UTINYINT) FROM arrow(?)"#);
    assert_eq!(StandardSql.text_literal("it's"), "'it''s'");
}

#[test]
fn tables_are_emptied_dropped_and_inspected() {
    insta::assert_snapshot!(StandardSql.empty_table(&name()), @r#"DELETE FROM "f"."da""ta"."t""#);
    insta::assert_snapshot!(drop_table(&name()), @r#"DROP TABLE IF EXISTS "f"."da""ta"."t""#);
    insta::assert_snapshot!(select_any_row(&StandardSql, &target()), @r#"SELECT 'yes' FROM "f"."da""ta"."t" LIMIT 1"#);
    insta::assert_snapshot!(select_beyond_double(&StandardSql, &target(), "a"), @r#"SELECT 'yes' FROM "f"."da""ta"."t" WHERE "a" NOT BETWEEN -9007199254740992 AND 9007199254740992 LIMIT 1"#);
    let column = Column::new("a", DataType::Double);
    insta::assert_snapshot!(StandardSql.alter_type(&name(), &column), @r#"ALTER TABLE "f"."da""ta"."t" ALTER COLUMN "a" TYPE DOUBLE"#);
}

#[test]
fn partitioned_tables_are_read_with_a_filter() {
    insta::assert_snapshot!(select_any_row(&StandardSql, &partitioned()), @r#"SELECT 'yes' FROM "f"."da""ta"."t" WHERE ("day" IS NOT NULL OR "day" IS NULL) LIMIT 1"#);
    insta::assert_snapshot!(select_without_root_id(&StandardSql, &partitioned()), @r#"SELECT 'yes' FROM "f"."da""ta"."t" WHERE "_dlt_root_id" IS NULL AND ("day" IS NOT NULL OR "day" IS NULL) LIMIT 1"#);
    insta::assert_snapshot!(fill_root_ids(&StandardSql, &target(), &partitioned(), true), @r#"UPDATE "f"."da""ta"."t" AS c SET "_dlt_root_id" = p."_dlt_id" FROM "f"."da""ta"."t" AS p WHERE p."_dlt_id" = c."_dlt_parent_id" AND (p."day" IS NOT NULL OR p."day" IS NULL)"#);
}

#[test]
fn root_ids_are_added_to_child_rows() {
    let column = Column::new("_dlt_root_id", DataType::Text).not_null();
    insta::assert_snapshot!(add_root_id(&StandardSql, &name(), &column).join(";\n"), @r#"
    ALTER TABLE "f"."da""ta"."t" ADD COLUMN "_dlt_root_id" TEXT NOT NULL DEFAULT '';
    ALTER TABLE "f"."da""ta"."t" ALTER COLUMN "_dlt_root_id" DROP DEFAULT
    "#);
    let parent = DatasetName::new(&StandardSql, None, "d").table(&StandardSql, "p");
    let parent = TargetTable { name: parent, partition: None };
    insta::assert_snapshot!(fill_root_ids(&StandardSql, &target(), &parent, true), @r#"UPDATE "f"."da""ta"."t" AS c SET "_dlt_root_id" = p."_dlt_id" FROM "d"."p" AS p WHERE p."_dlt_id" = c."_dlt_parent_id""#);
    insta::assert_snapshot!(fill_root_ids(&StandardSql, &target(), &parent, false), @r#"UPDATE "f"."da""ta"."t" AS c SET "_dlt_root_id" = p."_dlt_root_id" FROM "d"."p" AS p WHERE p."_dlt_id" = c."_dlt_parent_id""#);
}

#[test]
fn system_tables_are_read() {
    let dataset = dataset();
    let queries = [
        select_state(&StandardSql, &dataset, "p"),
        select_schema(&StandardSql, &dataset, "it's"),
        select_last_schema_at(&StandardSql, &dataset),
        select_last_load_id(&StandardSql, &dataset),
        select_load(&StandardSql, &dataset, "1.5"),
        delete_schema(&StandardSql, &dataset, "abc="),
    ];
    insta::assert_snapshot!(queries.join(";\n"), @r#"
    SELECT s.state FROM "f"."da""ta"."_dlt_pipeline_state" AS s JOIN "f"."da""ta"."_dlt_loads" AS l ON l.load_id = s._dlt_load_id WHERE s.pipeline_name = 'p' AND l.status = 0 ORDER BY s.version DESC, l.load_id DESC LIMIT 1;
    SELECT "schema", version_hash FROM "f"."da""ta"."_dlt_version" WHERE schema_name = 'it''s' ORDER BY inserted_at DESC LIMIT 1;
    SELECT micros(max(inserted_at)) FROM "f"."da""ta"."_dlt_version";
    SELECT max(load_id) FROM "f"."da""ta"."_dlt_loads";
    SELECT load_id FROM "f"."da""ta"."_dlt_loads" WHERE load_id = '1.5' AND status = 0;
    DELETE FROM "f"."da""ta"."_dlt_version" WHERE version_hash = 'abc='
    "#);
}

#[test]
fn rows_of_system_tables_are_inserted() {
    let schema = Schema::new("it's");
    let sql = [
        insert_load(&StandardSql, &dataset(), "1.5", &schema, 1_704_067_200_000_001),
        insert_schema(&StandardSql, &dataset(), &schema, 0),
    ];
    insta::assert_snapshot!(sql.join(";\n"), @r#"
    INSERT INTO "f"."da""ta"."_dlt_loads" ("load_id", "schema_name", "status", "inserted_at", "schema_version_hash") VALUES ('1.5', 'it''s', 0, CAST('2024-01-01T00:00:00.000001+00:00' AS TIMESTAMP), '');
    INSERT INTO "f"."da""ta"."_dlt_version" ("version", "engine_version", "inserted_at", "schema_name", "version_hash", "schema") VALUES (1, 11, CAST('1970-01-01T00:00:00+00:00' AS TIMESTAMP), 'it''s', '', '{"version":1,"version_hash":"","engine_version":11,"name":"it''s","tables":{"_dlt_version":{"name":"_dlt_version","columns":{"version":{"name":"version","data_type":"bigint","nullable":false},"engine_version":{"name":"engine_version","data_type":"bigint","nullable":false},"inserted_at":{"name":"inserted_at","data_type":"timestamp","nullable":false},"schema_name":{"name":"schema_name","data_type":"text","nullable":false},"version_hash":{"name":"version_hash","data_type":"text","nullable":false},"schema":{"name":"schema","data_type":"text","nullable":false}},"write_disposition":"skip","resource":"_dlt_version","description":"Created by DLT. Tracks schema updates"},"_dlt_loads":{"name":"_dlt_loads","columns":{"load_id":{"name":"load_id","data_type":"text","nullable":false,"precision":64},"schema_name":{"name":"schema_name","data_type":"text","nullable":true},"status":{"name":"status","data_type":"bigint","nullable":false},"inserted_at":{"name":"inserted_at","data_type":"timestamp","nullable":false},"schema_version_hash":{"name":"schema_version_hash","data_type":"text","nullable":true}},"write_disposition":"skip","resource":"_dlt_loads","description":"Created by DLT. Tracks completed loads"}},"settings":{"detections":["iso_timestamp"],"default_hints":{"not_null":["_dlt_id","_dlt_root_id","_dlt_parent_id","_dlt_list_idx","_dlt_load_id"],"parent_key":["_dlt_parent_id"],"root_key":["_dlt_root_id"],"unique":["_dlt_id"],"row_key":["_dlt_id"]}},"normalizers":{"names":"snake_case","json":{"module":"dlt.common.normalizers.json.relational"}},"previous_hashes":[]}')
    "#);
}

#[test]
fn cursor_entries_are_selected_by_pipeline_and_resource() {
    let resources = ["it's", "others"].map(str::to_owned);
    let select = |kind| select_cursor_rows(&StandardSql, &dataset(), kind, ("p", "s", &resources));
    insta::assert_snapshot!(CursorEntryKind::ALL.map(select).join(";\n"), @r#"
    SELECT resource_name, cursor_path, row_hash FROM "f"."da""ta"."_catchment_cursor_rows" WHERE pipeline_name = 'p' AND source_name = 's' AND resource_name IN ('it''s', 'others');
    SELECT resource_name, cursor_path, parent, "cursor" FROM "f"."da""ta"."_catchment_parent_cursors" WHERE pipeline_name = 'p' AND source_name = 's' AND resource_name IN ('it''s', 'others')
    "#);
    let key = CursorEntryKey::new(CursorEntryKind::Rows, "s", "it's", "a.at");
    insta::assert_snapshot!(delete_cursor_rows(&StandardSql, &name(), "p", &key), @r#"DELETE FROM "f"."da""ta"."t" WHERE pipeline_name = 'p' AND source_name = 's' AND resource_name = 'it''s' AND cursor_path = 'a.at'"#);
}
