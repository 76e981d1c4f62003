//! Follows the next link in the field `next` of each response body, and reads the rows as a struct.
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

use std::error::Error;

use catchment::json::JsonPath;
use catchment::rest_client::{JsonLink, RestClient};
use catchment_examples::Shop;

#[derive(serde::Deserialize)]
struct Customer {
    id: u64,
    name: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let shop = Shop::open();
    let client = RestClient::builder().base_url(shop.base_url()).paginator(JsonLink::new(JsonPath::parse("next")?)).build()?;
    let mut pages = client.paginate(client.request("/customers")?);
    while let Some(page) = pages.next().await {
        let page = page?;
        let customers: Vec<Customer> = page.rows.deserialize().collect::<Result<_, _>>()?;
        let [first, ..] = customers.as_slice() else { continue };
        println!("page {} has {} rows, first {} ({})", page.number, customers.len(), first.id, first.name);
    }
    Ok(())
}
