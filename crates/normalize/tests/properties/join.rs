//! Merging schemas is a join operation: tables, columns and types do not depend on order or grouping.

use std::collections::BTreeMap;

use catchment_schema::{Column, ColumnType, DataType, Schema, SchemaDelta, TableDelta};
use proptest::prelude::*;

use crate::tables::config;

type Shape = BTreeMap<String, (Option<String>, BTreeMap<String, ColumnType>)>;

fn types() -> impl Strategy<Value = ColumnType> {
    let decimal = |precision, scale| ColumnType::Decimal { precision, scale };
    prop::sample::select(vec![
        ColumnType::BIGINT,
        ColumnType::Bigint { bits: 64, beyond_double: true },
        ColumnType::Bigint { bits: 32, beyond_double: false },
        ColumnType::Double,
        ColumnType::LONG_INTEGER,
        decimal(10, 2),
        decimal(38, 9),
        ColumnType::from(DataType::Decimal),
        ColumnType::Text,
        ColumnType::Bool,
        ColumnType::TIMESTAMP,
    ])
}

fn deltas() -> impl Strategy<Value = SchemaDelta> {
    let column = (prop::sample::select(vec!["a", "b", "c"]), types()).prop_map(|(name, of)| Column::with_type(name, of));
    let table = (prop::sample::select(vec!["t", "u", "t__a"]), prop::collection::vec(column, 0..3));
    let table = table.prop_map(|(name, columns)| {
        let parent = (name == "t__a").then(|| "t".to_owned());
        TableDelta { name: name.to_owned(), parent, columns }
    });
    prop::collection::vec(table, 0..3).prop_map(|tables| SchemaDelta { tables })
}

/// Generates schemas by applying deltas. If types in a delta have no common type, the first one stays.
fn schemas() -> impl Strategy<Value = Schema> {
    deltas().prop_map(|delta| with(&Schema::new("s"), &delta))
}

fn with(schema: &Schema, delta: &SchemaDelta) -> Schema {
    let mut schema = schema.clone();
    schema.apply(delta);
    schema
}

fn shape(schema: &Schema) -> Shape {
    let columns = |table: &catchment_schema::Table| {
        table.complete_columns().map(|column| (column.name.clone(), column.column_type().unwrap())).collect()
    };
    schema.tables.values().map(|table| (table.name.clone(), (table.parent.clone(), columns(table)))).collect()
}

/// Merges two schemas, or returns `None` on a conflict.
fn joined(a: &Schema, b: &Schema) -> Option<Schema> {
    a.merge(b).ok()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn merge_is_commutative(a in schemas(), b in schemas()) {
        prop_assert_eq!(joined(&a, &b).as_ref().map(shape), joined(&b, &a).as_ref().map(shape));
    }

    #[test]
    fn merge_is_associative(a in schemas(), b in schemas(), c in schemas()) {
        let left = joined(&a, &b).and_then(|ab| joined(&ab, &c));
        let right = joined(&b, &c).and_then(|bc| joined(&a, &bc));
        prop_assert_eq!(left.as_ref().map(shape), right.as_ref().map(shape));
    }

    #[test]
    fn merge_is_idempotent(a in schemas(), b in schemas()) {
        prop_assert_eq!(joined(&a, &a).as_ref().map(shape), Some(shape(&a)));
        if let Some(ab) = joined(&a, &b) {
            prop_assert_eq!(joined(&ab, &b).as_ref().map(shape), Some(shape(&ab)));
            prop_assert_eq!(joined(&a, &ab).as_ref().map(shape), Some(shape(&ab)));
        }
    }

    #[test]
    fn merge_contains_base_and_both_sides(base in schemas(), a in deltas(), b in deltas()) {
        let (a, b) = (with(&base, &a), with(&base, &b));
        if let Some(ab) = joined(&a, &b) {
            for side in [&base, &a, &b] {
                prop_assert_eq!(joined(&ab, side).as_ref().map(shape), Some(shape(&ab)));
            }
        }
    }

    #[test]
    fn deltas_without_conflict_commute_with_merge(base in schemas(), a in deltas(), b in deltas()) {
        let (with_a, with_b) = (with(&base, &a), with(&base, &b));
        if a.conflict(&base).or(b.conflict(&base)).is_some() {
            return Ok(());
        }
        if let Some(ab) = joined(&with_a, &with_b) {
            prop_assert_eq!(shape(&with(&with_a, &b)), shape(&ab));
            prop_assert_eq!(shape(&with(&with_b, &a)), shape(&ab));
        }
        prop_assert_eq!(shape(&with(&with_a, &a)), shape(&with_a));
    }

    #[test]
    fn a_conflict_with_a_side_is_a_conflict_with_the_merge(a in schemas(), b in schemas(), c in deltas()) {
        if let Some(ab) = joined(&a, &b) {
            let conflicts = c.conflict(&a).is_some() || c.conflict(&b).is_some();
            prop_assert!(!conflicts || c.conflict(&ab).is_some());
        }
    }
}
