//! Partitions, clustering and options of new tables, from hints.
//!
//! The column hints `partition` and `cluster` are those of all destinations. The others begin with `x-bigquery-`; those of
//! tables are listed in [`catchment_schema::PASSTHROUGH_HINTS`]. They have the names of the reference's BigQuery adapter, which
//! lacks labels and the required filter.

use catchment_json::Value;
use catchment_load::sql::{Dialect as _, PartitionColumn, TableLayout};
use catchment_schema::{Column, DLT_ROOT_ID_COLUMN, Schema, Table, WriteDisposition, naming};

use crate::dialect::BigQueryDialect;
use crate::types;

const PARTITION: &str = "x-bigquery-partition";
const CLUSTER: &str = "x-bigquery-cluster";
const CLUSTER_COLUMNS: &str = "x-bigquery-cluster-columns";
const DESCRIPTION: &str = "x-bigquery-table-description";
const EXPIRATION: &str = "x-bigquery-table-expiration";
const PARTITION_EXPIRATION: &str = "x-bigquery-partition-expiration-days";
const REQUIRE_FILTER: &str = "x-bigquery-require-partition-filter";
const LABELS: &str = "x-bigquery-labels";

/// The maximum number of cluster columns: <https://cloud.google.com/bigquery/docs/clustered-tables#limitations>.
const MAX_CLUSTER_COLUMNS: usize = 4;

/// The pseudocolumn by which tables with partitions by ingestion time are filtered.
const INGESTION_TIME: &str = "_PARTITIONTIME";

/// Returns the layout of a new table. The error is the reason why its hints are invalid.
pub(crate) fn layout(schema: &Schema, table: &Table) -> Result<TableLayout, String> {
    let mut layout = TableLayout::default();
    let partition = partition(table, &mut layout)?;
    if let Some((clause, column)) = partition {
        layout.clauses.push_str(&format!("\nPARTITION BY {clause}"));
        layout.partition = Some(column);
    }
    let cluster = cluster(schema, table, &mut layout)?;
    if !cluster.is_empty() {
        let columns: Vec<String> = cluster.iter().map(|name| BigQueryDialect.quote(name)).collect();
        layout.clauses.push_str(&format!("\nCLUSTER BY {}", columns.join(", ")));
    }
    let options = options(schema, table, &mut layout);
    if !options.is_empty() {
        layout.clauses.push_str(&format!("\nOPTIONS ({})", options.join(", ")));
    }
    Ok(layout)
}

/// Returns the expression after `PARTITION BY`, and the column.
fn partition(table: &Table, layout: &mut TableLayout) -> Result<Option<(String, PartitionColumn)>, String> {
    if let Some(Value::Object(templates)) = table.hints.get(PARTITION) {
        let names: Vec<&str> = templates.keys().map(String::as_str).collect();
        let one = single_column(&names)?;
        let template = templates.values().next().and_then(Value::as_str).unwrap_or("{column_name}");
        return Ok(one.and_then(|name| by_template(table, name, template, layout)));
    }
    let is_hinted = |column: &&Column| column.has_hint("partition") || column.has_hint(PARTITION);
    let names: Vec<&str> = table.columns.values().filter(is_hinted).map(|column| column.name.as_str()).collect();
    let Some(column) = single_column(&names)?.and_then(|name| existing(table, name, "partitioned", layout)) else {
        return Ok(None);
    };
    let (quoted, data_type) = (BigQueryDialect.quote(&column.name), types::column_type(column));
    let clause = match data_type.as_str() {
        "DATE" => quoted,
        "TIMESTAMP" => format!("DATE({quoted})"),
        "INT64" => {
            layout.warnings.push(format!(
                "table `{}` is partitioned by column `{}` as dlt does: as seconds since 1970, up to 691200000 (in 1991); set \
                 `x-bigquery-partition` with another range",
                table.name, column.name
            ));
            format!("RANGE_BUCKET({quoted}, GENERATE_ARRAY(-172800000, 691200000, 86400))")
        }
        _ => {
            layout.warnings.push(format!(
                "table `{}` is not partitioned: column `{}` is {data_type}, and BigQuery partitions by date, timestamp and \
                 bigint columns",
                table.name, column.name
            ));
            return Ok(None);
        }
    };
    Ok(Some((clause, PartitionColumn { name: column.name.clone(), data_type })))
}

