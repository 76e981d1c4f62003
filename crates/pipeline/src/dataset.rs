//! The tables of a dataset.

use std::sync::Arc;

use catchment_load::{Catalog, Destination, LoadError, Operator, QueryResult, Relation};
use catchment_run::{RowCounts, RunError};
use catchment_schema::{LOADS_TABLE, StoredSchemaError};

use crate::{SortDirection, SqlClient, TableQuery};

/// A dataset and its tables: [`Pipeline::dataset`](crate::Pipeline::dataset), or one that no pipeline of this program
/// fills.
///
/// Each method looks at what the destination has at that moment, the tables of other tools included. Dropping a future
/// ends the waiting for a destination that another process has.
///
/// ```no_run
/// use catchment::{Dataset, SortDirection, DuckDb, Operator};
///
/// # async fn example() -> Result<(), catchment::RunError> {
/// let github = Dataset::new(DuckDb::new("github_issues.duckdb"), "github_data");
/// let newest = github.table("issues").select(["number", "title"]).filter("state", Operator::Eq, "open");
/// println!("{}", newest.order_by("updated_at", SortDirection::Descending).limit(5).fetch().await?);
///
/// if let Some(load_id) = github.latest_load_id().await? {
///     println!("load {load_id}: {:?}", github.load_row_counts(&load_id).await?);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Dataset {
    client: SqlClient,
}

impl Dataset {
    /// The dataset `name` of `destination`.
    pub fn new(destination: impl Destination + 'static, name: impl Into<String>) -> Dataset {
        Dataset::of(SqlClient::new(Arc::new(destination), name.into()))
    }

    pub(crate) fn of(client: SqlClient) -> Dataset {
        Dataset { client }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.client.dataset()
    }

    /// All rows of a table, to be narrowed down and fetched. Where the name is not that of a table, it is taken as that
    /// of a resource: `My Rivers` finds `my_rivers`.
    pub fn table(&self, name: impl Into<String>) -> TableQuery {
        TableQuery::new(self.clone(), Relation::table(name))
    }

    /// The table of the packages that were loaded, `_dlt_loads`.
    pub fn loads_table(&self) -> TableQuery {
        self.table(LOADS_TABLE)
    }

    /// The rows of any query; names of tables without a schema are those of the dataset.
    ///
    /// # Errors
    ///
    /// Those of [`SqlClient::query`].
    pub async fn query(&self, sql: &str) -> Result<QueryResult, RunError> {
        self.client.query(sql).await
    }

    /// The names of the tables in it but for the system's own, in order.
    ///
    /// # Errors
    ///
    /// Where the dataset cannot be read, or nothing was loaded into it yet.
    pub async fn tables(&self) -> Result<Vec<String>, RunError> {
        Ok(self.catalog().await?.data_tables().map(str::to_owned).collect())
    }

    /// The ids of the packages that were loaded, the oldest first.
    ///
    /// # Errors
    ///
    /// Where the dataset cannot be read, or nothing was loaded into it yet.
    pub async fn load_ids(&self) -> Result<Vec<String>, RunError> {
        let loads = self.loads().select(["load_id"]).order_by("load_id", SortDirection::Ascending).fetch().await?;
        Ok(loads.str_column("load_id").flatten().map(str::to_owned).collect())
    }

    /// The greatest id of a package that was loaded.
    ///
    /// # Errors
    ///
    /// Where the dataset cannot be read, or nothing was loaded into it yet.
    pub async fn latest_load_id(&self) -> Result<Option<String>, RunError> {
        let latest = self.loads().max("load_id").fetch().await?;
        Ok(latest.str_column("load_id").flatten().next().map(str::to_owned))
    }

    /// How many rows each of [`Dataset::tables`] has.
    ///
    /// # Errors
    ///
    /// Where the dataset cannot be read, or nothing was loaded into it yet.
    pub async fn row_counts(&self) -> Result<RowCounts, RunError> {
        let catalog = self.catalog().await?;
        self.counts(&catalog, catalog.row_counts_sql()).await
    }

    /// How many rows came with a load and are still there: those of root tables, and those of child tables that belong to
    /// them. Tables without such rows are left out, so that there are none where the load id is unknown.
    ///
    /// # Errors
    ///
    /// Where the dataset or a stored schema cannot be read, or nothing was loaded into it yet.
    pub async fn load_row_counts(&self, load_id: &str) -> Result<RowCounts, RunError> {
        let mut catalog = self.catalog().await?;
        if let Some(sql) = catalog.schemas_sql() {
            let schemas = self.query(&sql).await?;
            let location = self.client.location();
            let stored = |error: StoredSchemaError| LoadError::CorruptMetadata { location, reason: error.to_string() };
            catalog = catalog.with_parents(&schemas).map_err(stored)?;
        }
        let mut counts = self.counts(&catalog, catalog.load_row_counts_sql(load_id)).await?;
        counts.retain(|_, rows| *rows > 0);
        Ok(counts)
    }

    /// The rows of a relation, by the names that its table and columns have here.
    pub(crate) async fn fetch(&self, relation: Relation) -> Result<QueryResult, RunError> {
        let relation = self.catalog().await?.resolve(relation).map_err(LoadError::from)?;
        self.query(&relation.to_sql()).await
    }

    /// The loads that are complete.
    fn loads(&self) -> TableQuery {
        self.loads_table().filter("status", Operator::Eq, 0)
    }

    async fn catalog(&self) -> Result<Catalog, RunError> {
        Ok(Catalog::new(self.name(), &self.query(Catalog::COLUMNS_SQL).await?))
    }

    async fn counts(&self, catalog: &Catalog, sql: Option<String>) -> Result<RowCounts, RunError> {
        let Some(sql) = sql else { return Ok(RowCounts::new()) };
        Ok(catalog.parse_row_counts(&self.query(&sql).await?).into_iter().collect())
    }
}
