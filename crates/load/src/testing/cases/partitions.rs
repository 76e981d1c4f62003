//! Merges into tables that are partitioned and clustered by hints, which engines without them ignore.

use catchment_schema::MergeStrategy::{self, DeleteInsert, Upsert};
use catchment_schema::{Column, DataType};

use super::LISTS;
use crate::testing::case::cases_by_strategy;
use crate::testing::context::TestContext;
use crate::testing::failure::Mismatch;
use crate::testing::resource::TestResource;

cases_by_strategy! { [("delete_insert", DeleteInsert), ("upsert", Upsert)]:
    finds_rows_within_their_partition,
    finds_rows_of_partitions_without_value,
    finds_rows_that_change_their_partition,
    finds_rows_in_partitions_of_integers,
}

/// Returns a resource that is merged by `key` and partitioned by the column `day`.
fn items(strategy: MergeStrategy, key: &[&str], data_type: DataType) -> TestResource {
    let hinted = |mut column: Column, hint: &str| {
        column.hints.insert(hint.to_owned(), true.into());
        column
    };
    TestResource::merge("items", strategy, key)
        .column(hinted(Column::new("day", data_type), "partition"))
        .column(hinted(Column::new("v", DataType::Text), "cluster"))
}

const DAYS: &str = "SELECT id, day, v FROM items";

fn finds_rows_within_their_partition(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let items = items(strategy, &["id", "day"], DataType::Date);
    context.load(&items, r#"[{"id":1,"day":"2024-01-01","v":"a","l":[1]},{"id":1,"day":"2024-01-02","v":"b","l":[2]}]"#)?;
    context.load(&items, r#"[{"id":1,"day":"2024-01-02","v":"c","l":[3]},{"id":2,"day":"2024-01-03","v":"d","l":[4]}]"#)?;
    context.expect(DAYS, "1 2024-01-01 a; 1 2024-01-02 c; 2 2024-01-03 d")?;
    context.expect(LISTS, "1 1; 1 3; 2 4")
}

fn finds_rows_of_partitions_without_value(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let items = items(strategy, &["id", "day"], DataType::Date);
    context.load(&items, r#"[{"id":1,"day":null,"v":"a"},{"id":1,"day":"2024-01-02","v":"b"}]"#)?;
    context.load(&items, r#"[{"id":1,"day":null,"v":"c"}]"#)?;
    context.expect(DAYS, "1 - c; 1 2024-01-02 b")
}

fn finds_rows_that_change_their_partition(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let items = items(strategy, &["id"], DataType::Date);
    context.load(&items, r#"[{"id":1,"day":"2024-01-01","v":"a","l":[1]},{"id":2,"day":"2024-01-02","v":"b"}]"#)?;
    context.load(&items, r#"[{"id":1,"day":"2024-01-09","v":"c","l":[2]}]"#)?;
    context.expect(DAYS, "1 2024-01-09 c; 2 2024-01-02 b")?;
    context.expect(LISTS, "1 2")
}

fn finds_rows_in_partitions_of_integers(context: &mut TestContext<'_>, strategy: MergeStrategy) -> Result<(), Mismatch> {
    let items = items(strategy, &["id", "day"], DataType::Bigint);
    context.load(&items, r#"[{"id":1,"day":1,"v":"a"},{"id":1,"day":100000,"v":"b"},{"id":1,"day":200000,"v":"c"}]"#)?;
    context.load(&items, r#"[{"id":1,"day":100000,"v":"d"},{"id":1,"day":300000,"v":"e"}]"#)?;
    context.expect(DAYS, "1 1 a; 1 100000 d; 1 200000 c; 1 300000 e")
}