/// Returns the partition by a template, such as `RANGE_BUCKET({column_name}, GENERATE_ARRAY(0, 1000, 10))`.
fn by_template(table: &Table, name: &str, template: &str, layout: &mut TableLayout) -> Option<(String, PartitionColumn)> {
    let by_ingestion_time = ["_PARTITIONTIME", "_PARTITIONDATE"].into_iter().find(|pseudo| pseudo.eq_ignore_ascii_case(name));
    if let Some(pseudo) = by_ingestion_time {
        let column = PartitionColumn { name: INGESTION_TIME.to_owned(), data_type: "TIMESTAMP".to_owned() };
        // By day: tables cannot be partitioned by `_PARTITIONTIME` itself.
        let pseudo = if template.trim() == "{column_name}" { "_PARTITIONDATE" } else { pseudo };
        return Some((template.replace("{column_name}", pseudo), column));
    }
    let column = existing(table, name, "partitioned", layout)?;
    let clause = template.replace("{column_name}", &BigQueryDialect.quote(&column.name));
    Some((clause, PartitionColumn { name: column.name.clone(), data_type: types::column_type(column) }))
}

fn single_column<'n>(names: &[&'n str]) -> Result<Option<&'n str>, String> {
    match names {
        [] => Ok(None),
        [name] => Ok(Some(name)),
        names => Err(format!("`partition` is set for several columns ({}); BigQuery partitions by one", names.join(", "))),
    }
}

/// Returns the cluster columns: those of the hints, or else those by which merges find rows.
fn cluster<'t>(schema: &Schema, table: &'t Table, layout: &mut TableLayout) -> Result<Vec<&'t str>, String> {
    let hinted: Vec<&str> = match table.hints.get(CLUSTER_COLUMNS) {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => {
            let is_hinted = |column: &&Column| column.has_hint("cluster") || column.has_hint(CLUSTER);
            table.columns.values().filter(is_hinted).map(|column| column.name.as_str()).collect()
        }
    };
    let hinted = without_repetitions(hinted);
    if hinted.len() > MAX_CLUSTER_COLUMNS {
        return Err(format!(
            "`cluster` is set for {} columns ({}); BigQuery clusters by up to 4",
            hinted.len(),
            hinted.join(", ")
        ));
    }
    if !hinted.is_empty() {
        let columns = hinted.into_iter().filter_map(|name| existing(table, name, "clustered", layout));
        let columns: Vec<&Column> = columns.collect();
        let (usable, other): (Vec<&Column>, Vec<&Column>) = columns.into_iter().partition(|column| can_cluster(column));
        layout.warnings.extend(other.into_iter().map(|column| {
            let data_type = types::column_type(column);
            format!("table `{}` is not clustered by column `{}`: BigQuery cannot cluster by {data_type}", table.name, column.name)
        }));
        return Ok(usable.into_iter().map(|column| column.name.as_str()).collect());
    }
    let is_merged = schema.write_disposition(schema.root_of(&table.name)) == WriteDisposition::Merge;
    let key = match table.parent {
        _ if !is_merged => Vec::new(),
        Some(_) => vec![DLT_ROOT_ID_COLUMN],
        None => table.columns_with("primary_key"),
    };
    let columns = key.into_iter().filter_map(|name| table.columns.get(name));
    let is_partition = |column: &Column| layout.partition.as_ref().is_some_and(|partition| partition.name == column.name);
    let columns = columns.filter(|column| column.data_type.is_some() && can_cluster(column) && !is_partition(column));
    Ok(columns.take(MAX_CLUSTER_COLUMNS).map(|column| column.name.as_str()).collect())
}

fn without_repetitions(names: Vec<&str>) -> Vec<&str> {
    let mut seen = std::collections::BTreeSet::new();
    names.into_iter().filter(|name| seen.insert(*name)).collect()
}

/// Returns whether BigQuery clusters by columns of this type:
/// <https://cloud.google.com/bigquery/docs/creating-clustered-tables#limitations>.
fn can_cluster(column: &Column) -> bool {
    let data_type = types::column_type(column);
    matches!(types::base(&data_type), "BIGNUMERIC" | "BOOL" | "DATE" | "INT64" | "NUMERIC" | "STRING" | "TIMESTAMP")
}

/// Returns the column of a hint, whose name may be spelled as in the source. Warns if it does not exist yet. `layout_of` is
/// `partitioned` or `clustered`.
fn existing<'t>(table: &'t Table, name: &str, layout_of: &str, layout: &mut TableLayout) -> Option<&'t Column> {
    let column = table.columns.get(name).or_else(|| table.columns.get(&naming::normalize_path(name)));
    let column = column.filter(|column| column.data_type.is_some());
    if column.is_none() {
        layout.warnings.push(format!(
            "table `{}` is not {layout_of} by column `{name}`, which has no values yet; declare its `data_type` to create it \
             with the table",
            table.name
        ));
    }
    column
}

/// The maximum number of characters of the descriptions of tables and columns:
/// <https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema>.
const MAX_TABLE_DESCRIPTION: usize = 16_384;
const MAX_COLUMN_DESCRIPTION: usize = 1_024;

