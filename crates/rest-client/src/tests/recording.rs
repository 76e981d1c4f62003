//! Recording against a scripted server, and replay without it.

mod errors;
mod secret_names;
mod sharing;
mod token_renewal;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tempfile::TempDir;

use crate::testing::{ReceivedRequest, ScriptedResponse, ScriptedServer};
use crate::{
    ApiKey, ApiKeyLocation, BearerToken, Body, ClientCredentials, HttpBasic, JsonCursor, JsonPath, OAuth2, Offset, Recorder,
    Recording, RefreshToken, ReplayMode, Response, RestClient, RestClientBuilder, RetryPolicy, Secret, Value,
};

/// The credentials of the recording. The replay has others.
const SECRET: &str = "s3cret/Of a=user7";

/// A policy that would wait for minutes if a replay waited.
const PATIENT: RetryPolicy = RetryPolicy {
    max_attempts: 3,
    backoff_factor: 300.0,
    max_delay: Duration::from_secs(300),
    max_elapsed: Duration::from_secs(3600),
};

/// The URL of the server and the credentials of a client.
struct Account<'a> {
    url: &'a str,
    secret: &'a str,
}

/// Records the output of `run` against a server. Stops the server, and checks that a replay has the same output in both
/// modes, that it uses the whole recording, and that the recording contains no secret.
async fn check(
    set_up: impl Fn(RestClientBuilder, Account<'_>) -> RestClientBuilder,
    run: impl AsyncFn(&RestClient) -> Vec<String>,
    handler: impl Fn(&ReceivedRequest) -> ScriptedResponse + Send + Sync + 'static,
) -> (TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let server = ScriptedServer::start(handler);
    let url = server.url();
    let client =
        |builder: RestClientBuilder, secret| set_up(builder.base_url(&url), Account { url: &url, secret }).build().unwrap();
    let at_once = RetryPolicy { backoff_factor: 0.0, max_delay: Duration::ZERO, ..PATIENT };
    let recorder = Recorder::create(folder.path()).unwrap();
    let recorded = run(&client(RestClient::builder().retry(at_once).record(recorder), SECRET)).await;
    drop(server);
    let encoded = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect::<String>();
    let expected: Vec<_> = recorded.iter().map(|text| text.replace(SECRET, "***").replace(&encoded, "***")).collect();
    for mode in [ReplayMode::Exact, ReplayMode::ByRequest] {
        let recording = Recording::open(folder.path()).unwrap().with_mode(mode);
        let builder = RestClient::builder().retry(PATIENT).requests_per_second(0.001).replay(recording.clone());
        assert_eq!(run(&client(builder, "other-credentials")).await, expected, "{mode:?}");
        assert_eq!(recording.unused(), Vec::<String>::new(), "{mode:?}");
    }
    assert_no_secrets(folder.path());
    (folder, expected)
}

/// Checks every byte of a recording.
fn assert_no_secrets(folder: &Path) {
    let encoded = [SECRET.to_owned(), format!("me:{SECRET}")].map(|text| BASE64_STANDARD.encode(text));
    let secrets = ["s3cret", "tok3n", "c00kie", "of%20a", encoded[0].trim_end_matches('='), encoded[1].trim_end_matches('=')];
    for (name, text) in files(folder) {
        for secret in secrets.map(str::to_lowercase) {
            assert!(!name.to_lowercase().contains(&secret) && !text.to_lowercase().contains(&secret), "{name} {secret}: {text}");
        }
    }
}

/// Returns the names and contents of the files.
fn files(folder: &Path) -> Vec<(String, String)> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<_> = names.map(|name| (name.clone(), fs::read_to_string(folder.join(name)).unwrap())).collect();
    files.sort();
    files
}

fn without_changes(builder: RestClientBuilder, _: Account<'_>) -> RestClientBuilder {
    builder
}

/// Returns the pages of the path `x`, and the error that ends them.
async fn pages(client: &RestClient) -> Vec<String> {
    let mut pages = client.paginate(client.request("x").unwrap());
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        found.push(match page {
            Ok(page) => format!("{} {:?}", page.url, page.rows.document.root()),
            Err(error) => error.to_string(),
        });
    }
    found
}

/// Returns the response from the path `x`, or the error.
async fn get(client: &RestClient) -> Vec<String> {
    vec![shown(client.get("x", &[("q", "a b")]).await)]
}

fn shown(response: Result<Response, crate::Error>) -> String {
    match response {
        Ok(response) => {
            let body = response.document().map_or_else(|_| response.text(), |document| format!("{:?}", document.root()));
            format!("{} {:?} {body}", response.status(), response.headers().get("content-type"))
        }
        Err(error) => error.to_string(),
    }
}

fn json(text: &str) -> ScriptedResponse {
    ScriptedResponse::json(200, text)
}

/// Returns three pages with `Link` headers.
fn linked(request: &ReceivedRequest) -> ScriptedResponse {
    match request.param("page") {
        None => json("[1]").header("Link", "</x?page=2>; rel=\"next\""),
        Some("2") => json("[2]").header("Link", "</x?page=3>; rel=\"next\""),
        Some(_) => json("[3]"),
    }
}

