//! The type [`Dataset`].

use catchment_load::{Destination, Dialect, LoadError, QueryResult};
use catchment_schema::{LOADS_TABLE, StoredSchemaError};

use indexmap::IndexMap;

use crate::{Catalog, DatasetError, Operator, Relation, SortDirection, SqlClient, TableQuery};

/// Row counts by table, in the order of the catalog.
pub type RowCounts = IndexMap<String, u64>;

/// A dataset, to query tables and loads.
///
/// Each method reads the current tables from the destination, including tables of other tools. While another process has
/// locked the destination, methods wait; dropping the future cancels the wait.
///
/// ```no_run
/// use catchment_dataset::{Dataset, DatasetError, Operator, SortDirection};
/// use catchment_load::Destination;
///
/// # async fn example(destination: impl Destination + 'static) -> Result<(), DatasetError> {
/// let github = Dataset::new(destination, "github_data");
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
    /// Opens the dataset `name` of `destination`, which need not belong to a pipeline of this program.
    pub fn new(destination: impl Destination + 'static, name: impl Into<String>) -> Dataset {
        Dataset { client: SqlClient::new(destination, name) }
    }

    /// Returns the name of the dataset.
    pub fn name(&self) -> &str {
        self.client.dataset()
    }

    /// Returns a query of all rows of a table. A name that is not a table name is normalized like a resource name:
    /// `My Rivers` finds `my_rivers`.
    pub fn table(&self, name: impl Into<String>) -> TableQuery {
        TableQuery::new(self.clone(), Relation::table(name))
    }

    /// Returns a query of `_dlt_loads`, the table of loaded packages.
    pub fn loads_table(&self) -> TableQuery {
        self.table(LOADS_TABLE)
    }

    /// Executes a SQL query. Unqualified table names refer to the dataset.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`SqlClient::query`].
    pub async fn query(&self, sql: &str) -> Result<QueryResult, DatasetError> {
        self.client.query(sql).await
    }

    /// Returns the table names in alphabetical order, without system tables.
    ///
    /// # Errors
    ///
    /// Returns an error if the dataset cannot be read, or nothing was loaded into it yet.
    pub async fn tables(&self) -> Result<Vec<String>, DatasetError> {
        Ok(self.catalog().await?.data_tables().map(str::to_owned).collect())
    }

    /// Returns the load IDs of all loaded packages, oldest first.
    ///
    /// # Errors
    ///
    /// Returns an error if the dataset cannot be read, or nothing was loaded into it yet.
    pub async fn load_ids(&self) -> Result<Vec<String>, DatasetError> {
        let loads = self.loads().select(["load_id"]).order_by("load_id", SortDirection::Ascending).fetch().await?;
        let load_ids = loads.str_column("load_id").into_iter().flatten();
        Ok(load_ids.flatten().map(str::to_owned).collect())
    }

    /// Returns the highest load ID of all loaded packages.
    ///
    /// # Errors
    ///
    /// Returns an error if the dataset cannot be read, or nothing was loaded into it yet.
    pub async fn latest_load_id(&self) -> Result<Option<String>, DatasetError> {
        let latest = self.loads().max("load_id").fetch().await?;
        let load_id = latest.str_column("load_id").into_iter().flatten().flatten().next();
        Ok(load_id.map(str::to_owned))
    }

    /// Returns the row count of each table in [`Dataset::tables`].
    ///
    /// # Errors
    ///
    /// Returns an error if the dataset cannot be read, or nothing was loaded into it yet.
    pub async fn row_counts(&self) -> Result<RowCounts, DatasetError> {
        let catalog = self.catalog().await?;
        self.counts(&catalog, catalog.row_counts_sql(self.dialect())).await
    }

    /// Returns the number of rows per table that a load inserted and later loads have not removed. Rows of child tables
    /// count with their root rows. Tables without such rows are omitted, so the result is empty for an unknown load ID.
    ///
    /// # Errors
    ///
    /// Returns an error if the dataset or a stored schema cannot be read, or nothing was loaded into the dataset yet.
    pub async fn load_row_counts(&self, load_id: &str) -> Result<RowCounts, DatasetError> {
        let mut catalog = self.catalog().await?;
        if let Some(sql) = catalog.schemas_sql(self.dialect()) {
            let schemas = self.query(&sql).await?;
            let location = self.client.destination().location();
            let corrupt = |error: StoredSchemaError| LoadError::CorruptMetadata { location, reason: error.to_string() };
            catalog = catalog.with_parents(&schemas).map_err(corrupt)?;
        }
        let mut counts = self.counts(&catalog, catalog.load_row_counts_sql(self.dialect(), load_id)).await?;
        counts.retain(|_, rows| *rows > 0);
        Ok(counts)
    }

    /// Resolves the table and column names of a relation, and executes it.
    pub(crate) async fn fetch(&self, relation: Relation) -> Result<QueryResult, DatasetError> {
        let relation = self.catalog().await?.resolve(relation)?;
        self.query(&relation.to_sql(self.dialect())).await
    }

    /// Returns a query of completed loads.
    fn loads(&self) -> TableQuery {
        self.loads_table().filter("status", Operator::Eq, 0)
    }

    fn dialect(&self) -> &'static dyn Dialect {
        self.client.destination().dialect()
    }

    async fn catalog(&self) -> Result<Catalog, DatasetError> {
        let columns = self.query(&Catalog::columns_sql(self.dialect(), self.name())).await?;
        Ok(Catalog::new(self.name(), &columns))
    }

    async fn counts(&self, catalog: &Catalog, sql: Option<String>) -> Result<RowCounts, DatasetError> {
        let Some(sql) = sql else { return Ok(RowCounts::new()) };
        Ok(catalog.parse_row_counts(&self.query(&sql).await?).into_iter().collect())
    }
}
