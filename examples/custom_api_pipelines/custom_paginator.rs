//! A custom paginator that reads the next offset from a response header.
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

use catchment::rest_client::{self, Paginator, Request, Response, RestClient};
use catchment_examples::Shop;

/// A paginator that copies the header `X-Next-Offset` to the parameter `offset`.
#[derive(Debug, Clone, Default)]
struct NextOffset {
    next: Option<String>,
}

impl Paginator for NextOffset {
    fn update_state(&mut self, response: &Response) -> Result<(), rest_client::Error> {
        self.next = response.headers().get("x-next-offset").and_then(|offset| offset.to_str().ok()).map(str::to_owned);
        Ok(())
    }

    fn has_next_page(&self) -> bool {
        self.next.is_some()
    }

    fn update_request(&mut self, request: &mut Request) -> Result<(), rest_client::Error> {
        if let Some(offset) = self.next.take() {
            request.set_param("offset", offset);
        }
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), rest_client::Error> {
    let shop = Shop::open();
    let client = RestClient::builder().base_url(shop.base_url()).paginator(NextOffset::default()).build()?;
    let mut pages = client.paginate(client.request("/customers")?);
    let mut rows = 0;
    while let Some(page) = pages.next().await {
        rows += page?.rows.len();
    }
    println!("{rows} customers in {} requests", shop.requests());
    Ok(())
}
