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
fn null_only_columns_are_reported_and_created_by_policy() {
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
fn null_in_place_of_an_object_or_list_is_not_a_column() {
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
fn a_list_of_nulls_has_a_null_only_column() {
    check(
        NullColumnPolicy::Text,
        &[r#"[{"l":[null]}]"#],
        "t(_dlt_load_id, _dlt_id)

         t__l(_dlt_parent_id, _dlt_list_idx, _dlt_id, value text)",
        &["t__l.value"],
    );
}
