//! Servers that repeat the token of a request in many locations and encodings: it is neither printed nor stored.

use std::process::Command;

use base64::Engine as _;
use catchment_json::Value;
use catchment_rest_client::testing::{ReceivedRequest, ScriptedResponse, ScriptedServer};

use crate::command::binary;
use crate::dataset::Dataset;
use crate::secrets::{files, percent};

const TOKEN: &str = "s3cret/of=variable+1&x;y";

/// An encoding of the token: its name and the function.
type Encoding = (&'static str, fn(&str) -> String);

const ENCODINGS: [Encoding; 11] = [
    ("unencoded", str::to_owned),
    ("percent-encoded", |token| percent(token, "")),
    ("percent-encoded in lowercase", |token| percent(token, "").to_lowercase()),
    ("fully percent-encoded", |token| token.bytes().map(|byte| format!("%{byte:02x}")).collect()),
    ("percent-encoded twice", |token| percent(&percent(token, ""), "")),
    ("partly percent-encoded", |token| percent(token, "/=&;")),
    ("HTML-encoded", |token| token.replace('&', "&amp;").replace('/', "&sol;").replace('+', "&plus;")),
    ("JSON-escaped", |token| token.bytes().map(|byte| format!("\\u{byte:04x}")).collect()),
    ("in Base64", |token| base64::prelude::BASE64_STANDARD.encode(token)),
    ("in Base64 after a user name", |token| base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(format!("me:{token}"))),
    ("in uppercase", str::to_uppercase),
];

/// A location of the token: its name, additional keys of the endpoint in the spec, and the response.
type TokenLocation = (&'static str, &'static str, fn(&ReceivedRequest, &str) -> ScriptedResponse);

const JSON_LINK: &str = r#""paginator": {"type": "json_link", "next_url_path": "next"}"#;
const HEADER_LINK: &str = r#""paginator": "header_link""#;
const CURSOR: &str = r#""paginator": {"type": "cursor", "cursor_path": "next"}"#;
const OFFSET: &str = r#""paginator": {"type": "offset", "limit": 1, "total_path": "total"}"#;

const LOCATIONS: &[TokenLocation] = &[
    ("the body of a 401 response", "", |_, token| ScriptedResponse::json(401, format!("no entry for {token}"))),
    ("the body of a 500 response", "", |_, token| ScriptedResponse::json(500, message("found", token))),
    ("the end of a long body", "", |_, token| ScriptedResponse::json(400, format!("{}{token} and more", "x".repeat(285)))),
    ("a body that is longer than the searched text", "", |_, token| {
        ScriptedResponse::json(400, format!("{}{token}{}", " ".repeat(5290), "x".repeat(900)))
    }),
    ("a body that is not JSON", "", |_, token| ScriptedResponse::json(200, format!("[{{\"id\": 1}}, {token}"))),
    ("an error with status 200", "", |_, token| ScriptedResponse::json(200, message("error", token))),
    ("the keys of a body without rows", r#""data_selector": "rows""#, |_, token| {
        ScriptedResponse::json(200, message(token, "x"))
    }),
    ("null instead of rows", r#""data_selector": "rows""#, |_, token| {
        ScriptedResponse::json(200, message("rows", token).replace('}', r#", "rows": null}"#))
    }),
    ("a response action", r#""response_actions": [{"content": "bad", "action": "fail"}]"#, |_, token| {
        ScriptedResponse::json(200, message("bad", token))
    }),
    ("a next link to a closed port", JSON_LINK, |request, token| next(&format!("http://127.0.0.1:1{}?q={token}", request.path))),
    ("the path of a next link to a closed port", JSON_LINK, |_, token| next(&format!("http://127.0.0.1:1/{token}/x"))),
    ("a next link that is not a URL", JSON_LINK, |_, token| next(&format!("http://[{token}"))),
    ("a next link of another scheme", JSON_LINK, |_, token| next(&format!("ftp://a.b/{token}"))),
    ("a next link to the same page", JSON_LINK, |_, token| next(&format!("/v1/{token}"))),
    ("the user of a next link", JSON_LINK, |_, token| next(&format!("http://{}@127.0.0.1:1/", token.replace('/', "%2F")))),
    ("a next link that the server rejects", JSON_LINK, |request, token| match request.path.as_str() {
        "/v1/items" => next(&format!("/next/{token}")),
        _ => ScriptedResponse::json(403, message("path", &request.path)),
    }),
    ("an object as a next link", JSON_LINK, |_, token| {
        ScriptedResponse::json(200, format!(r#"{{"rows": [{{"id": 1}}], "next": {}}}"#, message("to", token)))
    }),
    ("a Link header to a closed port", HEADER_LINK, |_, token| link(&format!("<http://127.0.0.1:1/{token}>; rel=next"))),
    ("a Link header that is not a URL", HEADER_LINK, |_, token| link(&format!("<http://[{token}>; rel=next"))),
    ("a Link header to the same page", HEADER_LINK, |_, token| link(&format!("</v1/items?q={token}>; rel=next"))),
    ("a redirect to a closed port", "", |_, token| ScriptedResponse::redirect(format!("http://127.0.0.1:1/{token}"))),
    ("a redirect that is not a URL", "", |_, token| ScriptedResponse::redirect(format!("http://[{token}"))),
    ("a redirect to itself", "", |_, token| ScriptedResponse::redirect(format!("/v1/items?q={token}"))),
    ("an object as a cursor", CURSOR, |_, token| {
        ScriptedResponse::json(200, format!(r#"{{"rows": [{{"id": 1}}], "next": {}}}"#, message("to", token)))
    }),
    ("an object as a cursor, truncated within the token", CURSOR, |_, token| {
        let to = format!("{}{token}", "x".repeat(20));
        ScriptedResponse::json(200, format!(r#"{{"rows": [{{"id": 1}}], "next": {}}}"#, message("to", &to)))
    }),
    ("a cursor that causes a pagination loop", CURSOR, |_, token| next(token)),
    ("a total", OFFSET, |_, token| {
        ScriptedResponse::json(200, message("total", token).replace('}', r#", "rows": [{"id": 1}]}"#))
    }),
    ("a list as a total", OFFSET, |_, token| {
        ScriptedResponse::json(200, format!(r#"{{"rows": [{{"id": 1}}], "total": [{}]}}"#, Value::from(token)))
    }),
    ("the charset", "", |_, token| {
        ScriptedResponse::json(200, b"[\"\xff\"]").header("Content-Type", format!("text/json; charset={token}"))
    }),
    ("the Retry-After header", "", |_, token| ScriptedResponse::json(429, "[]").header("Retry-After", token)),
    ("a cookie", "", |request, token| {
        let response = ScriptedResponse::json(401, message("cookie", request.header("cookie").unwrap_or("-")));
        response.header("Set-Cookie", format!("session={}", percent(token, "%")))
    }),
    ("a row that breaks a contract", "", |_, token| {
        ScriptedResponse::json(200, format!(r#"[{{"id": 1, "at": "{:.<30}"}}, {{"id": {}}}]"#, "", Value::from(token)))
    }),
];

fn message(key: &str, token: &str) -> String {
    Value::object([(key, Value::from(token))]).to_string()
}

fn next(link: &str) -> ScriptedResponse {
    ScriptedResponse::json(200, format!(r#"{{"rows": [{{"id": 1}}], "next": {}}}"#, Value::from(link)))
}

fn link(header: &str) -> ScriptedResponse {
    ScriptedResponse::json(200, r#"[{"id": 1}]"#).header("Link", header)
}

/// Runs a spec against a server that repeats the token, and checks output and files.
fn check((location, endpoint, respond): TokenLocation, (encoding, encode): Encoding) {
    let server = ScriptedServer::start(move |request| {
        let token = request.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
        // a request without the token gets the same response, as if the server had stored the token
        respond(request, &encode(token.unwrap_or(TOKEN)))
    });
    let dataset = Dataset::new();
    let comma = if endpoint.is_empty() { "" } else { ", " };
    let spec = format!(
        r#"{{"name": "api", "client": {{"base_url": "{}/v1/", "auth": {{"type": "bearer"}}}}, "resources": [{{"name": "items",
            "columns": {{"id": {{"data_type": "bigint"}}}}, "schema_contract": {{"data_type": "freeze"}},
            "endpoint": {{"path": "items"{comma}{endpoint}}}}}]}}"#,
        server.url()
    );
    std::fs::write(dataset.dir().join("p.json"), spec).unwrap();
    let run = |args: &[&str]| {
        let mut command = Command::new(binary());
        command.args(args).args(["--pipelines-dir", "pipelines"]).current_dir(dataset.dir()).env_clear();
        command
            .env("HOME", dataset.dir())
            .env("DESTINATION__DUCKDB__CREDENTIALS", dataset.file())
            .env("RUNTIME__LOG_LEVEL", "TRACE")
            .env("RUNTIME__REQUEST_BACKOFF_FACTOR", "0")
            .env("RUNTIME__REQUEST_MAX_RETRY_DELAY", "0")
            .env("SOURCES__REST_API__API__CREDENTIALS__TOKEN", TOKEN);
        let output = command.output().unwrap();
        [output.stdout, output.stderr].concat()
    };
    // a prefix of the token must not occur either
    let sent = encode(TOKEN);
    let sent = sent.get(..12).unwrap_or(&sent).to_lowercase();
    let check = |text: &[u8], what: &str| {
        let text = String::from_utf8_lossy(text);
        assert!(!text.to_lowercase().contains(&sent), "{location}, {encoding}: {what} contains it: {text}");
        assert!(!text.contains("s3cret"), "{location}, {encoding}: {what} contains it decoded: {text}");
    };
    check(&run(&["run", "p.json", "--limit", "3", "--progress", "json"]), "the run");
    check(&run(&["run", "p.json", "--progress", "log"]), "a second run");
    check(&run(&["pipeline", "p", "info", "-v"]), "the pipeline");
    check(&run(&["pipeline", "p", "failed-jobs"]), "the failed package");
    for file in files(dataset.dir()) {
        if !file.ends_with("p.json") {
            check(&std::fs::read(&file).unwrap(), &file.display().to_string());
        }
    }
    assert!(!server.requests().is_empty());
}

/// Checks a quarter of the locations, each with three of the encodings.
fn check_some(remainder: usize) {
    for (index, location) in LOCATIONS.iter().enumerate().filter(|(index, _)| index % 4 == remainder) {
        let other = 1 + index % (ENCODINGS.len() - 1);
        let another = 1 + (index + 5) % (ENCODINGS.len() - 1);
        for encoding in [0, other, another] {
            check(*location, ENCODINGS[encoding]);
        }
    }
}

#[test]
fn a_server_that_repeats_the_token_1() {
    check_some(0);
}

#[test]
fn a_server_that_repeats_the_token_2() {
    check_some(1);
}

#[test]
fn a_server_that_repeats_the_token_3() {
    check_some(2);
}

#[test]
fn a_server_that_repeats_the_token_4() {
    check_some(3);
}
