//! Loads issues created since the last run: newest first, up to the first page with an issue that is already loaded.
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

use std::error::Error;

use async_stream::try_stream;
use catchment::json::Document;
use catchment::rest_client::{self, RestClient};
use catchment::{DuckDb, Incremental, Pipeline, Resource, ResumePoint, WriteDisposition};
use catchment_examples::Api;
use futures_core::Stream;

fn get_issues(
    client: RestClient,
    url: String,
    created_at: ResumePoint,
) -> impl Stream<Item = Result<Document, rest_client::Error>> {
    try_stream! {
        let mut next = Some(format!("{url}?per_page=100&sort=created&direction=desc&state=open"));
        while let Some(url) = next {
            let response = client.get(&url, &[]).await?;
            yield response.document()?.clone();
            if created_at.is_out_of_range() {
                break;
            }
            next = response.link("next")?.map(String::from);
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let api = Api::from_args().await?;
    let (client, url) = (RestClient::builder().build()?, api.issues());
    let issues = Resource::stream("issues", move |created_at| get_issues(client.clone(), url.clone(), created_at.clone()))
        .write_disposition(WriteDisposition::Append)
        .incremental(Incremental::new("created_at").initial_value("1970-01-01T00:00:00Z"));

    let pipeline =
        Pipeline::new("github_issues_incremental", DuckDb::new("github_issues_incremental.duckdb"), "github_data_append");
    let load_info = pipeline.run(issues).await?;

    if let Some(row_counts) = pipeline.last_trace().and_then(|trace| trace.normalize) {
        println!("{row_counts}\n------");
    }
    println!("{load_info}");
    Ok(())
}
