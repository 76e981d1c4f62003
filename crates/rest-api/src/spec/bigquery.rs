//! Hints of tables in BigQuery, in the names of the reference.

use crate::spec_schema::{FieldSchema, ValueType};

pub(super) const PARTITION: FieldSchema = FieldSchema::new(
    "x-bigquery-partition",
    ValueType::MapOf(&ValueType::Text),
    "For BigQuery: the partition column and the expression to partition by, in which {column_name} is the column. `_PARTITIONDATE` and `_PARTITIONTIME` partition by ingestion time.",
);

pub(super) const CLUSTER_COLUMNS: FieldSchema = FieldSchema::new(
    "x-bigquery-cluster-columns",
    ValueType::Names,
    "For BigQuery: up to 4 columns by which the table is clustered, in order; the primary key of merged tables by default.",
);

pub(super) const DESCRIPTION: FieldSchema =
    FieldSchema::new("x-bigquery-table-description", ValueType::Text, "For BigQuery: the description of the table.");

pub(super) const EXPIRATION: FieldSchema = FieldSchema::new(
    "x-bigquery-table-expiration",
    ValueType::Text,
    "For BigQuery: the time at which the table is deleted, such as `2030-01-31 00:00:00+00`.",
);

pub(super) const PARTITION_EXPIRATION: FieldSchema = FieldSchema::new(
    "x-bigquery-partition-expiration-days",
    ValueType::Integer(1, 100_000),
    "For BigQuery: the number of days after which a partition is deleted.",
);

pub(super) const REQUIRE_PARTITION_FILTER: FieldSchema = FieldSchema::new(
    "x-bigquery-require-partition-filter",
    ValueType::Bool,
    "For BigQuery: whether queries must filter by the partition column; false by default.",
);

pub(super) const LABELS: FieldSchema =
    FieldSchema::new("x-bigquery-labels", ValueType::MapOf(&ValueType::Text), "For BigQuery: the labels of the table.");
