//! Streams of record batches.

use std::pin::Pin;
use std::task::{Context, Poll};

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use futures_util::stream::BoxStream;
use futures_util::{Stream, TryStreamExt as _};

use crate::{LoadError, QueryResult};

/// The rows of a query as a stream of record batches with one schema. Dropping it ends the query.
pub struct RecordBatchStream {
    schema: SchemaRef,
    batches: BoxStream<'static, Result<RecordBatch, LoadError>>,
}

impl RecordBatchStream {
    /// Creates a stream of batches with the columns `schema`.
    pub fn new(
        schema: SchemaRef,
        batches: impl Stream<Item = Result<RecordBatch, LoadError>> + Send + 'static,
    ) -> RecordBatchStream {
        RecordBatchStream { schema, batches: Box::pin(batches) }
    }

    /// Returns the columns.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Reads all rows.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use arrow::array::{ArrayRef, Int64Array, RecordBatch};
    /// use catchment_load::RecordBatchStream;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let counts: ArrayRef = Arc::new(Int64Array::from(vec![7]));
    /// let batch = RecordBatch::try_from_iter([("count", counts)])?;
    /// let rows = RecordBatchStream::new(batch.schema(), futures_util::stream::iter([Ok(batch)]));
    /// assert_eq!(rows.collect().await?.first_i64(), Some(7));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the first error of the stream.
    pub async fn collect(self) -> Result<QueryResult, LoadError> {
        let schema = self.schema;
        let batches = self.batches.try_collect().await?;
        Ok(QueryResult { schema, batches })
    }
}

impl std::fmt::Debug for RecordBatchStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordBatchStream").field("schema", &self.schema).finish_non_exhaustive()
    }
}

impl Stream for RecordBatchStream {
    type Item = Result<RecordBatch, LoadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.batches.as_mut().poll_next(context)
    }
}
