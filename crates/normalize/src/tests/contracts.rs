use catchment_schema::{ContractMode, Schema, SchemaContract, TableHints};

use super::{load, load_with, trim};
use crate::{NormalizeError, NormalizeOptions};

/// Returns the schema of a dataset with one loaded page.
fn loaded(page: &str) -> Schema {
    let mut schema = Schema::new("s");
    schema.declare("t", "t", &TableHints::default()).unwrap();
    let (_, mut schema) = load(schema, &[page]).unwrap();
    for table in schema.tables.values_mut() {
        table.set_seen_data();
    }
    schema
}

const BEFORE: &str = r#"[{"id":1,"a":"x","n":1,"l":[{"v":1}]}]"#;

/// Loads pages into a dataset with [`BEFORE`]. Returns the tables and the discarded counts.
fn more(contract: SchemaContract, pages: &[&str]) -> Result<(String, String), NormalizeError> {
    let mut schema = loaded(BEFORE);
    schema.tables["t"].hints.insert("schema_contract".to_owned(), contract.to_value());
    let options = NormalizeOptions { quarantine_table: Some("refused".to_owned()), ..NormalizeOptions::default() };
    let (found, _, findings) = load_with(options, schema, pages)?;
    let counts = findings.discarded.iter().map(|(table, n)| format!("{table}: {} rows, {} values", n.rows, n.values));
    Ok((trim(&found), counts.collect::<Vec<_>>().join("; ")))
}

fn check(contract: SchemaContract, pages: &[&str], expected: &str, counts: &str) {
    let (found, counted) = more(contract, pages).unwrap();
    assert_eq!(found, trim(expected));
    assert_eq!(counted, counts);
}

fn check_frozen(contract: SchemaContract, page: &str, expected: &str) {
    assert_eq!(more(contract, &[page]).unwrap_err().to_string(), expected);
}

fn columns(mode: ContractMode) -> SchemaContract {
    SchemaContract { columns: mode, ..SchemaContract::default() }
}

fn tables(mode: ContractMode) -> SchemaContract {
    SchemaContract { tables: mode, ..SchemaContract::default() }
}

fn data_type(mode: ContractMode) -> SchemaContract {
    SchemaContract { data_type: mode, ..SchemaContract::default() }
}

#[test]
fn new_columns() {
    let rows = r#"[{"id":2,"b":null,"l":[{"v":2}]},{"id":3,"b":1,"o":{"c":2},"l":[{"v":3,"w":4},{"v":5}]}]"#;
    check(
        columns(ContractMode::DiscardValue),
        &[rows],
        r#"t(id bigint, a text, n bigint, _dlt_load_id, _dlt_id)
         id=2
         id=3
         t__l(v bigint, _dlt_parent_id, _dlt_list_idx, _dlt_id)
         v=2
         v=3
         v=5
         refused(table_name text, column_name text, reason text, content json, row_id text, _dlt_load_id, _dlt_id)
         table_name=t column_name=b reason=new column content=1 row_id=rRCQu92Saz9IDA
         table_name=t column_name=o__c reason=new column content=2 row_id=rRCQu92Saz9IDA
         table_name=t__l column_name=w reason=new column content=4 row_id=vi3Q3Jq41x2vxQ"#,
        "t: 0 rows, 2 values; t__l: 0 rows, 1 values",
    );
    check(
        columns(ContractMode::DiscardRow),
        &[rows],
        r#"t(id bigint, a text, n bigint, _dlt_load_id, _dlt_id)
         id=2
         t__l(v bigint, _dlt_parent_id, _dlt_list_idx, _dlt_id)
         v=2
         refused(table_name text, column_name text, reason text, content json, row_id text, _dlt_load_id, _dlt_id)
         table_name=t column_name=b reason=new column content={"id":3,"b":1,"o":{"c":2},"l":[{"v":3,"w":4},{"v":5}]} row_id=rRCQu92Saz9IDA"#,
        "t: 1 rows, 0 values; t__l: 2 rows, 0 values",
    );
    check_frozen(
        columns(ContractMode::Freeze),
        rows,
        "table `t`, row 2 of its page: new column `b` violates the schema contract `columns: freeze`; found 1; \
         set the contract to evolve, discard_row or discard_value",
    );
}

