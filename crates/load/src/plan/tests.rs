use std::collections::BTreeSet;

use catchment_schema::{Column, DataType, MergeStrategy};

use super::facts::Fact;
use super::{ApplyStep, DatasetSnapshot, ExistingTables, Facts, LoadPlan, PlanError, Planner};
use crate::IdentifierCase;
use crate::sql::{DatasetName, Statement};
use crate::testing::StandardSql;
use crate::testing::context::TestContext;
use crate::testing::resource::TestResource;
use crate::testing::void::{CAPABILITIES, Void};

/// Returns the plan of a package in a dataset with the columns `existing`: `table.column type`, then `YES` or `NO` if
/// it is known whether the column accepts nulls, and is a column of partitions or clusters. All facts are `is_true`.
fn check(resource: &TestResource, rows: &str, existing: &[&str], is_true: bool) -> String {
    let mut context = TestContext::new(&Void, "d").unwrap();
    let package = context.package(resource, rows).unwrap();
    let cells = |column: &&str| {
        let (name, rest) = column.split_once(' ').unwrap();
        let (table, column) = name.split_once('.').unwrap();
        [table, column].into_iter().chain(rest.split(' ')).map(|cell| Some(cell.to_owned())).collect()
    };
    let tables = ExistingTables::from_rows(existing.iter().map(cells).collect(), IdentifierCase::Sensitive);
    let snapshot = DatasetSnapshot { tables, has_dataset: !existing.is_empty(), ..DatasetSnapshot::default() };
    let dataset = DatasetName::new(&StandardSql, None, "d");
    let capabilities = &CAPABILITIES;
    let (dialect, location, applied) = (&StandardSql, "nowhere", &BTreeSet::new());
    let planner = Planner { dialect, capabilities, dataset: &dataset, location, package: &package, applied };
    let mut facts = Facts::default();
    loop {
        match planner.plan(&snapshot, &facts) {
            Ok(plan) => return display(&plan),
            Err(PlanError::UnknownFacts(unknown)) => unknown.into_iter().for_each(|fact: Fact| facts.insert(fact, is_true)),
            Err(PlanError::Failed(error)) => return error.to_string(),
        }
    }
}

/// The length of SQL that is shown, as schemas are long.
const SHOWN: usize = 300;

fn display(plan: &LoadPlan) -> String {
    let statement = |Statement { step, sql }: &Statement| {
        let sql: String = sql.lines().map(str::trim).collect::<Vec<_>>().join(" ").chars().take(SHOWN).collect();
        format!("{step}: {sql}")
    };
    let mut lines = Vec::new();
    for staged in &plan.stage {
        lines.push(format!("stage | {}", statement(&staged.create)));
    }
    let parts = [("prepare", &plan.prepare), ("evolve", &plan.evolve)];
    lines.extend(parts.iter().flat_map(|(part, all)| all.iter().map(move |one| format!("{part} | {}", statement(one)))));
    for step in plan.apply.iter().flat_map(|tree| &tree.steps) {
        lines.push(match step {
            ApplyStep::Execute(one) => format!("apply | {}", statement(one)),
            ApplyStep::Write(rows) => format!("apply | write rows into {}", rows.relation),
        });
    }
    lines.extend(plan.confirm.iter().map(|one| format!("confirm | {}", one.step)));
    lines.extend(plan.warnings.iter().map(|warning| format!("warning | {warning}")));
    lines.join("\n")
}

const ROWS: &str = r#"[{"id":1,"v":"a"}]"#;

/// The system tables and an empty table `items`.
const ITEMS: &[&str] = &[
    "_dlt_version.schema TEXT",
    "_dlt_loads.load_id TEXT",
    "_dlt_pipeline_state.state TEXT",
    "items.id BIGINT",
    "items.v TEXT",
    "items._dlt_load_id TEXT",
    "items._dlt_id TEXT",
];

