//! A declarative source: the spec configures pagination and authentication.
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

use std::error::Error;

use catchment::rest_api::{RestApi, Spec};
use catchment::{DuckDb, Pipeline};
use catchment_examples::Shop;
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let shop = Shop::open();
    let spec: Spec = serde_json::from_value(json!({
        "client": {
            "base_url": shop.base_url(),
            // in a spec file, write ${env:API_TOKEN}
            "auth": {"type": "bearer", "token": "tk-1"}
        },
        "resource_defaults": {"primary_key": "id", "write_disposition": "merge"},
        "resources": [
            {"name": "customers", "endpoint": {"path": "customers", "params": {"status": "active"}}},
            {"name": "orders", "endpoint": {"path": "orders", "paginator": {"type": "offset", "limit": 100}}}
        ]
    }))?;
    let source = RestApi::new(&spec).source()?;
    let pipeline = Pipeline::new("rest_api", DuckDb::new("rest_api.duckdb"), "api_data");
    println!("{}", pipeline.run(source).await?);
    Ok(())
}
