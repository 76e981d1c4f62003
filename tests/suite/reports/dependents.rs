//! Parent rows without a value that is used in requests.

use catchment::rest_client::testing::{ScriptedResponse, ScriptedServer};
use serde_json::json;

use super::{ok, spec};
use crate::command::Run;
use crate::dataset::Dataset;

/// airbytehq/airbyte-python-cdk#1127: a row without an ID caused a request of `/people/None`, whose status 400 failed the
/// run.
#[test]
fn a_parent_row_without_a_path_value_is_loaded_and_sends_no_request() {
    let server = ScriptedServer::start(|request| {
        if request.path == "/staff" {
            return ok(json!([{"id": 1, "manager_id": 7}, {"id": 2, "manager_id": null}, {"id": 3}, {"id": 4, "manager_id": 8}]));
        }
        match request.path.rsplit('/').next().and_then(|id| id.parse::<u32>().ok()) {
            Some(id) => ok(json!({"id": id, "name": format!("manager {id}")})),
            None => ScriptedResponse::json(400, r#"{"message": "bad id"}"#),
        }
    });
    let dataset = Dataset::new();
    let managers = json!({"name": "managers", "endpoint": "people/{resources.staff.manager_id}"});
    Run::new(&dataset, &spec(&server, json!(["staff", managers]))).load(&[]);
    let mut paths: Vec<_> = server.requests().into_iter().map(|request| request.path).collect();
    paths.retain(|path| path.ends_with("/None") || path.ends_with("/null") || path.ends_with('/'));
    assert_eq!(paths, Vec::<String>::new());
    assert_eq!(dataset.query("SELECT id FROM staff ORDER BY id"), "1; 2; 3; 4");
    assert_eq!(dataset.query("SELECT id FROM managers ORDER BY id"), "7; 8");
}

/// airbytehq/airbyte-python-cdk#1127, with the ID in the query: a null removed the filter from the request, and the API
/// returned all rows, which were loaded as rows of that parent.
#[test]
fn a_parent_row_without_a_parameter_value_sends_no_unfiltered_request() {
    let server = ScriptedServer::start(|request| {
        if request.path == "/staff" {
            return ok(json!([{"id": 1, "manager_id": 7}, {"id": 2, "manager_id": null}]));
        }
        let wanted = request.param("id");
        let people = [7, 8, 9].into_iter().filter(|id| wanted.is_none_or(|wanted| wanted == id.to_string()));
        ok(people.map(|id| json!({"id": id})).collect())
    });
    let dataset = Dataset::new();
    let managers = json!({"name": "managers", "include_from_parent": ["id"],
        "endpoint": {"path": "people", "params": {"id": "{resources.staff.manager_id}"}}});
    Run::new(&dataset, &spec(&server, json!(["staff", managers]))).load(&[]);
    let requests = server.requests();
    assert!(!requests.iter().any(|request| request.path == "/people" && request.query.is_empty()), "{requests:?}");
    assert_eq!(dataset.query("SELECT _staff_id, id FROM managers"), "1 7");
}
