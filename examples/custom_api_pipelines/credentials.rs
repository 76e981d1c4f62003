//! Authenticates with a bearer token, an API key and OAuth 2 client credentials, from the settings of the project.
//!
//! Set them in `.catchment/secrets.toml` or in environment variables such as `SOURCES__SHOP__API_TOKEN`.
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

use std::error::Error;

use catchment::rest_client::{ApiKey, ApiKeyLocation, BearerToken, ClientCredentials, OAuth2};
use catchment::{Secret, Settings};
use catchment_examples::Shop;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let shop = Shop::open();
    let settings = Settings::from_project()?;
    // a real program calls `settings.require`, whose error lists where it looked
    let secret = |name: &str, default: &str| -> Result<Secret, Box<dyn Error>> {
        Ok(settings.get(&format!("sources.shop.{name}"))?.unwrap_or_else(|| Secret::from(default)))
    };
    let client = || settings.rest_client().map(|client| client.base_url(shop.base_url()));

    let bearer = client()?.auth(BearerToken::new(secret("api_token", "tk-1")?)).build()?;
    println!("a token: {}", bearer.get("/orders", &[("limit", "1")]).await?.status());

    let key = ApiKey::new(secret("api_key", "key-1")?).name("X-API-Key").location(ApiKeyLocation::Header);
    let key = client()?.auth(key).build()?;
    println!("a key: {}", key.get("/orders", &[("limit", "1")]).await?.status());

    let token_url = format!("{}/oauth/token", shop.base_url());
    let grant = ClientCredentials::new(token_url, secret("client_id", "id")?, secret("client_secret", "secret")?);
    let oauth = client()?.auth(OAuth2::new(grant)).build()?;
    println!("OAuth 2: {}", oauth.get("/orders", &[("limit", "1")]).await?.status());
    Ok(())
}
