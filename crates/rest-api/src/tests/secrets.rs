//! References, credentials and redaction.

use std::collections::BTreeMap;

use catchment_rest_client::testing::ReceivedRequest;
use catchment_settings::{
    FoundSetting, Lookup, LookupReport, ScopedSettings, Secret, SettingKey, SettingLocation, SettingsError,
};

use super::{ScriptedResponse, ScriptedServer, chain, fresh, json, parse, run, shown, source_with};
use crate::RestApi;

/// Settings by dotted path, the most specific path first; environment variables by `$NAME`.
#[derive(Debug)]
struct Fixed(BTreeMap<&'static str, &'static str>);

impl Fixed {
    fn paths(key: &SettingKey) -> Vec<String> {
        let sections = key.scope().explicit_sections();
        let tail = key.scope().fixed_section().into_iter().chain([key.name()]);
        let path = |count: usize| sections[..count].iter().map(String::as_str).chain(tail.clone()).collect::<Vec<_>>().join(".");
        (0..=sections.len()).rev().map(path).collect()
    }
}

impl Lookup for Fixed {
    fn find(&self, key: &SettingKey) -> Result<Option<FoundSetting>, SettingsError> {
        let found = Fixed::paths(key).into_iter().find_map(|path| Some((self.0.get(path.as_str())?, path)));
        Ok(found.map(|(value, path)| FoundSetting {
            value: (*value).into(),
            location: SettingLocation::new("fixed", path),
            redact: true,
            misplaced: false,
        }))
    }

    fn report(&self, key: &SettingKey) -> LookupReport {
        LookupReport {
            locations: Fixed::paths(key).into_iter().map(|path| SettingLocation::new("fixed", path)).collect(),
            ..LookupReport::default()
        }
    }

    fn variable(&self, name: &str) -> Option<Secret> {
        self.0.get(format!("${name}").as_str()).map(|value| Secret::from(*value))
    }
}

fn settings() -> Fixed {
    Fixed(BTreeMap::from([
        ("$TOKEN", "tk-env"),
        ("sources.github.token", "tk-github"),
        ("sources.rest_api.credentials.password", "pw-1"),
        ("credentials.username", "ada"),
        ("sources.rest_api.api.api_key", "key-1"),
        ("client_id", "not this one"),
    ]))
}

