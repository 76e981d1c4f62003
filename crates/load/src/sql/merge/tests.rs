use catchment_schema::{DedupSort, MergeStrategy};

use super::{HardDelete, KeyColumn, MergePlan, StagedRows, Strategy, Versions, merge_statements};
use crate::sql::{DatasetName, InsertColumn, PartitionColumn, TargetTable};
use crate::testing::StandardSql;

/// Returns the statements for a table `t` with the keys `a` and `b`, a child table with new rows and one without.
fn check(strategy: MergeStrategy, change: impl FnOnce(&mut MergePlan<'_>)) -> String {
    let dataset = DatasetName::new(&StandardSql, Some("f"), "d");
    let table = |name: &str| TargetTable { name: dataset.table(&StandardSql, name), partition: None };
    let columns = |names: &[&str]| -> Vec<InsertColumn> {
        names.iter().map(|name| InsertColumn { name: (*name).to_owned(), cast: None }).collect()
    };
    let (of_root, of_child) = (columns(&["a", "b", "_dlt_id"]), columns(&["v", "_dlt_root_id"]));
    let mut plan = MergePlan {
        number: 0,
        dialect: &StandardSql,
        root: table("t"),
        rows: StagedRows { relation: "s0", columns: &of_root },
        children: vec![(table("t__x"), Some(StagedRows { relation: "s1", columns: &of_child })), (table("t__gone"), None)],
        primary_key: vec![nullable("a"), nullable("b")],
        merge_key: Vec::new(),
        is_deduplicated: false,
        dedup_sort: Vec::new(),
        hard_delete: None,
    };
    change(&mut plan);
    let versions = Versions {
        row_version: "_dlt_id",
        valid_from: "since",
        valid_to: "until",
        boundary: "NOW".to_owned(),
        active: plan.is_deduplicated.then(|| "NEVER".to_owned()),
    };
    let strategy = match strategy {
        MergeStrategy::DeleteInsert => Strategy::DeleteInsert,
        MergeStrategy::Upsert => Strategy::Upsert,
        MergeStrategy::InsertOnly => Strategy::InsertOnly,
        MergeStrategy::Scd2 => Strategy::Scd2(versions),
    };
    plan.declarations().into_iter().chain(merge_statements(&plan, &strategy)).collect::<Vec<_>>().join(";\n")
}

/// Partitions the root table of a plan by the column `name`.
fn partition(plan: &mut MergePlan<'_>, name: &str) {
    plan.root.partition = Some(PartitionColumn { name: name.to_owned(), data_type: "DATE".to_owned() });
    plan.children.clear();
    plan.is_deduplicated = true;
}

#[test]
fn partitions_in_the_key_are_pruned() {
    insta::assert_snapshot!(check(MergeStrategy::DeleteInsert, |plan| partition(plan, "b")), @r#"
    DECLARE _dlt_partitions_0 DEFAULT (SELECT DISTINCT "b" FROM s0);
    CREATE TEMP TABLE "_dlt_deleted_0" AS SELECT d."_dlt_id" FROM "f"."d"."t" AS d WHERE EXISTS (SELECT 1 FROM s0 AS s WHERE d."a" IS NOT DISTINCT FROM s."a" AND d."b" IS NOT DISTINCT FROM s."b") AND (d."b" IN _dlt_partitions_0 OR d."b" IS NULL);
    DELETE FROM "f"."d"."t" WHERE "_dlt_id" IN (SELECT "_dlt_id" FROM "_dlt_deleted_0") AND ("b" IN _dlt_partitions_0 OR "b" IS NULL);
    DROP TABLE "_dlt_deleted_0";
    INSERT INTO "f"."d"."t" ("a", "b", "_dlt_id") SELECT "a", "b", "_dlt_id" FROM s0 AS s
    "#);
    insta::assert_snapshot!(check(MergeStrategy::InsertOnly, |plan| partition(plan, "b")), @r#"
    DECLARE _dlt_partitions_0 DEFAULT (SELECT DISTINCT "b" FROM s0);
    CREATE TEMP TABLE "_dlt_kept_0" AS SELECT "_dlt_root_row" FROM s0 AS s WHERE NOT EXISTS (SELECT 1 FROM "f"."d"."t" AS d WHERE d."a" IS NOT DISTINCT FROM s."a" AND d."b" IS NOT DISTINCT FROM s."b" AND (d."b" IN _dlt_partitions_0 OR d."b" IS NULL));
    INSERT INTO "f"."d"."t" ("a", "b", "_dlt_id") SELECT "a", "b", "_dlt_id" FROM s0 AS s WHERE "_dlt_root_row" IN (SELECT "_dlt_root_row" FROM "_dlt_kept_0");
    DROP TABLE "_dlt_kept_0"
    "#);
    let by_other_key = |plan: &mut MergePlan<'_>| {
        partition(plan, "b");
        plan.primary_key.truncate(1);
        plan.merge_key = vec![KeyColumn { is_nullable: false, ..nullable("b") }];
    };
    insta::assert_snapshot!(check(MergeStrategy::DeleteInsert, by_other_key), @r#"
    DECLARE _dlt_partitions_0 DEFAULT (SELECT DISTINCT "b" FROM s0);
    CREATE TEMP TABLE "_dlt_deleted_0" AS SELECT d."_dlt_id" FROM "f"."d"."t" AS d WHERE EXISTS (SELECT 1 FROM s0 AS s WHERE d."a" IS NOT DISTINCT FROM s."a") AND (d."b" IS NOT NULL OR d."b" IS NULL) UNION DISTINCT SELECT d."_dlt_id" FROM "f"."d"."t" AS d WHERE EXISTS (SELECT 1 FROM s0 AS s WHERE d."b" = s."b") AND d."b" IN _dlt_partitions_0;
    DELETE FROM "f"."d"."t" WHERE "_dlt_id" IN (SELECT "_dlt_id" FROM "_dlt_deleted_0") AND ("b" IS NOT NULL OR "b" IS NULL);
    DROP TABLE "_dlt_deleted_0";
    INSERT INTO "f"."d"."t" ("a", "b", "_dlt_id") SELECT "a", "b", "_dlt_id" FROM s0 AS s
    "#);
}

#[test]
fn partitions_that_rows_can_leave_are_not_pruned() {
    insta::assert_snapshot!(check(MergeStrategy::Upsert, |plan| partition(plan, "c")), @r#"
    CREATE TEMP TABLE "_dlt_deleted_0" AS SELECT d."_dlt_id" FROM "f"."d"."t" AS d WHERE EXISTS (SELECT 1 FROM s0 AS s WHERE d."a" IS NOT DISTINCT FROM s."a" AND d."b" IS NOT DISTINCT FROM s."b") AND (d."c" IS NOT NULL OR d."c" IS NULL);
    DELETE FROM "f"."d"."t" WHERE "_dlt_id" IN (SELECT "_dlt_id" FROM "_dlt_deleted_0") AND ("c" IS NOT NULL OR "c" IS NULL);
    DROP TABLE "_dlt_deleted_0";
    INSERT INTO "f"."d"."t" ("a", "b", "_dlt_id") SELECT "a", "b", "_dlt_id" FROM s0 AS s
    "#);
    insta::assert_snapshot!(check(MergeStrategy::Scd2, |plan| partition(plan, "c")), @r#"
    CREATE TEMP TABLE "_dlt_kept_0" AS SELECT "_dlt_root_row", "_dlt_id" FROM s0 AS s;
    UPDATE "f"."d"."t" AS d SET "until" = NOW WHERE (d."until" IS NULL OR d."until" = NEVER) AND NOT EXISTS (SELECT 1 FROM "_dlt_kept_0" AS k WHERE k."_dlt_id" = d."_dlt_id") AND (d."c" IS NOT NULL OR d."c" IS NULL);
    CREATE TEMP TABLE "_dlt_begun_0" AS SELECT k."_dlt_root_row" FROM "_dlt_kept_0" AS k WHERE NOT EXISTS (SELECT 1 FROM "f"."d"."t" AS d WHERE d."_dlt_id" = k."_dlt_id" AND (d."until" IS NULL OR d."until" = NEVER) AND (d."c" IS NOT NULL OR d."c" IS NULL));
    INSERT INTO "f"."d"."t" ("since", "until", "a", "b", "_dlt_id") SELECT NOW, NEVER, "a", "b", "_dlt_id" FROM s0 WHERE "_dlt_root_row" IN (SELECT "_dlt_root_row" FROM "_dlt_begun_0");
    DROP TABLE "_dlt_begun_0";
    DROP TABLE "_dlt_kept_0"
    "#);
}

const fn nullable(name: &str) -> KeyColumn<'_> {
    KeyColumn { name, is_nullable: true, is_double: false }
}

#[test]
fn delete_insert_by_a_compound_key() {
    insta::assert_snapshot!(check(MergeStrategy::DeleteInsert, |_| ()), @r#"
    CREATE TEMP TABLE "_dlt_deleted_0" AS SELECT d."_dlt_id" FROM "f"."d"."t" AS d WHERE EXISTS (SELECT 1 FROM s0 AS s WHERE d."a" IS NOT DISTINCT FROM s."a" AND d."b" IS NOT DISTINCT FROM s."b");
    DELETE FROM "f"."d"."t__x" WHERE "_dlt_root_id" IN (SELECT "_dlt_id" FROM "_dlt_deleted_0");
    DELETE FROM "f"."d"."t__gone" WHERE "_dlt_root_id" IN (SELECT "_dlt_id" FROM "_dlt_deleted_0");
    DELETE FROM "f"."d"."t" WHERE "_dlt_id" IN (SELECT "_dlt_id" FROM "_dlt_deleted_0");
    DROP TABLE "_dlt_deleted_0";
    CREATE TEMP TABLE "_dlt_left_out_0" AS SELECT "_dlt_root_row" FROM (SELECT *, row_number() OVER (PARTITION BY "a", "b" ORDER BY "_dlt_root_row") AS "_dlt_place" FROM s0) AS s WHERE "_dlt_place" > 1;
    INSERT INTO "f"."d"."t" ("a", "b", "_dlt_id") SELECT "a", "b", "_dlt_id" FROM s0 AS s WHERE NOT EXISTS (SELECT 1 FROM "_dlt_left_out_0" AS l WHERE l."_dlt_root_row" = s."_dlt_root_row");
    INSERT INTO "f"."d"."t__x" ("v", "_dlt_root_id") SELECT "v", "_dlt_root_id" FROM s1 AS s WHERE NOT EXISTS (SELECT 1 FROM "_dlt_left_out_0" AS l WHERE l."_dlt_root_row" = s."_dlt_root_row");
    DROP TABLE "_dlt_left_out_0"
    "#);
}

#[test]
fn delete_insert_by_both_keys_with_hard_delete() {
    let change = |plan: &mut MergePlan<'_>| {
        plan.primary_key = vec![nullable("a")];
        plan.merge_key = vec![nullable("b")];
        plan.children.clear();
        plan.dedup_sort = vec![("b", DedupSort::Descending)];
        plan.hard_delete = Some(HardDelete { column: "gone", is_bool: true });
    };
    insta::assert_snapshot!(check(MergeStrategy::DeleteInsert, change), @r#"
    CREATE TEMP TABLE "_dlt_deleted_0" AS SELECT d."_dlt_id" FROM "f"."d"."t" AS d WHERE EXISTS (SELECT 1 FROM s0 AS s WHERE d."a" IS NOT DISTINCT FROM s."a") UNION DISTINCT SELECT d."_dlt_id" FROM "f"."d"."t" AS d WHERE EXISTS (SELECT 1 FROM s0 AS s WHERE d."b" IS NOT DISTINCT FROM s."b");
    DELETE FROM "f"."d"."t" WHERE "_dlt_id" IN (SELECT "_dlt_id" FROM "_dlt_deleted_0");
    DROP TABLE "_dlt_deleted_0";
    CREATE TEMP TABLE "_dlt_left_out_0" AS SELECT "_dlt_root_row" FROM (SELECT *, row_number() OVER (PARTITION BY "a" ORDER BY "b" DESC NULLS LAST, "_dlt_root_row") AS "_dlt_place" FROM s0) AS s WHERE "_dlt_place" > 1 OR NOT ("gone" IS NOT TRUE);
    INSERT INTO "f"."d"."t" ("a", "b", "_dlt_id") SELECT "a", "b", "_dlt_id" FROM s0 AS s WHERE NOT EXISTS (SELECT 1 FROM "_dlt_left_out_0" AS l WHERE l."_dlt_root_row" = s."_dlt_root_row");
    DROP TABLE "_dlt_left_out_0"
    "#);
}

#[test]
fn delete_insert_without_a_key_appends() {
    let change = |plan: &mut MergePlan<'_>| {
        plan.primary_key.clear();
        plan.children.clear();
    };
    insta::assert_snapshot!(check(MergeStrategy::DeleteInsert, change), @r#"
    INSERT INTO "f"."d"."t" ("a", "b", "_dlt_id") SELECT "a", "b", "_dlt_id" FROM s0 AS s
    "#);
}

#[test]
fn upsert_ignores_the_merge_key() {
    let change = |plan: &mut MergePlan<'_>| {
        plan.merge_key = vec![nullable("b")];
        plan.primary_key = vec![nullable("a")];
        plan.children.pop();
    };
    insta::assert_snapshot!(check(MergeStrategy::Upsert, change), @r#"
    CREATE TEMP TABLE "_dlt_deleted_0" AS SELECT d."_dlt_id" FROM "f"."d"."t" AS d WHERE EXISTS (SELECT 1 FROM s0 AS s WHERE d."a" IS NOT DISTINCT FROM s."a");
    DELETE FROM "f"."d"."t__x" WHERE "_dlt_root_id" IN (SELECT "_dlt_id" FROM "_dlt_deleted_0");
    DELETE FROM "f"."d"."t" WHERE "_dlt_id" IN (SELECT "_dlt_id" FROM "_dlt_deleted_0");
    DROP TABLE "_dlt_deleted_0";
    CREATE TEMP TABLE "_dlt_left_out_0" AS SELECT "_dlt_root_row" FROM (SELECT *, row_number() OVER (PARTITION BY "a" ORDER BY "_dlt_root_row") AS "_dlt_place" FROM s0) AS s WHERE "_dlt_place" > 1;
    INSERT INTO "f"."d"."t" ("a", "b", "_dlt_id") SELECT "a", "b", "_dlt_id" FROM s0 AS s WHERE NOT EXISTS (SELECT 1 FROM "_dlt_left_out_0" AS l WHERE l."_dlt_root_row" = s."_dlt_root_row");
    INSERT INTO "f"."d"."t__x" ("v", "_dlt_root_id") SELECT "v", "_dlt_root_id" FROM s1 AS s WHERE NOT EXISTS (SELECT 1 FROM "_dlt_left_out_0" AS l WHERE l."_dlt_root_row" = s."_dlt_root_row");
    DROP TABLE "_dlt_left_out_0"
    "#);
}

#[test]
fn insert_only_leaves_existing_rows() {
    let change = |plan: &mut MergePlan<'_>| {
        plan.primary_key = vec![nullable("a")];
        plan.dedup_sort = vec![("b", DedupSort::Ascending)];
        plan.hard_delete = Some(HardDelete { column: "gone", is_bool: false });
        plan.children.clear();
    };
    insta::assert_snapshot!(check(MergeStrategy::InsertOnly, change), @r#"
    CREATE TEMP TABLE "_dlt_kept_0" AS SELECT "_dlt_root_row" FROM (SELECT *, row_number() OVER (PARTITION BY "a" ORDER BY "b" ASC NULLS LAST, "_dlt_root_row") AS "_dlt_place" FROM s0) AS s WHERE "_dlt_place" = 1 AND "gone" IS NULL AND NOT EXISTS (SELECT 1 FROM "f"."d"."t" AS d WHERE d."a" IS NOT DISTINCT FROM s."a");
    INSERT INTO "f"."d"."t" ("a", "b", "_dlt_id") SELECT "a", "b", "_dlt_id" FROM s0 AS s WHERE "_dlt_root_row" IN (SELECT "_dlt_root_row" FROM "_dlt_kept_0");
    DROP TABLE "_dlt_kept_0"
    "#);
}

#[test]
fn scd2_ends_missing_versions_and_begins_new_ones() {
    let change = |plan: &mut MergePlan<'_>| plan.primary_key.clear();
    insta::assert_snapshot!(check(MergeStrategy::Scd2, change), @r#"
    CREATE TEMP TABLE "_dlt_kept_0" AS SELECT "_dlt_root_row", "_dlt_id" FROM (SELECT *, row_number() OVER (PARTITION BY "_dlt_id" ORDER BY "_dlt_root_row") AS "_dlt_place" FROM s0) AS s WHERE "_dlt_place" = 1;
    UPDATE "f"."d"."t" AS d SET "until" = NOW WHERE d."until" IS NULL AND NOT EXISTS (SELECT 1 FROM "_dlt_kept_0" AS k WHERE k."_dlt_id" = d."_dlt_id");
    CREATE TEMP TABLE "_dlt_begun_0" AS SELECT k."_dlt_root_row" FROM "_dlt_kept_0" AS k WHERE NOT EXISTS (SELECT 1 FROM "f"."d"."t" AS d WHERE d."_dlt_id" = k."_dlt_id" AND d."until" IS NULL);
    INSERT INTO "f"."d"."t" ("since", "until", "a", "b", "_dlt_id") SELECT NOW, NULL, "a", "b", "_dlt_id" FROM s0 WHERE "_dlt_root_row" IN (SELECT "_dlt_root_row" FROM "_dlt_begun_0");
    INSERT INTO "f"."d"."t__x" ("v", "_dlt_root_id") SELECT "v", "_dlt_root_id" FROM s1 AS s WHERE "_dlt_root_row" IN (SELECT "_dlt_root_row" FROM "_dlt_begun_0") AND NOT EXISTS (SELECT 1 FROM "f"."d"."t__x" AS d WHERE d."_dlt_id" = s."_dlt_id");
    DROP TABLE "_dlt_begun_0";
    DROP TABLE "_dlt_kept_0"
    "#);
}

#[test]
fn scd2_with_a_merge_key_and_an_active_timestamp() {
    let change = |plan: &mut MergePlan<'_>| {
        plan.merge_key = vec![nullable("a")];
        plan.primary_key = vec![nullable("a")];
        plan.is_deduplicated = true;
        plan.children.clear();
    };
    insta::assert_snapshot!(check(MergeStrategy::Scd2, change), @r#"
    CREATE TEMP TABLE "_dlt_kept_0" AS SELECT "_dlt_root_row", "_dlt_id" FROM s0 AS s;
    UPDATE "f"."d"."t" AS d SET "until" = NOW WHERE (d."until" IS NULL OR d."until" = NEVER) AND NOT EXISTS (SELECT 1 FROM "_dlt_kept_0" AS k WHERE k."_dlt_id" = d."_dlt_id") AND EXISTS (SELECT 1 FROM s0 AS s WHERE d."a" IS NOT DISTINCT FROM s."a");
    CREATE TEMP TABLE "_dlt_begun_0" AS SELECT k."_dlt_root_row" FROM "_dlt_kept_0" AS k WHERE NOT EXISTS (SELECT 1 FROM "f"."d"."t" AS d WHERE d."_dlt_id" = k."_dlt_id" AND (d."until" IS NULL OR d."until" = NEVER));
    INSERT INTO "f"."d"."t" ("since", "until", "a", "b", "_dlt_id") SELECT NOW, NEVER, "a", "b", "_dlt_id" FROM s0 WHERE "_dlt_root_row" IN (SELECT "_dlt_root_row" FROM "_dlt_begun_0");
    DROP TABLE "_dlt_begun_0";
    DROP TABLE "_dlt_kept_0"
    "#);
}

#[test]
fn keys_without_nulls_are_compared_with_equality() {
    let change = |plan: &mut MergePlan<'_>| {
        plan.primary_key = vec![KeyColumn { name: "a", is_nullable: false, is_double: false }, nullable("b")];
        plan.children.clear();
        plan.is_deduplicated = true;
    };
    insta::assert_snapshot!(check(MergeStrategy::DeleteInsert, change), @r#"
    CREATE TEMP TABLE "_dlt_deleted_0" AS SELECT d."_dlt_id" FROM "f"."d"."t" AS d WHERE EXISTS (SELECT 1 FROM s0 AS s WHERE d."a" = s."a" AND d."b" IS NOT DISTINCT FROM s."b");
    DELETE FROM "f"."d"."t" WHERE "_dlt_id" IN (SELECT "_dlt_id" FROM "_dlt_deleted_0");
    DROP TABLE "_dlt_deleted_0";
    INSERT INTO "f"."d"."t" ("a", "b", "_dlt_id") SELECT "a", "b", "_dlt_id" FROM s0 AS s
    "#);
}
