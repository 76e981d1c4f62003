//! Values accepted by columns of each type.

use catchment_schema::{Column, ColumnType, DataType, Schema, TableHints, TimestampUnit};

use super::{load_with, trim};
use crate::NormalizeOptions;

/// Loads `value` into a column of type `column_type` and returns the cells of the row.
fn outcome(column_type: ColumnType, value: &str, options: NormalizeOptions) -> String {
    let mut schema = Schema::new("s");
    let columns = vec![Column::with_type("v", column_type)];
    schema.declare("t", "t", &TableHints { columns, ..TableHints::default() }).unwrap();
    let (found, ..) = load_with(options, schema, &[&format!(r#"[{{"v":{value}}}]"#)]).unwrap();
    trim(&found).lines().nth(1).unwrap_or_default().to_owned()
}

/// Checks the cell of each value, in the column `v` or a variant column.
#[track_caller]
fn check(column_type: impl Into<ColumnType>, values: &[(&str, &str)]) {
    let column_type = column_type.into();
    for (value, expected) in values {
        assert_eq!(outcome(column_type, value, NormalizeOptions::default()), *expected, "{value} in {}", column_type.data_type());
    }
}

#[test]
fn booleans() {
    check(
        DataType::Bool,
        &[
            ("true", "v=true"),
            ("0", "v=false"),
            ("1", "v=true"),
            ("1.0", "v=true"),
            (r#""true""#, "v=true"),
            (r#""False""#, "v=false"),
            (r#""1""#, "v=true"),
            ("5", "v__v_bigint=5"),
            ("-1", "v__v_bigint=-1"),
            ("0.1", "v__v_double=0.1"),
            ("1e300", "v__v_double=1e300"),
            ("1e-999", "v__v_text=1e-999"),
            ("NaN", "v__v_double=NaN"),
            (r#""n""#, "v__v_text=n"),
            (r#""yes""#, "v__v_text=yes"),
            (r#""TRUE""#, "v__v_text=TRUE"),
            (r#"" true""#, "v__v_text= true"),
        ],
    );
}

#[test]
fn integers() {
    check(
        DataType::Bigint,
        &[
            ("5", "v=5"),
            ("5.0", "v=5"),
            ("1e3", "v=1000"),
            (r#""5""#, "v=5"),
            (r#""-5""#, "v=-5"),
            (r#""0""#, "v=0"),
            (r#""007""#, "v__v_text=007"),
            (r#""0x7""#, "v__v_text=0x7"),
            (r#""+5""#, "v__v_text=+5"),
            (r#"" 5""#, "v__v_text= 5"),
            (r#""5_0""#, "v__v_text=5_0"),
            (r#""-0""#, "v__v_text=-0"),
            (r#""5.0""#, "v__v_text=5.0"),
            (r#""9223372036854775808""#, "v__v_text=9223372036854775808"),
            ("1.5", "v__v_double=1.5"),
            ("1e999", "v__v_text=1e999"),
            ("true", "v__v_bool=true"),
        ],
    );
}

#[test]
fn doubles() {
    check(
        DataType::Double,
        &[
            ("0.1", "v=0.1"),
            ("5", "v=5.0"),
            ("NaN", "v=NaN"),
            ("0.10000000000000000001", "v=0.1"),
            (r#""0.1""#, "v=0.1"),
            (r#""12.50""#, "v=12.5"),
            (r#""5""#, "v=5.0"),
            (r#""1e3""#, "v=1000.0"),
            (r#""0.10000000000000000001""#, "v__v_text=0.10000000000000000001"),
            (r#""9007199254740993""#, "v__v_text=9007199254740993"),
            ("9007199254740993", "v__v_bigint=9007199254740993"),
            ("1e999", "v__v_text=1e999"),
            ("-1e-999", "v__v_text=-1e-999"),
            (r#""1e999""#, "v__v_text=1e999"),
            (r#""NaN""#, "v__v_text=NaN"),
            (r#""inf""#, "v__v_text=inf"),
            (r#""007""#, "v__v_text=007"),
            (r#"".5""#, "v__v_text=.5"),
            (r#""-0""#, "v__v_text=-0"),
            ("false", "v__v_bool=false"),
        ],
    );
}

#[test]
fn decimals() {
    check(
        ColumnType::Decimal { precision: 10, scale: 2 },
        &[
            ("12.5", "v=12.50"),
            ("3", "v=3.00"),
            (r#""3.10""#, "v=3.10"),
            (r#""3.1""#, "v=3.10"),
            (r#""3.14159""#, "v__v_text=3.14159"),
            (r#""03.10""#, "v__v_text=03.10"),
            (r#""+3.10""#, "v__v_text=+3.10"),
            (r#""-0.0""#, "v__v_text=-0.0"),
            (r#""0x10""#, "v__v_text=0x10"),
            ("0.125", "v__v_double=0.125"),
            ("true", "v__v_bool=true"),
        ],
    );
    check(DataType::Wei, &[(r#""0x10""#, "v=16"), (r#""0x010""#, "v__v_text=0x010"), (r#""16""#, "v=16")]);
}

#[test]
fn dates_and_times() {
    check(
        DataType::Timestamp,
        &[
            (r#""2024-01-01T00:00:00Z""#, "v=2024-01-01T00:00:00+00:00"),
            (r#""2024-01-01T02:00:00+02:00""#, "v=2024-01-01T00:00:00+00:00"),
            (r#""2024-01-01""#, "v=2024-01-01T00:00:00+00:00"),
            ("60", "v=1970-01-01T00:01:00+00:00"),
            ("60.5", "v=1970-01-01T00:01:00.500000+00:00"),
            ("1e-7", "v__v_double=1e-7"),
            (r#"" 2024-01-01""#, "v__v_text= 2024-01-01"),
            (r#""soon""#, "v__v_text=soon"),
            ("true", "v__v_bool=true"),
        ],
    );
    check(
        DataType::Date,
        &[
            (r#""2024-01-01""#, "v=2024-01-01"),
            (r#""2024-01-01T00:00:00Z""#, "v=2024-01-01"),
            ("86400", "v=1970-01-02"),
            (r#""2024-01-01T10:00:00Z""#, "v__v_timestamp=2024-01-01T10:00:00+00:00"),
            ("86401", "v__v_bigint=86401"),
            (r#"" 2024-01-01""#, "v__v_text= 2024-01-01"),
        ],
    );
    check(DataType::Time, &[(r#""10:20:30""#, "v=10:20:30"), (r#"" 10:20:30""#, "v__v_text= 10:20:30")]);
}

#[test]
fn text_json_and_binary() {
    check(
        DataType::Text,
        &[
            ("5", "v=5"),
            ("1.10", "v=1.1"),
            ("1e20", "v=1e+20"),
            ("true", "v=True"),
            ("1e999", "v=1e999"),
            ("0.10000000000000000001", "v=0.10000000000000000001"),
        ],
    );
    check(DataType::Json, &[(r#""[1]""#, "v=[1]"), ("5", "v__v_bigint=5"), (r#""x""#, "v__v_text=x")]);
    check(DataType::Binary, &[(r#""0xC0ffee""#, "v=c0ffee"), (r#""QUI=""#, "v=4142"), (r#""Q""#, "v__v_text=Q")]);
}

#[test]
fn different_spellings_of_a_number_stay_different() {
    super::check(
        &[r#"[{"v":7},{"v":"007"},{"v":"0x7"}]"#],
        "t(v bigint, _dlt_load_id, _dlt_id, v__v_text text)
         v=7
         v__v_text=007
         v__v_text=0x7",
    );
}

#[test]
fn numbers_beyond_the_range_of_doubles_are_text() {
    super::check(&[r#"[{"v":1e999},{"v":1.5}]"#], "t(v text, _dlt_load_id, _dlt_id)\n v=1e999\n v=1.5");
    super::check(
        &[r#"[{"v":1},{"v":1e999},{"v":0.5}]"#],
        "t(v double, _dlt_load_id, _dlt_id, v__v_text text)\n v=1.0\n v__v_text=1e999\n v=0.5",
    );
}

#[test]
fn without_widening_coercions_match_dlt() {
    let options = NormalizeOptions { numeric_widening: false, ..NormalizeOptions::default() };
    let check = |of: DataType, value: &str, expected| {
        assert_eq!(outcome(of.into(), value, options.clone()), expected, "{value} in {of}");
    };
    check(DataType::Bool, "5", "v=true");
    check(DataType::Bool, "0.1", "v=true");
    check(DataType::Bool, r#""n""#, "v=false");
    check(DataType::Bigint, r#""007""#, "v=7");
    check(DataType::Bigint, r#""0x7""#, "v=7");
    check(DataType::Bigint, r#"" 5_0 ""#, "v=50");
    check(DataType::Double, "1e999", "v=inf");
    check(DataType::Double, r#""nan""#, "v=NaN");
    check(DataType::Text, "0.10000000000000000001", "v=0.1");
    check(DataType::Date, r#""2024-01-01T10:00:00Z""#, "v=2024-01-01");
    check(DataType::Timestamp, r#"" 2024-01-01""#, "v=2024-01-01T00:00:00+00:00");
}

#[test]
fn local_timestamps_have_the_declared_unit() {
    #[track_caller]
    fn check_unit(unit: TimestampUnit, values: &[(&str, &str)]) {
        check(ColumnType::Timestamp { timezone: false, unit }, values);
    }
    let text = r#""1969-12-31T23:59:59.987654321Z""#;
    check_unit(TimestampUnit::Second, &[(text, "v=1969-12-31T23:59:59"), ("-1.5", "v=1969-12-31T23:59:58")]);
    check_unit(TimestampUnit::Millisecond, &[(text, "v=1969-12-31T23:59:59.987"), ("0.1235", "v=1970-01-01T00:00:00.123")]);
    check_unit(
        TimestampUnit::Microsecond,
        &[(text, "v=1969-12-31T23:59:59.987654+00:00"), ("0.1234567", "v__v_double=0.1234567")],
    );
    check_unit(
        TimestampUnit::Nanosecond,
        &[
            (text, "v=1969-12-31T23:59:59.987654321"),
            ("0.123456789", "v=1970-01-01T00:00:00.123456789"),
            ("0.1234567891", "v__v_double=0.1234567891"),
            ("7", "v=1970-01-01T00:00:07"),
            (r#""2024-01-31""#, "v=2024-01-31T00:00:00"),
            (r#""9999-12-31T00:00:00Z""#, "v__v_timestamp=9999-12-31T00:00:00+00:00"),
            (r#""0001-01-01""#, "v__v_text=0001-01-01"),
        ],
    );
}

#[test]
fn exact_digits_are_text_on_request() {
    #[track_caller]
    fn check_exact(column_type: impl Into<ColumnType>, values: &[(&str, &str)]) {
        let (column_type, options) = (column_type.into(), NormalizeOptions { exact_digits: true, ..NormalizeOptions::default() });
        for (value, expected) in values {
            assert_eq!(outcome(column_type, value, options.clone()), *expected, "{value} in {}", column_type.data_type());
        }
    }
    check_exact(
        DataType::Double,
        &[
            ("0.1", "v=0.1"),
            ("1.50000000000000000000", "v=1.5"),
            ("0.10000000000000000001", "v__v_text=0.10000000000000000001"),
            ("123456789.123456789123", "v__v_text=123456789.123456789123"),
            ("NaN", "v=NaN"),
        ],
    );
    check_exact(DataType::Bigint, &[("0.5", "v__v_double=0.5"), ("0.10000000000000000001", "v__v_text=0.10000000000000000001")]);
    let (micros, nanos) = (r#""2024-01-01T00:00:00.123456Z""#, r#""2024-01-01T00:00:00.1234567Z""#);
    check_exact(
        DataType::Timestamp,
        &[(micros, "v=2024-01-01T00:00:00.123456+00:00"), (nanos, "v__v_text=2024-01-01T00:00:00.1234567Z")],
    );
    let seconds = ColumnType::Timestamp { timezone: false, unit: TimestampUnit::Second };
    check_exact(
        seconds,
        &[
            (micros, "v__v_timestamp=2024-01-01T00:00:00.123456+00:00"),
            ("1.5", "v__v_double=1.5"),
            ("7", "v=1970-01-01T00:00:07"),
        ],
    );
    check_exact(DataType::Time, &[(r#""10:00:00.1234567""#, "v__v_text=10:00:00.1234567")]);
}

#[test]
fn exact_digits_do_not_change_the_type_of_a_new_column() {
    let options = NormalizeOptions { exact_digits: true, ..NormalizeOptions::default() };
    let pages = [r#"[{"v":0.10000000000000000001},{"v":0.5}]"#, r#"[{"v":2}]"#];
    let (found, ..) = load_with(options, Schema::new("s"), &pages).unwrap();
    let expected = "t(v double, _dlt_load_id, _dlt_id, v__v_text text)
                    v__v_text=0.10000000000000000001
                    v=0.5
                    v=2.0";
    assert_eq!(trim(&found), trim(expected));
}
