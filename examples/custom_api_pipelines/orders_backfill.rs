//! Loads the orders of five months in windows of four weeks, each of which is a package. Then loads them again, which finds
//! all windows loaded.
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

use std::error::Error;

use catchment::rest_client::{BearerToken, RestClient};
use catchment::{DuckDb, Incremental, Pipeline, Resource, Windows, WriteDisposition};
use catchment_examples::Shop;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let shop = Shop::open();
    let client = RestClient::builder().base_url(shop.base_url()).auth(BearerToken::new("tk-1")).build()?;
    let orders = Resource::stream("orders", move |window| {
        let request = client.request("/orders")?;
        let request = request.param("updated_from", window.last_value_text()).param("updated_to", window.end_value_text());
        Ok(client.paginate(request))
    })
    .write_disposition(WriteDisposition::Merge)
    .primary_key(["id"])
    .incremental(Incremental::new("updated_at"));

    let four_weeks = 28.0 * 86_400.0;
    let windows = Windows::new("2024-01-01T00:00:00Z", "2024-06-01T00:00:00Z", four_weeks).parallel(2);
    let pipeline = Pipeline::new("orders", DuckDb::new("orders.duckdb"), "api_data");
    println!("{}", pipeline.backfill(orders.clone(), &windows).await?);
    println!("again: {}", pipeline.backfill(orders, &windows).await?);
    Ok(())
}
