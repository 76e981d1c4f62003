//! Loads the same rows as `orders_incremental`, from a declarative spec.
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

use std::error::Error;

use catchment::rest_api::{ResourceBuilder, RestApi, SpecBuilder};
use catchment::{DuckDb, Pipeline};
use catchment_examples::Shop;
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let shop = Shop::open();
    let orders = ResourceBuilder::new("orders")
        .path("orders")
        .incremental(json!({
            "cursor_path": "updated_at",
            "initial_value": "2024-01-01T00:00:00Z",
            "start_param": "updated_after"
        }))
        .set("primary_key", "id")
        .set("write_disposition", "merge");
    let spec = SpecBuilder::new(shop.base_url()).auth(json!({"token": "tk-1"})).resource(orders).build()?;

    let api = RestApi::new(&spec);
    let pipeline = Pipeline::new("orders", DuckDb::new("orders.duckdb"), "api_data");
    println!("{}", pipeline.run(api.source()?).await?);
    println!("again: {}", pipeline.run(api.source()?).await?);
    Ok(())
}
