//! Authenticates with a bearer token, an API key and OAuth 2 client credentials.
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

use std::error::Error;

use catchment::rest_client::{ApiKey, ApiKeyLocation, BearerToken, ClientCredentials, OAuth2, RestClient};
use catchment_examples::Shop;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let shop = Shop::open();
    let secret = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let client = || RestClient::builder().base_url(shop.base_url());

    let bearer = client().auth(BearerToken::new(secret("API_TOKEN", "tk-1"))).build()?;
    println!("a token: {}", bearer.get("/orders", &[("limit", "1")]).await?.status());

    let key = ApiKey::new(secret("API_KEY", "key-1")).name("X-API-Key").location(ApiKeyLocation::Header);
    let key = client().auth(key).build()?;
    println!("a key: {}", key.get("/orders", &[("limit", "1")]).await?.status());

    let token_url = format!("{}/oauth/token", shop.base_url());
    let grant = ClientCredentials::new(token_url, secret("CLIENT_ID", "id"), secret("CLIENT_SECRET", "secret"));
    let oauth = client().auth(OAuth2::new(grant)).build()?;
    println!("OAuth 2: {}", oauth.get("/orders", &[("limit", "1")]).await?.status());
    Ok(())
}
