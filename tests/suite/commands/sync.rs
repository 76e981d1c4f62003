//! `catchment pipeline NAME sync`.

use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};

use super::session::Session;

#[test]
fn a_lost_working_folder_is_restored() {
    Session::on_each_destination(|session| {
        let server = ScriptedServer::start(|_| ScriptedResponse::json(200, r#"[{"id": 1}]"#));
        let url = format!("{}/users", server.url());
        session.run(&["run", &url, "--destination", session.destination(), "--dataset-name", "crm"]);
        let schema = session.run(&["pipeline", "users", "schema"]);
        std::fs::remove_dir_all(session.dir().join("data/pipelines/users")).unwrap();
        session.fails(&["pipeline", "users", "schema"], 2, "`catchment pipeline users sync` restores the folder");
        let target = ["--destination", session.destination(), "--dataset-name", "crm"];
        let said = session.run(&[&["pipeline", "users", "sync"], target.as_slice()].concat());
        assert!(said.starts_with("pipeline users restored from dataset crm of "), "{said}");
        assert_eq!(session.run(&["pipeline", "users", "schema"]), schema);
        // the names are those of the restored state
        assert_eq!(session.query("users", "SELECT count(*) FROM users"), "1");
    });
}
