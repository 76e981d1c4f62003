use crate::{Schema, SchemaFormat, render};

/// A schema with a child table, precisions, descriptions, declared references and names that each format must escape.
const SHOP: &str = r#"
engine_version: 11
version: 3
version_hash: x
name: shop
tables:
  _dlt_version:
    columns:
      version: {data_type: bigint, nullable: false}
      version_hash: {data_type: text, nullable: false, description: "What changes with the schema's content"}
    write_disposition: skip
  _dlt_loads:
    columns:
      load_id: {data_type: text, nullable: false, precision: 64}
      schema_version_hash: {data_type: text, nullable: true}
    write_disposition: skip
    description: Tracks loads
  orders:
    columns:
      id: {data_type: bigint, nullable: false, primary_key: true}
      number: {data_type: bigint, precision: 16}
      total: {data_type: decimal, precision: 12, scale: 2, description: "With tax,\nin \"EUR\"; it's ~20% or ~19%% more"}
      at: {data_type: timestamp, timezone: false, precision: 3}
      customer: {data_type: text}
      undecided: {primary_key: true}
      _dlt_load_id: {data_type: text, nullable: false}
      _dlt_id: {data_type: text, nullable: false, unique: true, row_key: true}
    references:
    - {referenced_table: select, columns: [customer], referenced_columns: [order]}
    - {referenced_table: nowhere, columns: [customer], referenced_columns: [id]}
    - {referenced_table: select, columns: [customer], referenced_columns: [undecided]}
  orders__items:
    parent: orders
    columns:
      pk: {data_type: wei}
      "größe": {data_type: double, description: 'C:\sizes'}
      1a b"c: {data_type: json}
      _dlt_parent_id: {data_type: text, nullable: false, parent_key: true}
      _dlt_root_id: {data_type: text, nullable: false, root_key: true}
      _dlt_list_idx: {data_type: bigint, nullable: false}
      _dlt_id: {data_type: text, nullable: false, unique: true, row_key: true}
  select:
    description: Customers
    columns:
      order: {data_type: text, nullable: false, primary_key: true}
      table: {data_type: binary, nullable: false, primary_key: true}
      day: {data_type: date}
    references:
    - {referenced_table: select, columns: [day, table], referenced_columns: [order, table], cardinality: zero_to_many, label: is like}
    - {referenced_table: select, columns: [order, table], referenced_columns: [table, order]}
  empty:
    columns: {}
settings: {}
normalizers: {}
"#;

#[track_caller]
fn rendered(format: SchemaFormat) -> String {
    render(&Schema::from_yaml(SHOP).unwrap(), format)
}

#[test]
fn renders_sql() {
    insta::assert_snapshot!(rendered(SchemaFormat::Sql));
}

#[test]
fn renders_mermaid() {
    insta::assert_snapshot!(rendered(SchemaFormat::Mermaid));
}

#[test]
fn renders_dbml() {
    insta::assert_snapshot!(rendered(SchemaFormat::Dbml));
}

#[test]
fn json_and_yaml_round_trip() {
    let schema = Schema::from_yaml(SHOP).unwrap();
    assert_eq!(Schema::from_stored_text(&rendered(SchemaFormat::Json)), Ok(schema.clone()));
    assert_eq!(Schema::from_yaml(&rendered(SchemaFormat::Yaml)), Ok(schema));
}

#[test]
fn renders_a_schema_with_a_parent_cycle() {
    let yaml =
        "{engine_version: 11, name: s, tables: {a: {parent: b, columns: {_dlt_parent_id: {data_type: text}}}, b: {parent: a}}}";
    let schema = Schema::from_yaml(yaml).unwrap();
    for format in SchemaFormat::ALL {
        assert!(render(&schema, format).ends_with('\n'), "{format}");
        assert_eq!(SchemaFormat::from_name(format.name()), Some(format));
    }
}
