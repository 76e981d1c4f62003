use catchment_schema::Schema;

use super::{check, load_with, trim};
use crate::{NormalizeOptions, RenamedKey};

#[test]
fn colliding_keys_get_different_names() {
    let expected = "t(a_b_hhnamq bigint, a_b bigint, a_b_jxny2a bigint, _dlt_load_id, _dlt_id)
        a_b_hhnamq=1 a_b=2 a_b_jxny2a=3";
    check(&[r#"[{"aB":1,"a_b":2,"A B":3}]"#], expected);
}

#[test]
fn the_exact_spelling_has_the_plain_name_in_any_order() {
    check(
        &[r#"[{"a_b":1,"aB":2}]"#, r#"[{"aB":3,"a_b":4}]"#, r#"[{"aB":5}]"#],
        "t(a_b bigint, a_b_hhnamq bigint, _dlt_load_id, _dlt_id)
        a_b=1 a_b_hhnamq=2
        a_b_hhnamq=3 a_b=4
        a_b=5",
    );
    check(
        &[r#"[{"aB":1,"A B":2}]"#],
        "t(a_b_hhnamq bigint, a_b bigint, _dlt_load_id, _dlt_id)
        a_b_hhnamq=1 a_b=2",
    );
}

#[test]
fn colliding_objects_and_lists_get_different_names() {
    check(
        &[r#"[{"aB":{"x":1},"a_b":{"x":2}},{"aB":[1],"a_b":[2]}]"#],
        "t(a_b__x bigint, a_b_hhnamq__x bigint, _dlt_load_id, _dlt_id)
        a_b__x=2 a_b_hhnamq__x=1

        t__a_b_hhnamq(value bigint, _dlt_parent_id, _dlt_list_idx, _dlt_id)
        value=1
        t__a_b(value bigint, _dlt_parent_id, _dlt_list_idx, _dlt_id)
        value=2",
    );
}

#[test]
fn keys_that_are_paths_do_not_collide_with_objects() {
    for page in [r#"[{"a__b":1,"a":{"b":2}}]"#, r#"[{"a":{"b":2},"a__b":1}]"#] {
        check(
            &[page],
            "t(a__b bigint, a__b_atldyq bigint, _dlt_load_id, _dlt_id)
            a__b=1 a__b_atldyq=2",
        );
    }
    for page in [r#"[{"a__b":[1],"a":{"b":[2]}}]"#, r#"[{"a":{"b":[2]},"a__b":[1]}]"#] {
        check(
            &[page],
            "t(_dlt_load_id, _dlt_id)

            t__a__b(value bigint, _dlt_parent_id, _dlt_list_idx, _dlt_id)
            value=1
            t__a__b_atldyq(value bigint, _dlt_parent_id, _dlt_list_idx, _dlt_id)
            value=2",
        );
    }
}

#[test]
fn escaped_and_plain_keys_are_equal() {
    check(
        &[r#"[{"a":1,"\u0061":2}]"#, r#"[{"\u0061":3}]"#],
        "t(a bigint, _dlt_load_id, _dlt_id)
        a=2
        a=3",
    );
}

#[test]
fn renamed_keys_are_reported() {
    let (_, _, findings) =
        load_with(NormalizeOptions::default(), Schema::new("s"), &[r#"[{"a_b":1,"aB":2},{"a_b":1,"aB":2}]"#]).unwrap();
    let expected = RenamedKey { table: "t".to_owned(), key: "aB".to_owned(), column: "a_b_hhnamq".to_owned() };
    assert_eq!(findings.renamed_keys.into_iter().collect::<Vec<_>>(), [expected]);
}

#[test]
fn long_names_are_shortened() {
    let options = NormalizeOptions { max_identifier_length: Some(20), ..NormalizeOptions::default() };
    let (found, ..) = load_with(
        options,
        Schema::new("s"),
        &[r#"[{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa":1}]"#],
    )
    .unwrap();
    assert_eq!(trim(&found), trim("t(aaaaaaamo6cbaaaaaaaa bigint, _dlt_load_id, _dlt_id)\n aaaaaaamo6cbaaaaaaaa=1"));
}

#[test]
fn a_key_with_a_prefix_separator_is_not_an_exact_spelling() {
    check(
        &[r#"[{"a":{"__b":1,"b":2}}]"#],
        "t(a__b_eqwsrg bigint, a__b bigint, _dlt_load_id, _dlt_id)
         a__b_eqwsrg=1 a__b=2",
    );
}

#[test]
fn three_values_with_one_name_get_three_columns() {
    check(
        &[r#"[{"a__b":{"c":1},"a":{"b__c":2,"b":{"c":3}}}]"#],
        "t(a__b__c bigint, a__b__c_fghhoa bigint, a__b__c_zfvlwq bigint, _dlt_load_id, _dlt_id)
         a__b__c=2 a__b__c_fghhoa=3 a__b__c_zfvlwq=1",
    );
}

#[test]
fn a_duplicate_key_removes_only_its_own_value() {
    check(
        &[r#"[{"a":{"b":2,"b":3},"a__b":1}]"#, r#"[{"a":{"b":null,"b":null},"a__b":1}]"#],
        "t(a__b bigint, a__b_atldyq bigint, _dlt_load_id, _dlt_id)
         a__b=1 a__b_atldyq=3
         a__b=1",
    );
}

#[test]
fn a_duplicate_key_removes_a_renamed_list() {
    check(
        &[r#"[{"a__b":{"c":[7],"c":null},"a__b__c":[8]}]"#],
        "t(_dlt_load_id, _dlt_id)

         t__a__b__c(value bigint, _dlt_parent_id, _dlt_list_idx, _dlt_id)
         value=8",
    );
}

#[test]
fn keys_in_other_scripts_are_transliterated() {
    check(
        &[r#"[{"Имя":"a","Адрес":{"Город":"b"},"Теги":["c"]}]"#],
        "t(imia text, adres__gorod text, _dlt_load_id, _dlt_id)
         imia=a adres__gorod=b
         t__tegi(value text, _dlt_parent_id, _dlt_list_idx, _dlt_id)
         value=c",
    );
}

#[test]
fn transliteration_does_not_depend_on_other_keys() {
    let [first, second] = ["是", "事"].map(catchment_schema::naming::transliterate_key);
    check(
        &[r#"[{"是":1},{"事":2,"是":3}]"#, r#"[{"事":4}]"#],
        &format!(
            "t({first} bigint, _dlt_load_id, _dlt_id, {second} bigint)
             {first}=1
             {first}=3 {second}=2
             {second}=4"
        ),
    );
}

#[test]
fn existing_columns_keep_dlt_names() {
    let dlt_names = NormalizeOptions { transliterate: false, ..NormalizeOptions::default() };
    let page = r#"[{"Имя":1},{"Теги":[2]}]"#;
    let (found, schema, _) = load_with(dlt_names, Schema::new("s"), &[page]).unwrap();
    let expected = "t(x bigint, _dlt_load_id, _dlt_id)
         x=1

         t__x(value bigint, _dlt_parent_id, _dlt_list_idx, _dlt_id)
         value=2";
    assert_eq!(trim(&found), trim(expected));
    let (found, ..) = load_with(NormalizeOptions::default(), schema, &[page]).unwrap();
    assert_eq!(trim(&found), trim(expected));
}

#[test]
fn declared_keys_are_transliterated_like_keys_of_rows() {
    let mut schema = Schema::new("s");
    let hints = catchment_schema::TableHints { primary_key: vec!["Код".to_owned()], ..Default::default() };
    schema.declare("t", "t", &hints).unwrap();
    let (found, schema, _) = load_with(NormalizeOptions::default(), schema, &[r#"[{"Код":1}]"#]).unwrap();
    assert_eq!(trim(&found), trim("t(kod bigint, _dlt_load_id, _dlt_id)\n kod=1"));
    assert!(schema.tables["t"].columns["kod"].has_hint("primary_key"));
}
