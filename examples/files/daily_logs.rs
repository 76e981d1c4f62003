//! Loads a folder of daily logs. Each run only reads files that are new or have changed since the last run.
//!
//! `cargo run -p catchment-examples --example daily_logs -- 'logs/*.jsonl'`
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

use std::error::Error;

use catchment::{DuckDb, Incremental, Pipeline, ProgressSink, Resource, Source};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let pattern = std::env::args().nth(1).unwrap_or_else(|| "logs/*.jsonl".to_owned());
    let files =
        Resource::file_list("files", pattern).primary_key(["file_url"]).incremental(Incremental::new("modification_date"));
    let logs = Resource::file_rows("logs", "files").filter(|line| line.get("level").is_some());
    let source = Source::new("web_server").with_resource(files).with_resource(logs);

    let pipeline = Pipeline::new("daily_logs", DuckDb::new("daily_logs.duckdb"), "logs").progress(ProgressSink::Log);
    println!("{}", pipeline.run(source).await?);
    Ok(())
}
