//! Loads one page of issues and replaces those of the last run.
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

use std::error::Error;

use catchment::rest_client::RestClient;
use catchment::{DuckDb, Pipeline, Resource, WriteDisposition};
use catchment_examples::Api;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let api = Api::from_args().await?;
    let response = RestClient::builder().build()?.get(&api.issues(), &[]).await?;

    let pipeline = Pipeline::new("github_issues", DuckDb::new("github_issues.duckdb"), "github_data");
    let issues = Resource::rows("issues", response.document()?.clone()).write_disposition(WriteDisposition::Replace);
    let load_info = pipeline.run(issues).await?;

    println!("{load_info}");
    Ok(())
}
