use std::sync::Arc;

use arrow::array::AsArray as _;
use arrow::datatypes::Decimal128Type;
use catchment_json::{Document, Selection};
use catchment_schema::{Schema, TableHints, WriteDisposition};

use super::{check, load, trim};
use crate::{IdSeed, NormalizeError, NormalizeOptions, NormalizeRules, PageRows, Shredder};

#[test]
fn nested_objects_are_flattened_last_first() {
    check(
        &[r#"[{"a":{"x":1,"in":{"q":1}},"s":1,"b":{"y":2},"z":3}]"#],
        "t(s bigint, z bigint, b__y bigint, a__x bigint, a__in__q bigint, _dlt_load_id, _dlt_id)
         s=1 z=3 b__y=2 a__x=1 a__in__q=1",
    );
}

#[test]
fn lists_become_child_tables() {
    check(
        &[r#"[{"id":1,"tags":["a",null],"orders":[{"sku":"x","lines":[{"n":1},{"n":2}]}],"none":[],"o":{}}]"#],
        "t(id bigint, _dlt_load_id, _dlt_id)
         id=1
         t__tags(value text, _dlt_parent_id, _dlt_list_idx, _dlt_id)
         value=a

         t__orders(sku text, _dlt_parent_id, _dlt_list_idx, _dlt_id)
         sku=x
         t__orders__lines(n bigint, _dlt_parent_id, _dlt_list_idx, _dlt_id)
         n=1
         n=2",
    );
}

#[test]
fn nested_lists_become_nested_child_tables() {
    check(
        &[r#"[{"m":[[1,2],[3]]}]"#],
        "t(_dlt_load_id, _dlt_id)
         t__m(_dlt_parent_id, _dlt_list_idx, _dlt_id)
         t__m__list(value bigint, _dlt_parent_id, _dlt_list_idx, _dlt_id)
         value=1
         value=2
         value=3",
    );
}

#[test]
fn non_object_rows_become_value_columns() {
    check(
        &[r#"[1, null, "x", [true]]"#],
        "t(value bigint, _dlt_load_id, _dlt_id, value__v_text text)
         value=1
         value__v_text=x
         t__value(value bool, _dlt_parent_id, _dlt_list_idx, _dlt_id)
         value=true",
    );
}

#[test]
fn new_columns_come_after_those_of_the_first_row() {
    check(
        &[r#"[{"a":1,"n":null},{"b":"x","a":2}]"#, r#"[{"c":1.5,"b":"y"}]"#],
        "t(a bigint, _dlt_load_id, _dlt_id, b text, c double)
         a=1
         a=2 b=x
         c=1.5 b=y",
    );
}

#[test]
fn one_key_may_have_objects_lists_and_scalars() {
    check(
        &[r#"[{"a":1},{"a":{"n":2}},{"a":[3]},{"a":null}]"#],
        "t(a bigint, _dlt_load_id, _dlt_id, a__n bigint)
         a=1
         a__n=2


         t__a(value bigint, _dlt_parent_id, _dlt_list_idx, _dlt_id)
         value=3",
    );
}

#[test]
fn json_columns_of_the_schema_are_not_flattened() {
    let mut schema = Schema::new("s");
    let column = catchment_schema::Column::new("o", catchment_schema::DataType::Json);
    schema.apply(&catchment_schema::TableDelta::root("t", vec![column]).into());
    let (found, _) = load(schema, &[r#"[{"o":{"b":[1, "x"]}},{"o":"[1]"},{"o":7}]"#]).unwrap();
    assert!(found.contains("o={\"b\":[1,\"x\"]}\n  o=[1]\n  o__v_bigint=7\n"), "{found}");
}

#[test]
fn child_rows_have_parent_ids_and_indices() {
    let page = Selection::from_document(Document::parse(br#"[{"_dlt_id":"own","l":["a","b"]}]"#.to_vec()).unwrap());
    let mut schema = Schema::new("s");
    let hints = TableHints { write_disposition: WriteDisposition::Merge, ..TableHints::default() };
    schema.declare("t", "t", &hints).unwrap();
    let rules = NormalizeRules::new(&schema, "load", IdSeed::from([1; 16]), NormalizeOptions::default()).unwrap();
    let mut shredder = Shredder::new(Arc::new(rules));
    let shredded = shredder.shred(&schema, "t", &[PageRows::new(&page, 0)]).unwrap();
    let text = arrow::util::pretty::pretty_format_batches(&[shredded.batches[1].batch.clone()]).unwrap().to_string();
    insta::assert_snapshot!(text, @r"
    +-------+--------------+----------------+---------------+----------------+---------------+
    | value | _dlt_root_id | _dlt_parent_id | _dlt_list_idx | _dlt_id        | _dlt_root_row |
    +-------+--------------+----------------+---------------+----------------+---------------+
    | a     | own          | own            | 0             | CuQXzo5r1LJAZw | 0             |
    | b     | own          | own            | 1             | ODmARr7VYV/2xw | 0             |
    +-------+--------------+----------------+---------------+----------------+---------------+
    ");
}

/// Returns the root row numbers of each batch, for rows with two levels of lists on page `ordinal`.
fn root_rows(disposition: WriteDisposition, child_is_root: bool, ordinal: u64) -> Vec<String> {
    let page = Selection::from_document(Document::parse(br#"[{"l":[{"m":[1]},{}]},{"l":[{"m":[2,3]}]}]"#.to_vec()).unwrap());
    let mut schema = Schema::new("s");
    let hints = TableHints { write_disposition: disposition, ..TableHints::default() };
    schema.declare("t", "t", &hints).unwrap();
    if child_is_root {
        let merged = TableHints { write_disposition: WriteDisposition::Merge, ..TableHints::default() };
        schema.declare("t__l", "t", &merged).unwrap();
    }
    let rules = NormalizeRules::new(&schema, "load", IdSeed::from([1; 16]), NormalizeOptions::default()).unwrap();
    let shredded = Shredder::new(Arc::new(rules)).shred(&schema, "t", &[PageRows::new(&page, ordinal)]).unwrap();
    let numbers = |batch: &arrow::record_batch::RecordBatch| {
        let numbers = batch.column_by_name("_dlt_root_row")?.as_primitive::<Decimal128Type>().clone();
        Some(numbers.values().iter().map(|n| format!("{}.{}.{}", n >> 56, (n >> 28) & 0xfff_ffff, n & 0xfff_ffff)).collect())
    };
    let show = |numbers: Option<Vec<String>>| numbers.map_or("none".to_owned(), |numbers| numbers.join(" "));
    shredded.batches.iter().map(|batch| show(numbers(&batch.batch))).collect()
}

#[test]
fn root_row_numbers_fit_into_the_precision() {
    let greatest =
        [(1_i128 << 40) - 1, (1 << 28) - 1, (1 << 28) - 1].into_iter().zip([56, 28, 0]).map(|(n, bits)| n << bits).sum::<i128>();
    assert!(greatest < 10_i128.pow(u32::from(catchment_schema::ROOT_ROW_PRECISION)), "{greatest}");
    // The first page of the last of 4,096 resources.
    assert_eq!(root_rows(WriteDisposition::Merge, false, 4095 << 28)[0], format!("{0}.0.0 {0}.1.0", 4095_i64 << 28));
}

#[test]
fn merged_rows_have_root_row_numbers() {
    assert_eq!(root_rows(WriteDisposition::Merge, false, 7), ["7.0.0 7.1.0", "7.0.0 7.0.0 7.1.0", "7.0.0 7.1.0 7.1.0"]);
    assert_eq!(root_rows(WriteDisposition::Append, false, 7), ["none", "none", "none"]);
    // The table of a list is merged as a root table, so its rows are root rows.
    assert_eq!(root_rows(WriteDisposition::Append, true, 0), ["none", "0.0.0 0.0.1 0.1.0", "0.0.0 0.1.0 0.1.0"]);
    assert_eq!(root_rows(WriteDisposition::Merge, true, 0), ["0.0.0 0.1.0", "0.0.1 0.0.2 0.1.1", "0.0.1 0.1.1 0.1.1"]);
}

#[test]
fn the_last_duplicate_key_wins() {
    check(
        &[r#"[{"a":1,"a":2,"b":{"x":1},"b":3,"c":[1],"c":[2]}]"#],
        "t(a bigint, b bigint, _dlt_load_id, _dlt_id)
         a=2 b=3
         t__c(value bigint, _dlt_parent_id, _dlt_list_idx, _dlt_id)
         value=2",
    );
}

#[test]
fn nesting_can_be_limited() {
    let check = |levels: u32, expected: &str| {
        let mut schema = Schema::new("s");
        schema.declare("t", "t", &TableHints { max_table_nesting: Some(levels), ..TableHints::default() }).unwrap();
        let (found, _) = load(schema, &[r#"[{"id":1,"d":{"x":{"y":1}},"l":[{"m":[{"k":[1]}]}],"ll":[[1]]}]"#]).unwrap();
        assert_eq!(trim(&found), trim(expected), "{levels}");
    };
    check(
        0,
        r#"t(id bigint, d json, l json, ll json, _dlt_load_id, _dlt_id)
        id=1 d={"x":{"y":1}} l=[{"m":[{"k":[1]}]}] ll=[[1]]"#,
    );
    check(
        1,
        r#"t(id bigint, d__x json, _dlt_load_id, _dlt_id)
        id=1 d__x={"y":1}
        t__l(m json, _dlt_parent_id, _dlt_list_idx, _dlt_id)
        m=[{"k":[1]}]
        t__ll(list json, _dlt_parent_id, _dlt_list_idx, _dlt_id)
        list=[1]"#,
    );
    check(
        2,
        r#"t(id bigint, d__x__y bigint, _dlt_load_id, _dlt_id)
        id=1 d__x__y=1
        t__l(_dlt_parent_id, _dlt_list_idx, _dlt_id)

        t__l__m(k json, _dlt_parent_id, _dlt_list_idx, _dlt_id)
        k=[1]
        t__ll(list json, _dlt_parent_id, _dlt_list_idx, _dlt_id)
        list=[1]"#,
    );
}

#[test]
fn a_list_may_fill_a_root_table_of_the_same_resource() {
    let mut schema = Schema::new("s");
    schema.declare("t", "t", &TableHints::default()).unwrap();
    schema.declare("t__orders", "t", &TableHints::default()).unwrap();
    let (found, schema) = load(schema, &[r#"[{"orders":[{"id":1,"lines":[2]}]}]"#]).unwrap();
    let expected = "t(_dlt_load_id, _dlt_id)

        t__orders(id bigint, _dlt_load_id, _dlt_id)
        id=1
        t__orders__lines(value bigint, _dlt_parent_id, _dlt_list_idx, _dlt_id)
        value=2";
    assert_eq!(trim(&found), trim(expected));
    assert_eq!(schema.tables["t__orders"].parent, None);
}

#[test]
fn rejects_a_list_with_the_table_of_another_resource() {
    let mut schema = Schema::new("s");
    schema.declare("t", "t", &TableHints::default()).unwrap();
    schema.declare("t__a__items", "t__a__items", &TableHints::default()).unwrap();
    let error = load(schema.clone(), &[r#"[{"a":{"Items":[1]}}]"#]).unwrap_err().to_string();
    assert_eq!(
        error,
        "table `t__a__items` of resource `t__a__items` would also contain the rows of list \"a.Items\" of table `t`; \
         set another `table_name` for the resource"
    );
    load(schema, &[r#"[{"a":{"Items":[]}}]"#]).unwrap();
}

#[test]
fn rejects_a_table_with_two_parents() {
    let error = load(Schema::new("s"), &[r#"[{"a":[{"b":[1]}],"a__b":[2]}]"#]).unwrap_err().to_string();
    assert!(error.starts_with("table `t__a__b` would contain child rows of `t"), "{error}");
    let pages = [r#"[{"a":[{"b":[1]}]}]"#, r#"[{"a__b":[2]}]"#];
    assert!(matches!(load(Schema::new("s"), &pages).unwrap_err(), NormalizeError::TableParentConflict { .. }));
    // An empty list does not create a table.
    load(Schema::new("s"), &[r#"[{"a":[{"b":[1]}],"a__b":[]}]"#]).unwrap();
    let mut schema = Schema::new("s");
    schema.apply(&catchment_schema::SchemaDelta {
        tables: vec![catchment_schema::TableDelta { name: "t__a".to_owned(), parent: Some("u".to_owned()), columns: Vec::new() }],
    });
    let error = load(schema, &[r#"[{"a":[1]}]"#]).unwrap_err().to_string();
    assert_eq!(error, "table `t__a` would contain child rows of `u` and child rows of `t`; rename a key of the rows");
}
