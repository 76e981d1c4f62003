//! Merges issues created or updated since the last run.
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

use std::error::Error;

use async_stream::try_stream;
use catchment::json::Document;
use catchment::rest_client::{self, RestClient};
use catchment::{DuckDb, Incremental, Pipeline, Resource, WriteDisposition};
use catchment_examples::Api;
use futures_core::Stream;

fn get_issues(client: RestClient, url: String, since: String) -> impl Stream<Item = Result<Document, rest_client::Error>> {
    try_stream! {
        let params =
            [("since", since.as_str()), ("per_page", "100"), ("sort", "updated"), ("direction", "desc"), ("state", "open")];
        let mut response = client.get(&url, &params).await?;
        yield response.document()?.clone();
        while let Some(next) = response.link("next")? {
            response = client.get(next.as_str(), &[]).await?;
            yield response.document()?.clone();
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let api = Api::from_args().await?;
    let (client, url) = (RestClient::builder().build()?, api.issues());
    let issues =
        Resource::stream("issues", move |updated_at| get_issues(client.clone(), url.clone(), updated_at.last_value_text()))
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
