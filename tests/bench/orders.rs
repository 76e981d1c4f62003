//! Generated rows to merge.

use catchment::{MergeOptions, MergeStrategy, Resource, WriteDisposition};
use serde::Serialize;

/// A small row; every tenth has a child row.
#[derive(Debug, Serialize)]
pub(crate) struct Order {
    id: u64,
    customer: String,
    status: &'static str,
    amount: f64,
    is_paid: bool,
    ordered_at: String,
    /// Increases when the row changes.
    revision: u64,
    /// A unique cursor value, from `revision` and `id`.
    changed: u64,
    items: Vec<Item>,
}

#[derive(Debug, Serialize)]
struct Item {
    sku: String,
    quantity: u64,
}

impl Order {
    pub(crate) fn new(id: u64, revision: u64) -> Order {
        let status = ["new", "packed", "sent", "returned"].get(usize::try_from((id + revision) % 4).unwrap_or(0)).copied();
        let items = id.is_multiple_of(10).then(|| Item { sku: format!("sku-{}", id % 977), quantity: id % 5 + revision });
        Order {
            id,
            customer: format!("customer {}", id * 7919 % 100_003),
            status: status.unwrap_or_default(),
            amount: (id * 31 % 10_000) as f64 / 4.0,
            is_paid: id.is_multiple_of(3),
            ordered_at: format!("2024-{:02}-{:02}T{:02}:00:00Z", id % 12 + 1, id % 28 + 1, id % 24),
            revision,
            changed: revision * 1_000_000_000 + id,
            items: items.into_iter().collect(),
        }
    }
}

/// The rows of a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Which {
    /// All rows in their initial state.
    All,
    /// All rows, changed.
    AllChanged,
    /// 1 % of the rows, changed, spread over the table; every tenth has a child row.
    SomeChanged,
    /// New rows, 1 % of the size of the table.
    SomeNew,
}

impl Which {
    /// Returns the number of rows that are loaded into a table of `rows` rows.
    pub(crate) fn count(self, rows: u64) -> u64 {
        match self {
            Which::All | Which::AllChanged => rows,
            Which::SomeChanged | Which::SomeNew => rows / 100,
        }
    }

    fn order(self, rows: u64, n: u64) -> Order {
        match self {
            Which::All => Order::new(n, 0),
            Which::AllChanged => Order::new(n, 2),
            Which::SomeChanged => Order::new(n * 100 + n % 100, 1),
            Which::SomeNew => Order::new(rows + n, 0),
        }
    }
}

/// Write disposition and merge strategy of a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum How {
    Replace,
    DeleteInsert,
    Upsert,
    InsertOnly,
    /// With a merge key, so that only keys in the load are compared.
    Scd2,
}

impl How {
    /// All merge strategies.
    pub(crate) const MERGES: [How; 4] = [How::DeleteInsert, How::Upsert, How::InsertOnly, How::Scd2];

    /// Configures the resource.
    pub(crate) fn of(self, orders: Resource) -> Resource {
        let merge = |strategy| MergeOptions { strategy, ..MergeOptions::default() };
        match self {
            How::Replace => orders.write_disposition(WriteDisposition::Replace),
            How::DeleteInsert => orders.primary_key(["id"]).merge(merge(MergeStrategy::DeleteInsert)),
            How::Upsert => orders.primary_key(["id"]).merge(merge(MergeStrategy::Upsert)),
            How::InsertOnly => orders.primary_key(["id"]).merge(merge(MergeStrategy::InsertOnly)),
            How::Scd2 => orders.merge_key(["id"]).merge(merge(MergeStrategy::Scd2)),
        }
    }
}

/// Returns a resource of `which` rows for a table of `rows` rows.
pub(crate) fn orders(which: Which, rows: u64) -> Resource {
    Resource::iter("orders", move |_| (0..which.count(rows)).map(move |n| which.order(rows, n)))
}
