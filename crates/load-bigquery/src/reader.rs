//! Reading of datasets.

use catchment_load::LoadError;
use catchment_load::sql::{DatasetName, Definitions, Dialect as _, SqlReader, TextRows};
use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::BigQueryOptions;
use crate::client::{ApiError, BigQueryClient};
use crate::dialect::BigQueryDialect;
use crate::query_job::{guard, text_rows};
use crate::types;

/// The position of the type in a row of [`BigQueryDialect::columns_query`].
const DATA_TYPE: usize = 2;

/// Reads a dataset.
#[derive(Debug, Clone)]
pub(crate) struct BigQueryReader {
    pub(crate) client: BigQueryClient,
    /// The location of the dataset, such as `EU`.
    pub(crate) dataset_location: String,
    /// Whether the dataset exists.
    pub(crate) has_dataset: bool,
    pub(crate) location: String,
    maximum_bytes_billed: Option<u64>,
    stop: CancellationToken,
}

impl BigQueryReader {
    /// Connects to the service, and looks up the location of the dataset.
    pub(crate) async fn open(
        options: &BigQueryOptions,
        dataset: &str,
        stop: &CancellationToken,
    ) -> Result<BigQueryReader, LoadError> {
        let location = options.display_location();
        let client = BigQueryClient::new(options).map_err(|error| open_error(&location, error))?;
        let found = tokio::select! {
            found = client.dataset(dataset) => found.map_err(|error| open_error(&location, error))?,
            () = stop.cancelled() => return Err(LoadError::Cancelled),
        };
        let of_dataset = found.as_ref().map(|found| found.location.as_str()).filter(|location| !location.is_empty());
        let configured = options.location.as_deref();
        if let (Some(found), Some(configured)) = (of_dataset, configured)
            && !found.eq_ignore_ascii_case(configured)
        {
            let reason = format!(
                "dataset `{dataset}` is in {found}, but destination.bigquery.location is {configured}; set the location to \
                 {found}, or load into another dataset"
            );
            return Err(LoadError::Open { location, reason });
        }
        Ok(BigQueryReader {
            client,
            dataset_location: of_dataset.or(configured).unwrap_or("US").to_owned(),
            has_dataset: found.is_some(),
            location,
            maximum_bytes_billed: options.maximum_bytes_billed,
            stop: stop.clone(),
        })
    }

    /// Returns a reader that continues although the load is cancelled.
    pub(crate) fn without_cancellation(&self) -> BigQueryReader {
        BigQueryReader { stop: CancellationToken::new(), ..self.clone() }
    }

    /// Executes queries at the same time.
    async fn rows(&self, step: &str, queries: &[String]) -> Result<Vec<Result<TextRows, ApiError>>, LoadError> {
        let rows = |sql| text_rows(&self.client, &self.dataset_location, sql, self.maximum_bytes_billed);
        let all = join_all(queries.iter().map(|sql| rows(sql)));
        guard(&self.stop, step, &self.location, async { Ok(all.await) }).await
    }
}

fn open_error(location: &str, error: ApiError) -> LoadError {
    LoadError::Open { location: location.to_owned(), reason: error.to_string() }
}

impl SqlReader for BigQueryReader {
    fn location(&self) -> &str {
        &self.location
    }

    fn database(&self) -> Option<&str> {
        None
    }

    async fn definitions(&mut self, dataset: &DatasetName) -> Result<Definitions, LoadError> {
        let sql = BigQueryDialect.columns_query(dataset);
        let columns = self.read_existing("read the columns", &[sql]).await?.pop().flatten().unwrap_or_default();
        let canonical = |row: Vec<Option<String>>| {
            let mut cells = row;
            if let Some(Some(data_type)) = cells.get_mut(DATA_TYPE) {
                *data_type = types::canonical(data_type);
            }
            cells
        };
        Ok(Definitions { has_dataset: self.has_dataset, columns: columns.into_iter().map(canonical).collect() })
    }

    async fn read(&mut self, step: &str, queries: &[String]) -> Result<Vec<TextRows>, LoadError> {
        let all = self.rows(step, queries).await?;
        all.into_iter().map(|rows| rows.map_err(|error| error.into_load_error(step, &self.location))).collect()
    }

    async fn read_existing(&mut self, step: &str, queries: &[String]) -> Result<Vec<Option<TextRows>>, LoadError> {
        if !self.has_dataset {
            return Ok(vec![None; queries.len()]);
        }
        let all = self.rows(step, queries).await?;
        let existing = |rows: Result<TextRows, ApiError>| match rows {
            Ok(rows) => Ok(Some(rows)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into_load_error(step, &self.location)),
        };
        all.into_iter().map(existing).collect()
    }
}
