//! Values with secret names, and secrets that only one of recording and replay knows.

use super::*;

/// Records the output of `run`, and checks that it is the output of a replay.
async fn check_same(
    run: impl AsyncFn(&RestClient) -> Vec<String>,
    handler: impl Fn(&ReceivedRequest) -> ScriptedResponse + Send + Sync + 'static,
) {
    check(without_changes, run, handler).await;
}

#[tokio::test]
async fn data_in_parameters_is_compared() {
    let run = async |client: &RestClient| {
        let mut found = Vec::new();
        for code in ["EUR", "USD", "GBP"] {
            found.push(shown(client.get("x", &[("code", code)]).await));
        }
        found
    };
    check_same(run, |request| json(&format!("[{}]", request.index))).await;
    let folder = tempfile::tempdir().unwrap();
    let server = ScriptedServer::start(|request| json(&format!("[{:?}]", request.param("code").unwrap())));
    let builder = RestClient::builder().base_url(server.url());
    let get = async |client: &RestClient, code| shown(client.get("x", &[("code", code)]).await);
    let client = builder.clone().record(Recorder::create(folder.path()).unwrap()).build().unwrap();
    let recorded = [get(&client, "EUR").await, get(&client, "USD").await];
    drop(server);
    let client = builder.replay(Recording::open(folder.path()).unwrap()).build().unwrap();
    // in another order
    assert_eq!(get(&client, "USD").await, recorded[1]);
    assert_eq!(get(&client, "EUR").await, recorded[0]);
    assert!(get(&client, "GBP").await.contains("this request was not recorded"));
}

#[tokio::test]
async fn data_in_bodies_is_compared() {
    let run = async |client: &RestClient| {
        let mut found = Vec::new();
        for key in ["A", "B"] {
            let body = Body::Json(Value::object([("key", Value::from(key)), ("q", Value::from(1))]));
            found.push(shown(client.post("x", body).await));
            found.push(shown(client.post("x", Body::Form(vec![("code".to_owned(), key.to_owned())])).await));
        }
        found
    };
    check_same(run, |request| json(&format!("[{}]", request.index))).await;
}

#[tokio::test]
async fn the_order_of_keys_is_not_compared() {
    let folder = tempfile::tempdir().unwrap();
    let server = ScriptedServer::start(|_| json("[1]"));
    let builder = RestClient::builder().base_url(server.url());
    let post = async |client: &RestClient, text| client.post("x", Body::Json(Value::parse(text).unwrap())).await;
    let client = builder.clone().record(Recorder::create(folder.path()).unwrap()).build().unwrap();
    post(&client, r#"{"a": 1, "b": {"c": 2, "d": 3}}"#).await.unwrap();
    let client = builder.replay(Recording::open(folder.path()).unwrap()).build().unwrap();
    post(&client, r#"{"b": {"d": 3, "c": 2}, "a": 1}"#).await.unwrap();
}

#[tokio::test]
async fn links_with_masked_values_are_followed() {
    let urls = async |client: &RestClient| {
        let mut pages = client.paginate(client.request("x").unwrap());
        let mut urls = Vec::new();
        while let Some(page) = pages.next().await {
            urls.push(page.unwrap().url);
        }
        urls
    };
    check_same(urls, |request| match (request.param("key"), request.param("page")) {
        (None, _) => json(r#"{"rows": [1], "next": "/x?key=EUR&page=2"}"#),
        (Some("EUR"), Some("2")) => json(r#"{"rows": [2], "next": "/x?key=EUR&page=3"}"#),
        _ => json(r#"{"rows": [3], "next": null}"#),
    })
    .await;
}

#[tokio::test]
async fn a_secret_of_a_response_does_not_change_its_request() {
    let run = async |client: &RestClient| vec![shown(client.get("c00kieless", &[("q", "abcd-1234")]).await)];
    let folder = tempfile::tempdir().unwrap();
    let server = ScriptedServer::start(|_| json("[1]").header("Set-Cookie", "sid=abcd-1234; Path=/"));
    let builder = RestClient::builder().base_url(server.url());
    let recorded = run(&builder.clone().record(Recorder::create(folder.path()).unwrap()).build().unwrap()).await;
    drop(server);
    assert!(files(folder.path())[0].1.contains("?q=abcd-1234\""), "{:?}", files(folder.path()));
    assert_eq!(run(&builder.replay(Recording::open(folder.path()).unwrap()).build().unwrap()).await, recorded);
}

/// Records a request with a secret, and replays it with another value without a secret.
#[tokio::test]
async fn masks_match_any_text() {
    let folder = tempfile::tempdir().unwrap();
    let server = ScriptedServer::start(|_| json("[1]"));
    let builder = RestClient::builder().base_url(server.url());
    let client = builder.clone().record(Recorder::create(folder.path()).unwrap()).build().unwrap();
    client.redactor().add(&Secret::from(SECRET));
    let run = async |client: &RestClient, secret: &str| {
        let name = |prefix: &str| format!("{prefix}{secret}");
        let path = format!("bot-{}/send", secret.replace('/', "%2F"));
        let get = client.get(&path, &[("who", name("to ").as_str())]).await.map(drop);
        let body = Value::object([("who", Value::from(name("to "))), ("n", Value::from(1))]);
        get.and(client.post("x", Body::Json(body)).await.map(drop))
    };
    run(&client, SECRET).await.unwrap();
    drop(server);
    let recording = Recording::open(folder.path()).unwrap().with_mode(ReplayMode::Exact);
    let client = builder.replay(recording.clone()).build().unwrap();
    run(&client, "me").await.unwrap();
    assert!(recording.unused().is_empty());
    let error = client.get("bot-me/read", &[("who", "to me")]).await.unwrap_err();
    assert!(error.to_string().contains("this request was not recorded"), "{error}");
}
