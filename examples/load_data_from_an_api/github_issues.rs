//! Loads one page of issues. Each run appends all rows again.
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

use std::error::Error;

use catchment::rest_client::RestClient;
use catchment::{DuckDb, Pipeline, Resource};
use catchment_examples::Api;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let api = Api::from_args().await?;
    // an error status in the response is returned as an error
    let response = RestClient::builder().build()?.get(&api.issues(), &[]).await?;

    let pipeline = Pipeline::new("github_issues", DuckDb::new("github_issues.duckdb"), "github_data");
    // the response is a list of issues
    let load_info = pipeline.run(Resource::rows("issues", response.document()?.clone())).await?;

    println!("{load_info}");
    Ok(())
}
