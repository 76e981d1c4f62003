//! Write dispositions.

use catchment::{MergeOptions, MergeStrategy, Resource, RunError};

use crate::dataset::Dataset;
use crate::pipeline::{append, merge, replace, run};

/// Loads lists of rows sequentially, and compares the resulting rows and child rows.
fn check(disposition: fn(Resource) -> Resource, loads: &[&str], expected: &str) {
    let dataset = Dataset::new();
    for rows in loads {
        run(&dataset, rows, disposition).unwrap();
    }
    let has_children = dataset.query("SELECT count(*) FROM information_schema.tables WHERE table_name = 'items__l'") == "1";
    let children = if has_children { dataset.query("SELECT value FROM items__l ORDER BY 1") } else { String::new() };
    let shown = format!("{} / {children}", dataset.query("SELECT id, v FROM items ORDER BY id, v"));
    assert_eq!(shown, expected, "{loads:?}");
    dataset.check_integrity("items", if has_children { &["items__l"] } else { &[] });
}

#[test]
fn append_keeps_all_rows() {
    check(append, &[r#"[{"id":1,"v":1,"l":[1]}]"#, r#"[{"id":1,"v":2,"l":[2]}]"#], "1 1; 1 2 / 1; 2");
}

#[test]
fn replace_keeps_only_the_last_load() {
    check(replace, &[r#"[{"id":1,"v":1,"l":[1]},{"id":2,"v":1}]"#, r#"[{"id":3,"v":1,"l":[3]}]"#], "3 1 / 3");
}

#[test]
fn replace_empties_child_tables_without_new_rows() {
    check(replace, &[r#"[{"id":1,"v":1,"l":[1]}]"#, r#"[{"id":2,"v":2}]"#], "2 2 / ");
}

#[test]
fn replace_with_no_rows_empties_the_tables() {
    check(replace, &[r#"[{"id":1,"v":1,"l":[1]}]"#, "[]"], " / ");
}

#[test]
fn merge_replaces_rows_and_child_rows_by_key() {
    check(
        merge,
        &[r#"[{"id":1,"v":1,"l":[1,2]},{"id":2,"v":1,"l":[3]}]"#, r#"[{"id":1,"v":2,"l":[4]},{"id":3,"v":1}]"#],
        "1 2; 2 1; 3 1 / 3; 4",
    );
}

#[test]
fn merge_keeps_the_first_row_of_equal_keys() {
    check(merge, &[r#"[{"id":1,"v":1,"l":[1]},{"id":1,"v":2,"l":[2]}]"#], "1 1 / 1");
}

#[test]
fn merge_deletes_child_rows() {
    check(merge, &[r#"[{"id":1,"v":1,"l":[1,2]}]"#, r#"[{"id":1,"v":2}]"#], "1 2 / ");
}

#[test]
fn a_missing_key_fails_the_load_and_changes_nothing() {
    let dataset = Dataset::new();
    run(&dataset, r#"[{"id":1,"v":1}]"#, merge).unwrap();
    let error = run(&dataset, r#"[{"id":2,"v":2},{"v":3}]"#, merge).unwrap_err();
    assert!(matches!(error, RunError::Normalize(_)), "{error}");
    assert_eq!(dataset.query("SELECT id, v FROM items"), "1 1");
    run(&dataset, r#"[{"id":2,"v":2}]"#, merge).unwrap();
    assert_eq!(dataset.query("SELECT id, v FROM items ORDER BY id"), "1 1; 2 2");
}

#[test]
fn reserved_and_special_names_are_quoted() {
    let dataset = Dataset::new();
    run(&dataset, r#"[{"id":1,"select":"a","group by":"b","ü\"'":"c"}]"#, merge).unwrap();
    assert_eq!(dataset.query(r#"SELECT "select", group_by FROM items"#), "a b");
}

fn merge_by(strategy: MergeStrategy) -> impl Fn(Resource) -> Resource {
    move |resource| resource.primary_key(["id"]).merge(MergeOptions { strategy, ..MergeOptions::default() })
}

#[test]
fn rows_with_equal_keys_in_one_load_keep_their_own_child_rows() {
    for strategy in [MergeStrategy::DeleteInsert, MergeStrategy::Upsert, MergeStrategy::InsertOnly] {
        let rows = r#"[{"id":1,"v":1,"l":[{"m":[1]},{"m":[2]}]},{"id":1,"v":2,"l":[{"m":[3]}]},{"id":2,"v":3,"l":[{"m":[4]}]}]"#;
        let dataset = Dataset::new();
        run(&dataset, rows, merge_by(strategy)).unwrap();
        assert_eq!(dataset.query("SELECT id, v FROM items ORDER BY id"), "1 1; 2 3", "{strategy}");
        assert_eq!(dataset.query("SELECT value FROM items__l__m ORDER BY 1"), "1; 2; 4", "{strategy}");
        dataset.check_integrity("items", &["items__l"]);
        let orphans = "SELECT count(*) FROM items__l__m WHERE _dlt_parent_id NOT IN (SELECT _dlt_id FROM items__l)";
        assert_eq!(dataset.query(orphans), "0", "{strategy}");
    }
}
