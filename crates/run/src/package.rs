//! Making a package.

use catchment_load_package::{Begin, PackageStore, Seal, SealedPackage};
use catchment_normalize::IdSeed;
use catchment_schema::Schema;
use tokio_util::sync::CancellationToken;

use crate::begin::replaces;
use crate::error::RunError;
use crate::feed::Feed;
use crate::ingest::{Ingested, Shredding, ingest};
use crate::runner::Runner;

/// The package of all rows of `feed`, sealed. None where it would bring nothing new.
pub(crate) async fn make(
    runner: &Runner,
    store: &PackageStore,
    (begin, schema): (Begin, Schema),
    feed: Feed<'_>,
    stop: &CancellationToken,
) -> Result<Option<SealedPackage>, RunError> {
    let shredding = Shredding {
        load_id: begin.load_id.clone(),
        seed: IdSeed::from(runner.host.seed()),
        max_identifier_length: runner.destination.max_identifier_length(),
    };
    let replaces = replaces(&begin, &schema);
    let writer = store.create(begin, runner.options.writer)?;
    let Ingested { writer, mut schema, mut state, tables } =
        ingest(feed, schema, writer, shredding, &runner.options, stop).await?;
    state.add_schema(&schema.name);
    let state_changed = state.bump();
    if tables.is_empty() && !state_changed && !replaces {
        return Ok(None);
    }
    for table in schema.tables.values_mut().filter(|table| tables.contains(&table.name)) {
        table.set_seen_data();
    }
    schema.bump();
    let package = writer.seal(Seal { schema, state })?;
    runner.working_dir.keep(&package.seal().state, &package.seal().schema);
    Ok(Some(package))
}
