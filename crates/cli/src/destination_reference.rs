//! Generates the table in `docs/src/reference/destinations.md` from the capabilities of the destinations.

use std::fmt::Write as _;

use catchment::load::{Capabilities, CommitScope, IdentifierCase, IdentifierCharacters, IdentifierRules, LengthUnit, RowFormat};
use catchment::schema::TimestampUnit;
use catchment::{BigQuery, BigQueryOptions, Destination as _, DuckDb, Postgres, PostgresOptions, Secret};

use crate::generated_page::assert_current;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src/reference/destinations.md");
const BEGIN: &str =
    "<!-- The table below is written by a test of catchment-cli: CATCHMENT_UPDATE=1 cargo nextest run -p catchment-cli -->\n";
const END: &str = "<!-- end -->\n";

/// Returns a label and a text for each capability. A new field of [`Capabilities`] fails to compile until it is added here.
fn describe(capabilities: &Capabilities) -> Vec<(&'static str, String)> {
    let Capabilities {
        identifiers: IdentifierRules { max_length, length_unit, case, characters },
        max_columns,
        commit_scope,
        transactional_ddl,
        max_tables_in_transaction,
        merge_strategies,
        nested_types,
        decimal_precision,
        timestamp_unit,
        local_timestamp_unit,
        text_with_nul,
        row_format,
    } = *capabilities;
    let length_unit = match length_unit {
        LengthUnit::Bytes => "bytes",
        LengthUnit::Characters => "characters",
    };
    let case = match case {
        IdentifierCase::Sensitive => "different names",
        IdentifierCase::Insensitive => "the same name",
    };
    let characters = match characters {
        IdentifierCharacters::All => "all",
        IdentifierCharacters::Word => "letters, digits and underscores",
    };
    let commit_scope = match commit_scope {
        CommitScope::Package => "all tables of a package",
        CommitScope::Table => "one table",
    };
    let row_format = match row_format {
        RowFormat::Arrow => "Arrow record batches",
        RowFormat::Copy => "binary `COPY`",
        RowFormat::Parquet => "Parquet files",
    };
    let strategies: Vec<_> = merge_strategies.iter().map(|strategy| format!("`{}`", strategy.name())).collect();
    let local_timestamps = local_timestamp_unit.map_or("stored with time zone", unit_name);
    vec![
        ("what a commit makes visible at once", commit_scope.to_owned()),
        ("tables and columns are created in the same transaction", yes_or_no(transactional_ddl)),
        ("tables that one transaction can change", limit(max_tables_in_transaction)),
        ("merge strategies", strategies.join(", ")),
        ("format in which rows are sent", row_format.to_owned()),
        ("length of table and column names", format!("{} {length_unit}", grouped(max_length))),
        ("names that differ only in case are", case.to_owned()),
        ("characters of table and column names", characters.to_owned()),
        ("columns of a table", limit(max_columns)),
        ("timestamps with time zone", unit_name(timestamp_unit).to_owned()),
        ("timestamps without time zone", local_timestamps.to_owned()),
        ("digits of a decimal that the engine can store; columns have up to 38", grouped(decimal_precision.into())),
        ("lists and structs as column types, which no load creates", yes_or_no(nested_types)),
        ("the character U+0000 in text", yes_or_no(text_with_nul)),
    ]
}

fn yes_or_no(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}

fn limit(maximum: Option<usize>) -> String {
    maximum.map_or_else(|| "unlimited".to_owned(), grouped)
}

/// Formats a number with a comma between groups of three digits.
fn grouped(number: usize) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", grouped(number / 1000), number % 1000) }
}

fn unit_name(unit: TimestampUnit) -> &'static str {
    match unit {
        TimestampUnit::Second => "seconds",
        TimestampUnit::Millisecond => "milliseconds",
        TimestampUnit::Microsecond => "microseconds",
        TimestampUnit::Nanosecond => "nanoseconds",
    }
}

fn table() -> String {
    let (duckdb, postgres) = (
        DuckDb::new("x.duckdb"),
        Postgres::new(PostgresOptions::parse(&Secret::from("postgresql://loader@localhost/warehouse")).unwrap()),
    );
    let bigquery = BigQuery::new(BigQueryOptions::new("project"));
    let columns = [duckdb.capabilities(), postgres.capabilities(), bigquery.capabilities()].map(describe);
    let mut text = "\n| | DuckDB | PostgreSQL | BigQuery |\n|---|---|---|---|\n".to_owned();
    let [duckdb, postgres, bigquery] = columns.map(Vec::into_iter);
    for (((label, duckdb), (_, postgres)), (_, bigquery)) in duckdb.zip(postgres).zip(bigquery) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "| {label} | {duckdb} | {postgres} | {bigquery} |");
    }
    text.push('\n');
    text
}

#[test]
fn the_capabilities_are_current() {
    let page = std::fs::read_to_string(PATH).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the marker line before the table");
    let (_, after) = rest.split_once(END).expect("the marker line after the table");
    assert_current(PATH, &page, &format!("{before}{BEGIN}{}{END}{after}", table()));
}
