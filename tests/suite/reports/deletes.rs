//! Deleted records in change feeds.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use catchment::rest_client::testing::ScriptedServer;
use serde_json::json;

use super::{ok, spec};
use crate::command::Run;
use crate::dataset::Dataset;

/// dlt-hub/dlt#1066: a feed sends only the key of a deleted record, and a NOT NULL column failed the load.
#[test]
fn a_delete_with_only_the_key_needs_no_value_of_a_not_null_column() {
    let has_deletes = Arc::new(AtomicBool::new(false));
    let shown = Arc::clone(&has_deletes);
    let server = ScriptedServer::start(move |_| {
        ok(if shown.load(Ordering::Relaxed) {
            json!([{"id": 1, "gone": true}, {"id": 3, "name": "c", "tags": [], "gone": null}, {"id": 9, "gone": true}])
        } else {
            json!([{"id": 1, "name": "a", "tags": ["x"], "gone": null}, {"id": 2, "name": "b", "tags": ["y", "z"], "gone": null}])
        })
    });
    let dataset = Dataset::new();
    let check = |strategy: &str, dataset_name: &str| {
        let items = json!({"name": "items", "primary_key": "id",
            "write_disposition": {"disposition": "merge", "strategy": strategy},
            "columns": {"name": {"data_type": "text", "nullable": false}, "gone": {"data_type": "bool", "hard_delete": true}}});
        let spec = spec(&server, json!([items]));
        for deletes in [false, true] {
            has_deletes.store(deletes, Ordering::Relaxed);
            Run::new(&dataset, &spec).dataset_name(dataset_name).load(&["--pipeline-name", dataset_name]);
        }
        let query = |sql: &str| dataset.query_in(dataset_name, sql);
        assert_eq!(query("SELECT id, name FROM items ORDER BY id"), "2 b; 3 c", "{strategy}");
        assert_eq!(query("SELECT value FROM items__tags ORDER BY 1"), "y; z", "{strategy}");
    };
    check("delete-insert", "delete_insert");
    check("upsert", "upsert");
}
