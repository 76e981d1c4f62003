//! End-to-end tests of the `catchment` command.

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use crate::dataset::Dataset;

/// Runs `catchment run` with a JSON spec, into a dataset.
pub(crate) struct Run<'d> {
    dataset: &'d Dataset,
    dataset_name: &'d str,
    /// The current folder, with the spec and the pipelines.
    dir: PathBuf,
}

impl<'d> Run<'d> {
    pub(crate) fn new(dataset: &'d Dataset, spec: &str) -> Run<'d> {
        Run::in_dir(dataset, dataset.dir().to_owned(), spec)
    }

    /// Runs in a new folder, with separate pipelines, as on another machine.
    pub(crate) fn on_another_machine(dataset: &'d Dataset, folder: &str, spec: &str) -> Run<'d> {
        let dir = dataset.dir().join(folder);
        std::fs::create_dir(&dir).unwrap();
        Run::in_dir(dataset, dir, spec)
    }

    fn in_dir(dataset: &'d Dataset, dir: PathBuf, spec: &str) -> Run<'d> {
        std::fs::write(dir.join("p.json"), spec).unwrap();
        Run { dataset, dataset_name: "d", dir }
    }

    /// Sets the name of the dataset. Default: `d`. Datasets share the database file.
    pub(crate) fn dataset_name(self, dataset_name: &'d str) -> Run<'d> {
        Run { dataset_name, ..self }
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(binary());
        command.arg("run").arg(self.dir.join("p.json")).args(["--dataset-name", self.dataset_name]);
        command.arg("--pipelines-dir").arg(self.dir.join("pipelines"));
        command.current_dir(&self.dir);
        match self.dataset.postgres_database() {
            Some(database) => command
                .args(["--destination", "postgres"])
                .env("DESTINATION__POSTGRES__CREDENTIALS", database.connection_string().expose()),
            None => command.env("DESTINATION__DUCKDB__CREDENTIALS", self.dataset.file()),
        };
        command.env("RUNTIME__REQUEST_BACKOFF_FACTOR", "0").stdin(Stdio::null());
        command
    }

    pub(crate) fn output(&self, args: &[&str]) -> Output {
        self.command().args(args).output().unwrap()
    }

    pub(crate) fn spawn(&self) -> Child {
        self.spawn_with(&[])
    }

    pub(crate) fn spawn_with(&self, args: &[&str]) -> Child {
        self.command().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Runs the command and returns the exit code and the output, stdout before stderr.
    pub(crate) fn says(&self, args: &[&str]) -> (Option<i32>, String) {
        let output = self.output(args);
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), text)
    }

    /// Runs the command and asserts that it exits with 0.
    #[track_caller]
    pub(crate) fn load(&self, args: &[&str]) {
        let (code, said) = self.says(args);
        assert_eq!(code, Some(0), "{said}");
    }
}

/// Returns the path of the `catchment` binary, which the test run has built.
pub(crate) fn binary() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let binary = test.parent().and_then(|deps| deps.parent()).unwrap().join("catchment");
    assert!(binary.exists(), "{} is missing: build it with `cargo build --bin catchment`", binary.display());
    binary
}

#[test]
fn an_invalid_dataset_name_is_reported_before_the_first_request() {
    let dataset = Dataset::new();
    let spec = r#"{"client":{"base_url":"http://127.0.0.1:9"},"resources":["a"]}"#;
    let check = |name: &str, expected: &str| {
        let (code, said) = Run::new(&dataset, spec).dataset_name(name).says(&[]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(expected), "{said}");
    };
    check("", "dataset name \"\" is not valid: the name is empty");
    check("pg_catalog", "dataset name \"pg_catalog\" is not valid: DuckDB reserves this schema");
}

#[test]
fn invalid_specs_and_flags_exit_with_2() {
    let dataset = Dataset::new();
    let check = |spec: &str, args: &[&str], expected: &str| {
        let (code, said) = Run::new(&dataset, spec).says(args);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(expected), "{said}");
    };
    for (spec, key) in [
        (r#"{"client":{"base_url":"x"},"resources":[""]}"#, "resources[0]"),
        (r#"{"client":{"base_url":"x"},"resources":[{"name":" "}]}"#, "resources[0].name"),
        (r#"{"client":{"base_url":"x"},"resources":[{"name":"a","table_name":""}]}"#, "resources[0].table_name"),
        (r#"{"client":{"base_url":"x"},"resources":["a"],"pipeline":{"dataset_name":""}}"#, "pipeline.dataset_name"),
    ] {
        check(spec, &[], &format!("{key}: the name is empty"));
    }
    let fine = r#"{"client":{"base_url":"http://127.0.0.1:9"},"resources":["a"]}"#;
    check("{", &[], "invalid JSON at line 1, column 2");
    check(
        r#"{"client":{"base_url":"x"},"resources":[{"name":"a","endpoint":{"paginator":{"type":"header"}}}]}"#,
        &[],
        "resources[0].endpoint.paginator.type",
    );
    check(r#"{"client":{"base_url":"nonsense"},"resources":["a"]}"#, &[], "nonsense");
    check(fine, &["--select", "b"], "has no resource \"b\"; it has a");
    check(fine, &["--destination", "mysql"], "unknown destination \"mysql\"");
    check(fine, &["--pipeline-name", "../outside"], "pipeline name \"../outside\" cannot name the working folder: it is a path");
    check(fine, &["--pipeline-name", ""], "cannot name the working folder: it is empty");
    check(fine, &["--no-such-flag"], "--no-such-flag");
    assert!(!dataset.file().exists());
}

#[test]
fn progress_json_prints_objects() {
    let dataset = Dataset::new();
    let server = catchment_rest_client::testing::ScriptedServer::start(|_| {
        catchment_rest_client::testing::ScriptedResponse::json(200, r#"[{"id":1}]"#)
    });
    let spec = format!(r#"{{"client":{{"base_url":"{}"}},"resources":["a"]}}"#, server.url());
    let output = Run::new(&dataset, &spec).output(&["--progress", "json", "--limit", "5"]);
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = lines.lines().map(|line| catchment_json::Value::parse(line).unwrap()).collect();
    let [progress, report] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!(
        (progress.get("resource").and_then(|r| r.as_str()), progress.get("rows").and_then(|r| r.as_i64())),
        (Some("a"), Some(1))
    );
    assert!(report.to_string().contains(r#""row_counts":{"a":1}"#), "{report}");
    assert_eq!(dataset.query("SELECT id FROM a"), "1");
}

#[test]
fn progress_log_prints_lines_to_stderr() {
    let server = catchment_rest_client::testing::ScriptedServer::start(|_| {
        catchment_rest_client::testing::ScriptedResponse::json(200, r#"[{"id":1}]"#)
    });
    let spec = format!(r#"{{"client":{{"base_url":"{}"}},"resources":["a"]}}"#, server.url());
    let check = |flags: &[&str], expected: &str| {
        let said = String::from_utf8(Run::new(&Dataset::new(), &spec).output(flags).stderr).unwrap();
        assert_eq!(said.split(';').next().unwrap(), expected);
    };
    check(&["--progress", "log"], "a: 1 page, 1 row, 0.0 MB done");
    check(&["--progress", "off"], "");
    // the default without a terminal is off
    check(&[], "");
}

#[test]
fn warnings_fail_a_run_only_with_fail_on_warning() {
    let server = catchment_rest_client::testing::ScriptedServer::start(|_| {
        catchment_rest_client::testing::ScriptedResponse::json(200, r#"[{"id":1,"n":1},{"id":2,"n":"many"}]"#)
    });
    let spec = format!(r#"{{"client":{{"base_url":"{}"}},"resources":["a"]}}"#, server.url());
    let check = |flags: &[&str], code: i32, expected: &str| {
        let dataset = Dataset::new();
        let (found, said) = Run::new(&dataset, &spec).says(flags);
        assert!(found == Some(code) && said.contains(expected), "{flags:?} {found:?} {said}");
        // the rows are loaded in any case
        assert_eq!(dataset.query("SELECT id FROM a ORDER BY id"), "1; 2");
    };
    check(&[], 0, "\n    warning: a: values of `n` that are not bigint are in the new variant column `n__v_text` (text)\n");
    check(&["--progress", "json"], 0, r#""warnings":[{"resource":"a","message":"values of `n`"#);
    check(&["--fail-on-warning"], 1, "error: the load succeeded with 1 warning, and --fail-on-warning is set:\n  a: values");
}

#[test]
fn refresh_starts_over() {
    let server = catchment_rest_client::testing::ScriptedServer::start(|_| {
        catchment_rest_client::testing::ScriptedResponse::json(200, r#"[{"id":1,"l":[1]}]"#)
    });
    let dataset = Dataset::new();
    let spec = format!(r#"{{"client":{{"base_url":"{}"}},"resources":["a","b"]}}"#, server.url());
    let check = |flags: &[&str], expected: &str| {
        let output = Run::new(&dataset, &spec).output(flags);
        assert!(output.status.success(), "{output:?}");
        let counts = "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM a__l), (SELECT count(*) FROM b)";
        assert_eq!(dataset.query(counts), expected, "{flags:?}");
    };
    check(&[], "1 1 1");
    check(&[], "2 2 2");
    check(&["--refresh", "drop_data", "--select", "a"], "1 1 2");
    check(&["--refresh", "drop_resources", "--select", "b"], "1 1 1");
    check(&[], "2 2 2");
    check(&["--refresh", "drop_sources"], "1 1 1");
    let wrong = Run::new(&dataset, &spec).output(&["--refresh", "drop_all"]);
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn a_run_from_another_folder_uses_the_remembered_file() {
    let server = catchment_rest_client::testing::ScriptedServer::start(|_| {
        catchment_rest_client::testing::ScriptedResponse::json(200, r#"[{"id":1}]"#)
    });
    let dataset = Dataset::new();
    let spec = format!(r#"{{"client":{{"base_url":"{}"}},"resources":["a"]}}"#, server.url());
    let check = |folder: &str, args: &[&str], expected: &str| {
        let folder = dataset.dir().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        let mut command = Run::new(&dataset, &spec).command();
        let output = command.current_dir(&folder).env_remove("DESTINATION__DUCKDB__CREDENTIALS").args(args).output().unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success() && said.contains(expected), "{said}");
        said
    };
    let said = check("one", &[], "");
    assert!(!said.contains("note") && !said.contains("warning"), "{said}");
    check("two", &[], "one/p.duckdb, the database of earlier runs of this pipeline; set DESTINATION__DUCKDB__CREDENTIALS");
    // a note does not fail the run
    check("two", &["--fail-on-warning"], "note: using ");
    assert!(dataset.dir().join("one/p.duckdb").exists() && !dataset.dir().join("two/p.duckdb").exists());
    check("one", &["--pipeline-name", "D"], "warning: dataset `d` has the same name as its database file D.duckdb");
}

#[test]
fn a_refresh_keeps_tables_of_another_pipeline_with_the_same_source_name() {
    let server = catchment_rest_client::testing::ScriptedServer::start(|_| {
        catchment_rest_client::testing::ScriptedResponse::json(200, r#"[{"id":1},{"id":2}]"#)
    });
    let dataset = Dataset::new();
    let run = |pipeline: &str, resource: &str, flags: &[&str]| {
        let spec = format!(r#"{{"client":{{"base_url":"{}"}},"resources":["{resource}"]}}"#, server.url());
        let (code, said) = Run::new(&dataset, &spec).says(&[&["--pipeline-name", pipeline], flags].concat());
        assert_eq!(code, Some(0), "{said}");
        said
    };
    run("one", "removed", &[]);
    run("one", "users", &[]);
    run("two", "orders", &[]);
    let said = run("one", "users", &["--refresh", "drop_sources"]);
    assert!(said.contains("note: drop_sources kept table `orders`:"), "{said}");
    assert_eq!(dataset.query("SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM orders)"), "2 2");
    let tables = "SELECT string_agg(table_name, ' ' ORDER BY table_name) FROM information_schema.tables \
                  WHERE table_schema = 'd' AND table_name NOT LIKE '\\_%' ESCAPE '\\'";
    assert_eq!(dataset.query(tables), "orders users", "the table of a resource that was removed from the spec is dropped too");
    assert!(dataset.query("SELECT \"schema\" FROM _dlt_version ORDER BY inserted_at DESC LIMIT 1").contains("\"orders\""));
    run("two", "orders", &[]);
    assert_eq!(dataset.query("SELECT count(*) FROM orders"), "4");
}

#[test]
fn normalize_settings_are_read_from_the_environment() {
    let server = catchment_rest_client::testing::ScriptedServer::start(|_| {
        catchment_rest_client::testing::ScriptedResponse::json(200, r#"[{"id":1,"n":1,"nothing":null},{"id":2,"n":1.5}]"#)
    });
    let spec = format!(r#"{{"client":{{"base_url":"{}"}},"resources":["a"]}}"#, server.url());
    let check = |name: &str, value: &str, expected: &str| {
        let dataset = Dataset::new();
        let output = Run::new(&dataset, &spec).command().env(name, value).output().unwrap();
        let columns = "SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY ordinal_position) \
                       FROM information_schema.columns WHERE table_name = 'a' AND column_name NOT LIKE '\\_dlt%' ESCAPE '\\'";
        match output.status.code() {
            Some(0) => assert_eq!(dataset.query(columns), expected, "{name}={value}"),
            code => {
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(code == Some(2) && said.contains(expected), "{name}={value} {said}");
            }
        }
    };
    check("NORMALIZE__NUMERIC_WIDENING", "true", "id BIGINT, n DOUBLE");
    check("NORMALIZE__NUMERIC_WIDENING", "false", "id BIGINT, n BIGINT, n__v_double DOUBLE");
    check("NORMALIZE__NUMERIC_WIDENING", "maybe", "numeric_widening");
    check("NORMALIZE__NULL_ONLY_COLUMNS", "text", "id BIGINT, n DOUBLE, nothing VARCHAR");
    check(
        "NORMALIZE__NULL_ONLY_COLUMNS",
        "int",
        "`null_only_columns` must be one of drop, text, json, but NORMALIZE__NULL_ONLY_COLUMNS (environment) holds the string \"int\"",
    );
}

#[test]
fn pipelines_are_listed_and_shown() {
    let dataset = Dataset::new();
    let server = catchment_rest_client::testing::ScriptedServer::start(|_| {
        catchment_rest_client::testing::ScriptedResponse::json(200, r#"[{"id":1}]"#)
    });
    let spec = format!(r#"{{"client":{{"base_url":"{}"}},"resources":["a"]}}"#, server.url());
    assert_eq!(Run::new(&dataset, &spec).says(&[]).0, Some(0));
    let show = |args: &[&str]| {
        let output =
            Command::new(binary()).arg("pipeline").args(args).arg("--pipelines-dir").arg(dataset.pipelines()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(show(&[]), (Some(0), "p\n".to_owned()));
    let (code, text) = show(&["p", "info", "-v"]);
    assert!(code == Some(0) && text.contains("schema rest_api: version 1, 1 table\n") && text.contains("a: 3 columns"), "{text}");
    let check = |format: &[&str], begins: &str, has: &str| {
        let (code, text) = show(&[&["p", "schema"], format].concat());
        assert!(code == Some(0) && text.starts_with(begins) && text.contains(has), "{format:?} {text}");
    };
    check(&[], "version: 1\n", "\n  a:\n    columns:\n      id:\n        data_type: bigint\n");
    check(&["--format", "json"], "{\n  \"version\": 1,", "\"data_type\": \"bigint\"");
    check(&["--format", "sql"], "", "CREATE TABLE \"a\" (\n  \"id\" BIGINT,\n");
    check(&["--format", "mermaid"], "erDiagram\n", "\"a\" {\n    bigint id\n");
    check(&["--format", "dbml"], "", "\"id\" bigint");
    assert_eq!(show(&["nope"]).0, Some(2));
}

#[test]
fn a_failed_run_is_the_last_run() {
    let dataset = Dataset::new();
    // the second run fails
    let server = catchment_rest_client::testing::ScriptedServer::start(|request| {
        let status = if request.index == 1 { 404 } else { 200 };
        catchment_rest_client::testing::ScriptedResponse::json(status, r#"[{"id":1}]"#)
    });
    let spec = format!(r#"{{"client":{{"base_url":"{}"}},"resources":["a"]}}"#, server.url());
    let check = |exit: i32, expected: &[&str]| {
        assert_eq!(Run::new(&dataset, &spec).says(&[]).0, Some(exit));
        let mut info = Command::new(binary());
        let output = info.args(["pipeline", "p", "info", "--pipelines-dir"]).arg(dataset.pipelines()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<_> = text.lines().filter(|line| line.contains("run ")).collect();
        let begins = |line: &&str, expected: &&str| line.starts_with(expected);
        assert!(lines.len() == expected.len() && lines.iter().zip(expected).all(|(line, text)| begins(line, text)), "{text}");
    };
    check(0, &["  last run finished "]);
    check(1, &["  last run failed ", "  last successful run finished "]);
    let trace = std::fs::read_to_string(dataset.pipelines().join("p/trace.json")).unwrap();
    assert!(trace.contains(r#""failure":{"#) && trace.contains("/a returned 404 Not Found"), "{trace}");
    check(0, &["  last run finished "]);
}

#[test]
fn a_schema_restored_by_a_refresh_is_used_again() {
    let rows = std::sync::Arc::new(std::sync::Mutex::new(""));
    let served = std::sync::Arc::clone(&rows);
    let server = catchment_rest_client::testing::ScriptedServer::start(move |_| {
        catchment_rest_client::testing::ScriptedResponse::json(200, *served.lock().unwrap())
    });
    let dataset = Dataset::new();
    let spec = format!(r#"{{"client":{{"base_url":"{}"}},"resources":["a"]}}"#, server.url());
    let load = |served: &'static str, flags: &[&str]| {
        *rows.lock().unwrap() = served;
        let (code, said) = Run::new(&dataset, &spec).says(flags);
        assert!(code == Some(0) && !said.contains("changed outside") && !said.contains("but is missing"), "{said}");
    };
    let again = ["--refresh", "drop_resources"];
    load(r#"[{"id":1}]"#, &[]);
    load(r#"[{"id":"x1"}]"#, &again);
    load(r#"[{"id":1}]"#, &again);
    load(r#"[{"id":2}]"#, &[]);
    load(r#"[{"id":"x2"}]"#, &[]);
    assert_eq!(dataset.query("SELECT id, id__v_text FROM a ORDER BY ALL"), "1 -; 2 -; - x2");
    assert_eq!(dataset.query("SELECT count(*) FROM _dlt_loads JOIN _dlt_version ON schema_version_hash = version_hash"), "5");
}

#[test]
fn strings_beyond_the_memory_limit_are_an_error_and_do_not_crash_the_process() {
    let server = catchment_rest_client::testing::ScriptedServer::start(|_| {
        catchment_rest_client::testing::ScriptedResponse::json(200, format!(r#"[{{"id":1,"t":"{}"}}]"#, "x".repeat(12_000_000)))
    });
    let dataset = Dataset::new();
    let spec = format!(r#"{{"client":{{"base_url":"{}"}},"resources":["a"]}}"#, server.url());
    let run = |limit: &str| Run::new(&dataset, &spec).command().env("DESTINATION__DUCKDB__MEMORY_LIMIT", limit).output().unwrap();
    for _ in 0..2 {
        let output = run("16MB");
        let said = String::from_utf8_lossy(&output.stderr);
        let expected =
            "out of memory with a limit of 16MB (strings of its rows need 17 MB at once); raise or remove `memory_limit`";
        assert!(output.status.code() == Some(1) && said.contains(expected), "{said}");
    }
    // the package is pending
    assert_eq!(run("auto").status.code(), Some(0));
    assert_eq!(dataset.query("SELECT count(*), min(length(t)) FROM a"), "2 12000000");
}
