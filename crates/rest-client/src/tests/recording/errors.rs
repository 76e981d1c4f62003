//! Errors of recordings and replays.

use super::*;
use crate::ErrorKind;

/// Records GET requests to these paths, and returns the folder and the URL of the server.
async fn record(paths: &[&str]) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let server = ScriptedServer::start(|_| json("[1]"));
    let recorder = Recorder::create(folder.path()).unwrap();
    let client = RestClient::builder().base_url(server.url()).record(recorder).build().unwrap();
    for path in paths {
        client.get(path, &[]).await.unwrap();
    }
    (folder, server.url())
}

fn replay(recording: Recording, url: &str) -> RestClient {
    RestClient::builder().base_url(url).retry(PATIENT).replay(recording).build().unwrap()
}

#[tokio::test]
async fn a_request_that_was_not_recorded() {
    let (folder, url) = record(&["issues?since=1&page=1", "users"]).await;
    let client = replay(Recording::open(folder.path()).unwrap(), &url);
    let error = client.get("issues?page=1&since=2&api_key=x", &[]).await.unwrap_err();
    assert!(!error.is_retryable() && error.attempts() == 1);
    let (host, port) = ("{url}", url.rsplit_once(':').unwrap().1);
    assert_eq!(
        error.to_string().replace(&url, host).replace(port, "{port}"),
        "GET {url}/issues?page=1&since=2&api_key=*** failed: this request was not recorded; the nearest is GET {url}/issues?since=1&page=1 (0001-get-127.0.0.1-{port}-issues.json): the parameter `api_key` is `***-2d71`, recorded is missing; the parameter `since` is `2`, recorded is `1`; record again"
    );
    let empty = tempfile::tempdir().unwrap();
    fs::copy(folder.path().join("recording.json"), empty.path().join("recording.json")).unwrap();
    let error = replay(Recording::open(empty.path()).unwrap(), &url).get("x", &[]).await.unwrap_err();
    assert!(error.to_string().ends_with("has no requests; record again"), "{error}");
}

#[tokio::test]
async fn modes() {
    let (folder, url) = record(&["a", "b", "a"]).await;
    let exact = Recording::open(folder.path()).unwrap().with_mode(ReplayMode::Exact);
    let client = replay(exact.clone(), &url);
    client.get("a", &[]).await.unwrap();
    assert_eq!(exact.unused().len(), 2);
    client.get("a", &[]).await.unwrap();
    let unused = exact.unused().join(", ");
    assert!(unused.starts_with(&format!("GET {url}/b (0002-get-")), "{unused}");
    let error = client.get("a", &[]).await.unwrap_err();
    assert!(error.to_string().ends_with(
        "all 2 recorded responses to this request were already delivered; record again, or use ReplayMode::ByRequest"
    ));
    let client = replay(Recording::open(folder.path()).unwrap(), &url);
    for _ in 0..4 {
        client.get("a", &[]).await.unwrap();
    }
}

#[tokio::test]
async fn folders() {
    let (folder, _) = record(&["a"]).await;
    let not_empty = |folder: &Path| format!("{} is not empty; record into a new folder", folder.display());
    assert_eq!(Recorder::create(folder.path()).unwrap_err().to_string(), not_empty(folder.path()));
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join(".gitkeep"), "").unwrap();
    Recorder::create(other.path().join("new/one")).unwrap();
    assert_eq!(Recorder::create(other.path()).unwrap_err().to_string(), not_empty(other.path()));
    fs::remove_dir_all(other.path().join("new")).unwrap();
    let started = Recorder::create(other.path()).unwrap();
    assert_eq!(format!("{started:?}"), format!("Recorder {{ folder: {:?}, .. }}", other.path()));
    // nothing is written before the first response
    let error = Recording::open(other.path()).unwrap_err();
    assert!(error.to_string().ends_with("the file recording.json is missing; check the path, or record first"), "{error}");
}

#[tokio::test]
async fn corrupt_files() {
    let (folder, _) = record(&["a"]).await;
    let path = folder.path().join("0002-get.json");
    fs::write(&path, "{").unwrap();
    let error = Recording::open(folder.path()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidRecording { .. }));
    assert_eq!(
        error.to_string(),
        format!(
            "cannot read the recording {}: invalid JSON at line 1, column 2: expected a key or `}}`, found the end of the text",
            path.display()
        )
    );
    fs::remove_file(path).unwrap();
    fs::write(folder.path().join("notes.json"), "{").unwrap();
    Recording::open(folder.path()).unwrap();
    fs::write(folder.path().join("recording.json"), "{}").unwrap();
    let error = Recording::open(folder.path()).unwrap_err();
    assert!(error.to_string().ends_with("recording.json: `format` must be 1"), "{error}");
}

#[tokio::test]
async fn a_response_that_cannot_be_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let server = ScriptedServer::start(|_| json("[1]"));
    let recorder = Recorder::create(folder.path().join("gone")).unwrap();
    fs::remove_dir(folder.path().join("gone")).unwrap();
    let client = RestClient::builder().base_url(server.url()).retry(PATIENT).record(recorder).build().unwrap();
    let error = client.get("x", &[]).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::RecordingNotWritten { .. }) && !error.is_retryable(), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn the_time_of_a_recording() {
    let before = jiff::Timestamp::now().as_microsecond();
    let (folder, _) = record(&["a"]).await;
    let time = Recording::open(folder.path()).unwrap().recorded_at();
    assert!((before..=jiff::Timestamp::now().as_microsecond()).contains(&time));
}

#[tokio::test]
async fn a_replayed_response_obeys_the_limits() {
    let (folder, url) = record(&["a"]).await;
    let exact = Recording::open(folder.path()).unwrap().with_mode(ReplayMode::Exact);
    let client = RestClient::builder().base_url(&url).max_response_bytes(2).replay(exact.clone()).build().unwrap();
    let error = client.get("a", &[]).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::ResponseTooLarge { limit: 2 });
    // the response was not delivered
    assert_eq!(exact.unused().len(), 1);
    replay(exact.clone(), &url).get("a", &[]).await.unwrap();
    assert!(exact.unused().is_empty());
}

#[tokio::test]
async fn responses_that_were_not_delivered_are_available_again() {
    let (folder, url) = record(&["a", "a"]).await;
    let exact = Recording::open(folder.path()).unwrap().with_mode(ReplayMode::Exact);
    let small = RestClient::builder().base_url(&url).max_response_bytes(2).replay(exact.clone()).build().unwrap();
    let client = replay(exact.clone(), &url);
    client.get("a", &[]).await.unwrap();
    small.get("a", &[]).await.unwrap_err();
    client.get("a", &[]).await.unwrap();
    small.get("a", &[]).await.unwrap_err();
    assert!(exact.unused().is_empty());
}