fn description(text: &str, max_length: usize) -> String {
    let text: String = text.chars().take(max_length).collect();
    format!("description = {}", BigQueryDialect.text_literal(&text))
}

fn options(schema: &Schema, table: &Table, layout: &mut TableLayout) -> Vec<String> {
    let mut options = Vec::new();
    let ancestors = std::iter::successors(Some(table), |table| schema.tables.get(table.parent.as_deref()?));
    let mut descriptions = ancestors.take(schema.tables.len()).map(|table| table.hints.get(DESCRIPTION).and_then(Value::as_str));
    if let Some(text) = descriptions.find_map(|text| text) {
        options.push(description(text, MAX_TABLE_DESCRIPTION));
    }
    if let Some(Value::Object(labels)) = table.hints.get(LABELS) {
        let literal = |text: &str| BigQueryDialect.text_literal(text);
        let label =
            |(key, value): (&String, &Value)| format!("({}, {})", literal(key), literal(value.as_str().unwrap_or_default()));
        options.push(format!("labels = [{}]", labels.iter().map(label).collect::<Vec<_>>().join(", ")));
    }
    if let Some(at) = table.hints.get(EXPIRATION).and_then(Value::as_str) {
        options.push(format!("expiration_timestamp = TIMESTAMP {}", BigQueryDialect.text_literal(at)));
    }
    let days = table.hints.get(PARTITION_EXPIRATION).and_then(Value::as_i64);
    let requires_filter = table.hints.get(REQUIRE_FILTER).and_then(Value::as_bool).unwrap_or(false);
    let expiration = days.map(|days| format!("partition_expiration_days = {days}"));
    let filter = requires_filter.then(|| "require_partition_filter = TRUE".to_owned());
    let of_partitions: Vec<String> = expiration.into_iter().chain(filter).collect();
    if layout.partition.is_some() {
        options.extend(of_partitions);
    } else if !of_partitions.is_empty() {
        let name = &table.name;
        layout.warnings.push(format!("table `{name}` is not partitioned, so that options of partitions have no effect"));
    }
    options
}

/// Returns the options of a column.
pub(crate) fn column_options(column: &Column) -> String {
    let mut options = Vec::new();
    let modes = [
        ("x-bigquery-round-half-even", "ROUND_HALF_EVEN"),
        ("x-bigquery-round-half-away-from-zero", "ROUND_HALF_AWAY_FROM_ZERO"),
    ];
    let is_decimal = matches!(types::base(&types::column_type(column)), "NUMERIC" | "BIGNUMERIC");
    if let Some((_, mode)) = modes.into_iter().find(|(hint, _)| is_decimal && column.has_hint(hint)) {
        options.push(format!("rounding_mode = '{mode}'"));
    }
    if let Some(text) = column.hints.get("description").and_then(Value::as_str).filter(|text| !text.is_empty()) {
        options.push(description(text, MAX_COLUMN_DESCRIPTION));
    }
    if options.is_empty() { String::new() } else { format!(" OPTIONS ({})", options.join(", ")) }
}

#[cfg(test)]
mod tests {
    use catchment_schema::{DataType, TableHints};

    use super::*;

    /// Returns the layout of a table with `columns` of the form `name type hint…` and `hints`, a JSON object.
    fn check(write_disposition: WriteDisposition, columns: &[&str], hints: &str) -> String {
        let column = |text: &&str| {
            let mut words = text.split(' ');
            let (name, data_type) = (words.next().unwrap(), words.next().and_then(DataType::from_name));
            let hints = words.map(|hint| (hint.to_owned(), Value::Bool(true))).collect();
            Column { name: name.to_owned(), data_type, nullable: None, hints }
        };
        let hints = Value::parse(hints).unwrap();
        let hints = TableHints {
            write_disposition,
            columns: columns.iter().map(column).collect(),
            passthrough_hints: hints.as_object().unwrap().clone(),
            ..TableHints::default()
        };
        let mut schema = Schema::new("s");
        schema.declare("t", "t", &hints).unwrap();
        match layout(&schema, &schema.tables["t"]) {
            Ok(layout) => format!("{}\n{}", layout.clauses.trim(), layout.warnings.join("\n")).trim().to_owned(),
            Err(reason) => format!("error: {reason}"),
        }
    }

