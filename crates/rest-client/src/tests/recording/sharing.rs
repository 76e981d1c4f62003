//! Several clients of one recording.

use super::*;

#[tokio::test]
async fn clients_share_a_recorder_and_a_recording() {
    let folder = tempfile::tempdir().unwrap();
    let server = ScriptedServer::start(|request| json(&format!("[{}]", request.index)));
    let builder = RestClient::builder().base_url(server.url());
    let recorder = Recorder::create(folder.path()).unwrap();
    let run = async |builder: RestClientBuilder| {
        let (first, second) = (builder.clone().build().unwrap(), builder.auth(BearerToken::new(SECRET)).build().unwrap());
        [get(&first).await, get(&second).await, get(&first).await].concat()
    };
    let recorded = run(builder.clone().record(recorder)).await;
    drop(server);
    let recording = Recording::open(folder.path()).unwrap().with_mode(ReplayMode::Exact);
    assert_eq!(run(builder.replay(recording.clone())).await, recorded);
    assert!(recording.unused().is_empty());
    assert_eq!(files(folder.path()).len(), 4);
    assert_no_secrets(folder.path());
}
