//! Filters of partitions, which BigQuery prunes by constants and variables but not by subqueries:
//! <https://cloud.google.com/bigquery/docs/querying-partitioned-tables>.

use catchment_load::sql::PartitionColumn;

/// Declares the dates of staged rows, or the least and greatest integer.
pub(crate) fn declare(variable: &str, column: &PartitionColumn, value: &str, staged: &str) -> Vec<String> {
    match date(&column.data_type, value) {
        Some(date) => vec![format!(
            "DECLARE {variable} ARRAY<DATE> DEFAULT ARRAY(SELECT DISTINCT {date} FROM {staged} WHERE {value} IS NOT NULL)"
        )],
        None if column.data_type == "INT64" => vec![
            format!("DECLARE {variable}_min INT64 DEFAULT (SELECT MIN({value}) FROM {staged})"),
            format!("DECLARE {variable}_max INT64 DEFAULT (SELECT MAX({value}) FROM {staged})"),
        ],
        None => Vec::new(),
    }
}

/// Returns the condition that a row is in a partition of staged rows.
pub(crate) fn contains(variable: &str, column: &PartitionColumn, value: &str) -> String {
    match date(&column.data_type, value) {
        Some(date) => format!("{date} IN UNNEST({variable})"),
        None => format!("{value} BETWEEN {variable}_min AND {variable}_max"),
    }
}

/// Returns the date of a value of a partition column.
fn date(data_type: &str, value: &str) -> Option<String> {
    match data_type {
        "DATE" => Some(value.to_owned()),
        "TIMESTAMP" | "DATETIME" => Some(format!("DATE({value})")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_filtered_by_their_type() {
        let check = |data_type: &str| {
            let column = PartitionColumn { name: "c".to_owned(), data_type: data_type.to_owned() };
            let declared = declare("v", &column, "`c`", "s").join("\n");
            format!("{declared}\n{}", contains("v", &column, "d.`c`"))
        };
        insta::assert_snapshot!(check("DATE"), @r#"
        DECLARE v ARRAY<DATE> DEFAULT ARRAY(SELECT DISTINCT `c` FROM s WHERE `c` IS NOT NULL)
        d.`c` IN UNNEST(v)
        "#);
        insta::assert_snapshot!(check("TIMESTAMP"), @r#"
        DECLARE v ARRAY<DATE> DEFAULT ARRAY(SELECT DISTINCT DATE(`c`) FROM s WHERE `c` IS NOT NULL)
        DATE(d.`c`) IN UNNEST(v)
        "#);
        insta::assert_snapshot!(check("INT64"), @r#"
        DECLARE v_min INT64 DEFAULT (SELECT MIN(`c`) FROM s)
        DECLARE v_max INT64 DEFAULT (SELECT MAX(`c`) FROM s)
        d.`c` BETWEEN v_min AND v_max
        "#);
    }
}
