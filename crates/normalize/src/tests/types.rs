use catchment_schema::Schema;

use super::{check, check_narrow, load, load_with};
use crate::NormalizeOptions;

#[test]
fn types_are_inferred_and_values_converted() {
    check(
        &[r#"[{"i":1,"d":1.5,"b":true,"t":"x","at":"2024-01-01T00:00:00Z","day":"2024-01-01"},
             {"i":"2","d":2,"b":"false","t":3,"at":"2024-01-02","day":true},
             {"i":3.0,"d":"0.5","b":0,"t":1e20,"at":60,"day":1.0}]"#],
        "t(i bigint, d double, b bool, t text, at timestamp, day text, _dlt_load_id, _dlt_id)
         i=1 d=1.5 b=true t=x at=2024-01-01T00:00:00+00:00 day=2024-01-01
         i=2 d=2.0 b=false t=3 at=2024-01-02T00:00:00+00:00 day=True
         i=3 d=0.5 b=false t=1e+20 at=1970-01-01T00:01:00+00:00 day=1.0",
    );
}

#[test]
fn values_that_do_not_fit_go_to_variant_columns() {
    check_narrow(
        &[r#"[{"a":1}]"#, r#"[{"a":"x"},{"a":1.5},{"a":true},{"a":"2024-01-01T00:00:00Z"}]"#, r#"[{"a":"y"}]"#],
        "t(a bigint, _dlt_load_id, _dlt_id, a__v_text text, a__v_double double, a__v_bool bool, a__v_timestamp timestamp)
         a=1
         a__v_text=x
         a__v_double=1.5
         a__v_bool=true
         a__v_timestamp=2024-01-01T00:00:00+00:00
         a__v_text=y",
    );
}

#[test]
fn numbers_widen_their_column() {
    check(
        &[r#"[{"a":1},{"a":1.5},{"a":"x"},{"a":2}]"#],
        "t(a double, _dlt_load_id, _dlt_id, a__v_text text)
        a=1.0
        a=1.5
        a__v_text=x
        a=2.0",
    );
    check(
        &[r#"[{"a":1}]"#, r#"[{"a":1.5}]"#, r#"[{"a":2}]"#],
        "t(a double, _dlt_load_id, _dlt_id)
        a=1
        a=1.5
        a=2.0",
    );
    check(
        &[r#"[{"a":1.0},{"a":2}]"#],
        "t(a double, _dlt_load_id, _dlt_id)
        a=1.0
        a=2.0",
    );
    check(
        &[r#"[{"a":1},{"a":2.0}]"#],
        "t(a bigint, _dlt_load_id, _dlt_id)
        a=1
        a=2",
    );
    check(
        &[r#"[{"a":NaN},{"a":1},{"a":-Infinity}]"#],
        "t(a double, _dlt_load_id, _dlt_id)
        a=NaN
        a=1.0
        a=-inf",
    );
}

#[test]
fn numbers_are_not_rounded() {
    check(
        &[r#"[{"a":9007199254740993},{"a":1.5}]"#],
        "t(a bigint, _dlt_load_id, _dlt_id, a__v_double double)
        a=9007199254740993
        a__v_double=1.5",
    );
    check(
        &[r#"[{"a":9007199254740993}]"#, r#"[{"a":1.5}]"#],
        "t(a bigint, _dlt_load_id, _dlt_id, a__v_double double)
        a=9007199254740993
        a__v_double=1.5",
    );
    check(
        &[r#"[{"a":1.5},{"a":9007199254740993}]"#],
        "t(a double, _dlt_load_id, _dlt_id, a__v_bigint bigint)
        a=1.5
        a__v_bigint=9007199254740993",
    );
    check(
        &[r#"[{"a":1},{"a":1.00000000000000000001}]"#],
        "t(a double, _dlt_load_id, _dlt_id)
        a=1.0
        a=1.0",
    );
}

#[test]
fn text_in_a_variant_column_stays_there_when_the_column_widens() {
    let rows = [r#"{"a":1}"#, r#"{"a":"1.5"}"#, r#"{"a":2.5}"#, r#"{"a":"3.5"}"#, r#"{"a":"16"}"#];
    let expected = "t(a double, _dlt_load_id, _dlt_id, a__v_text text)
        a=1.0
        a__v_text=1.5
        a=2.5
        a=3.5
        a=16.0";
    check(&[&format!("[{}]", rows.join(","))], expected);
    check(&rows.map(|row| format!("[{row}]")).iter().map(String::as_str).collect::<Vec<_>>(), &expected.replacen("1.0", "1", 1));
}

#[test]
fn integers_of_any_size_are_exact() {
    check(
        &[r#"[{"a":9223372036854775808},{"a":1}]"#],
        "t(a decimal, _dlt_load_id, _dlt_id)
        a=9223372036854775808
        a=1",
    );
    check(
        &[r#"[{"a":1},{"a":-9223372036854775809},{"a":0.5}]"#],
        "t(a decimal, _dlt_load_id, _dlt_id, a__v_double double)
        a=1
        a=-9223372036854775809
        a__v_double=0.5",
    );
    let long = "1".repeat(39);
    check(
        &[&format!(r#"[{{"a":1,"b":{long}}},{{"a":{long},"b":2}}]"#)],
        &format!(
            "t(a bigint, b text, _dlt_load_id, _dlt_id, a__v_text text)
        a=1 b={long}
        b=2 a__v_text={long}"
        ),
    );
    check_narrow(
        &[r#"[{"a":1},{"a":18446744073709551615}]"#],
        "t(a bigint, _dlt_load_id, _dlt_id, a__v_decimal decimal)
        a=1
        a__v_decimal=18446744073709551615",
    );
}

#[test]
fn a_batch_with_an_outdated_schema_does_not_widen_an_earlier_column() {
    // All pages are shredded against the initial schema.
    check_narrow(
        &[r#"[{"a":0}]"#, r#"[{"a":-9223372036854775809}]"#],
        "t(a bigint, _dlt_load_id, _dlt_id, a__v_decimal decimal)
         a=0
         a__v_decimal=-9223372036854775809",
    );
    check(
        &[r#"[{"a":1}]"#, r#"[{"a":2.0}]"#],
        "t(a bigint, _dlt_load_id, _dlt_id)
         a=1
         a=2",
    );
}

#[test]
fn text_with_a_long_integer_is_not_rounded() {
    check(
        &[r#"[{"a":0.5},{"a":"18446744073709551616"},{"a":"9007199254740993"}]"#],
        "t(a double, _dlt_load_id, _dlt_id, a__v_text text)
         a=0.5
         a__v_text=18446744073709551616
         a__v_text=9007199254740993",
    );
}

#[test]
fn a_key_with_the_name_of_a_variant_shares_its_column() {
    for pages in [&[r#"[{"a":1,"a__v_text":"y"},{"a":"x"}]"#][..], &[r#"[{"a":1,"a__v_text":"y"}]"#, r#"[{"a":"x"}]"#]] {
        check(
            pages,
            "t(a bigint, a__v_text text, _dlt_load_id, _dlt_id)
             a=1 a__v_text=y
             a__v_text=x",
        );
    }
    let error = load(Schema::new("s"), &[r#"[{"a":1},{"a__v_text":1,"a":"x"}]"#]).unwrap_err().to_string();
    assert_eq!(
        error,
        "table `t`, row 2 of its page: \"x\" fits neither column `a` nor `a__v_text`; declare column `a` with `data_type: text` \
         in `columns`, and reload existing rows with `--refresh drop_resources`"
    );
}

#[test]
fn a_batch_with_variants_against_an_outdated_type_is_shredded_again() {
    check(
        &[r#"[{"a":0.5}]"#, r#"[{"a":0},{"a":"1.5"},{"a":0.5}]"#],
        "t(a double, _dlt_load_id, _dlt_id)
         a=0.5
         a=0.0
         a=1.5
         a=0.5",
    );
}

#[test]
fn only_new_variants_are_reported() {
    let pages = [r#"[{"price":1},{"price":"n/a"}]"#, r#"[{"price":2.5},{"price":"n/a"}]"#];
    let (_, schema, findings) = load_with(NormalizeOptions::default(), Schema::new("s"), &pages).unwrap();
    assert_eq!(
        findings.to_string(),
        "t: values of `price` that are not double are in the new variant column `price__v_text` (text)"
    );
    let (_, _, findings) = load_with(NormalizeOptions::default(), schema, &[r#"[{"price":"none"}]"#]).unwrap();
    assert!(findings.is_empty(), "{findings}");
}

#[test]
fn a_few_long_texts_do_not_inflate_the_capacity() {
    let long = format!(r#"{{"a":"{}"}},"#, "x".repeat(1 << 20)).repeat(16);
    let page = format!(r#"[{long}{}{{"a":""}}]"#, r#"{"a":"y"},"#.repeat(500_000));
    // A capacity of 1 MB per row would be 500 GB.
    let (rows, ..) = load_with(NormalizeOptions::default(), Schema::new("s"), &[&page]).unwrap();
    assert_eq!(rows.matches("a=y").count(), 500_000);
}
