//! Refreshes.

use catchment::rest_client::testing::ScriptedServer;
use serde_json::{Value, json};

use super::ok;
use crate::command::Run;
use crate::dataset::Dataset;

/// dlt-hub/dlt#2622: `drop_sources` of one pipeline dropped the tables of another pipeline in the same dataset, as both had
/// the same source name.
#[test]
fn a_refresh_keeps_the_tables_and_the_cursor_of_another_pipeline() {
    let server = ScriptedServer::start(|request| {
        if request.path == "/users" {
            return ok(json!([{"id": 1}, {"id": 2}]));
        }
        let since = request.param("since").map_or(0, |since| since.parse::<i64>().unwrap());
        ok((since.max(1)..6).map(|n| json!({"id": n, "at": n})).collect())
    });
    let dataset = Dataset::new();
    // a source without a name has the default name
    let check = |dataset_name: &str, names: Option<[&str; 2]>| {
        let load = |source: usize, resource: Value, pipeline: &str, flags: &[&str]| {
            let mut spec = json!({"client": {"base_url": server.url()}, "resources": [resource]});
            if let Some(names) = names {
                spec["name"] = json!(names[source]);
            }
            let pipeline = format!("{pipeline}_{dataset_name}");
            let run = Run::new(&dataset, &spec.to_string()).dataset_name(dataset_name);
            run.load(&[&["--pipeline-name", pipeline.as_str()], flags].concat());
        };
        let load_users = |flags: &[&str]| load(0, json!("users"), "users", flags);
        let incremental = json!({"cursor_path": "at", "initial_value": 0, "start_param": "since"});
        let orders = json!({"name": "orders", "endpoint": {"path": "orders", "incremental": incremental}});
        let load_orders = || load(1, orders.clone(), "orders", &[]);
        load_users(&[]);
        load_orders();
        load_users(&["--refresh", "drop_sources"]);
        assert_eq!(dataset.tables_in(dataset_name), ["orders", "users"]);
        let query = |sql: &str| dataset.query_in(dataset_name, sql);
        assert_eq!(query("SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM orders)"), "2 5");
        load_orders();
        assert_eq!(query("SELECT count(*) FROM orders"), "5", "{dataset_name}: no row is loaded twice");
    };
    check("named", Some(["alpha", "beta"]));
    check("default_name", None);
}
