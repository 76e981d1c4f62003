//! Follows the next link in the field `next` of each response body.
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

use std::error::Error;

use catchment::json::JsonPath;
use catchment::rest_client::{JsonLink, RestClient};
use catchment_examples::Shop;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let shop = Shop::open();
    let client = RestClient::builder().base_url(shop.base_url()).paginator(JsonLink::new(JsonPath::parse("next")?)).build()?;
    let mut pages = client.paginate(client.request("/customers")?);
    while let Some(page) = pages.next().await {
        let page = page?;
        println!("page {} has {} rows", page.number, page.rows.ids.len());
    }
    Ok(())
}