    #[test]
    fn tables_are_partitioned_by_hints() {
        use WriteDisposition::Append;
        insta::assert_snapshot!(check(Append, &["d date partition"], "{}"), @r#"PARTITION BY `d`"#);
        insta::assert_snapshot!(check(Append, &["at timestamp x-bigquery-partition"], "{}"), @r#"PARTITION BY DATE(`at`)"#);
        insta::assert_snapshot!(check(Append, &["n bigint partition"], "{}"), @r#"
        PARTITION BY RANGE_BUCKET(`n`, GENERATE_ARRAY(-172800000, 691200000, 86400))
        table `t` is partitioned by column `n` as dlt does: as seconds since 1970, up to 691200000 (in 1991); set `x-bigquery-partition` with another range
        "#);
        insta::assert_snapshot!(check(Append, &["n bigint"], r#"{"x-bigquery-partition": {"N": "RANGE_BUCKET({column_name}, GENERATE_ARRAY(0, 9, 3))"}}"#), @r#"PARTITION BY RANGE_BUCKET(`n`, GENERATE_ARRAY(0, 9, 3))"#);
        insta::assert_snapshot!(check(Append, &["n bigint"], r#"{"x-bigquery-partition": {"_PARTITIONTIME": "DATE_TRUNC({column_name}, MONTH)"}}"#), @r#"PARTITION BY DATE_TRUNC(_PARTITIONTIME, MONTH)"#);
        insta::assert_snapshot!(check(Append, &["v text partition"], "{}"), @r#"table `t` is not partitioned: column `v` is STRING, and BigQuery partitions by date, timestamp and bigint columns"#);
        insta::assert_snapshot!(check(Append, &["v ? partition"], "{}"), @r#"table `t` is not partitioned by column `v`, which has no values yet; declare its `data_type` to create it with the table"#);
        insta::assert_snapshot!(check(Append, &["d date partition", "e date partition"], "{}"), @r#"error: `partition` is set for several columns (d, e); BigQuery partitions by one"#);
    }

    #[test]
    fn tables_are_clustered_by_hints_or_the_primary_key() {
        use WriteDisposition::{Append, Merge};
        insta::assert_snapshot!(check(Append, &["a text cluster", "b bigint x-bigquery-cluster"], "{}"), @r#"CLUSTER BY `a`, `b`"#);
        insta::assert_snapshot!(check(Append, &["a text", "b bigint"], r#"{"x-bigquery-cluster-columns": ["B", "a", "a"]}"#), @r#"CLUSTER BY `b`, `a`"#);
        insta::assert_snapshot!(check(Append, &["a double cluster", "b json cluster"], "{}"), @r#"
        table `t` is not clustered by column `a`: BigQuery cannot cluster by FLOAT64
        table `t` is not clustered by column `b`: BigQuery cannot cluster by JSON
        "#);
        insta::assert_snapshot!(check(Append, &["a text primary_key"], "{}"), @"");
        insta::assert_snapshot!(check(Merge, &["a text primary_key", "d date primary_key partition"], "{}"), @r#"
        PARTITION BY `d`
        CLUSTER BY `a`
        "#);
        let wide = ["a text", "b text", "c text", "d text", "e text"].map(|column| format!("{column} primary_key"));
        let wide: Vec<&str> = wide.iter().map(String::as_str).collect();
        insta::assert_snapshot!(check(Merge, &wide, "{}"), @r#"CLUSTER BY `a`, `b`, `c`, `d`"#);
        let hinted = r#"{"x-bigquery-cluster-columns": ["a", "b", "c", "d", "e"]}"#;
        insta::assert_snapshot!(check(Merge, &wide, hinted), @r#"error: `cluster` is set for 5 columns (a, b, c, d, e); BigQuery clusters by up to 4"#);
    }

    #[test]
    fn tables_and_columns_have_options() {
        use WriteDisposition::Append;
        let hints = r#"{"x-bigquery-table-description": "it's", "x-bigquery-labels": {"team": "data"},
            "x-bigquery-table-expiration": "2030-01-01", "x-bigquery-partition-expiration-days": 30,
            "x-bigquery-require-partition-filter": true}"#;
        insta::assert_snapshot!(check(Append, &["d date partition"], hints), @r#"
        PARTITION BY `d`
        OPTIONS (description = 'it\'s', labels = [('team', 'data')], expiration_timestamp = TIMESTAMP '2030-01-01', partition_expiration_days = 30, require_partition_filter = TRUE)
        "#);
        insta::assert_snapshot!(check(Append, &["d date"], r#"{"x-bigquery-partition-expiration-days": 30}"#), @r#"table `t` is not partitioned, so that options of partitions have no effect"#);
        let mut column = Column::new("a", DataType::Decimal);
        column.hints.insert("description".to_owned(), "a\nb".into());
        column.hints.insert("x-bigquery-round-half-even".to_owned(), true.into());
        insta::assert_snapshot!(column_options(&column), @r#" OPTIONS (rounding_mode = 'ROUND_HALF_EVEN', description = 'a\nb')"#);
    }
}