#[test]
fn null_under_a_new_key_is_not_a_new_column() {
    for pages in [&[r#"[{"id":2,"b":null},{"id":3,"b":1}]"#][..], &[r#"[{"id":3,"b":1},{"id":2,"b":null}]"#]] {
        let (found, counted) = more(columns(ContractMode::DiscardRow), pages).unwrap();
        assert!(found.contains("id=2") && !found.contains("id=3"), "{found}");
        assert_eq!(counted, "t: 1 rows, 0 values");
    }
}

#[test]
fn new_tables() {
    let rows = r#"[{"id":2,"more":[{"x":[1]}],"l":[{"v":2}]}]"#;
    for mode in [ContractMode::DiscardValue, ContractMode::DiscardRow] {
        let (found, counted) = more(tables(mode), &[rows]).unwrap();
        assert!(found.contains("id=2") && found.contains("v=2") && !found.contains("t__more("), "{found}");
        assert_eq!(counted, "t__more: 1 rows, 0 values; t__more__x: 1 rows, 0 values");
    }
    check_frozen(
        tables(ContractMode::Freeze),
        rows,
        "table `t__more`, row 1 of its page: new table violates the schema contract `tables: freeze`; \
         found {\"x\":[1]}; set the contract to evolve, discard_row or discard_value",
    );
}

#[test]
fn values_of_other_types() {
    let rows = r#"[{"id":2,"n":"y","c":"z"},{"id":3,"n":2.5,"c":4},{"id":4,"n":"5","c":5}]"#;
    check(
        data_type(ContractMode::DiscardValue),
        &[rows],
        r#"t(id bigint, a text, n bigint, _dlt_load_id, _dlt_id, c text)
         id=2 c=z
         id=3 c=4
         id=4 n=5 c=5
         refused(table_name text, column_name text, reason text, content json, row_id text, _dlt_load_id, _dlt_id)
         table_name=t column_name=n reason=value does not fit the column type content="y" row_id=GMMMoZTTK5URDw
         table_name=t column_name=n reason=value does not fit the column type content=2.5 row_id=rRCQu92Saz9IDA"#,
        "t: 0 rows, 2 values",
    );
    // Discarded rows do not determine the type of a new column.
    let (found, counted) = more(data_type(ContractMode::DiscardRow), &[rows]).unwrap();
    assert!(found.contains("t(id bigint, a text, n bigint, _dlt_load_id, _dlt_id, c bigint)\nid=4 n=5 c=5"), "{found}");
    assert_eq!(counted, "t: 2 rows, 0 values");
    check_frozen(
        data_type(ContractMode::Freeze),
        rows,
        "table `t`, row 1 of its page: value that does not fit column `n` (bigint) violates the schema contract \
         `data_type: freeze`; found \"y\"; set the contract to evolve, discard_row or discard_value",
    );
}

#[test]
fn the_first_load_may_create_tables_and_columns() {
    let mut schema = Schema::new("s");
    let hints = TableHints { schema_contract: Some(SchemaContract::all(ContractMode::Freeze)), ..TableHints::default() };
    schema.declare("t", "t", &hints).unwrap();
    let (found, _) = load(schema, &[r#"[{"id":1,"l":[1]}]"#, r#"[{"id":2,"b":1,"l":[2],"m":[3]}]"#]).unwrap();
    assert!(found.contains("id=2 b=1") && found.contains("t__m("), "{found}");
}

#[test]
fn a_schema_contract_applies_to_new_resources() {
    let mut schema = loaded(BEFORE);
    schema.tables.shift_remove("t");
    schema.set_contract(SchemaContract::all(ContractMode::Freeze));
    let error = load(schema, &[r#"[{"id":1}]"#]).unwrap_err().to_string();
    assert!(error.starts_with("table `t`, row 1 of its page: new table violates"), "{error}");
}

#[test]
fn discarded_rows_do_not_affect_the_types_of_other_rows() {
    // If the second row determined the type of `b`, the third row would be discarded.
    let rows = [r#"{"id":2,"c":1}"#, r#"{"id":3,"b":1,"c":true}"#, r#"{"id":4,"b":true}"#];
    let one_by_one = rows.map(|row| format!("[{row}]"));
    for pages in [vec![format!("[{}]", rows.join(","))], one_by_one.to_vec()] {
        let (found, counted) =
            more(data_type(ContractMode::DiscardRow), &pages.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
        assert!(found.contains("c bigint, b bool)") && found.contains("id=4 b=true"), "{found}");
        assert_eq!(counted, "t: 1 rows, 0 values");
    }
}

#[test]
fn discarded_rows_have_no_findings() {
    let mut schema = loaded(BEFORE);
    schema.tables["t"].hints.insert("schema_contract".to_owned(), data_type(ContractMode::DiscardRow).to_value());
    let (_, _, findings) =
        load_with(NormalizeOptions::default(), schema, &[r#"[{"id":"x","nothing":null,"aB":1,"a_b":2},{"id":7}]"#]).unwrap();
    assert!(findings.null_only_columns.is_empty() && findings.renamed_keys.is_empty(), "{findings}");
}

#[test]
fn an_error_against_an_outdated_schema_is_checked_again() {
    // Against the initial schema `n` would be double, and the last value would not fit.
    let contract = TableHints { schema_contract: Some(data_type(ContractMode::Freeze)), ..TableHints::default() };
    let mut schema = Schema::new("s");
    schema.declare("t", "t", &contract).unwrap();
    load(schema, &[r#"[{"n":2}]"#, r#"[{"n":1e4},{"n":9223372034854020}]"#]).unwrap();
}