/// Compares the first request of a client with these keys, including its `authorization` header, or the error, with
/// `expected`.
#[track_caller]
fn check(client: &str, expected: &str) {
    let server = ScriptedServer::start(|_| json("[]"));
    let fixed = settings();
    let spec = format!(r#"{{"name": "api", "client": {{"base_url": "{}", {client}}}, "resources": ["a"]}}"#, server.url());
    let spec = parse(&spec);
    let found = match RestApi::new(&spec).settings(ScopedSettings::new(&fixed)).source() {
        Ok(source) => {
            run(&source, &fresh()).unwrap();
            let show = |r: &ReceivedRequest| format!("{} {}", shown(r), r.header("authorization").unwrap_or("-"));
            server.requests().first().map(show).unwrap_or_default()
        }
        Err(error) => error.to_string(),
    };
    assert_eq!(found, expected, "{client}");
}

#[test]
fn references_and_lookups() {
    check(r#""auth": {"token": "${env:TOKEN}"}"#, "GET /a Bearer tk-env");
    check(r#""auth": {"type": "bearer", "token": "${secret:sources.github.token}"}"#, "GET /a Bearer tk-github");
    check(r#""headers": {"authorization": "Key ${env:TOKEN}!"}"#, "GET /a Key tk-env!");
    check(r#""auth": {"type": "api_key", "name": "authorization"}"#, "GET /a key-1");
    check(r#""auth": {"type": "api_key", "name": "key", "location": "query"}"#, "GET /a?key=key-1 -");
    check(r#""auth": "http_basic""#, "GET /a Basic YWRhOnB3LTE=");
    // a variable is not looked up without a section
    check(
        r#""auth": {"type": "oauth2_client_credentials", "client_secret": "s", "access_token_url": "http://x"}"#,
        "client.auth.client_id: a setting is missing: `client_id` (a string, secret)\nlooked for `client_id` in this order:\n\
         \x20 sources.rest_api.api.credentials.client_id (fixed)\n  sources.rest_api.credentials.client_id (fixed)\n\
         \x20 sources.credentials.client_id (fixed)\n  credentials.client_id (fixed)\n\
         \x20 sources.rest_api.api.client_id (fixed)\n  sources.api.client_id (fixed)\n  api.client_id (fixed)\n\
         \x20 sources.rest_api.client_id (fixed)\n  rest_api.client_id (fixed)\n\
         use one of these locations; earlier ones take precedence",
    );
    check(
        r#""auth": {"token": "${env:NOPE}"}"#,
        "client.auth.token: a setting is missing: `NOPE` (a string, secret)\nlooked for `NOPE` in this order:\n  NOPE (environment)\nuse one of these locations; earlier ones take precedence",
    );
    check(
        r#""auth": "bearer""#,
        "client.auth.token: a setting is missing: `token` (a string, secret)\nlooked for `token` in this order:\n\
         \x20 sources.rest_api.api.credentials.token (fixed)\n  sources.rest_api.credentials.token (fixed)\n\
         \x20 sources.credentials.token (fixed)\n  credentials.token (fixed)\n\
         \x20 sources.rest_api.api.token (fixed)\n  sources.api.token (fixed)\n  api.token (fixed)\n\
         \x20 sources.rest_api.token (fixed)\n  rest_api.token (fixed)\n\
         use one of these locations; earlier ones take precedence",
    );
    // all missing settings at once, without duplicates
    check(
        r#""headers": {"a": "${env:NOPE}", "b": "${env:NOPE}"}, "auth": {"token": "${env:NONE}"}"#,
        "client.headers.a, client.headers.b, client.auth.token: 2 settings are missing: `NOPE` (a string, secret), `NONE` (a string, secret)\n\
         looked for `NOPE` in this order:\n  NOPE (environment)\nlooked for `NONE` in this order:\n  NONE (environment)\n\
         use one of these locations; earlier ones take precedence",
    );
}

#[test]
fn endpoints_override_or_disable_credentials() {
    let server = ScriptedServer::start(|_| json("[]"));
    let spec = format!(
        r#"{{"client": {{"base_url": "{}", "auth": {{"token": "a"}}}}, "resources": ["a", {{"name": "b", "endpoint": {{"auth": null}}}},
            {{"name": "c", "endpoint": {{"auth": {{"token": "c"}}}}}}]}}"#,
        server.url()
    );
    run(&super::source(&parse(&spec)), &fresh()).unwrap();
    let mut found: Vec<_> =
        server.requests().iter().map(|r| format!("{} {}", r.path, r.header("authorization").unwrap_or("-"))).collect();
    found.sort();
    assert_eq!(found, ["/a Bearer a", "/b -", "/c Bearer c"]);
}

#[test]
fn tokens_are_fetched() {
    let server = ScriptedServer::start(|request| match request.path.as_str() {
        "/token" => json(r#"{"access_token": "tk-1", "expires_in": 3600}"#),
        _ => json("[]"),
    });
    let spec = format!(
        r#"{{"client": {{"base_url": "{url}", "auth": {{"type": "oauth2_client_credentials", "access_token_url": "{url}/token",
            "client_id": "id", "client_secret": "${{env:TOKEN}}", "access_token_request_data": {{"scope": "read", "n": 1}}}}}}, "resources": ["a"]}}"#,
        url = server.url()
    );
    let fixed = settings();
    run(&source_with(&parse(&spec), ScopedSettings::new(&fixed)), &fresh()).unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].text(), "grant_type=client_credentials&client_id=id&client_secret=tk-env&scope=read&n=1");
    assert_eq!(requests[1].header("authorization"), Some("Bearer tk-1"));
}

#[test]
fn errors_do_not_contain_secrets_of_requests() {
    let server =
        ScriptedServer::start(|request| ScriptedResponse::json(400, format!("no: {}", request.param("q").unwrap_or_default())));
    let spec = format!(
        r#"{{"client": {{"base_url": "{}/${{env:TOKEN}}"}}, "resources": [{{"name": "a", "endpoint": {{"path": "p", "params": {{"q": "${{env:TOKEN}}"}}}}}}]}}"#,
        server.url()
    );
    let fixed = settings();
    let error = run(&source_with(&parse(&spec), ScopedSettings::new(&fixed)), &fresh()).map(|_| ()).unwrap_err();
    assert_eq!(server.requests()[0].path, "/tk-env/p");
    let message = format!("{} {error:?}", chain(&error));
    assert!(!message.contains("tk-env"), "{message}");
}

