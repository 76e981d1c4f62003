use catchment_json::Value;

use crate::{Schema, loads_table, version_table};

fn read(yaml: &str) -> Schema {
    Schema::from_yaml(yaml).unwrap()
}

/// Returns the migrated schema as YAML, without system tables.
fn migrated(yaml: &str) -> String {
    let mut schema = read(yaml);
    schema.tables.retain(|name, _| !name.starts_with("_dlt"));
    schema.to_yaml()
}

#[test]
fn migrates_version_1() {
    insta::assert_snapshot!(migrated(
        "
        name: rivers
        version: 3
        engine_version: 1
        hints: {not_null: [^_dlt_id$], foreign_key: [^_dlt_parent_id$]}
        preferred_types: {_at$: timestamp, ^raw: complex}
        tables:
          gauges:
            level: {data_type: double, nullable: true}
            raw: {data_type: complex, nullable: true}
            _dlt_id: {data_type: text, nullable: false, unique: true}
          gauges__readings__values:
            _dlt_parent_id: {data_type: text, nullable: false, foreign_key: true}
            _dlt_id: {data_type: text, nullable: false}
        "
    ));
}

#[test]
fn migrates_version_2() {
    insta::assert_snapshot!(migrated(
        "
        name: rivers
        version: 3
        engine_version: 2
        excludes: [^gauges__raw, ^gauges__raw__more, ^lakes__depth, ^ponds$]
        includes: [^gauges__raw__id]
        tables:
          gauges: {level: {data_type: double, nullable: true}}
        "
    ));
}

#[test]
fn migrates_version_6() {
    insta::assert_snapshot!(migrated(
        "
        name: rivers
        version: 5
        version_hash: a hash of then
        engine_version: 6
        x-ours: kept
        tables:
          gauges:
            table_sealed: true
            x-ours: kept
            columns: {level: {data_type: double, x-ours: kept}}
        settings: {schema_sealed: true, default_hints: {}}
        normalizers: {names: snake_case, json: {module: dlt.common.normalizers.json.relational, config: {generate_dlt_id: true, max_nesting: 2}}}
        "
    ));
}

#[test]
fn migrates_version_9() {
    insta::assert_snapshot!(migrated(
        "
        name: rivers
        version: 5
        engine_version: 9
        tables:
          gauges:
            x-normalizer: {seen-data: true}
            columns:
              raw: {data_type: complex}
              station: {data_type: text, foreign_key: true}
              _dlt_id: {data_type: text, unique: true}
          gauges__readings:
            parent: gauges
            columns:
              _dlt_parent_id: {data_type: text, foreign_key: true}
              _dlt_id: {data_type: text}
        settings:
          default_hints: {foreign_key: [_dlt_parent_id], unique: [_dlt_id]}
          preferred_types: {re:^raw: complex}
        normalizers: {names: snake_case}
        previous_hashes: [one]
        "
    ));
}

#[test]
fn removes_null_only_columns() {
    insta::assert_snapshot!(migrated(
        "
        name: rivers
        engine_version: 11
        tables:
          gauges:
            columns:
              late: {data_type: text, x-normalizer: {seen-null-first: true}}
              later: {data_type: text, x-normalizer: {seen-null-first: true, more: 1}}
              never: {x-normalizer: {seen-null-first: true}}
              declared: {x-normalizer: {seen-null-first: false}}
        "
    ));
}

#[test]
fn replaces_system_tables() {
    let stored = |engine: i64| {
        read(&format!(
            "{{name: s, engine_version: {engine}, tables: {{_dlt_loads: {{columns: {{a: {{}}}}}}, t: {{columns: {{}}}}}}}}"
        ))
    };
    for (engine, expected) in [(4, "_dlt_loads, t, _dlt_version"), (5, "_dlt_loads, t")] {
        let schema = stored(engine);
        assert_eq!(schema.tables.keys().cloned().collect::<Vec<_>>().join(", "), expected);
        assert_eq!(schema.tables["_dlt_loads"], loads_table());
    }
    assert_eq!(stored(3).tables["_dlt_version"], version_table());
    assert_eq!(stored(6).tables["_dlt_loads"].columns.len(), 1);
}

#[test]
fn stored_hash_becomes_a_previous_hash() {
    let check = |yaml: &str, version: u64, previous: &[&str]| {
        let mut schema = read(yaml);
        assert!(schema.update_version());
        assert_eq!(
            (schema.version, schema.previous_hashes.iter().map(String::as_str).collect()),
            (version, previous.to_vec()),
            "{yaml}"
        );
        assert!(!schema.update_version());
    };
    check("{name: s, engine_version: 3, version: 4, tables: {}}", 4, &[]);
    check("{name: s, engine_version: 6, version: 4, version_hash: old, tables: {}}", 5, &["old"]);
    check(
        "{name: s, engine_version: 9, version: 4, version_hash: old, previous_hashes: [older], tables: {}}",
        5,
        &["old", "older"],
    );
}

#[test]
fn migration_is_idempotent() {
    for engine in 1..=Schema::ENGINE_VERSION {
        let tables = if engine < 3 {
            "{t: {a: {data_type: text}, _dlt_id: {data_type: text}}}"
        } else {
            "{t: {columns: {a: {data_type: text}}}}"
        };
        let schema = read(&format!("{{name: s, engine_version: {engine}, tables: {tables}}}"));
        assert_eq!(Schema::from_value(&schema.to_value()), Ok(schema));
    }
}

#[test]
fn rejects_invalid_schemas() {
    let check = |yaml: &str, expected: &str| {
        let error = Schema::from_value(&Value::parse_yaml(yaml).unwrap()).unwrap_err().to_string();
        assert_eq!(error, format!("invalid stored schema: {expected}"));
    };
    check("{engine_version: 0}", "engine_version: found 0, expected 1 to 11");
    check("{engine_version: 1.5}", "engine_version: found 1.5, expected 1 to 11");
    check(
        "{engine_version: 99}",
        "engine_version: found 99, expected 1 to 11; a newer tool wrote this schema, upgrade to read it",
    );
    check("{engine_version: 1, name: s, tables: []}", "schema.tables: expected an object, found a list");
    check("{engine_version: 2, name: s, tables: {t: 1}}", "tables.t.columns: expected an object, found a number");
    check("{engine_version: 3, name: s, tables: {t: 1}}", "tables.t: expected an object, found a number");
}
