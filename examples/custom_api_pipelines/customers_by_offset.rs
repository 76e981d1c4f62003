//! Merges customers, paginated by offset and limit.
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

use std::error::Error;

use catchment::rest_client::{Offset, RestClient};
use catchment::{DuckDb, Pipeline, Resource, WriteDisposition};
use catchment_examples::Shop;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let shop = Shop::open();
    let client =
        RestClient::builder().base_url(shop.base_url()).header("X-API-Version", "2024-01").paginator(Offset::new(100)).build()?;
    let customers = Resource::stream("customers", move |_| Ok(client.paginate(client.request("/customers")?)))
        .write_disposition(WriteDisposition::Merge)
        .primary_key(["id"]);

    let pipeline = Pipeline::new("customers", DuckDb::new("customers.duckdb"), "api_data");
    println!("{}", pipeline.run(customers).await?);
    println!("{} requests", shop.requests());
    Ok(())
}
