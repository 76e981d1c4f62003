//! The program and the spec that load into BigQuery, run with an emulator.
//!
//! `CATCHMENT_BIGQUERY` is the URL of an emulator; `cargo xtask services` starts one. Without it the tests are skipped, except
//! in CI.

use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use catchment::rest_client::testing::{ReceivedRequest, ScriptedResponse, ScriptedServer};
use catchment::{BigQuery, BigQueryOptions};
use tempfile::TempDir;

use crate::dataset::{cells, query};
use crate::{command, examples};

/// The settings of the article, with a key that is not used: an emulator gets no credentials.
const SECRETS: &str = r#"
[sources.shop]
token = "tk-1"

[destination.bigquery]
project_id = "PROJECT"

[destination.bigquery.credentials]
client_email = "loader@PROJECT.iam.gserviceaccount.com"
private_key = "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n"
"#;

/// A Google Cloud project in the emulator, and a folder with its settings.
struct Project {
    endpoint: String,
    id: String,
    folder: TempDir,
}

impl Project {
    /// Creates a project. Without an emulator, returns `None` to skip the test, or panics in CI.
    #[expect(clippy::print_stderr, reason = "reports a skipped test")]
    fn create(name: &str) -> Option<Project> {
        let endpoint = std::env::var("CATCHMENT_BIGQUERY").ok().filter(|url| !url.is_empty());
        let Some(endpoint) = endpoint else {
            assert!(std::env::var_os("CI").is_none(), "set CATCHMENT_BIGQUERY, or use `cargo xtask services`");
            eprintln!("SKIPPED: CATCHMENT_BIGQUERY is not set; use `cargo xtask services -- cargo xtask test`");
            return None;
        };
        // the emulator keeps the projects of earlier test runs
        let id = format!("{name}-{}", SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros());
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join(".catchment");
        std::fs::create_dir(&settings).unwrap();
        std::fs::write(settings.join("secrets.toml"), SECRETS.replace("PROJECT", &id)).unwrap();
        Some(Project { endpoint, id, folder })
    }

    /// Runs a command in a new data folder, as on another machine, and returns its output.
    fn run(&self, mut command: Command) -> String {
        let data = tempfile::tempdir().unwrap();
        command.current_dir(self.folder.path()).env("CATCHMENT_DATA_DIR", data.path());
        let output = command.env("BIGQUERY_EMULATOR_HOST", &self.endpoint).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        said
    }

    /// Returns the rows of a query in the dataset `api_data`. Columns must be text or integers.
    fn query(&self, sql: &str) -> String {
        let endpoint = self.endpoint.clone();
        let options = BigQueryOptions { endpoint, is_emulator: true, ..BigQueryOptions::new(&self.id) };
        cells(&query(&BigQuery::new(options), "api_data", sql).unwrap())
    }
}

#[test]
fn the_program_loads_each_order_once() {
    let Some(project) = Project::create("program") else { return };
    let run = || project.run(Command::new(examples::binary("orders_to_bigquery")));
    let counts = "SELECT (SELECT count(*) FROM customers), count(*), count(DISTINCT id), (SELECT count(*) FROM orders__lines), \
                  (SELECT count(*) FROM _dlt_loads) FROM orders";
    let said = run();
    assert!(said.contains("    orders: 120 rows\n") && said.contains("| 120 "), "{said}");
    assert_eq!(project.query(counts), "250 120 120 120 1");
    // customers have no cursor, and orders have not changed
    let said = run();
    assert!(said.contains("    customers: 250 rows\n") && !said.contains("    orders: "), "{said}");
    assert_eq!(project.query(counts), "250 120 120 120 2");
}

/// Returns the customers, and the orders that were updated after the cursor value: two, then one of them and a new one.
fn respond(request: &ReceivedRequest) -> ScriptedResponse {
    assert_eq!(request.header("authorization"), Some("Bearer tk-1"));
    let rows: &[&str] = match (request.path.as_str(), request.param("updated_after")) {
        ("/v1/customers", _) => &[r#"{"id": 1, "name": "Ada"}"#, r#"{"id": 2, "name": "Grace"}"#],
        ("/v1/orders", Some("2024-01-01T00:00:00Z")) => &[
            r#"{"id": 1, "status": "paid", "updated_at": "2024-03-01T08:00:00Z", "lines": [{"sku": "bolt", "quantity": 100}]}"#,
            r#"{"id": 2, "status": "open", "updated_at": "2024-03-02T09:30:00Z", "lines": [{"sku": "nut", "quantity": 50}]}"#,
        ],
        ("/v1/orders", Some("2024-03-02T09:30:00Z")) => &[
            r#"{"id": 2, "status": "paid", "updated_at": "2024-03-03T10:00:00Z", "lines": [{"sku": "washer", "quantity": 20}]}"#,
            r#"{"id": 3, "status": "open", "updated_at": "2024-03-03T11:00:00Z", "lines": [{"sku": "bolt", "quantity": 10}]}"#,
        ],
        ("/v1/orders", Some("2024-03-03T11:00:00Z")) => &[],
        _ => return ScriptedResponse::json(404, r#"{"error": "not found"}"#),
    };
    ScriptedResponse::json(200, format!(r#"{{"data": [{}], "total": {}}}"#, rows.join(", "), rows.len()))
}

#[test]
fn the_spec_loads_new_and_changed_orders() {
    let Some(project) = Project::create("spec") else { return };
    let server = ScriptedServer::start(respond);
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/specs/orders_to_bigquery.yaml");
    let text = std::fs::read_to_string(spec).unwrap().replace("https://api.example.com", &server.url());
    std::fs::write(project.folder.path().join("orders.yaml"), text).unwrap();
    let run = || {
        let mut command = Command::new(command::binary());
        command.args(["run", "orders.yaml"]);
        project.run(command)
    };
    let check = |orders: &str, lines: &str, loads: &str| {
        assert_eq!(project.query("SELECT id, status FROM orders ORDER BY id"), orders);
        assert_eq!(project.query("SELECT sku, quantity FROM orders__lines ORDER BY quantity"), lines);
        assert_eq!(project.query("SELECT name FROM customers ORDER BY name"), "Ada; Grace");
        assert_eq!(project.query("SELECT count(*) FROM _dlt_loads WHERE status = 0"), loads);
    };
    run();
    check("1 paid; 2 open", "nut 50; bolt 100", "1");
    let said = run();
    assert!(said.contains("    orders: 2 rows\n"), "{said}");
    check("1 paid; 2 paid; 3 open", "bolt 10; washer 20; bolt 100", "2");
    let said = run();
    assert!(!said.contains("    orders: "), "{said}");
    check("1 paid; 2 paid; 3 open", "bolt 10; washer 20; bolt 100", "3");
    let typed = "SELECT sum(id), TIMESTAMP_DIFF(max(updated_at), min(updated_at), HOUR) FROM orders";
    assert_eq!(project.query(typed), "6 51");
}
