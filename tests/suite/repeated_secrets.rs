//! A server repeats the token of the request, in many places and encodings: none is said or left behind.

use std::process::Command;

use base64::Engine as _;
use catchment_json::Value;
use catchment_rest_client::testing::{ReceivedRequest, ScriptedResponse, ScriptedServer};

use crate::command::binary;
use crate::dataset::Dataset;
use crate::secrets::{files, percent};

const TOKEN: &str = "s3cret/of=variable+1&x;y";

/// How the server writes the token.
type Encoding = (&'static str, fn(&str) -> String);

const ENCODINGS: [Encoding; 11] = [
    ("as it is", str::to_owned),
    ("percent-encoded", |token| percent(token, "")),
    ("percent-encoded in small letters", |token| percent(token, "").to_lowercase()),
    ("percent-encoded, all of it", |token| token.bytes().map(|byte| format!("%{byte:02x}")).collect()),
    ("percent-encoded twice", |token| percent(&percent(token, ""), "")),
    ("in part", |token| percent(token, "/=&;")),
    ("as HTML", |token| token.replace('&', "&amp;").replace('/', "&sol;").replace('+', "&plus;")),
    ("in the escapes of JSON", |token| token.bytes().map(|byte| format!("\\u{byte:04x}")).collect()),
    ("in Base64", |token| base64::prelude::BASE64_STANDARD.encode(token)),
    ("in Base64 after a user", |token| base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(format!("me:{token}"))),
    ("in capitals", str::to_uppercase),
];

/// Where it writes it: a name, what the spec says of the endpoint besides its path, and the answer.
type Place = (&'static str, &'static str, fn(&ReceivedRequest, &str) -> ScriptedResponse);

const JSON_LINK: &str = r#""paginator": {"type": "json_link", "next_url_path": "next"}"#;
const HEADER_LINK: &str = r#""paginator": "header_link""#;
const CURSOR: &str = r#""paginator": {"type": "cursor", "cursor_path": "next"}"#;
const OFFSET: &str = r#""paginator": {"type": "offset", "limit": 1, "total_path": "total"}"#;

const PLACES: &[Place] = &[
    ("the body of a refusal", "", |_, token| ScriptedResponse::json(401, format!("no entry for {token}"))),
    ("the body of a failure", "", |_, token| ScriptedResponse::json(500, message("found", token))),
    ("the end of a long body", "", |_, token| ScriptedResponse::json(400, format!("{}{token} and more", "x".repeat(285)))),
    ("a body that is longer than what is searched", "", |_, token| {
        ScriptedResponse::json(400, format!("{}{token}{}", " ".repeat(5290), "x".repeat(900)))
    }),
    ("a body that is no JSON", "", |_, token| ScriptedResponse::json(200, format!("[{{\"id\": 1}}, {token}"))),
    ("an error with a good status", "", |_, token| ScriptedResponse::json(200, message("error", token))),
    ("the keys of a body without rows", r#""data_selector": "rows""#, |_, token| {
        ScriptedResponse::json(200, message(token, "x"))
    }),
    ("a null in the place of rows", r#""data_selector": "rows""#, |_, token| {
        ScriptedResponse::json(200, message("rows", token).replace('}', r#", "rows": null}"#))
    }),
    ("a response action", r#""response_actions": [{"content": "bad", "action": "fail"}]"#, |_, token| {
        ScriptedResponse::json(200, message("bad", token))
    }),
    ("a next link to nowhere", JSON_LINK, |request, token| next(&format!("http://127.0.0.1:1{}?q={token}", request.path))),
    ("the path of a next link to nowhere", JSON_LINK, |_, token| next(&format!("http://127.0.0.1:1/{token}/x"))),
    ("a next link that is no URL", JSON_LINK, |_, token| next(&format!("http://[{token}"))),
    ("a next link of another scheme", JSON_LINK, |_, token| next(&format!("ftp://a.b/{token}"))),
    ("a next link to the same page", JSON_LINK, |_, token| next(&format!("/v1/{token}"))),
    ("the user of a next link", JSON_LINK, |_, token| next(&format!("http://{}@127.0.0.1:1/", token.replace('/', "%2F")))),
    ("a next link that the server refuses", JSON_LINK, |request, token| match request.path.as_str() {
        "/v1/items" => next(&format!("/next/{token}")),
        _ => ScriptedResponse::json(403, message("path", &request.path)),
    }),
    ("an object as a next link", JSON_LINK, |_, token| {
        ScriptedResponse::json(200, format!(r#"{{"rows": [{{"id": 1}}], "next": {}}}"#, message("to", token)))
    }),
    ("a Link header to nowhere", HEADER_LINK, |_, token| link(&format!("<http://127.0.0.1:1/{token}>; rel=next"))),
    ("a Link header that is no URL", HEADER_LINK, |_, token| link(&format!("<http://[{token}>; rel=next"))),
    ("a Link header to the same page", HEADER_LINK, |_, token| link(&format!("</v1/items?q={token}>; rel=next"))),
    ("a redirect to nowhere", "", |_, token| ScriptedResponse::redirect(format!("http://127.0.0.1:1/{token}"))),
    ("a redirect that is no URL", "", |_, token| ScriptedResponse::redirect(format!("http://[{token}"))),
    ("a redirect to itself", "", |_, token| ScriptedResponse::redirect(format!("/v1/items?q={token}"))),
    ("an object as a cursor", CURSOR, |_, token| {
        ScriptedResponse::json(200, format!(r#"{{"rows": [{{"id": 1}}], "next": {}}}"#, message("to", token)))
    }),
    ("an object as a cursor, cut in the token", CURSOR, |_, token| {
        let to = format!("{}{token}", "x".repeat(20));
        ScriptedResponse::json(200, format!(r#"{{"rows": [{{"id": 1}}], "next": {}}}"#, message("to", &to)))
    }),
    ("a cursor that goes in a circle", CURSOR, |_, token| next(token)),
    ("a total", OFFSET, |_, token| {
        ScriptedResponse::json(200, message("total", token).replace('}', r#", "rows": [{"id": 1}]}"#))
    }),
    ("a list as a total", OFFSET, |_, token| {
        ScriptedResponse::json(200, format!(r#"{{"rows": [{{"id": 1}}], "total": [{}]}}"#, Value::from(token)))
    }),
    ("the charset", "", |_, token| {
        ScriptedResponse::json(200, b"[\"\xff\"]").header("Content-Type", format!("text/json; charset={token}"))
    }),
    ("the time to wait", "", |_, token| ScriptedResponse::json(429, "[]").header("Retry-After", token)),
    ("a cookie", "", |request, token| {
        let answer = ScriptedResponse::json(401, message("cookie", request.header("cookie").unwrap_or("-")));
        answer.header("Set-Cookie", format!("session={}", percent(token, "%")))
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

/// Runs a spec against a server that repeats the token, and looks at all that is said and left.
fn check((place, endpoint, answer): Place, (encoding, encode): Encoding) {
    let server = ScriptedServer::start(move |request| {
        let token = request.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
        // no other origin and no later request gets it, and the server may remember it
        answer(request, &encode(token.unwrap_or(TOKEN)))
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
    let says = |args: &[&str]| {
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
    // a beginning of it is enough to find it, but for what a row has
    let sent = encode(TOKEN);
    let sent = sent.get(..12).unwrap_or(&sent).to_lowercase();
    let check = |text: &[u8], what: &str| {
        let text = String::from_utf8_lossy(text);
        assert!(!text.to_lowercase().contains(&sent), "{place}, {encoding}: {what} has it: {text}");
        assert!(!text.contains("s3cret"), "{place}, {encoding}: {what} has it decoded: {text}");
    };
    check(&says(&["run", "p.json", "--limit", "3", "--progress", "json"]), "the run");
    check(&says(&["run", "p.json", "--progress", "log"]), "a second run");
    check(&says(&["pipeline", "p", "info", "-v"]), "the pipeline");
    check(&says(&["pipeline", "p", "failed-jobs"]), "the failed package");
    for file in files(dataset.dir()) {
        if !file.ends_with("p.json") {
            check(&std::fs::read(&file).unwrap(), &file.display().to_string());
        }
    }
    assert!(!server.requests().is_empty());
}

/// Each place with three of the encodings: 96 ways.
fn check_some(remainder: usize) {
    for (index, place) in PLACES.iter().enumerate().filter(|(index, _)| index % 4 == remainder) {
        let other = 1 + index % (ENCODINGS.len() - 1);
        let another = 1 + (index + 5) % (ENCODINGS.len() - 1);
        for encoding in [0, other, another] {
            check(*place, ENCODINGS[encoding]);
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
