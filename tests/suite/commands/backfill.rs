//! `catchment backfill` and `catchment run --from --to`.

use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};

use super::session::Session;

/// Serves one event for each day from the parameter `from` up to `to`, in January 2024.
fn days() -> ScriptedServer {
    let day = |text: Option<&str>, default: u32| text.and_then(|text| text.get(8..10)?.parse().ok()).unwrap_or(default);
    ScriptedServer::start(move |request| {
        let (from, to) = (day(request.param("from"), 1), day(request.param("to"), 31));
        let events: Vec<_> = (from..to).map(|day| format!(r#"{{"day": "2024-01-{day:02}"}}"#)).collect();
        ScriptedResponse::json(200, format!("[{}]", events.join(",")))
    })
}

fn write_spec(session: &Session, server: &ScriptedServer) {
    session.write(
        "days.json",
        &format!(
            r#"{{"client": {{"base_url": "{}"}}, "pipeline": {{"destination": "{}"}}, "resources": [{{"name": "events",
                "endpoint": {{"path": "events", "paginator": "single_page", "incremental":
                    {{"cursor_path": "day", "initial_value": "2024-01-20", "start_param": "from", "end_param": "to"}}}}}}]}}"#,
            server.url(),
            session.destination()
        ),
    );
}

#[test]
fn a_backfill_loads_each_window_once() {
    Session::on_each_destination(|session| {
        let server = days();
        write_spec(session, &server);
        let backfill = |from: &str, to: &str| {
            let range = [
                "backfill",
                "days.json",
                "--resource",
                "events",
                "--from",
                from,
                "--to",
                to,
                "--window",
                "7d",
                "--parallel",
                "2",
            ];
            session.run(&range)
        };
        backfill("2024-01-01", "2024-01-15");
        assert_eq!(session.query("days", "SELECT count(*), count(DISTINCT _dlt_load_id) FROM events"), "14,2");
        // windows that are loaded are not requested again
        let before = server.requests().len();
        backfill("2024-01-01", "2024-01-18");
        assert_eq!((server.requests().len() - before, session.query("days", "SELECT count(*) FROM events").as_str()), (1, "17"));
        session.run(&["run", "days.json"]);
        assert_eq!(session.query("days", "SELECT count(*) FROM events"), "28");
    });
}

#[test]
fn a_run_of_one_range_leaves_the_cursor() {
    Session::on_each_destination(|session| {
        let server = days();
        write_spec(session, &server);
        session.run(&["run", "days.json", "--from", "2024-01-05", "--to", "2024-01-07"]);
        assert_eq!(session.query("days", "SELECT min(day), max(day) FROM events"), "2024-01-05,2024-01-06");
        session.run(&["run", "days.json"]);
        assert_eq!(session.query("days", "SELECT count(*), max(day) FROM events"), "13,2024-01-30");
    });
}

#[test]
fn wrong_ranges_exit_with_2() {
    let session = Session::new(crate::dataset::Dataset::new());
    let server = days();
    write_spec(&session, &server);
    let base = ["backfill", "days.json", "--resource"];
    session.fails(
        &[&base, ["event", "--from", "-7d", "--to", "now", "--window", "1d"].as_slice()].concat(),
        2,
        "did you mean `events`?",
    );
    let check = |from: &str, window: &str, expected: &str| {
        let range = ["events", "--from", from, "--to", "2024-01-15", "--window", window];
        session.fails(&[&base, range.as_slice()].concat(), 2, expected);
    };
    check("2024-01-01", "12h", "must be whole days");
    check("2024-01-01", "7", "expected a number and a unit");
    session.fails(&["run", "days.json", "--to", "2024-01-15"], 2, "--from");
}