#[test]
fn the_first_load_creates_the_dataset() {
    insta::assert_snapshot!(check(&TestResource::append("items"), r#"[{"id":1,"l":[2]}]"#, &[], false), @r#"
    stage | stage rows of table `items`: CREATE TEMP TABLE "_dlt_staged_0" ( "id" BIGINT, "_dlt_load_id" TEXT, "_dlt_id" TEXT )
    stage | stage rows of table `items__l`: CREATE TEMP TABLE "_dlt_staged_1" ( "value" BIGINT, "_dlt_parent_id" TEXT, "_dlt_list_idx" BIGINT, "_dlt_id" TEXT )
    prepare | create the dataset: CREATE SCHEMA IF NOT EXISTS "d"
    prepare | create table `_dlt_version`: CREATE TABLE IF NOT EXISTS "d"."_dlt_version" ( "version" BIGINT NOT NULL, "engine_version" BIGINT NOT NULL, "inserted_at" TIMESTAMP NOT NULL, "schema_name" TEXT NOT NULL, "version_hash" TEXT NOT NULL, "schema" TEXT NOT NULL )
    prepare | create table `_dlt_loads`: CREATE TABLE IF NOT EXISTS "d"."_dlt_loads" ( "load_id" TEXT NOT NULL, "schema_name" TEXT, "status" BIGINT NOT NULL, "inserted_at" TIMESTAMP NOT NULL, "schema_version_hash" TEXT )
    prepare | create table `_dlt_pipeline_state`: CREATE TABLE IF NOT EXISTS "d"."_dlt_pipeline_state" ( "version" BIGINT NOT NULL, "engine_version" BIGINT NOT NULL, "pipeline_name" TEXT NOT NULL, "state" TEXT NOT NULL, "created_at" TIMESTAMP NOT NULL, "version_hash" TEXT, "_dlt_load_id" TEXT NOT NULL, "_dlt_id" TEXT NOT NULL )
    evolve | create table `items`: CREATE TABLE IF NOT EXISTS "d"."items" ( "id" BIGINT, "_dlt_load_id" TEXT NOT NULL, "_dlt_id" TEXT NOT NULL )
    evolve | create table `items__l`: CREATE TABLE IF NOT EXISTS "d"."items__l" ( "value" BIGINT, "_dlt_parent_id" TEXT NOT NULL, "_dlt_list_idx" BIGINT NOT NULL, "_dlt_id" TEXT NOT NULL )
    apply | insert rows into table `items`: INSERT INTO "d"."items" ("id", "_dlt_load_id", "_dlt_id") SELECT "id", "_dlt_load_id", "_dlt_id" FROM "_dlt_staged_0"
    apply | insert rows into table `items__l`: INSERT INTO "d"."items__l" ("value", "_dlt_parent_id", "_dlt_list_idx", "_dlt_id") SELECT "value", "_dlt_parent_id", "_dlt_list_idx", "_dlt_id" FROM "_dlt_staged_1"
    confirm | drop staged rows
    confirm | drop staged rows
    confirm | delete the earlier copy of the schema
    confirm | insert a row into `_dlt_version`
    confirm | insert a row into `_dlt_pipeline_state`
    confirm | insert a row into `_dlt_loads`
    "#);
}

#[test]
fn replaced_tables_are_emptied() {
    insta::assert_snapshot!(check(&TestResource::replace("items"), ROWS, ITEMS, false), @r#"
    stage | stage rows of table `items`: CREATE TEMP TABLE "_dlt_staged_0" ( "id" BIGINT, "v" TEXT, "_dlt_load_id" TEXT, "_dlt_id" TEXT )
    apply | empty table `items`: DELETE FROM "d"."items"
    apply | insert rows into table `items`: INSERT INTO "d"."items" ("id", "v", "_dlt_load_id", "_dlt_id") SELECT "id", "v", "_dlt_load_id", "_dlt_id" FROM "_dlt_staged_0"
    confirm | drop staged rows
    confirm | delete the earlier copy of the schema
    confirm | insert a row into `_dlt_version`
    confirm | insert a row into `_dlt_pipeline_state`
    confirm | insert a row into `_dlt_loads`
    "#);
    insta::assert_snapshot!(check(&TestResource::replace("items"), "[]", ITEMS, true), @r#"
    apply | empty table `items`: DELETE FROM "d"."items"
    confirm | delete the earlier copy of the schema
    confirm | insert a row into `_dlt_version`
    confirm | insert a row into `_dlt_pipeline_state`
    confirm | insert a row into `_dlt_loads`
    warning | table `items` was emptied: its write disposition is `replace` and this load has no rows for it
    "#);
}

#[test]
fn merged_rows_are_staged() {
    let items = TestResource::merge("items", MergeStrategy::DeleteInsert, &["id"]);
    insta::assert_snapshot!(check(&items, ROWS, ITEMS, false), @r#"
    stage | stage rows of table `items`: CREATE TEMP TABLE "_dlt_staged_0" ( "id" BIGINT, "v" TEXT, "_dlt_load_id" TEXT, "_dlt_id" TEXT, "_dlt_root_row" DECIMAL )
    apply | merge rows into table `items`: CREATE TEMP TABLE "_dlt_deleted_0" AS SELECT d."_dlt_id" FROM "d"."items" AS d WHERE EXISTS (SELECT 1 FROM "_dlt_staged_0" AS s WHERE d."id" = s."id")
    apply | merge rows into table `items`: DELETE FROM "d"."items" WHERE "_dlt_id" IN (SELECT "_dlt_id" FROM "_dlt_deleted_0")
    apply | merge rows into table `items`: DROP TABLE "_dlt_deleted_0"
    apply | merge rows into table `items`: CREATE TEMP TABLE "_dlt_left_out_0" AS SELECT "_dlt_root_row" FROM (SELECT *, row_number() OVER (PARTITION BY "id" ORDER BY "_dlt_root_row") AS "_dlt_place" FROM "_dlt_staged_0") AS s WHERE "_dlt_place" > 1
    apply | merge rows into table `items`: INSERT INTO "d"."items" ("id", "v", "_dlt_load_id", "_dlt_id") SELECT "id", "v", "_dlt_load_id", "_dlt_id" FROM "_dlt_staged_0" AS s WHERE NOT EXISTS (SELECT 1 FROM "_dlt_left_out_0" AS l WHERE l."_dlt_root_row" = s."_dlt_root_row")
    apply | merge rows into table `items`: DROP TABLE "_dlt_left_out_0"
    confirm | drop staged rows
    confirm | delete the earlier copy of the schema
    confirm | insert a row into `_dlt_version`
    confirm | insert a row into `_dlt_pipeline_state`
    confirm | insert a row into `_dlt_loads`
    "#);
}

#[test]
fn columns_are_added_and_widened() {
    let items = TestResource::append("items").column(Column::new("must", DataType::Bool).not_null());
    let rows = r#"[{"id":1.5,"v":"a","must":true}]"#;
    insta::assert_snapshot!(check(&items, rows, ITEMS, false), @r#"
    stage | stage rows of table `items`: CREATE TEMP TABLE "_dlt_staged_0" ( "must" BOOL, "id" DOUBLE, "v" TEXT, "_dlt_load_id" TEXT, "_dlt_id" TEXT )
    evolve | widen column `id` of table `items`: ALTER TABLE "d"."items" ALTER COLUMN "id" TYPE DOUBLE
    evolve | add column `must` to table `items`: ALTER TABLE "d"."items" ADD COLUMN "must" BOOL NOT NULL
    apply | insert rows into table `items`: INSERT INTO "d"."items" ("must", "id", "v", "_dlt_load_id", "_dlt_id") SELECT "must", "id", "v", "_dlt_load_id", "_dlt_id" FROM "_dlt_staged_0"
    confirm | drop staged rows
    confirm | delete the earlier copy of the schema
    confirm | insert a row into `_dlt_version`
    confirm | insert a row into `_dlt_pipeline_state`
    confirm | insert a row into `_dlt_loads`
    "#);
    insta::assert_snapshot!(check(&items, rows, ITEMS, true), @r#"
    stage | stage rows of table `items`: CREATE TEMP TABLE "_dlt_staged_0" ( "must" BOOL, "id" BIGINT, "v" TEXT, "_dlt_load_id" TEXT, "_dlt_id" TEXT, "id__v_double" DOUBLE )
    evolve | add column `must` to table `items`: ALTER TABLE "d"."items" ADD COLUMN "must" BOOL
    evolve | add column `id__v_double` to table `items`: ALTER TABLE "d"."items" ADD COLUMN "id__v_double" DOUBLE
    apply | insert rows into table `items`: INSERT INTO "d"."items" ("must", "id", "v", "_dlt_load_id", "_dlt_id", "id__v_double") SELECT "must", "id", "v", "_dlt_load_id", "_dlt_id", "id__v_double" FROM "_dlt_staged_0"
    confirm | drop staged rows
    confirm | delete the earlier copy of the schema
    confirm | insert a row into `_dlt_version`
    confirm | insert a row into `_dlt_pipeline_state`
    confirm | insert a row into `_dlt_loads`
    warning | column `must` of table `items` is NOT NULL but existing rows have no value; added as nullable
    "#);
}

#[test]
fn columns_are_relaxed() {
    let change = |column: &&'static str| match *column {
        "items.v TEXT" => "items.v TEXT NO",
        "items.id BIGINT" => "items.id BIGINT YES",
        "items._dlt_id TEXT" => "items._dlt_id TEXT NO",
        column => column,
    };
    let existing: Vec<&str> = ITEMS.iter().map(change).collect();
    let plan = check(&TestResource::append("items"), ROWS, &existing, false);
    let evolve: Vec<&str> = plan.lines().filter(|line| line.starts_with("evolve")).collect();
    insta::assert_snapshot!(evolve.join("\n"), @r#"evolve | allow nulls in column `v` of table `items`: ALTER TABLE "d"."items" ALTER COLUMN "v" DROP NOT NULL"#);
}

#[test]
fn clustered_columns_are_not_widened_to_doubles() {
    let change = |column: &&'static str| if *column == "items.id BIGINT" { "items.id BIGINT YES NO YES" } else { *column };
    let existing: Vec<&str> = ITEMS.iter().map(change).collect();
    let key = TestResource::merge("items", MergeStrategy::Upsert, &["id"]);
    insta::assert_snapshot!(check(&key, r#"[{"id":1.5}]"#, &existing, false), @r#"failed to widen column `id` of table `items` in nowhere: the key has fractions, but the table is partitioned or clustered by its integers; create the table again with `--refresh drop_resources`, and the column with `data_type: double`"#);
    let plan = check(&TestResource::append("items"), r#"[{"id":1.5}]"#, &existing, false);
    let evolve: Vec<&str> = plan.lines().filter(|line| line.starts_with("evolve")).collect();
    insta::assert_snapshot!(evolve.join("\n"), @r#"evolve | add column `id__v_double` to table `items`: ALTER TABLE "d"."items" ADD COLUMN "id__v_double" DOUBLE"#);
}

#[test]
fn columns_of_another_type_are_cast() {
    let existing: Vec<&str> =
        ITEMS.iter().map(|column| if *column == "items.v TEXT" { "items.v UUID" } else { column }).collect();
    insta::assert_snapshot!(check(&TestResource::append("items"), ROWS, &existing, false), @r#"
    stage | stage rows of table `items`: CREATE TEMP TABLE "_dlt_staged_0" ( "id" BIGINT, "v" TEXT, "_dlt_load_id" TEXT, "_dlt_id" TEXT )
    apply | insert rows into table `items`: INSERT INTO "d"."items" ("id", "v", "_dlt_load_id", "_dlt_id") SELECT "id", CAST("v" AS UUID), "_dlt_load_id", "_dlt_id" FROM "_dlt_staged_0"
    confirm | drop staged rows
    confirm | delete the earlier copy of the schema
    confirm | insert a row into `_dlt_version`
    confirm | insert a row into `_dlt_pipeline_state`
    confirm | insert a row into `_dlt_loads`
    "#);
}
