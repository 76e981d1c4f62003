use arrow::array::{Array as _, ArrayRef, AsArray as _};
use arrow::datatypes::TimestampMicrosecondType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use catchment_json::{Document, Selection};
use catchment_schema::{Schema, TableHints, WriteDisposition, is_system_name};

use crate::{IdSeed, NormalizeError, Rows, Sequencer, Shredder};

fn show(column: &ArrayRef, row: usize) -> String {
    match column.as_primitive_opt::<TimestampMicrosecondType>() {
        Some(instants) => catchment_schema::format_timestamp(instants.value(row)),
        None => ArrayFormatter::try_new(column, &FormatOptions::default()).unwrap().value(row).to_string(),
    }
}

/// Loads pages of rows, each shredded against the schema that the run began with, and shows each table: its
/// columns in order, then its rows. System columns are named in the head only.
fn load(schema: Schema, pages: &[&str]) -> Result<(String, Schema), NormalizeError> {
    let mut sequencer = Sequencer::new(schema);
    let begin = sequencer.snapshot();
    let mut shredder = Shredder::new("load", IdSeed::from([1; 16]), None);
    let mut shown: Vec<(String, Vec<String>)> = Vec::new();
    for (ordinal, page) in (0..).zip(pages) {
        let page = Selection::elements(Document::parse(page.as_bytes().to_vec()).unwrap());
        let rows = [Rows { selection: &page, ordinal }];
        let shredded = shredder.shred(&begin, "t", &rows)?;
        for batch in
            sequencer.accept(shredded, |schema| Shredder::new("load", IdSeed::from([1; 16]), None).shred(schema, "t", &rows))?
        {
            let at = shown.iter().position(|(table, _)| *table == batch.table).unwrap_or_else(|| {
                shown.push((batch.table.clone(), Vec::new()));
                shown.len() - 1
            });
            let fields = batch.batch.schema();
            for row in 0..batch.batch.num_rows() {
                let cells = fields
                    .fields()
                    .iter()
                    .zip(batch.batch.columns())
                    .filter(|(f, c)| !is_system_name(f.name()) && c.is_valid(row));
                let cells = cells.map(|(field, column)| format!("{}={}", field.name(), show(column, row)));
                shown[at].1.push(cells.collect::<Vec<_>>().join(" "));
            }
        }
    }
    let schema = sequencer.finish();
    let text = shown.iter().map(|(table, rows)| {
        let columns = schema.tables[table].columns.values().map(|c| match c.data_type {
            _ if is_system_name(&c.name) => c.name.clone(),
            Some(data_type) => format!("{} {data_type}", c.name),
            None => format!("{} ?", c.name),
        });
        format!(
            "{table}({})\n{}",
            columns.collect::<Vec<_>>().join(", "),
            rows.iter().map(|r| format!("  {r}\n")).collect::<String>()
        )
    });
    let text = text.collect();
    Ok((text, schema))
}

fn check(pages: &[&str], expected: &str) {
    let (found, _) = load(Schema::new("s"), pages).unwrap();
    let trim = |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    assert_eq!(trim(&found), trim(expected));
}

