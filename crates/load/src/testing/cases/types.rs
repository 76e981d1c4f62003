//! Columns of all types.

use catchment_json::Value;
use catchment_schema::ColumnType::{self, Bigint, Binary, Bool, Date, Decimal, Double, Json, Text, Time, Timestamp, Wei};
use catchment_schema::TimestampUnit;
use catchment_schema::{Column, DataType};

use super::load_mode::LoadMode::{self, Append, DeleteInsert, InsertOnly, Replace, Scd2, Upsert};
use crate::testing::case::cases_by_strategy;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases_by_strategy! { [
    ("append", Append),
    ("replace", Replace),
    ("delete_insert", DeleteInsert),
    ("upsert", Upsert),
    ("insert_only", InsertOnly),
    ("scd2", Scd2)
]:
    takes_values_of_all_types,
    takes_values_of_all_types_in_lists,
    takes_long_values,
    takes_columns_that_are_null_alone,
}

/// A column with its values as JSON and as text of [`crate::testing::text::rows`].
type Values = (&'static str, ColumnType, &'static [(&'static str, &'static str)]);

const fn integers(bits: u8) -> ColumnType {
    Bigint { bits, beyond_double: bits > 32 }
}

/// The greatest, smallest and special values of each type. Strings do not contain U+0000, which some databases cannot store.
pub(super) const VALUES: &[Values] = &[
    (
        "text_c",
        Text,
        &[
            (r#""""#, "''"),
            (r#"" ""#, " "),
            (r#""null""#, "null"),
            (r#""it's \"quoted\"; -- \\ % _ {} $1 ?""#, r#"it's "quoted"; -- \ % _ {} $1 ?"#),
            (r#""line\nbreak\r\ttab""#, "line\nbreak\r\ttab"),
            (r#""ünïcödé \u0301 日本 🦀""#, "ünïcödé \u{301} 日本 🦀"),
            (r#""2024-01-01""#, "2024-01-01"),
            (r#""0012""#, "0012"),
        ],
    ),
    (
        "double_c",
        Double,
        &[
            ("0.0", "0"),
            ("0.1", "0.1"),
            ("-1.7976931348623157e308", "-1.7976931348623157e308"),
            ("5e-324", "5e-324"),
            ("2.2250738585072014e-308", "2.2250738585072014e-308"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("NaN", "NaN"),
            ("Infinity", "inf"),
            ("-Infinity", "-inf"),
        ],
    ),
    ("bool_c", Bool, &[("true", "true"), ("false", "false")]),
    (
        "bigint_c",
        integers(64),
        &[("-9223372036854775808", "-9223372036854775808"), ("9223372036854775807", "9223372036854775807"), ("0", "0")],
    ),
    ("tiny_c", integers(8), &[("-128", "-128"), ("127", "127")]),
    ("small_c", integers(16), &[("-32768", "-32768"), ("32767", "32767")]),
    ("int_c", integers(32), &[("-2147483648", "-2147483648"), ("2147483647", "2147483647")]),
    (
        "decimal_c",
        Decimal { precision: 38, scale: 9 },
        &[
            ("99999999999999999999999999999.999999999", "99999999999999999999999999999.999999999"),
            ("-99999999999999999999999999999.999999999", "-99999999999999999999999999999.999999999"),
            ("0.000000001", "0.000000001"),
            ("0", "0"),
        ],
    ),
    ("money_c", Decimal { precision: 10, scale: 2 }, &[("-99999999.99", "-99999999.99"), ("0.10", "0.1")]),
    (
        "wei_c",
        Wei,
        &[
            ("99999999999999999999999999999999999999", "99999999999999999999999999999999999999"),
            ("-99999999999999999999999999999999999999", "-99999999999999999999999999999999999999"),
        ],
    ),
    (
        "timestamp_c",
        ColumnType::TIMESTAMP,
        &[
            (r#""0001-01-01T00:00:00.000001Z""#, "0001-01-01T00:00:00.000001Z"),
            (r#""9999-12-31T23:59:59.999999Z""#, "9999-12-31T23:59:59.999999Z"),
            (r#""1969-12-31T23:59:59.999999Z""#, "1969-12-31T23:59:59.999999Z"),
            (r#""2024-02-29T12:00:00+02:00""#, "2024-02-29T10:00:00Z"),
        ],
    ),
    (
        "clock_c",
        ColumnType::LOCAL_TIMESTAMP,
        &[
            (r#""0001-01-01T00:00:00.000001Z""#, "0001-01-01T00:00:00.000001Z"),
            (r#""9999-12-31T23:59:59.999999Z""#, "9999-12-31T23:59:59.999999Z"),
        ],
    ),
    (
        "clock_seconds_c",
        Timestamp { timezone: false, unit: TimestampUnit::Second },
        &[(r#""0001-01-01T00:00:00Z""#, "0001-01-01"), (r#""9999-12-31T23:59:59Z""#, "9999-12-31T23:59:59Z")],
    ),
    (
        "clock_millis_c",
        Timestamp { timezone: false, unit: TimestampUnit::Millisecond },
        &[
            (r#""0001-01-01T00:00:00.001Z""#, "0001-01-01T00:00:00.001000Z"),
            (r#""9999-12-31T23:59:59.999Z""#, "9999-12-31T23:59:59.999000Z"),
        ],
    ),
    ("date_c", Date, &[(r#""0001-01-01""#, "0001-01-01"), (r#""9999-12-31""#, "9999-12-31"), (r#""2024-02-29""#, "2024-02-29")]),
    (
        "time_c",
        Time,
        &[(r#""00:00:00""#, "00:00:00"), (r#""23:59:59.999999""#, "23:59:59.999999"), (r#""12:30:00.5""#, "12:30:00.5")],
    ),
    ("binary_c", Binary, &[(r#""""#, "0x"), (r#""00ff""#, "0x00ff"), (r#""27225c""#, "0x27225c")]),
    (
        "json_c",
        Json,
        &[
            (r#"{"a":[1,2.5,null,"x"]}"#, r#"{"a":[1,2.5,null,"x"]}"#),
            ("[]", "[]"),
            ("{}", "{}"),
            (r#""it's""#, r#""it's""#),
            ("true", "true"),
            ("7", "7"),
        ],
    ),
];

/// Adds the columns of [`VALUES`] to a resource.
fn typed(mut resource: TestResource) -> TestResource {
    for (name, column_type, _) in VALUES {
        resource = resource.column(Column::with_type(*name, *column_type));
    }
    resource
}

/// Returns rows with the values of [`VALUES`]. The first row has only nulls.
fn rows() -> Vec<Value> {
    let most = VALUES.iter().map(|(.., values)| values.len()).max().unwrap_or_default();
    let row = |id: usize| {
        let cells = VALUES.iter().map(|(name, _, values)| {
            let json = id.checked_sub(1).and_then(|index| values.get(index)).map(|(json, _)| *json);
            ((*name).to_owned(), json.and_then(|json| Value::parse(json).ok()).unwrap_or_default())
        });
        Value::object([("id".to_owned(), Value::from(id as u64))].into_iter().chain(cells))
    };
    (0..=most).map(row).collect()
}

/// Compares the columns of [`VALUES`] in `table` with the values of [`rows`].
fn expect_values(context: &TestContext<'_>, table: &str, rows: usize) -> Result<(), Mismatch> {
    let names: Vec<&str> = VALUES.iter().map(|(name, ..)| *name).collect();
    let sql = format!("SELECT id, {} FROM {table}", names.join(", "));
    let row = |id: usize| {
        let shown = |values: &[(&'static str, &'static str)]| Some(values.get(id.checked_sub(1)?)?.1);
        let cells = VALUES.iter().map(|(_, _, values)| shown(values).unwrap_or("-"));
        cells.fold(id.to_string(), |row, cell| row + " " + cell)
    };
    let mut expected: Vec<String> = (0..rows).map(row).collect();
    expected.sort_unstable();
    context.expect_same(&sql, &context.query(&sql)?, &expected)
}

fn takes_values_of_all_types(context: &mut TestContext<'_>, mode: LoadMode) -> Result<(), Mismatch> {
    let items = typed(mode.resource("items", &["id"]));
    let mut builder = context.package_builder(&[&items])?;
    builder.rows_from_values("items", &rows())?;
    context.load_package(&builder.seal()?)?;
    expect_values(context, "items", rows().len())?;
    // The second load replaces existing rows.
    let mut builder = context.package_builder(&[&items])?;
    if mode == Append {
        builder.empty_batch("items")?;
    } else {
        builder.rows_from_values("items", &rows())?;
    }
    context.load_package(&builder.seal()?)?;
    expect_values(context, "items", rows().len())
}

fn takes_values_of_all_types_in_lists(context: &mut TestContext<'_>, mode: LoadMode) -> Result<(), Mismatch> {
    let items = mode.resource("items", &["id"]);
    let mut builder = context.package_builder(&[&items])?;
    builder.rows_from_values(
        "items",
        &[Value::object([("id", Value::from(0)), ("c", Value::Array(vec![Value::object([("id", Value::from(0))])]))])],
    )?;
    if let Some(table) = builder.schema.tables.get_mut("items__c") {
        let columns = VALUES.iter().map(|(name, column_type, _)| Column::with_type(*name, *column_type));
        table.columns.extend(columns.map(|column| (column.name.clone(), column)));
    }
    let lists = rows().into_iter().skip(1).map(|row| Value::object([("id", Value::from(1)), ("c", Value::Array(vec![row]))]));
    let lists: Vec<Value> = lists.collect();
    let elements = lists.iter().filter_map(|row| row.get("c")?.as_array()).flatten().cloned().collect();
    builder.rows_from_values("items", &[Value::object([("id", Value::from(1)), ("c", Value::Array(elements))])])?;
    context.load_package(&builder.seal()?)?;
    expect_values(context, "items__c", rows().len())
}

fn takes_long_values(context: &mut TestContext<'_>, mode: LoadMode) -> Result<(), Mismatch> {
    let text = "a'ü🦀\n\"".repeat(100_000);
    let bytes = "00ff27".repeat(100_000);
    let items = mode.resource("items", &["id"]).typed("data", DataType::Binary).typed("json", DataType::Json);
    let json = Value::Array(vec![Value::from(text.as_str())]);
    let row = [
        ("id", Value::from(1)),
        ("v", Value::from(text.as_str())),
        ("data", Value::from(bytes.as_str())),
        ("json", json.clone()),
    ];
    let mut builder = context.package_builder(&[&items])?;
    builder.rows_from_values("items", &[Value::object(row)])?;
    context.load_package(&builder.seal()?)?;
    for (column, expected) in [("v", text), ("data", format!("0x{bytes}")), ("json", json.to_string())] {
        let found = context.query(&format!("SELECT {column} FROM items"))?;
        context.expect_same(&format!("whether `{column}` is the same"), &(found == [expected]), &true)?;
    }
    Ok(())
}

fn takes_columns_that_are_null_alone(context: &mut TestContext<'_>, mode: LoadMode) -> Result<(), Mismatch> {
    let items = typed(mode.resource("items", &["id"]));
    let nulls: Vec<Value> = rows().into_iter().take(1).collect();
    let mut builder = context.package_builder(&[&items])?;
    builder.rows_from_values("items", &nulls)?;
    context.load_package(&builder.seal()?)?;
    expect_values(context, "items", 1)
}
