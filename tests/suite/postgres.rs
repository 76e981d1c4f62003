//! Loads into PostgreSQL by several processes at once, and by roles with few privileges.

use std::process::Child;

use catchment::{Destination, Pipeline, Postgres, Resource, WriteDisposition};
use catchment_json::Value;
use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};

use crate::command::Run;
use crate::dataset::Dataset;

/// The number of processes that load at once.
const PROCESSES: u64 = 8;

/// The number of rows that each of them loads.
const ROWS: u64 = 500;

/// Serves the rows from the parameter `from`, each with a list.
fn rows_server() -> ScriptedServer {
    ScriptedServer::start(|request| {
        let from: u64 = request.param("from").and_then(|from| from.parse().ok()).unwrap_or_default();
        let rows = (from..from + ROWS).map(|id| format!(r#"{{"id":{id},"labels":["a","b"],"name":"row {id}"}}"#));
        ScriptedResponse::json(200, format!("[{}]", rows.collect::<Vec<_>>().join(",")))
    })
}

/// Waits for all processes, which must succeed.
fn wait(processes: Vec<Child>) {
    for process in processes {
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn processes_load_disjoint_resources_of_a_dataset_at_once() {
    let Some(dataset) = Dataset::postgres() else { return };
    let server = rows_server();
    let resource = |number| {
        format!(
            r#"{{"name": "r{number}", "primary_key": "id", "endpoint": {{"path": "rows", "paginator": "single_page",
                "incremental": {{"cursor_path": "id", "start_param": "from", "initial_value": {number}}}}}}}"#
        )
    };
    let resources: Vec<_> = (0..PROCESSES).map(resource).collect();
    let spec =
        format!(r#"{{"name": "items", "client": {{"base_url": "{}/"}}, "resources": [{}]}}"#, server.url(), resources.join(","));
    // the second time, the tables exist and the cursors move
    for round in 0..2 {
        let start = |number| {
            let run = Run::on_another_machine(&dataset, &format!("{round}-{number}"), &spec);
            run.spawn_with(&["--select", &format!("r{number}")])
        };
        wait((0..PROCESSES).map(start).collect());
    }
    let state = dataset.restore().state.unwrap();
    for number in 0..PROCESSES {
        let root = format!("r{number}");
        // the second run repeats the last row of the first, which is dropped
        let expected = 2 * ROWS - 1;
        assert_eq!(dataset.query(&format!("SELECT count(*), count(DISTINCT id) FROM {root}")), format!("{expected} {expected}"));
        assert_eq!(dataset.query(&format!("SELECT count(*) FROM {root}__labels")), (2 * expected).to_string());
        dataset.check_integrity(&root, &[&format!("{root}__labels")]);
        let last_value = format!(r#""last_value":{},"#, number + 2 * (ROWS - 1));
        let cursor = Value::Object(state.resource("items", &root).unwrap().clone()).to_string();
        assert!(cursor.contains(&last_value), "{cursor}");
    }
    assert_eq!(dataset.query("SELECT count(*) FROM _dlt_loads WHERE status = 0"), (2 * PROCESSES).to_string());
}

#[test]
fn processes_load_windows_of_a_resource_at_once() {
    let Some(dataset) = Dataset::postgres() else { return };
    let server = rows_server();
    let start = |number: u64| {
        let (from, to) = (number * ROWS, (number + 1) * ROWS);
        let spec = format!(
            r#"{{"name": "items", "client": {{"base_url": "{}/"}}, "resources": [
                {{"name": "items", "primary_key": "id", "write_disposition": "merge", "endpoint": {{"path": "rows",
                "paginator": "single_page", "incremental": {{"cursor_path": "id", "start_param": "from",
                "initial_value": {from}, "end_value": {to}}}}}}}]}}"#,
            server.url()
        );
        Run::on_another_machine(&dataset, &number.to_string(), &spec).spawn()
    };
    wait((0..PROCESSES).map(start).collect());
    let total = PROCESSES * ROWS;
    assert_eq!(
        dataset.query("SELECT count(*), count(DISTINCT id), min(id), max(id) FROM items"),
        format!("{total} {total} 0 {}", total - 1)
    );
    assert_eq!(dataset.query("SELECT count(*) FROM items__labels"), (2 * total).to_string());
    dataset.check_integrity("items", &["items__labels"]);
    assert_eq!(dataset.query("SELECT count(*) FROM _dlt_loads WHERE status = 0"), PROCESSES.to_string());
}