#[test]
fn the_object_met_last_comes_first() {
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
fn lists_of_lists_have_rows_between_them() {
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
fn rows_that_are_no_objects_are_wrapped() {
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
fn types_are_inferred_and_values_converted() {
    check(
        &[r#"[{"i":1,"d":1.5,"b":true,"t":"x","at":"2024-01-01T00:00:00Z","day":"2024-01-01"},
             {"i":"2","d":2,"b":"no","t":3,"at":"2024-01-02","day":true},
             {"i":3.0,"d":"0.5","b":0,"t":1e20,"at":60,"day":1.0}]"#],
        "t(i bigint, d double, b bool, t text, at timestamp, day text, _dlt_load_id, _dlt_id)
         i=1 d=1.5 b=true t=x at=2024-01-01T00:00:00+00:00 day=2024-01-01
         i=2 d=2.0 b=false t=3 at=2024-01-02T00:00:00+00:00 day=True
         i=3 d=0.5 b=false t=1e+20 at=1970-01-01T00:01:00+00:00 day=1.0",
    );
}

#[test]
fn what_does_not_fit_goes_to_a_variant_column() {
    check(
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
fn integers_of_any_size_stay_exact() {
    check(
        &[r#"[{"a":9223372036854775808,"b":1,"d":0.5},{"a":1,"b":-9223372036854775809,"d":9007199254740993}]"#],
        "t(a text, b bigint, d double, _dlt_load_id, _dlt_id, b__v_text text, d__v_bigint bigint)
         a=9223372036854775808 b=1 d=0.5
         a=1 b__v_text=-9223372036854775809 d__v_bigint=9007199254740993",
    );
}

#[test]
fn the_last_of_two_equal_keys_counts() {
    check(
        &[r#"[{"a":1,"a":2,"b":{"x":1},"b":3,"c":[1],"c":[2]}]"#],
        "t(a bigint, b bigint, _dlt_load_id, _dlt_id)
         a=2 b=3
         t__c(value bigint, _dlt_parent_id, _dlt_list_idx, _dlt_id)
         value=2",
    );
}

#[test]
fn objects_lists_and_scalars_under_one_key() {
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
fn json_columns_of_the_schema_stay_whole() {
    let mut schema = Schema::new("s");
    let column = catchment_schema::Column::new("o", catchment_schema::DataType::Json);
    schema.apply(&catchment_schema::TableDelta::root("t", vec![column]).into());
    let (found, _) = load(schema, &[r#"[{"o":{"b":[1, "x"]}},{"o":"[1]"},{"o":7}]"#]).unwrap();
    assert!(found.contains("o={\"b\":[1,\"x\"]}\n  o=[1]\n  o__v_bigint=7\n"), "{found}");
}

#[test]
fn child_rows_carry_ids_and_places() {
    let page = Selection::elements(Document::parse(br#"[{"_dlt_id":"own","l":["a","b"]}]"#.to_vec()).unwrap());
    let mut schema = Schema::new("s");
    let hints = TableHints { write_disposition: WriteDisposition::Merge, ..TableHints::default() };
    schema.declare("t", "t", &hints);
    let mut shredder = Shredder::new("load", IdSeed::from([1; 16]), None);
    let shredded = shredder.shred(&schema, "t", &[Rows { selection: &page, ordinal: 0 }]).unwrap();
    let text = arrow::util::pretty::pretty_format_batches(&[shredded.batches[1].batch.clone()]).unwrap().to_string();
    insta::assert_snapshot!(text, @r"
    +-------+--------------+----------------+---------------+----------------+
    | value | _dlt_root_id | _dlt_parent_id | _dlt_list_idx | _dlt_id        |
    +-------+--------------+----------------+---------------+----------------+
    | a     | own          | own            | 0             | CuQXzo5r1LJAZw |
    | b     | own          | own            | 1             | ODmARr7VYV/2xw |
    +-------+--------------+----------------+---------------+----------------+
    ");
}

fn check_error(hints: TableHints, page: &str, expected: &str) {
    let mut schema = Schema::new("s");
    schema.declare("t", "t", &hints);
    assert_eq!(load(schema, &[page]).unwrap_err().to_string(), expected);
}

#[test]
fn a_key_without_a_value_is_an_error() {
    let key = |name: &str| TableHints { primary_key: vec![name.to_owned()], ..TableHints::default() };
    check_error(
        key("id"),
        r#"[{"id":1},{"x":2}]"#,
        "table `t`, row 2 of its page: column `id` must not be null, and the row has no value for it; it is part of the primary key",
    );
    check_error(
        key("idd"),
        r#"[{"id":1}]"#,
        "table `t`, row 1 of its page: column `idd` must not be null, and the row has no value for it; it was declared as primary key: is the name right?",
    );
}
