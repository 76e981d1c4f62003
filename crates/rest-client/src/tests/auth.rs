//! Authentication against a scripted server.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::{hide_address, start_with};
use crate::testing::{ReceivedRequest, ScriptedResponse, ScriptedServer};
use crate::{
    ApiKey, ApiKeyLocation, Auth, BearerToken, ClientCredentials, HttpBasic, JwtBearer, OAuth2, RefreshToken, RestClient, Secret,
};

/// Checks the credentials that the server receives from a request with `auth`, or the error.
async fn check(auth: impl Auth + 'static, expected: &str) {
    let shown = format!("{auth:?}");
    let (server, client) = start_with(|client| client.auth(auth), |_| ScriptedResponse::json(200, "[1]"));
    let found = match client.get("x", &[("q", "1")]).await {
        Ok(response) => {
            assert_eq!(response.url().query(), Some("q=1"), "the URL of the response must not contain credentials");
            let request = server.requests().remove(0);
            let header = |name| request.header(name).map(|value| format!(" {name}: {value}")).unwrap_or_default();
            let query: Vec<_> = request.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
            format!("{}{}{}{}", query.join("&"), header("authorization"), header("x-key"), header("cookie"))
        }
        Err(error) => hide_address(&error.to_string(), &server),
    };
    assert_eq!(found, expected);
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[tokio::test]
async fn fixed_credentials() {
    check(BearerToken::new("s3cret"), "q=1 authorization: Bearer s3cret").await;
    check(ApiKey::new("s3cret"), "q=1 authorization: s3cret").await;
    check(ApiKey::new("s3cret").name("X-Key"), "q=1 x-key: s3cret").await;
    check(ApiKey::new("s3cret&").name("appid").location(ApiKeyLocation::Query), "q=1&appid=s3cret&").await;
    check(ApiKey::new("s3cret").name("sid").location(ApiKeyLocation::Cookie), "q=1 cookie: sid=s3cret").await;
    check(HttpBasic::new("me", "s3cret"), "q=1 authorization: Basic bWU6czNjcmV0").await;
    check(HttpBasic::new("é", ""), "q=1 authorization: Basic w6k6").await;
}

#[tokio::test]
async fn credentials_that_cannot_be_sent() {
    check(
        BearerToken::new("s3cret\n"),
        "GET {url}/x?q=1 failed: invalid header \"authorization\": its name or value has a character that headers cannot contain, such as a line break",
    )
    .await;
    check(
        ApiKey::new("s3cret;").name("sid").location(ApiKeyLocation::Cookie),
        "GET {url}/x?q=1 failed: invalid cookie \"sid\": its name or value has a character that cookies cannot contain, such as a semicolon",
    )
    .await;
    check(HttpBasic::new("a:b", "s3cret"), "GET {url}/x?q=1 failed: the setting username is a:b, but must be without a colon")
        .await;
}

#[tokio::test]
async fn rejected_credentials_are_masked_in_the_response() {
    let (server, client) = start_with(
        |client| client.auth(ApiKey::new("s3cret").name("appid").location(ApiKeyLocation::Query)),
        |_| ScriptedResponse::json(401, "s3cret is not a key"),
    );
    let error = client.get("x", &[]).await.unwrap_err();
    assert_eq!(hide_address(&error.to_string(), &server), "GET {url}/x returned 401 Unauthorized: *** is not a key");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_key_in_a_next_link_is_neither_duplicated_nor_shown() {
    let (server, client) = start_with(
        |client| client.auth(ApiKey::new("s3cret").name("appid").location(ApiKeyLocation::Query)),
        |request| match request.param("page") {
            None => ScriptedResponse::json(200, r#"{"d": [1], "next": "/x?page=2&appid=s3cret"}"#),
            Some(_) => ScriptedResponse::json(200, r#"{"d": [2], "next": null}"#),
        },
    );
    let mut pages = client.paginate(client.request("x").unwrap());
    let mut urls = Vec::new();
    while let Some(page) = pages.next().await {
        urls.push(hide_address(&page.unwrap().url, &server));
    }
    assert_eq!(urls, ["{url}/x", "{url}/x?page=2"]);
    let keys =
        |request: &ReceivedRequest| request.query.iter().filter(|(key, value)| key == "appid" && value == "s3cret").count();
    assert!(server.requests().iter().all(|request| keys(request) == 1));
}

#[tokio::test]
async fn other_origins_get_credentials_only_if_they_are_trusted() {
    for trusted in [false, true] {
        for location in [ApiKeyLocation::Header, ApiKeyLocation::Query, ApiKeyLocation::Cookie] {
            for by_redirect in [false, true] {
                let other = ScriptedServer::start(|_| ScriptedResponse::json(200, r#"{"d": [2]}"#));
                let away = format!("{}/there", other.url());
                let origin = other.url();
                let (_server, client) = start_with(
                    |client| {
                        let client = client.auth(ApiKey::new("s3cret").name("k").location(location));
                        if trusted { client.trusted_origin(origin) } else { client }
                    },
                    move |_| match by_redirect {
                        true => ScriptedResponse::redirect(&away),
                        false => ScriptedResponse::json(200, format!(r#"{{"d": [1], "next": "{away}"}}"#)),
                    },
                );
                let mut pages = client.paginate(client.request("x").unwrap());
                while let Some(page) = pages.next().await {
                    page.unwrap();
                }
                let got = format!("{:?}", other.requests());
                assert_eq!(other.requests().len(), 1);
                assert_eq!(got.contains("s3cret"), trusted, "{location:?} {by_redirect}: {got}");
            }
        }
    }
}

/// An API that accepts the tokens `t1`, `t2`, … from the number `valid` on, with a token endpoint.
struct Api {
    server: ScriptedServer,
    valid: Arc<AtomicUsize>,
}

impl Api {
    /// Starts the API. `respond` returns the response of the token endpoint to its nth request, from 1.
    fn start(respond: impl Fn(usize, &ReceivedRequest) -> ScriptedResponse + Send + Sync + 'static) -> Api {
        let (valid, issued) = (Arc::new(AtomicUsize::new(1)), AtomicUsize::new(0));
        let least = Arc::clone(&valid);
        let server = ScriptedServer::start(move |request| {
            if request.path == "/token" {
                return respond(issued.fetch_add(1, Ordering::SeqCst) + 1, request);
            }
            let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer t")?.parse::<usize>().ok());
            let is_good = token.is_some_and(|number| number >= least.load(Ordering::SeqCst));
            if is_good { ScriptedResponse::json(200, "[1]") } else { ScriptedResponse::json(401, "no") }
        });
        Api { server, valid }
    }

    fn credentials(&self) -> ClientCredentials {
        ClientCredentials::new(format!("{}/token", self.server.url()), "me", "s3cret")
    }

    fn client(&self, auth: impl Auth + 'static) -> RestClient {
        let retry = crate::RetryPolicy { max_attempts: 3, backoff_factor: 0.0, ..crate::RetryPolicy::default() };
        RestClient::builder().base_url(self.server.url()).auth(auth).retry(retry).build().unwrap()
    }

    fn token_requests(&self) -> Vec<ReceivedRequest> {
        self.server.requests().into_iter().filter(|request| request.path == "/token").collect()
    }

    /// Sends `count` concurrent requests, and returns how many succeeded.
    async fn get(&self, client: &RestClient, count: usize) -> usize {
        let get = |_| {
            tokio::spawn({
                let client = client.clone();
                async move { client.get("x", &[]).await.is_ok() }
            })
        };
        let tasks: Vec<_> = (0..count).map(get).collect();
        let mut good = 0;
        for task in tasks {
            good += usize::from(task.await.unwrap());
        }
        good
    }
}

fn token(number: usize, expires_in: u64) -> ScriptedResponse {
    ScriptedResponse::json(200, format!(r#"{{"access_token": "t{number}", "expires_in": {expires_in}}}"#))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_requests_fetch_one_token() {
    let api = Api::start(|number, _| token(number, 3600));
    let client = api.client(OAuth2::new(api.credentials()));
    assert_eq!(api.get(&client, 50).await, 50);
    assert_eq!(api.token_requests().len(), 1);
    // the API rejects all fifty at once
    api.valid.store(2, Ordering::SeqCst);
    assert_eq!(api.get(&client, 50).await, 50);
    assert_eq!(api.token_requests().len(), 2);
    let sent = api.token_requests().remove(0);
    let fields = ["grant_type", "client_id", "client_secret"].map(|name| sent.form(name).unwrap());
    assert_eq!(fields, ["client_credentials", "me", "s3cret"]);
    assert_eq!((sent.method.as_str(), sent.header("authorization")), ("POST", None));
}

#[tokio::test]
async fn expired_tokens_are_fetched_again() {
    let api = Api::start(|number, _| token(number, 0));
    let client = api.client(OAuth2::new(api.credentials()));
    for number in 1..=3 {
        assert_eq!(api.get(&client, 1).await, 1);
        assert_eq!(api.token_requests().len(), number);
    }
}

#[tokio::test]
async fn a_configured_token_is_used_until_it_is_rejected() {
    let api = Api::start(|number, _| token(number + 1, 3600));
    let client = api.client(OAuth2::new(api.credentials()).access_token("t1"));
    assert_eq!((api.get(&client, 2).await, api.token_requests().len()), (2, 0));
    api.valid.store(2, Ordering::SeqCst);
    assert_eq!((api.get(&client, 2).await, api.token_requests().len()), (2, 1));
}

#[tokio::test]
async fn a_token_that_is_rejected_twice_is_an_error() {
    let api = Api::start(|number, _| token(number, 3600));
    api.valid.store(9, Ordering::SeqCst);
    let client = api.client(OAuth2::new(api.credentials()));
    let error = client.get("x", &[]).await.unwrap_err();
    assert_eq!(hide_address(&error.to_string(), &api.server), "GET {url}/x returned 401 Unauthorized: no");
    assert_eq!((api.token_requests().len(), api.server.requests().len()), (2, 4));
}

/// Checks the result of a request and the number of token requests, with these responses of the token endpoint.
async fn check_token_endpoint(responses: Vec<ScriptedResponse>, expected: &str, requests: usize) {
    let api = Api::start(move |number, _| responses[(number - 1).min(responses.len() - 1)].clone());
    let client = api.client(OAuth2::new(api.credentials()));
    let found =
        client.get("x", &[]).await.map_or_else(|error| hide_address(&error.to_string(), &api.server), |_| "good".to_owned());
    assert_eq!((found.as_str(), api.token_requests().len()), (expected, requests));
}

#[tokio::test]
async fn token_endpoints_that_reject_or_fail() {
    check_token_endpoint(
        vec![ScriptedResponse::json(401, r#"{"error": "invalid_client", "got": "s3cret"}"#)],
        r#"GET {url}/x failed: cannot get an access token: POST {url}/token returned 401 Unauthorized: {"error": "invalid_client", "got": "***"}"#,
        1,
    )
    .await;
    check_token_endpoint(vec![ScriptedResponse::json(500, ""), token(1, 60)], "good", 2).await;
    check_token_endpoint(vec![ScriptedResponse::reset(), token(1, 60)], "good", 2).await;
    check_token_endpoint(
        vec![ScriptedResponse::json(500, "")],
        "GET {url}/x failed: cannot get an access token: POST {url}/token returned 500 Internal Server Error after 3 attempts",
        3,
    )
    .await;
    check_token_endpoint(
        vec![ScriptedResponse::json(200, r#"{"token": "t1"}"#)],
        "GET {url}/x failed: cannot get an access token: POST {url}/token: the response has no string `access_token`: it has token",
        1,
    )
    .await;
    check_token_endpoint(
        vec![ScriptedResponse::json(200, "access_token=t1")],
        "GET {url}/x failed: cannot get an access token: POST {url}/token: invalid JSON at line 1, column 1: expected a value, found 'a'",
        1,
    )
    .await;
}

#[tokio::test]
async fn the_token_request_can_be_customized() {
    let api = Api::start(|number, _| token(number, 60));
    let grant = api.credentials().access_token_request_data([("scope", "a b"), ("client_id", "you")]);
    assert_eq!(api.get(&api.client(OAuth2::new(grant)), 1).await, 1);
    let sent = api.token_requests().remove(0);
    assert_eq!((sent.form("scope").as_deref(), sent.form("client_id").as_deref()), (Some("a b"), Some("you")));

    assert_eq!(api.get(&api.client(OAuth2::new(api.credentials().credentials_in_header())), 1).await, 1);
    let sent = api.token_requests().remove(1);
    assert_eq!((sent.header("authorization"), sent.form("client_secret")), (Some("Basic bWU6czNjcmV0"), None));
}

#[tokio::test]
async fn rotated_refresh_tokens_are_stored() {
    let rotated = |number, _: &ReceivedRequest| {
        ScriptedResponse::json(200, format!(r#"{{"access_token": "t{number}", "expires_in": 0, "refresh_token": "r{number}"}}"#))
    };
    let api = Api::start(rotated);
    let stored = Arc::new(Mutex::new(Vec::new()));
    let store = Arc::clone(&stored);
    let grant = RefreshToken::new(format!("{}/token", api.server.url()), "me", "r0").store(move |token: &Secret| {
        store.lock().unwrap().push(token.expose().to_owned());
        Ok(())
    });
    let client = api.client(OAuth2::new(grant));
    assert_eq!((api.get(&client, 1).await, api.get(&client, 1).await), (1, 1));
    let sent: Vec<_> = api.token_requests().iter().map(|request| request.form("refresh_token").unwrap()).collect();
    assert_eq!(sent, ["r0", "r1"]);
    assert_eq!(*stored.lock().unwrap(), ["r1", "r2"]);

    let grant = RefreshToken::new(format!("{}/token", api.server.url()), "me", "r0")
        .store(|_: &Secret| Err("the disk is full".to_owned()));
    let error = api.client(OAuth2::new(grant)).get("x", &[]).await.unwrap_err();
    assert_eq!(
        hide_address(&error.to_string(), &api.server),
        "GET {url}/x failed: cannot get an access token: POST {url}/token: cannot store the new refresh token: the disk is full"
    );
}

#[tokio::test]
async fn a_refresh_token_request_is_not_retried() {
    let api = Api::start(|_, _| ScriptedResponse::reset());
    let grant = RefreshToken::new(format!("{}/token", api.server.url()), "me", "r0");
    assert_eq!((api.get(&api.client(OAuth2::new(grant)), 1).await, api.token_requests().len()), (0, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_rotated_token_is_stored_after_the_request_is_cancelled() {
    let api = Api::start(|_, _| {
        let body = r#"{"access_token": "t1", "refresh_token": "r1"}"#;
        ScriptedResponse::json(200, body).delay(std::time::Duration::from_millis(20))
    });
    let (store, stored) = std::sync::mpsc::channel();
    let store = Mutex::new(store);
    let grant = RefreshToken::new(format!("{}/token", api.server.url()), "me", "r0")
        .store(move |token: &Secret| store.lock().unwrap().send(token.expose().to_owned()).map_err(|error| error.to_string()));
    let client = api.client(OAuth2::new(grant));
    let request = tokio::spawn(async move { client.get("x", &[]).await });
    api.server.wait_for_requests(1);
    request.abort();
    assert_eq!(stored.recv().unwrap(), "r1");
}

#[tokio::test]
async fn assertions_are_signed() {
    use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;

    let (_, document) = pkcs8::SecretDocument::from_pem(include_str!("keys/test_only.pem")).unwrap();
    let pair = RsaKeyPair::from_pkcs8(document.as_bytes()).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref().to_vec());
    let keys = [
        (include_str!("keys/test_only.pem"), None),
        (include_str!("keys/test_only_pkcs1.pem"), None),
        (include_str!("keys/test_only_encrypted.pem"), Some("test")),
    ];
    for (key, passphrase) in keys {
        let api = Api::start(|number, _| token(number, 60));
        let grant = JwtBearer::new(format!("{}/token", api.server.url()), "me", key);
        let grant = passphrase.into_iter().fold(grant, |grant, passphrase| grant.private_key_passphrase(passphrase));
        assert_eq!(api.get(&api.client(OAuth2::new(grant)), 1).await, 1);
        let sent = api.token_requests().remove(0);
        assert_eq!(sent.form("grant_type").as_deref(), Some("urn:ietf:params:oauth:grant-type:jwt-bearer"));
        let assertion = sent.form("assertion").unwrap();
        let (signed, signature) = assertion.rsplit_once('.').unwrap();
        public.verify(signed.as_bytes(), &BASE64.decode(signature).unwrap()).unwrap();
        let (header, claims) = signed.split_once('.').unwrap();
        assert_eq!(BASE64.decode(header).unwrap(), br#"{"alg":"RS256","typ":"JWT"}"#);
        assert!(String::from_utf8(BASE64.decode(claims).unwrap()).unwrap().starts_with(r#"{"iss":"me","sub":"me","#));
    }
}

#[tokio::test]
async fn unusable_private_keys() {
    let check = async |key: &str, passphrase: Option<&str>, expected: &str| {
        let grant = JwtBearer::new("http://127.0.0.1:1/token", "me", key);
        let grant = passphrase.into_iter().fold(grant, |grant, passphrase| grant.private_key_passphrase(passphrase));
        let client = RestClient::builder().base_url("http://127.0.0.1:1").auth(OAuth2::new(grant)).build().unwrap();
        let error = client.get("x", &[]).await.unwrap_err().to_string();
        let start = "GET http://127.0.0.1:1/x failed: cannot get an access token: invalid private key: ";
        assert_eq!(error, format!("{start}{expected}"));
    };
    let encrypted = include_str!("keys/test_only_encrypted.pem");
    check("s3cret", None, "not in PEM format (-----BEGIN PRIVATE KEY-----)").await;
    check("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----", None, "found a PUBLIC KEY, expected a PRIVATE KEY").await;
    check("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----", None, "not an RSA key of at least 2048 bits").await;
    check(encrypted, None, "the key is encrypted: set private_key_passphrase").await;
    check(encrypted, Some("wrong"), "the passphrase is wrong, or the encryption scheme is not PBES2").await;
}