#[test]
fn a_role_without_create_on_the_database_loads_into_an_existing_schema() {
    let Some(dataset) = Dataset::postgres() else { return };
    let database = dataset.postgres_database().unwrap();
    let role = format!("{}_loader", database.name());
    database.execute(&format!("CREATE ROLE {role} LOGIN PASSWORD 'p@ss/word'")).unwrap();
    let server = rows_server();
    let spec = format!(r#"{{"client": {{"base_url": "{}/"}}, "resources": ["rows"]}}"#, server.url());
    let run = || {
        let location = database.options().location();
        let (_, address) = location.split_once('@').unwrap();
        let credentials = format!("postgresql://{role}:p%40ss%2Fword@{address}");
        Run::new(&dataset, &spec).command().env("DESTINATION__POSTGRES__CREDENTIALS", credentials).output().unwrap()
    };
    let refused = run();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("permission denied for database"), "{said}");
    assert!(!said.contains("p@ss"), "{said}");
    database.execute(&format!("CREATE SCHEMA d AUTHORIZATION {role}")).unwrap();
    let loaded = run();
    assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
    // the rows of the refused run, which were pending, and those of this run
    assert_eq!(dataset.query("SELECT count(*) FROM rows"), (2 * ROWS).to_string());
    database.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
}

/// Merges the row `{"id": 1, "v": value}` into `items`, and returns the error.
fn merge(dataset: &Dataset, destination: impl Destination + 'static, value: &str) -> String {
    let row = Value::parse(&format!(r#"{{"id": 1, "v": {value}}}"#)).unwrap();
    let items = Resource::rows("items", [row]).primary_key(["id"]).write_disposition(WriteDisposition::Merge);
    let pipeline = Pipeline::new("p", destination, "d").pipelines_dir(dataset.pipelines());
    let loaded = tokio::runtime::Runtime::new().unwrap().block_on(pipeline.run(items));
    loaded.map_or_else(|error| catchment::error_chain(&error, ": "), |_| String::new())
}

#[test]
fn values_that_a_changed_column_would_cut_are_rejected() {
    for (first, column_type, second, stored, expected) in [
        (r#""a""#, "varchar(3)", r#""abcdef""#, "a", "value too long for type character varying(3)"),
        (r#""abc""#, "char(3)", r#""abcdef""#, "abc", "value too long for type character(3)"),
        (r#""2024-01-01T00:00:00Z""#, "timestamptz(0)", r#""2024-01-01T00:00:00.9Z""#, "2024-01-01 00:00:00+00", "rounded"),
    ] {
        let Some(dataset) = Dataset::postgres() else { return };
        assert_eq!(merge(&dataset, dataset.destination(), first), "");
        let change = format!("ALTER TABLE d.items ALTER COLUMN v TYPE {column_type}");
        dataset.postgres_database().unwrap().execute(&change).unwrap();
        let error = merge(&dataset, dataset.destination(), second);
        assert!(error.contains(expected), "{column_type}: {error}");
        assert_eq!(dataset.query("SELECT v::text FROM items"), stored, "{column_type}");
    }
}

#[test]
fn row_security_that_hides_rows_is_an_error() {
    let Some(dataset) = Dataset::postgres() else { return };
    let database = dataset.postgres_database().unwrap();
    let role = format!("{}_owner", database.name());
    assert_eq!(merge(&dataset, dataset.destination(), "1"), "");
    database
        .execute(&format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'pass'; GRANT ALL ON SCHEMA d TO {role}; \
             GRANT ALL ON ALL TABLES IN SCHEMA d TO {role}; ALTER TABLE d.items ENABLE ROW LEVEL SECURITY; \
             CREATE POLICY p ON d.items USING (id > 1) WITH CHECK (true)"
        ))
        .unwrap();
    let mut options = database.options();
    (options.user, options.password) = (role.clone(), Some("pass".into()));
    let restricted = Postgres::new(options);
    let error = merge(&dataset, restricted.clone(), "2");
    assert!(error.contains("load as a role with BYPASSRLS"), "{error}");
    let shown = crate::dataset::query(&restricted, "d", "SELECT count(*) FROM items").unwrap();
    assert_eq!(crate::dataset::cells(&shown), "0", "queries show the rows that the role may see");
    assert_eq!(dataset.query("SELECT v FROM items"), "1");
    database.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
}
