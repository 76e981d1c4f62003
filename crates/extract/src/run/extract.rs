//! Extraction without a pipeline.

use std::ops::ControlFlow;
use std::pin::pin;

use async_stream::try_stream;
use catchment_state::State;
use futures_core::Stream;
use tokio::sync::mpsc;

use super::{Boundaries, ExtractEvent, Extraction, RowBatch};
use crate::{BudgetPermit, ExtractError, ExtractWarning, MemoryBudget, Source};

/// The maximum bytes of batches that wait for the consumer.
const WAITING_MAX_BYTES: usize = 32 << 20;

/// Extracts a source or a resource, and yields its rows in batches of one table each. Nothing is stored: cursors start at
/// their initial values. Warnings are logged.
///
/// Pages are requested while the stream is polled, up to 32 MiB ahead of the consumer. Dropping the stream cancels the
/// extraction.
///
/// ```
/// use catchment_extract::{Resource, extract};
/// use futures_util::{StreamExt as _, pin_mut};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let batches = extract(Resource::rows("rivers", vec![("Rhine", 1233), ("Danube", 2850)]));
/// pin_mut!(batches);
/// while let Some(batch) = batches.next().await {
///     let batch = batch?;
///     for river in batch.rows.deserialize::<(String, u32)>() {
///         let (name, km) = river?;
///         println!("{}: {name}, {km} km", batch.table);
///     }
/// }
/// # Ok(())
/// # })
/// # }
/// ```
///
/// # Errors
///
/// The first error of any resource ends the stream.
pub fn extract(source: impl Into<Source>) -> impl Stream<Item = Result<RowBatch, ExtractError>> + Send + 'static {
    extract_with_limit(source.into(), WAITING_MAX_BYTES)
}

fn extract_with_limit(
    source: Source,
    waiting_max_bytes: usize,
) -> impl Stream<Item = Result<RowBatch, ExtractError>> + Send + 'static {
    try_stream! {
        let state = State::new(&source.name, &source.name, "");
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let sink = move |event| {
            if let ExtractEvent::Rows { batch, .. } = event {
                // Sending fails only if this stream was dropped, which ends the extraction as well.
                let _ = sender.send(batch);
            }
            ControlFlow::Continue(())
        };
        let budget = MemoryBudget::new(waiting_max_bytes);
        let extraction = Extraction::new(&source, &state, &Boundaries::new())?;
        let mut extraction = pin!(extraction.run(&budget, &sink));
        let ended = loop {
            let next = tokio::select! {
                biased;
                ended = &mut extraction => Err(ended),
                Some(batch) = receiver.recv() => Ok(batch),
            };
            match next {
                Ok(batch) => yield without_permit(batch),
                Err(ended) => break ended,
            }
        };
        while let Ok(batch) = receiver.try_recv() {
            yield without_permit(batch);
        }
        for ExtractWarning { resource, message, count } in ended?.warnings {
            tracing::warn!(resource, count, "{message}");
        }
    }
}

/// Releases the memory of a batch, which now belongs to the consumer.
fn without_permit(batch: RowBatch) -> RowBatch {
    RowBatch { permit: BudgetPermit::empty(), ..batch }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::error::Error as _;

    use catchment_json::Document;
    use futures_util::{StreamExt as _, stream};

    use super::{extract, extract_with_limit};
    use crate::{PageError, Resource, Source};

    fn json(text: &str) -> Document {
        Document::parse(text.as_bytes().to_vec()).unwrap()
    }

    /// Compares the extracted rows, or the error that ended them, with `expected`.
    #[track_caller]
    fn check(source: impl Into<Source>, expected: &[&str]) {
        let batches = extract(source).map(|batch| match batch {
            Ok(batch) => {
                let mut rows = String::new();
                batch.rows.write_json(&mut rows);
                format!("{}: {rows}", batch.table)
            }
            Err(error) => {
                let causes = std::iter::successors(error.source(), |&cause| cause.source());
                causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
            }
        });
        let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
        assert_eq!(runtime.block_on(batches.collect::<Vec<_>>()), expected);
    }

    #[test]
    fn rows_are_yielded_page_by_page() {
        let pages = |_: &_| stream::iter([Ok::<_, Infallible>(vec![1, 2]), Ok(vec![3])]);
        check(Resource::stream("My Numbers", pages), &["my_numbers: [1,2]", "my_numbers: [3]"]);
        check(Resource::rows("none", Vec::<u32>::new()), &[]);
    }

    #[test]
    fn an_error_ends_the_rows() {
        let pages = |_: &_| stream::iter([Ok(vec![1]), Err::<_, PageError>("no page 2".into())]);
        check(Resource::stream("numbers", pages), &["numbers: [1]", "resource `numbers` failed: no page 2"]);
        let fails = |_: &_| {
            let first: u32 = "x".parse()?;
            Ok(stream::iter([Ok::<_, PageError>(vec![first])]))
        };
        check(Resource::stream("numbers", fails), &["resource `numbers` failed: invalid digit found in string"]);
    }

    #[test]
    fn a_consumer_may_keep_more_batches_than_may_wait() {
        let pages = |_: &_| stream::iter((0..50).map(|page| Ok::<_, Infallible>(vec!["x".repeat(1000); 10 + page % 2])));
        let batches = extract_with_limit(Resource::stream("texts", pages).into(), 2048);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let kept: Vec<_> = runtime.block_on(batches.collect());
        assert_eq!(kept.into_iter().map(|batch| batch.unwrap().rows.len()).sum::<usize>(), 525);
    }

    #[test]
    fn child_rows_include_fields_of_their_parent_row() {
        let source = |fields: &'static [&'static str]| {
            let users = Resource::rows("users", json(r#"[{"id": 7, "address": {"city": "Köln"}}]"#)).selected(false);
            let posts =
                Resource::transformer("posts", "users", |_, _| stream::iter([Ok::<_, PageError>(json(r#"[{"title": "a"}]"#))]));
            Source::new("blog").with_resource(users).with_resource(posts.include_from_parent(fields.iter().copied()))
        };
        check(source(&[]), &[r#"posts: [{"title":"a"}]"#]);
        check(source(&["id", "address.city"]), &[r#"posts: [{"title":"a","_users_id":7,"_users_address.city":"Köln"}]"#]);
        let error = "resource `posts` failed: parent row {\"id\":7,\"address\":{\"city\":\"Köln\"}}: the row of resource `users` has no field `name` (available: id, address)";
        check(source(&["name"]), &[error]);
    }
}
