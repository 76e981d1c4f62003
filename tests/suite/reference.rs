//! Datasets that the reference implementation (dlt) and Catchment load alternately.
//!
//! The environment variable `CATCHMENT_PYTHON` names a Python with the reference; `.ci/run` installs one.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use catchment_json::Value;
use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};
use catchment_schema::Schema;
use catchment_state::State;

use crate::command::Run;
use crate::dataset::Dataset;

/// The implementation that runs the pipeline.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Tool {
    Reference,
    Catchment,
}

use Tool::{Catchment, Reference};

/// Returns the Python with the reference. Without one, returns `None` to skip the test, or panics in CI.
#[expect(clippy::print_stderr, reason = "reports a skipped test")]
fn python() -> Option<PathBuf> {
    let python = std::env::var_os("CATCHMENT_PYTHON").filter(|path| !path.is_empty()).map(PathBuf::from);
    if python.is_none() {
        let message =
            "CATCHMENT_PYTHON is not set to a Python with dlt[duckdb,postgres]; the comparison with the reference did not run";
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{message}");
        eprintln!("SKIPPED: {message}");
    }
    python
}

/// An incremental resource `items` and its dataset.
struct Source {
    dataset: Dataset,
    server: ScriptedServer,
    rows: Arc<Mutex<String>>,
    python: PathBuf,
    spec: String,
}

impl Source {
    /// `hints` are additional keys of the resource, `options` of its cursor.
    fn new(dataset: Dataset, python: PathBuf, hints: &str, options: &str) -> Source {
        let rows = Arc::new(Mutex::new(String::new()));
        let served = Arc::clone(&rows);
        let server = ScriptedServer::start(move |_| ScriptedResponse::json(200, &*served.lock().unwrap()));
        let spec = format!(
            r#"{{"client": {{"base_url": "{}/"}}, "resources": [{{"name": "items"{hints}, "endpoint": {{
                "path": "items", "paginator": "single_page",
                "incremental": {{"cursor_path": "at", "start_param": "since", "initial_value": "2024-01-01T00:00:00Z"{options}}}}}}}]}}"#,
            server.url()
        );
        Source { dataset, server, rows, python, spec }
    }

    /// Loads `rows` and deletes the working folder. Returns the cursor value in the request.
    fn load(&self, tool: Tool, rows: &str) -> String {
        rows.clone_into(&mut self.rows.lock().unwrap());
        let run = Run::new(&self.dataset, &self.spec);
        match tool {
            Catchment => {
                let (code, said) = run.says(&[]);
                assert_eq!(code, Some(0), "{said}");
            }
            Reference => self.run_reference(),
        }
        let _ = std::fs::remove_dir_all(self.dataset.pipelines());
        self.server.requests().last().and_then(|request| request.param("since").map(str::to_owned)).unwrap_or_default()
    }

    fn run_reference(&self) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/suite/reference.py");
        let mut command = Command::new(&self.python);
        command.arg(script).arg(self.dataset.dir().join("p.json"));
        match self.dataset.postgres_database() {
            Some(database) => command.arg(database.connection_string().expose()),
            None => command.arg(self.dataset.file()),
        };
        command.arg(self.dataset.pipelines());
        // isolated from the machine: no user settings, no telemetry, no bytecode beside the script
        command.current_dir(self.dataset.dir()).env("HOME", self.dataset.dir()).env("DLT_DATA_DIR", self.dataset.dir());
        command.env("RUNTIME__DLTHUB_TELEMETRY", "false").env("RUNTIME__LOG_LEVEL", "WARNING");
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        let output = command.stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "the reference failed or printed a warning: {said}");
    }

    /// Returns the latest stored state of the source, without the keys of Catchment and with sorted hashes, as the reference
    /// stores them in set order.
    fn source_state(&self) -> String {
        let stored = self.dataset.query("SELECT state FROM _dlt_pipeline_state ORDER BY version DESC LIMIT 1");
        let mut state = State::unpack(&stored).unwrap().source("rest_api").cloned().map_or(Value::Null, Value::Object);
        sort_hashes(&mut state);
        state.to_string()
    }

    /// Returns the latest stored schema and checks its hash.
    fn schema(&self) -> Schema {
        let stored = self.dataset.query("SELECT schema FROM _dlt_version ORDER BY version DESC LIMIT 1");
        let mut schema = Schema::from_value(&Value::parse(&stored).unwrap()).unwrap();
        let hash = self.dataset.query("SELECT version_hash FROM _dlt_version ORDER BY version DESC LIMIT 1");
        assert!(!schema.update_version(), "the hash is not that of the schema: {stored}");
        assert_eq!(schema.version_hash.as_deref(), Some(hash.as_str()));
        schema
    }

    /// Checks the integrity of the dataset, which does not depend on the implementation.
    fn check_integrity(&self, loads: usize) {
        let dataset = &self.dataset;
        dataset.check_integrity("items", &["items__l", "items__tags"]);
        let check = |what: &str, sql: &str, expected: &str| assert_eq!(dataset.query(sql), expected, "{what}: {sql}");
        check("orphans", "SELECT count(*) FROM items__l__deep WHERE _dlt_parent_id NOT IN (SELECT _dlt_id FROM items__l)", "0");
        check("loads", "SELECT count(*) FROM _dlt_loads WHERE status = 0", &loads.to_string());
        check(
            "loads of a schema that is not stored",
            "SELECT count(*) FROM _dlt_loads WHERE schema_version_hash NOT IN (SELECT version_hash FROM _dlt_version)",
            "0",
        );
        check("versions stored twice", "SELECT count(*) - count(DISTINCT version) FROM _dlt_version", "0");
        check("schemas stored twice", "SELECT count(*) - count(DISTINCT version_hash) FROM _dlt_version", "0");
        check("states stored twice", "SELECT count(*) - count(DISTINCT version) FROM _dlt_pipeline_state", "0");
        check(
            "states without a load",
            "SELECT count(*) FROM _dlt_pipeline_state WHERE _dlt_load_id NOT IN (SELECT load_id FROM _dlt_loads)",
            "0",
        );
        check("pipelines", "SELECT DISTINCT pipeline_name FROM _dlt_pipeline_state", "p");
        self.schema();
    }
}

