//! Merges customers, and the orders that were updated since the last run, into BigQuery.
//!
//! The project and the credentials are settings. Set them in `.catchment/secrets.toml` or in environment variables such as
//! `DESTINATION__BIGQUERY__PROJECT_ID`:
//!
//! ```toml
//! [destination.bigquery]
//! project_id = "your-project"
//!
//! [destination.bigquery.credentials]
//! client_email = "loader@your-project.iam.gserviceaccount.com"
//! private_key = "-----BEGIN PRIVATE KEY-----\n..."
//! ```
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

use std::error::Error;

use catchment::rest_client::{BearerToken, Offset, RestClient};
use catchment::{Incremental, Pipeline, Resource, Settings, Source, WriteDisposition};
use catchment_examples::Shop;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let shop = Shop::open();
    let client =
        RestClient::builder().base_url(shop.base_url()).auth(BearerToken::new("tk-1")).paginator(Offset::new(100)).build()?;

    let customers_client = client.clone();
    let customers = Resource::stream("customers", move |_| {
        let request = customers_client.request("/customers")?.param("status", "active");
        Ok(customers_client.paginate(request))
    })
    .write_disposition(WriteDisposition::Merge)
    .primary_key(["id"]);
    let orders = Resource::stream("orders", move |updated_since| {
        let request = client.request("/orders")?.param("updated_after", updated_since.last_value_text());
        Ok(client.paginate(request))
    })
    .write_disposition(WriteDisposition::Merge)
    .primary_key(["id"])
    .incremental(Incremental::new("updated_at").initial_value("2024-01-01"));

    // without settings: `BigQuery::new(BigQueryOptions::new("your-project"))`, with application default credentials
    let bigquery = Settings::from_project()?.bigquery()?;
    let pipeline = Pipeline::new("shop", bigquery, "api_data");
    println!("{}", pipeline.run(Source::new("shop").with_resource(customers).with_resource(orders)).await?);
    println!("{}", pipeline.sql_client().query("SELECT count(*) AS orders, max(updated_at) AS last_update FROM orders").await?);
    Ok(())
}
