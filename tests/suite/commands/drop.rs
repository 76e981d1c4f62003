//! `catchment pipeline NAME drop`.

use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};

use super::session::Session;

/// Serves five events from the parameter `since` on, and one user.
fn api() -> ScriptedServer {
    ScriptedServer::start(|request| match request.path.as_str() {
        "/events" => {
            let since: u64 = request.param("since").and_then(|since| since.parse().ok()).unwrap_or(1);
            let events: Vec<_> = (since..=5).map(|id| format!(r#"{{"id": {id}, "tags": ["a"]}}"#)).collect();
            ScriptedResponse::json(200, format!("[{}]", events.join(",")))
        }
        _ => ScriptedResponse::json(200, r#"[{"id": 1}]"#),
    })
}

fn load(session: &Session, server: &ScriptedServer) {
    session.write(
        "shop.json",
        &format!(
            r#"{{"client": {{"base_url": "{}"}}, "pipeline": {{"destination": "{}"}}, "resources": [
                {{"name": "events", "primary_key": "id", "write_disposition": "merge", "endpoint": {{"path": "events",
                    "paginator": "single_page", "incremental": {{"cursor_path": "id", "initial_value": 1, "start_param": "since"}}}}}},
                {{"name": "users", "write_disposition": "replace", "endpoint": {{"path": "users", "paginator": "single_page"}}}}]}}"#,
            server.url(),
            session.destination()
        ),
    );
    session.run(&["run", "shop.json"]);
}

#[test]
fn tables_and_state_of_a_resource_are_dropped() {
    Session::on_each_destination(|session| {
        let server = api();
        load(session, &server);
        session.fails(&["pipeline", "shop", "drop", "events"], 2, "stdin is not a terminal, so the drop cannot be confirmed");
        assert_eq!(session.query("shop", "SELECT count(*) FROM events"), "5");
        session.fails(&["pipeline", "shop", "drop"], 2, "nothing to drop; name resources");
        let said = session.run(&["pipeline", "shop", "drop", "events", "--yes"]);
        assert!(said.contains("events__tags"), "{said}");
        session.fails(&["query", "shop", "SELECT count(*) FROM events"], 1, "events");
        assert_eq!(session.query("shop", "SELECT count(*) FROM users"), "1");
        // the cursor was deleted, so the next run loads all events
        session.run(&["run", "shop.json"]);
        assert_eq!(session.query("shop", "SELECT count(*), min(id) FROM events"), "5,1");
    });
}

#[test]
fn a_cursor_is_rewound() {
    Session::on_each_destination(|session| {
        let server = api();
        load(session, &server);
        let requested = |server: &ScriptedServer| {
            let received = server.requests();
            received
                .iter()
                .filter(|request| request.path == "/events")
                .filter_map(|request| request.param("since"))
                .next_back()
                .map(str::to_owned)
        };
        session.run(&["run", "shop.json"]);
        assert_eq!(requested(&server).as_deref(), Some("5"));
        let said = session.run(&["pipeline", "shop", "drop", "--set-cursor", "events=3", "--yes"]);
        assert!(said.contains('5') && said.contains('3'), "{said}");
        session.run(&["run", "shop.json"]);
        assert_eq!(requested(&server).as_deref(), Some("3"));
        assert_eq!(session.query("shop", "SELECT count(*) FROM events"), "5");
    });
}