/// Sorts hashes and removes the keys of Catchment.
fn sort_hashes(state: &mut Value) {
    if let Some(state) = state.as_object_mut() {
        state.shift_remove("_catchment");
    }
    for (key, value) in state.as_object_mut().into_iter().flatten() {
        match value {
            Value::Array(hashes) if key == "unique_hashes" => hashes.sort_unstable_by_key(ToString::to_string),
            other => sort_hashes(other),
        }
    }
}

/// Three loads. The later ones repeat the boundary row, change a row, and add columns and child tables.
const LOADS: [&str; 3] = [
    r#"[{"id":1,"at":"2024-01-01T00:00:00Z","v":1,"price":1.5,"l":[{"k":1},{"k":2}]},
        {"id":2,"at":"2024-01-02T00:00:00Z","v":1,"ok":true,"l":[]}]"#,
    r#"[{"id":2,"at":"2024-01-02T00:00:00Z","v":1,"ok":true,"l":[]},
        {"id":3,"at":"2024-01-03T00:00:00Z","v":1,"name":"é","tags":["a","b"]},
        {"id":1,"at":"2024-01-04T00:00:00Z","v":2,"price":2,"l":[{"k":3,"deep":[{"x":1}]}]}]"#,
    r#"[{"id":1,"at":"2024-01-04T00:00:00Z","v":2,"price":2,"l":[{"k":3,"deep":[{"x":1}]}]},
        {"id":4,"at":"2024-01-05T00:00:00Z","v":1,"o":{"p":2},"l":[{"k":4,"w":"x","deep":[{"x":2}]}],"tags":["c"]},
        {"id":2,"at":"2024-01-06T00:00:00Z","v":2}]"#,
];

/// Loads with `tools` in turn, and compares the resulting rows and child rows.
fn check(hints: &str, tools: [Tool; 3], [rows, children]: [&str; 2]) {
    let Some(python) = python() else { return };
    for dataset in datasets() {
        check_in(Source::new(dataset, python.clone(), hints, ""), tools, [rows, children]);
    }
}

/// Returns an empty dataset of each destination.
fn datasets() -> impl Iterator<Item = Dataset> {
    std::iter::once(Dataset::new()).chain(Dataset::postgres())
}

