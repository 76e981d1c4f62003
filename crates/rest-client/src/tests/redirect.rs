//! Redirects, and which headers go along.

use catchment_json::Value;
use reqwest::Method;

use super::{hide_address, start_with};
use crate::testing::{ScriptedResponse, ScriptedServer};

/// Where the request ended up, and with which header.
fn seen(server: &ScriptedServer) -> Vec<String> {
    let show =
        |request: crate::testing::ReceivedRequest| format!("{} {}", request.path, request.header("x-key").unwrap_or("none"));
    server.requests().into_iter().map(show).collect()
}

#[tokio::test]
async fn headers_go_along_at_home_only() {
    let other = ScriptedServer::start(|_| ScriptedResponse::json(200, "[1]"));
    let away = format!("{}/there", other.url());
    let (server, client) = start_with(
        |client| client.header("X-Key", "s3cret"),
        move |request| match request.path.as_str() {
            "/near" => ScriptedResponse::redirect("/far?moved=1"),
            "/far" => ScriptedResponse::redirect(&away).status(307),
            _ => ScriptedResponse::json(404, ""),
        },
    );
    let response = client.get("near", &[("q", "1")]).await.unwrap();
    assert_eq!(response.url().as_str(), format!("{}/there", other.url()));
    assert_eq!(seen(&server), ["/near s3cret", "/far s3cret"]);
    assert_eq!(seen(&other), ["/there none"]);
    assert_eq!((server.requests()[1].param("moved"), server.requests()[1].param("q")), (Some("1"), None));
}

#[tokio::test]
async fn a_way_back_home_brings_no_headers_back() {
    let (back, home) = std::sync::mpsc::channel::<String>();
    let home = std::sync::Mutex::new(home);
    let other = ScriptedServer::start(move |_| ScriptedResponse::redirect(home.lock().unwrap().recv().unwrap()));
    let away = other.url();
    let (server, client) = start_with(
        |client| client.header("X-Key", "s3cret"),
        move |request| {
            if request.path == "/back" { ScriptedResponse::json(200, "[1]") } else { ScriptedResponse::redirect(&away) }
        },
    );
    back.send(format!("{}/back", server.url())).unwrap();
    client.get("x", &[]).await.unwrap();
    assert_eq!(seen(&server), ["/x s3cret", "/back none"]);
    assert_eq!(seen(&other), ["/ none"]);
}

/// The message of the error that a redirect leads to.
async fn check(answer: ScriptedResponse, expected: &str) {
    let (server, client) = start_with(|client| client, move |_| answer.clone());
    let error = client.get("x", &[]).await.unwrap_err();
    assert_eq!(hide_address(&error.to_string(), &server), expected);
}

#[tokio::test]
async fn redirects_that_lead_nowhere() {
    check(ScriptedResponse::redirect("/x?key=1"), "GET {url}/x failed: more than 10 redirects, the last one to {url}/x?key=***")
        .await;
    check(
        ScriptedResponse::redirect("ftp://a.b/?key=1"),
        "GET {url}/x failed: the redirect to \"ftp://a.b/\" cannot be followed",
    )
    .await;
    check(ScriptedResponse::redirect("http://"), "GET {url}/x failed: the redirect to \"http://\" cannot be followed").await;
    check(ScriptedResponse::json(302, "moved"), "GET {url}/x answered 302 Found: moved").await;
}

#[tokio::test]
async fn bodies_with_secrets_do_not_go_along_to_other_origins() {
    for by_redirect in [true, false] {
        let other = ScriptedServer::start(|_| ScriptedResponse::json(200, r#"{"d": [2]}"#));
        let away = format!("{}/there", other.url());
        let (_server, client) = start_with(
            |client| client,
            move |_| match by_redirect {
                true => ScriptedResponse::redirect(&away).status(307),
                false => ScriptedResponse::json(200, format!(r#"{{"d": [1], "next": "{away}"}}"#)),
            },
        );
        let body = Value::parse(r#"{"q": "all", "token": "t0ken", "in": {"user": "the s3cret"}}"#).unwrap();
        let request = client.request("x").unwrap().method(Method::POST).json(body).add_secret(&"s3cret".into());
        let mut pages = client.paginate(request);
        while let Some(page) = pages.next().await {
            page.unwrap();
        }
        let bodies: Vec<_> = other.requests().into_iter().map(|request| String::from_utf8(request.body).unwrap()).collect();
        assert_eq!(bodies, [r#"{"q":"all","in":{}}"#], "by redirect: {by_redirect}");
    }
}