#[test]
fn custom_credentials_and_paginators_are_registered_by_name() {
    let registry = crate::Registry::default()
        .auth("ticket", |settings| {
            let ticket = settings.get("ticket").and_then(|ticket| ticket.as_str()).ok_or("`ticket` is missing")?;
            Ok(std::sync::Arc::new(catchment_rest_client::ApiKey::new(ticket).name("x-ticket")))
        })
        .paginator("twice", |settings| {
            let pages = settings.get("pages").and_then(|pages| pages.as_i64()).unwrap_or(2).unsigned_abs();
            Ok(Box::new(catchment_rest_client::PageNumber::new().without_total().maximum_page(pages)))
        });
    let server = ScriptedServer::start(|request| json(&format!(r#"[{{"page": {}}}]"#, request.param("page").unwrap_or("-"))));
    let spec = |auth: &str| {
        format!(
            r#"{{"client": {{"base_url": "{}", "auth": {auth}, "paginator": {{"type": "twice", "pages": 2}}}}, "resources": ["a"]}}"#,
            server.url()
        )
    };
    let fixed = settings();
    let parsed = registry.parse(&spec(r#"{"type": "ticket", "ticket": "${env:TOKEN}"}"#), crate::SpecFormat::Json).unwrap();
    let source = RestApi::new(&parsed).settings(ScopedSettings::new(&fixed)).registry(registry.clone()).source().unwrap();
    assert_eq!(run(&source, &fresh()).unwrap().rows, [r#"a {"page":0}"#, r#"a {"page":1}"#]);
    assert!(server.requests().iter().all(|request| request.header("x-ticket") == Some("tk-env")));

    let parsed = registry.parse(&spec(r#""ticket""#), crate::SpecFormat::Json).unwrap();
    let error = RestApi::new(&parsed).registry(registry.clone()).source().unwrap_err();
    assert_eq!(error.to_string(), "client.auth: `ticket` is missing");
    let error = registry.parse(&spec(r#""tickets""#), crate::SpecFormat::Json).unwrap_err();
    assert_eq!(error.to_string(), "client.auth: unknown type; did you mean `ticket`?");
}

#[test]
fn plans_do_not_contain_encoded_secrets() {
    let fixed = Fixed(BTreeMap::from([("$KEY", "s3 cr/é")]));
    let spec = parse(
        r#"{"client": {"base_url": "http://x/${env:KEY}"}, "resources": [{"name": "a", "endpoint": {"params": {"q": "${env:KEY}"}}},
        {"name": "b", "endpoint": {"path": "b/{resources.a.id}", "params": {"q": "${env:KEY}"}}}]}"#,
    );
    let plan = RestApi::new(&spec).settings(ScopedSettings::new(&fixed)).plan(|_| Default::default()).unwrap();
    let requests: Vec<_> = plan.into_iter().map(|planned| planned.first_request).collect();
    assert_eq!(requests, ["GET http://x/***/a?q=***", "GET http://x/***/b/{resources.a.id}?q=***"]);
}

#[test]
fn cursor_bounds_can_be_variables() {
    #[track_caller]
    fn check(incremental: &str, expected: &str) {
        let server = ScriptedServer::start(|_| json("[]"));
        let fixed = Fixed(BTreeMap::from([("$SINCE", "2024-01-31"), ("$ID", "42"), ("$DAY", "\"20240131\""), ("$ZEROS", "007")]));
        let spec = format!(
            r#"{{"client": {{"base_url": "{}"}}, "resources": [{{"name": "a", "endpoint": {{"incremental": {{"cursor_path": "at",
                "start_param": "from", "end_param": "to", {incremental}}}}}}}]}}"#,
            server.url()
        );
        let found = crate::Spec::parse(&spec, crate::SpecFormat::Json).map_err(|error| error.to_string()).and_then(|spec| {
            let source = RestApi::new(&spec).settings(ScopedSettings::new(&fixed)).source().map_err(|error| error.to_string())?;
            let cursor = source.resources[0].incremental.clone().unwrap();
            run(&source, &fresh()).unwrap();
            Ok(format!("{} {}", cursor.initial_value.unwrap_or_default(), shown(&server.requests()[0])))
        });
        assert_eq!(
            found.unwrap_or_else(|problem| problem.lines().next().unwrap_or_default().to_owned()),
            expected,
            "{incremental}"
        );
    }
    check(r#""initial_value": "${env:SINCE}""#, r#""2024-01-31" GET /a?from=2024-01-31"#);
    check(r#""initial_value": "${env:SINCE}T00:00:00Z""#, r#""2024-01-31T00:00:00Z" GET /a?from=2024-01-31T00:00:00Z"#);
    check(r#""initial_value": "${env:ID}""#, "42 GET /a?from=42");
    check(r#""initial_value": "${env:DAY}""#, r#""20240131" GET /a?from=20240131"#);
    check(r#""initial_value": "${env:ZEROS}""#, r#""007" GET /a?from=007"#);
    check(r#""initial_value": 0, "end_value": "${env:ID}""#, "0 GET /a?from=0&to=42");
    check(
        r#""initial_value": "${env:NOPE}""#,
        "resources[0].endpoint.incremental.initial_value: a setting is missing: `NOPE` (a string, secret)",
    );
    // values stored in the state must not be secrets
    let rejected = |reference: &str| {
        format!(
            "resources[0].endpoint.incremental.initial_value: found {reference}, but the value is stored in the state and sent in \
             URLs, so it must not be a secret; use ${{env:NAME}} with a variable that is not a secret"
        )
    };
    check(r#""initial_value": "${secret:sources.since}""#, &rejected("${secret:sources.since}"));
    check(r#""initial_value": "${env:API_TOKEN}""#, &rejected("${env:API_TOKEN}"));
}

/// Compares the requests to another origin whose URL is in a row, and the warnings of the run, with `expected`.
#[track_caller]
fn check_foreign(path: &str, trusted: bool, expected: &str) {
    let other = ScriptedServer::start(|_| json("[]"));
    let away = other.url();
    let server = ScriptedServer::start(move |_| json(&format!(r#"[{{"url": "{away}/x", "at": "@{}/x"}}]"#, &away[7..])));
    let more = if trusted { format!(r#", "trusted_origins": ["{}"]"#, other.url()) } else { String::new() };
    let spec = parse(&format!(
        r#"{{"client": {{"base_url": "{}", "headers": {{"X-Key": "${{env:TOKEN}}"}}, "auth": {{"token": "${{env:TOKEN}}"}} {more}}},
            "resources": ["parents", {{"name": "kids", "endpoint": {{"path": "{path}", "method": "POST",
                "params": {{"api_key": "literal", "who": "${{env:TOKEN}}", "n": 1}},
                "json": {{"token": "${{env:TOKEN}}", "q": "all"}}}}}}]}}"#,
        server.url()
    ));
    let fixed = settings();
    let run = run(&source_with(&spec, ScopedSettings::new(&fixed)), &fresh());
    let origin = other.url();
    let warned = run
        .as_ref()
        .is_ok_and(|run| run.warnings.iter().any(|warning| warning.message.contains(&format!("not sent to {origin}"))));
    let sent = other.requests().into_iter().map(|request| {
        let headers = ["authorization", "x-key"].map(|name| request.header(name).unwrap_or("-"));
        format!("{} {headers:?} {}", shown(&request), String::from_utf8_lossy(&request.body))
    });
    let sent = sent.collect::<Vec<_>>().join("; ");
    let parent = format!(r#"{{"url":"{origin}/x","at":"@{}/x"}}"#, &origin[7..]);
    let error = run.err().map(|error| chain(&error).replace(&parent, "PARENT").replace(&origin, "OTHER")).unwrap_or_default();
    assert_eq!(format!("{sent} {warned} {error}").trim(), expected, "{path}");
}

#[test]
fn secrets_are_not_sent_to_other_origins() {
    let without = r#"POST /x?n=1 ["-", "-"] {"q":"all"} true"#;
    check_foreign("{resources.parents.url}", false, without);
    check_foreign("{resources.parents.url}?sig=1&k=${env:TOKEN}", false, &without.replace("?n", "?sig=1&n"));
    check_foreign(
        "{resources.parents.url}",
        true,
        r#"POST /x?api_key=literal&who=tk-env&n=1 ["Bearer tk-env", "tk-env"] {"token":"tk-env","q":"all"} false"#,
    );
    check_foreign("http://me:pw{resources.parents.at}", false, without);
    check_foreign(
        "{resources.parents.url}/${env:TOKEN}",
        false,
        "false resource `kids` failed: parent row PARENT: the request URL has a secret in its path and leads to OTHER, which is not \
         the origin of the API; if it belongs to the API, add it to the client of the spec: trusted_origins: \
         [\"OTHER\"]",
    );
}