fn check_in(source: Source, tools: [Tool; 3], [rows, children]: [&str; 2]) {
    let cursors: Vec<_> = tools.into_iter().zip(LOADS).map(|(tool, rows)| source.load(tool, rows)).collect();
    assert_eq!(cursors, ["2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", "2024-01-04T00:00:00Z"], "{tools:?}");
    let show = || {
        let rows = source.dataset.query("SELECT id, v, (10 * price)::BIGINT, ok::VARCHAR, name, o__p FROM items ORDER BY id, v");
        let of = |column: &str, table: &str| source.dataset.query(&format!("SELECT {column} FROM {table} ORDER BY 1"));
        let (lists, deep, tags) = (of("k, w", "items__l"), of("x", "items__l__deep"), of("value", "items__tags"));
        (rows, format!("{lists} / {deep} / {tags}"))
    };
    assert_eq!(show(), (rows.to_owned(), children.to_owned()), "{tools:?}");
    source.check_integrity(3);

    // no row is new for either implementation
    for tool in [Reference, Catchment] {
        source.load(tool, r#"[{"id":2,"at":"2024-01-06T00:00:00Z","v":2}]"#);
        assert_eq!(show(), (rows.to_owned(), children.to_owned()), "{tools:?}, then {tool:?}");
    }
}

/// The expected rows and child rows if all versions of a row are kept.
const ALL_VERSIONS: [&str; 2] =
    ["1 1 15 - - -; 1 2 20 - - -; 2 1 - true - -; 2 2 - - - -; 3 1 - - é -; 4 1 - - - 2", "1 -; 2 -; 3 -; 4 x / 1; 2 / a; b; c"];
/// The expected rows and child rows if only the last version of a row is kept.
const LAST_VERSIONS: [&str; 2] = ["1 2 20 - - -; 2 2 - - - -; 3 1 - - é -; 4 1 - - - 2", "3 -; 4 x / 1; 2 / a; b; c"];

fn append(tools: [Tool; 3]) {
    check("", tools, ALL_VERSIONS);
}

fn merge(tools: [Tool; 3]) {
    check(r#", "primary_key": "id", "write_disposition": "merge""#, tools, LAST_VERSIONS);
}

fn upsert(tools: [Tool; 3]) {
    let hints = r#", "primary_key": "id", "write_disposition": {"disposition": "merge", "strategy": "upsert"}"#;
    check(hints, tools, LAST_VERSIONS);
}

fn scd2(tools: [Tool; 3]) {
    check(r#", "merge_key": "id", "write_disposition": {"disposition": "merge", "strategy": "scd2"}"#, tools, ALL_VERSIONS);
}

/// Checks that state and rows after each load equal those of the reference, with these hints and cursor options.
fn check_states(hints: &str, options: &str) {
    let Some(python) = python() else { return };
    for (theirs, ours) in datasets().zip(datasets()) {
        check_states_in(&Source::new(theirs, python.clone(), hints, options), &Source::new(ours, python.clone(), hints, options));
    }
}

fn check_states_in(theirs: &Source, ours: &Source) {
    let options = &ours.spec;
    let last = r#"[{"id":2,"at":"2024-01-06T00:00:00Z","v":2},{"id":5,"at":"2024-01-06T00:00:00Z","v":2}]"#;
    for rows in LOADS.into_iter().chain([last]) {
        let requested = (theirs.load(Reference, rows), ours.load(Catchment, rows));
        assert_eq!(requested.1, requested.0, "{options} {rows}");
        assert_eq!(ours.source_state(), theirs.source_state(), "{options} {rows}");
        let rows_of = |source: &Source| source.dataset.query("SELECT id, v FROM items ORDER BY id, v");
        assert_eq!(rows_of(ours), rows_of(theirs), "{options} {rows}");
    }
}

#[test]
fn cursors_match_the_reference_after_each_run() {
    check_states("", "");
    check_states(r#", "primary_key": "id", "write_disposition": "merge""#, "");
}

#[test]
fn cursors_with_options_match_the_reference_after_each_run() {
    check_states(r#", "primary_key": ["id", "v"]"#, r#", "range_start": "open""#);
    check_states("", r#", "lag": 86400, "row_order": "asc""#);
    check_states("", r#", "primary_key": "id", "on_cursor_value_missing": "include""#);
}

#[test]
fn ranges_store_no_cursor_like_the_reference() {
    check_states("", r#", "end_value": "2024-01-03T00:00:00Z", "range_end": "closed""#);
}

#[test]
fn the_reference_continues_after_rows_that_catchment_appended() {
    append([Reference, Catchment, Reference]);
}

#[test]
fn catchment_continues_after_rows_that_the_reference_appended() {
    append([Catchment, Reference, Catchment]);
}

#[test]
fn the_reference_continues_after_rows_that_catchment_merged() {
    merge([Reference, Catchment, Reference]);
}

#[test]
fn catchment_continues_after_rows_that_the_reference_merged() {
    merge([Catchment, Reference, Catchment]);
}

#[test]
fn each_implementation_continues_after_upserts_of_the_other() {
    upsert([Reference, Catchment, Reference]);
    upsert([Catchment, Reference, Catchment]);
}

#[test]
fn each_implementation_continues_scd2_versions_of_the_other() {
    scd2([Reference, Catchment, Reference]);
    scd2([Catchment, Reference, Catchment]);
}

#[test]
fn a_schema_of_the_reference_keeps_its_hash() {
    let Some(python) = python() else { return };
    let source = Source::new(Dataset::new(), python, r#", "primary_key": "id", "write_disposition": "merge""#, "");
    source.load(Reference, r#"[{"id":1,"at":"2024-01-01T00:00:00Z","v":1,"l":[{"k":1}]}]"#);
    let (first, stored) = (source.schema(), source.dataset.query("SELECT schema FROM _dlt_version"));
    assert_eq!(first.to_value(), Value::parse(&stored).unwrap());
    source.load(Catchment, r#"[{"id":2,"at":"2024-01-02T00:00:00Z","v":2,"l":[{"k":2}]}]"#);
    assert_eq!(source.dataset.query("SELECT id FROM items ORDER BY 1"), "1; 2");
    assert_eq!(source.dataset.query("SELECT count(*) FROM _dlt_version"), "1");
    assert_eq!(
        source.dataset.query("SELECT count(*), count(DISTINCT schema_version_hash) FROM _dlt_loads"),
        "2 1",
        "{:?}",
        first.version_hash
    );
}
