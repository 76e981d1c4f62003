//! Merges the same issues as `github_issues_merge`, with pagination detected by `paginate`.
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

use std::error::Error;

use catchment::rest_client::paginate;
use catchment::{DuckDb, Incremental, Pipeline, Resource, WriteDisposition};
use catchment_examples::Api;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let api = Api::from_args().await?;
    let url = api.issues();
    let issues = Resource::stream("issues", move |updated_at| {
        let since = updated_at.last_value_text();
        paginate(&url, &[("since", &since), ("per_page", "100"), ("sort", "updated"), ("direction", "desc"), ("state", "open")])
    })
    .write_disposition(WriteDisposition::Merge)
    .primary_key(["id"])
    .incremental(Incremental::new("updated_at").initial_value("1970-01-01T00:00:00Z"));

    let pipeline = Pipeline::new("github_issues_merge", DuckDb::new("github_issues_merge.duckdb"), "github_data_merge");
    let load_info = pipeline.run(issues).await?;

    if let Some(row_counts) = pipeline.last_trace().and_then(|trace| trace.normalize) {
        println!("{row_counts}\n------");
    }
    println!("{load_info}");
    Ok(())
}
