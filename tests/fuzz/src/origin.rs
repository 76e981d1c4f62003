//! Restriction of credentials to trusted origins.

use std::sync::LazyLock;

use catchment_rest_client::{Body, RestClient, Secret, Url};

const SECRET: &str = "s3cret-token-0123456789";

/// A request to an untrusted origin contains no secrets; a request to a trusted origin is unchanged.
///
/// Input: a URL or a path, in which `{}` is replaced by the secret.
pub fn origin(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let text = text.replace("{}", SECRET);
    // building a client takes milliseconds
    static CLIENT: LazyLock<RestClient> = LazyLock::new(client);
    let client = &*CLIENT;
    let Ok(request) = client.request(&text) else { return };
    let body = catchment_json::Value::object([("q", catchment_json::Value::from(format!("by {SECRET}")))]);
    let request = request.header("x-key", SECRET).expect("a header").param("q", SECRET).param("api_key", "1").json(body);
    let home = Url::parse("https://api.example.com/v1").expect("a URL");
    let Ok(restricted) = client.restrict_to_origin(request.clone(), Some(&home)) else { return };
    let origin = restricted.url.origin().ascii_serialization();
    if ["https://api.example.com", "https://files.example.com"].contains(&origin.as_str()) {
        assert_eq!(restricted, request);
        return;
    }
    let url = restricted.full_url();
    assert!(restricted.headers.is_empty(), "{url}");
    assert!(url.username().is_empty() && url.password().is_none(), "{url}");
    assert!(restricted.params.is_empty() && !client.redactor().contains_secret(url.as_str()), "{url}");
    let Some(Body::Json(body)) = &restricted.body else { panic!("another body") };
    assert_eq!(body.to_string(), "{}");
}

fn client() -> RestClient {
    let client = RestClient::builder().base_url("https://api.example.com/v1").trusted_origin("https://files.example.com").build();
    let client = client.expect("a client");
    client.redactor().add(&Secret::from(SECRET));
    client
}