#[tokio::test]
async fn link_headers() {
    let (folder, found) = check(without_changes, pages, linked).await;
    assert_eq!(found.len(), 3);
    let names: Vec<_> = files(folder.path()).into_iter().map(|(name, _)| name).collect();
    assert!(names[0].starts_with("0001-get-127.0.0.1-") && names[0].ends_with("-x.json"), "{names:?}");
    assert_eq!((names.len(), names[3].as_str()), (4, "recording.json"));
}

#[tokio::test]
async fn cursors() {
    let cursor = |builder: RestClientBuilder, _: Account<'_>| {
        builder.paginator(JsonCursor::new().cursor_path(JsonPath::key("next_token")).cursor_param("page_token"))
    };
    let (_, found) = check(cursor, pages, |request| match request.param("page_token") {
        None => json(r#"{"rows": [{"key": "ABC-1", "token": "t"}], "next_token": "n+1/="}"#),
        Some("n+1/=") => json(r#"{"rows": [2], "next_token": null}"#),
        Some(_) => ScriptedResponse::json(400, ""),
    })
    .await;
    assert_eq!(found.len(), 2);
}

#[tokio::test]
async fn retries_follow_at_once() {
    let (folder, found) = check(without_changes, pages, |request| match request.index {
        0 => ScriptedResponse::json(429, "slow down").header("Retry-After", "60"),
        1 => ScriptedResponse::json(503, "").header("Retry-After", "60"),
        _ => json("[1]"),
    })
    .await;
    assert!(found[0].ends_with(" [1]"), "{found:?}");
    assert!(files(folder.path())[0].1.contains("\"body_text\": \"slow down\""));
}

#[tokio::test]
async fn incomplete_bodies_are_not_recorded() {
    let (folder, found) = check(without_changes, get, |request| match request.index {
        0 => ScriptedResponse::truncated("[1, 2]", 3),
        _ => json("[1, 2]"),
    })
    .await;
    assert!(found[0].ends_with(" [1,2]"), "{found:?}");
    assert!(files(folder.path())[0].0.starts_with("0002-get-"));
}

#[tokio::test]
async fn redirects_and_errors() {
    let (_, found) = check(without_changes, get, |request| match request.path.as_str() {
        "/x" => ScriptedResponse::redirect("/y?page=1"),
        _ => json("[1]"),
    })
    .await;
    assert!(found[0].ends_with(" [1]"), "{found:?}");
    let (_, found) = check(without_changes, get, |_| ScriptedResponse::redirect("ftp://a.b/")).await;
    assert!(found[0].contains("cannot follow the redirect"), "{found:?}");
    let (_, found) = check(without_changes, get, |_| ScriptedResponse::json(404, r#"{"message":"no x"}"#)).await;
    assert!(found[0].contains("404 Not Found"), "{found:?}");
    let (_, found) = check(without_changes, get, |_| ScriptedResponse::json(206, "[1")).await;
    assert!(found[0].contains("206 Partial Content"), "{found:?}");
}

#[tokio::test]
async fn client_credentials() {
    let auth = |builder: RestClientBuilder, account: Account<'_>| {
        let id = if account.secret == SECRET { "client-id-7" } else { "id" };
        let grant = ClientCredentials::new(format!("{}/token", account.url), id, account.secret);
        builder.auth(OAuth2::new(grant.access_token_request_data([("scope", "read")])))
    };
    let (folder, found) = check(auth, pages, |request| match (request.path.as_str(), request.index) {
        ("/token", index) => {
            assert_eq!(request.form("client_secret").as_deref(), Some(SECRET));
            json(&format!(r#"{{"access_token": "tok3n-abcdefgh-{index}", "token_type": "bearer", "expires_in": 60}}"#))
        }
        // the first token is rejected
        (_, 1) => ScriptedResponse::json(401, "tok3n-abcdefgh-0 has expired"),
        _ => linked(request),
    })
    .await;
    assert_eq!(found.len(), 3);
    let token = &files(folder.path())[0].1;
    assert!(token.contains(r#""grant_type=client_credentials&client_id=***&client_secret=***&scope=read""#), "{token}");
    assert!(token.contains("\"access_token\": \"***\"") && token.contains("\"expires_in\": 60"), "{token}");
}

#[tokio::test]
async fn a_replay_does_not_store_refresh_tokens() {
    let stored = Arc::new(Mutex::new(Vec::new()));
    let store = Arc::clone(&stored);
    let auth = move |builder: RestClientBuilder, account: Account<'_>| {
        let store = Arc::clone(&store);
        let grant = RefreshToken::new(format!("{}/token", account.url), "client-id-7", account.secret);
        builder.auth(OAuth2::new(grant.store(move |token: &Secret| {
            store.lock().unwrap().push(token.expose().to_owned());
            Ok(())
        })))
    };
    check(auth, get, |request| match request.path.as_str() {
        "/token" => json(r#"{"access_token": "tok3n-abcdefgh", "refresh_token": "tok3n-refresh-2"}"#),
        _ => json("[1]"),
    })
    .await;
    assert_eq!(*stored.lock().unwrap(), ["tok3n-refresh-2"]);
}

#[tokio::test]
async fn credentials_in_headers() {
    let basic = |builder: RestClientBuilder, account: Account<'_>| builder.auth(HttpBasic::new("me", account.secret));
    let echo = |request: &ReceivedRequest| {
        json(&format!(r#"{{"sent": "{}", "who": "{SECRET}"}}"#, request.header("authorization").unwrap_or_default()))
    };
    let run = async |client: &RestClient| vec![client.get("x", &[]).await.map(|_| "received").unwrap().to_owned()];
    check(basic, run, echo).await;
    let bearer = |builder: RestClientBuilder, account: Account<'_>| {
        builder.auth(BearerToken::new(account.secret)).header("X-Team", account.secret)
    };
    check(bearer, run, echo).await;
    let user = |builder: RestClientBuilder, account: Account<'_>| {
        builder
            .base_url(account.url.replace("://", &format!("://me:{}@", account.secret.replace('/', "%2F").replace(' ', "%20"))))
    };
    check(user, run, echo).await;
}

#[tokio::test]
async fn a_key_in_the_query() {
    let auth = |builder: RestClientBuilder, account: Account<'_>| {
        builder.auth(ApiKey::new(account.secret).name("appid").location(ApiKeyLocation::Query))
    };
    let (folder, found) = check(auth, pages, |request| {
        assert_eq!(request.param("appid"), Some(SECRET));
        match request.param("page") {
            None => json(r#"{"d": [1], "next": "/x?page=2&appid=s3cret%2FOf+a%3Duser7"}"#),
            Some(_) => json(r#"{"d": [2], "next": null, "text": "s3cret/Of a=user7"}"#),
        }
    })
    .await;
    assert_eq!(found.len(), 2);
    assert!(files(folder.path())[0].1.contains("/x?appid=***\""));
}

#[tokio::test]
async fn cookies() {
    let (folder, found) = check(without_changes, pages, |request| match (request.param("page"), request.header("cookie")) {
        (None, _) => linked(request).header("Set-Cookie", "sid=c00kie-12345; Path=/"),
        (Some(_), Some("sid=c00kie-12345")) => linked(request),
        _ => ScriptedResponse::json(403, "no session"),
    })
    .await;
    assert_eq!(found.len(), 3);
    assert!(files(folder.path())[0].1.contains("\"set-cookie\": \"sid=***; Path=/\""));
}

#[tokio::test]
async fn bodies() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(br#"["packed"]"#).unwrap();
    let gzip = gzip.finish().unwrap();
    let latin1 =
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=iso-8859-1\r\nContent-Length: 7\r\n\r\n[\"Zo\xeb\"]";
    for (response, expected) in [
        (ScriptedResponse::with_encoding("gzip", gzip), "[\"packed\"]"),
        (ScriptedResponse::raw_bytes(latin1), "[\"Zoë\"]"),
        (
            json(r#"{"b": 18446744073709551616, "a": [1.0, 1e400, -0], "a": 0.10}"#),
            r#"{"b":18446744073709551616,"a":[1.0,1e400,-0],"a":0.10}"#,
        ),
        (json("[NaN]"), "[NaN]"),
        (json("id,name\n1,Rhine\n"), "id,name\n1,Rhine\n"),
        (json(" 7"), "7"),
        (json("null"), "null"),
        (ScriptedResponse::json(204, ""), "null"),
        (ScriptedResponse::json(200, b"\xff\xfe\xfd"), "the body is not UTF-8"),
        (ScriptedResponse::json(200, ""), ""),
    ] {
        let (folder, found) = check(without_changes, get, move |_| response.clone()).await;
        let is_binary = files(folder.path())[0].1.contains("body_base64");
        assert!(is_binary || found[0].ends_with(&format!(" {expected}")), "{found:?}, expected {expected}");
    }
}

#[tokio::test]
async fn posted_bodies() {
    let run = async |client: &RestClient| {
        let mut found = Vec::new();
        for page in [1, 2] {
            let body = Value::object([("page", Value::from(page)), ("api_key", Value::from(SECRET))]);
            found.push(shown(client.post("x", Body::Json(body)).await));
        }
        found
    };
    let (folder, found) = check(without_changes, run, |request| {
        let body = Value::parse(&request.text()).unwrap();
        json(&format!("[{}]", body.get("page").unwrap()))
    })
    .await;
    assert!(found[0].ends_with("[1]") && found[1].ends_with("[2]"), "{found:?}");
    assert!(files(folder.path())[0].1.contains("\"api_key\": \"***-"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_pages() {
    let parallel = |builder: RestClientBuilder, _: Account<'_>| builder.parallel_pages(3).paginator(Offset::new(2));
    let (_, found) = check(parallel, pages, |request| {
        let offset: u64 = request.param("offset").unwrap().parse().unwrap();
        let delay = Duration::from_millis(if offset.is_multiple_of(4) { 3 } else { 0 });
        json(&format!(r#"{{"rows": [{offset}, {}], "total": 10}}"#, offset + 1)).delay(delay)
    })
    .await;
    assert_eq!(found.len(), 5);
}
