//! Merges the orders that were updated since the last run.
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

use std::error::Error;

use catchment::rest_client::{BearerToken, RestClient};
use catchment::{DuckDb, Incremental, Pipeline, Resource, WriteDisposition};
use catchment_examples::Shop;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let shop = Shop::open();
    let client = RestClient::builder().base_url(shop.base_url()).auth(BearerToken::new("tk-1")).build()?;
    let orders = Resource::stream("orders", move |updated_since| {
        let request = client.request("/orders")?.param("updated_after", updated_since.last_value_text());
        Ok(client.paginate(request))
    })
    .write_disposition(WriteDisposition::Merge)
    .primary_key(["id"])
    .incremental(Incremental::new("updated_at").initial_value("2024-01-01"));

    let pipeline = Pipeline::new("orders", DuckDb::new("orders.duckdb"), "api_data");
    println!("{}", pipeline.run(orders.clone()).await?);
    println!("again: {}", pipeline.run(orders).await?);
    Ok(())
}
