use catchment_schema::Schema;

use super::{load_with, trim};
use crate::{NormalizeOptions, NullColumnPolicy};

fn check(policy: NullColumnPolicy, pages: &[&str], expected: &str, reported: &[&str]) {
    let options = NormalizeOptions { null_only_columns: policy, ..NormalizeOptions::default() };
    let (found, _, findings) = load_with(options, Schema::new("s"), pages).unwrap();
    assert_eq!(trim(&found), trim(expected));
    let found: Vec<String> = findings.null_only_columns.iter().map(|null| format!("{}.{}", null.table, null.column)).collect();
    assert_eq!(found, reported);
}

#[test]
fn columns_that_are_null_only_are_reported_and_kept_where_one_wants() {
    let pages = [r#"[{"id":1,"a":null,"b":null,"o":{"x":null},"l":[{"y":null}]}]"#, r#"[{"b":2,"c":null}]"#];
    let rows = "id=1
        b=2";
    let children = "t__l(_dlt_parent_id, _dlt_list_idx, _dlt_id)";
    let reported = ["t.a", "t.c", "t.o__x", "t__l.y"];
    check(
        NullColumnPolicy::Drop,
        &pages,
        &format!("t(id bigint, _dlt_load_id, _dlt_id, b bigint)\n{rows}\n{children}"),
        &reported,
    );
    check(
        NullColumnPolicy::Text,
        &pages,
        &format!(
            "t(id bigint, _dlt_load_id, _dlt_id, b bigint, a text, c text, o__x text)\n{rows}\n{}",
            children.replace("_dlt_id)", "_dlt_id, y text)")
        ),
        &reported,
    );
    check(
        NullColumnPolicy::Json,
        &pages,
        &format!(
            "t(id bigint, _dlt_load_id, _dlt_id, b bigint, a json, c json, o__x json)\n{rows}\n{}",
            children.replace("_dlt_id)", "_dlt_id, y json)")
        ),
        &reported,
    );
}

#[test]
fn null_where_objects_or_lists_are_elsewhere_is_no_column() {
    let pages = [r#"[{"o":null,"l":null}]"#, r#"[{"o":{"x":1},"l":[1]}]"#];
    check(
        NullColumnPolicy::Text,
        &pages,
        "t(_dlt_load_id, _dlt_id, o__x bigint)

         o__x=1
         t__l(value bigint, _dlt_parent_id, _dlt_list_idx, _dlt_id)
         value=1",
        &[],
    );
}

#[test]
fn lists_of_nulls_have_a_column_of_nulls() {
    check(
        NullColumnPolicy::Text,
        &[r#"[{"l":[null]}]"#],
        "t(_dlt_load_id, _dlt_id)

         t__l(_dlt_parent_id, _dlt_list_idx, _dlt_id, value text)",
        &["t__l.value"],
    );
}
