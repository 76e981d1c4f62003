//! Handles error responses: retries with backoff, and ignores missing resources.
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

use std::error::Error;
use std::time::Duration;

use catchment::rest_api::{RestApi, Spec};
use catchment::rest_client::{RestClient, RetryPolicy};
use catchment::{DuckDb, Pipeline};
use catchment_examples::Shop;
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let shop = Shop::open();
    let retry = RetryPolicy { backoff_factor: 2.0, max_delay: Duration::from_secs(300), ..RetryPolicy::default() };
    let spec: Spec = serde_json::from_value(json!({
        "client": {"base_url": shop.base_url()},
        "resources": [
            {"name": "items", "endpoint": {"path": "items", "response_actions": [
                // treat a missing resource as empty
                {"status_code": 404, "action": "ignore"},
                // optional: rate limits are retried by default
                {"status_code": 429, "action": "retry"}
            ]}},
            {"name": "gone", "endpoint": {"path": "gone", "response_actions": [{"status_code": 404, "action": "ignore"}]}}
        ]
    }))?;
    let source = RestApi::new(&spec).client(RestClient::builder().retry(retry)).source()?;
    let pipeline = Pipeline::new("error_handling", DuckDb::new("error_handling.duckdb"), "api_data");
    println!("{}", pipeline.run(source).await?);
    println!("{} requests", shop.requests());
    Ok(())
}
