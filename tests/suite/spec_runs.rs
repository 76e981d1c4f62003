//! `catchment run`, `--dry-run`, `--dev-mode` and `config explain` with specs.

use std::process::Command;

use catchment::rest_client::testing::{ScriptedResponse, ScriptedServer};

use crate::command::{Run, binary};
use crate::dataset::Dataset;

/// Starts a server of users, each with two posts.
fn blog() -> ScriptedServer {
    ScriptedServer::start(|request| match request.path.as_str() {
        "/users" => ScriptedResponse::json(200, r#"[{"id": 1, "name": "ada"}, {"id": 2, "name": "bob"}]"#),
        "/users/1/posts" => ScriptedResponse::json(200, r#"[{"id": 10, "tags": ["x", "y"]}, {"id": 11, "tags": []}]"#),
        "/users/2/posts" => ScriptedResponse::json(200, r#"[{"id": 20, "tags": ["z"]}, {"id": 10, "tags": ["again"]}]"#),
        _ => ScriptedResponse::json(404, r#"{"error": "no such thing"}"#),
    })
}

fn spec(server: &ScriptedServer, resources: &str) -> String {
    format!(r#"{{"client": {{"base_url": "{}"}}, "resources": [{resources}]}}"#, server.url())
}

const POSTS: &str = r#"{"name": "posts", "primary_key": "id", "write_disposition": "merge", "include_from_parent": ["name"],
    "endpoint": "users/{resources.users.id}/posts"}"#;

/// The second resource has other page numbers than the first, and merges sort by page number.
#[test]
fn several_resources_are_merged() {
    let (dataset, server) = (Dataset::new(), blog());
    let spec = spec(&server, &format!(r#"{{"name": "users", "primary_key": "id", "write_disposition": "merge"}}, {POSTS}"#));
    for _ in 0..2 {
        let (code, said) = Run::new(&dataset, &spec).says(&[]);
        assert_eq!(code, Some(0), "{said}");
    }
    assert_eq!(dataset.query("SELECT id, name FROM users ORDER BY 1"), "1 ada; 2 bob");
    // of two rows with the same key, the first one and its tags are kept
    assert_eq!(dataset.query("SELECT id, _users_name FROM posts ORDER BY 1"), "10 ada; 11 ada; 20 bob");
    assert_eq!(dataset.query("SELECT value FROM posts__tags ORDER BY 1"), "x; y; z");
    dataset.check_integrity("posts", &["posts__tags"]);
}

#[test]
fn a_parent_that_is_not_selected_is_read_but_not_loaded() {
    let (dataset, server) = (Dataset::new(), blog());
    let (code, said) = Run::new(&dataset, &spec(&server, &format!(r#""users", {POSTS}"#))).says(&["--select", "posts"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(dataset.query("SELECT count(*) FROM posts"), "3");
    assert_eq!(dataset.query("SELECT count(*) FROM information_schema.tables WHERE table_name = 'users'"), "0");
}

#[test]
fn a_dry_run_shows_the_plan_and_does_nothing() {
    let (dataset, server) = (Dataset::new(), blog());
    let since = r#"{"name": "events", "write_disposition": "replace", "endpoint": {"paginator": "page_number", "params": {"key": "k-1"},
        "incremental": {"cursor_path": "at", "initial_value": 7, "start_param": "since"}}}"#;
    let spec = spec(&server, &format!(r#"{POSTS}, "users", {since}"#));
    let plan = |args: &[&str]| {
        let (code, said) = Run::new(&dataset, &spec).says(args);
        assert_eq!(code, Some(0), "{said}");
        said.replace(&server.url(), "BASE")
    };
    insta::assert_snapshot!(plan(&["--dry-run"]), @"
    plan of pipeline p into dataset d of duckdb, starting from the beginning, no earlier run in this working folder; nothing was loaded
    users: append into users
      GET BASE/users
      paginator: detected from the first response
      posts: merge into posts, for each row of users
        GET BASE/users/{resources.users.id}/posts
        paginator: detected from the first response
    events: replace into events
      GET BASE/events?key=***&since=7&page=0
      paginator: page_number (parameter page from 0)
    ");
    insta::assert_snapshot!(plan(&["--dry-run", "--select", "posts", "--write-disposition", "append"]), @"
    plan of pipeline p into dataset d of duckdb, starting from the beginning, no earlier run in this working folder; nothing was loaded
    users: append into users
      GET BASE/users
      paginator: detected from the first response
      not loaded: only read for dependent resources
      posts: append into posts, for each row of users
        GET BASE/users/{resources.users.id}/posts
        paginator: detected from the first response
    ");
    assert!(server.requests().is_empty() && !dataset.file().exists() && !dataset.pipelines().exists());
}

#[test]
fn a_dry_run_resumes_after_the_last_run() {
    let server = ScriptedServer::start(|_| ScriptedResponse::json(200, r#"[{"id": 9}]"#));
    let dataset = Dataset::new();
    let spec = spec(&server, r#"{"name": "a", "endpoint": {"incremental": {"cursor_path": "id", "start_param": "since"}}}"#);
    assert_eq!(Run::new(&dataset, &spec).says(&[]).0, Some(0));
    let (_, said) = Run::new(&dataset, &spec).says(&["--dry-run"]);
    assert!(said.contains("resuming after the last run in this working folder") && said.contains("/a?since=9"), "{said}");
}

#[test]
fn dev_mode_loads_into_a_new_dataset() {
    let (dataset, server) = (Dataset::new(), blog());
    let spec = spec(&server, r#""users""#);
    for args in [&[] as &[&str], &["--dev-mode"]] {
        let (code, said) = Run::new(&dataset, &spec).says(args);
        assert_eq!(code, Some(0), "{said}");
    }
    assert_eq!(dataset.query("SELECT count(*) FROM users"), "2");
    let datasets = "SELECT count(*) FROM information_schema.tables WHERE table_name = 'users' AND regexp_matches(table_schema, '^d_20[0-9]{12}$')";
    assert_eq!(dataset.query(datasets), "1");
}

#[test]
fn dev_mode_keeps_only_the_files_of_the_last_run() {
    let (dataset, server) = (Dataset::new(), blog());
    let spec = spec(&server, r#""users""#);
    let run = || {
        let mut command = Run::new(&dataset, &spec).command();
        let output = command.arg("--dev-mode").env_remove("DESTINATION__DUCKDB__CREDENTIALS").output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let names = |folder: std::path::PathBuf| {
            let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            names.sort_unstable();
            names
        };
        let pipelines = dataset.pipelines();
        (names(dataset.dir().to_owned()), names(pipelines.clone()), names(pipelines.join("p/dev")), names(pipelines.join("p")))
    };
    let first = run();
    assert_eq!(run(), first);
    assert!(dataset.pipelines().join("p/dev/p/p.duckdb").exists());
}

#[test]
fn yaml_and_toml_run_as_json_does() {
    let server = blog();
    let yaml = format!("client: {{base_url: \"{}\"}}\nresources:\n- name: users\n  endpoint: {{path: users}}\n", server.url());
    let toml = format!("[client]\nbase_url = \"{}\"\n[[resources]]\nname = \"users\"\n", server.url());
    for (name, text) in [("p.yaml", &yaml), ("p.yml", &yaml), ("p.toml", &toml)] {
        let dataset = Dataset::new();
        std::fs::write(dataset.dir().join(name), text).unwrap();
        let mut command = Command::new(binary());
        command.args(["run", name, "--dataset-name", "d", "--pipelines-dir"]).arg(dataset.pipelines());
        let output = command.current_dir(dataset.dir()).env("DESTINATION__DUCKDB__CREDENTIALS", dataset.file()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(dataset.query("SELECT count(*) FROM users"), "2", "{name}");
    }
}

#[test]
fn a_failed_run_reports_the_request_and_a_remedy() {
    let (dataset, server) = (Dataset::new(), blog());
    let check = |resources: &str, expected: &str| {
        let (code, said) = Run::new(&dataset, &spec(&server, resources)).says(&[]);
        assert_eq!((code, said.replace(&server.url(), "BASE").trim_end()), (Some(1), expected));
    };
    check(
        r#"{"name": "nope", "endpoint": {"params": {"token": "tk-1", "n": 1}}}"#,
        "error: resource `nope` failed\n  caused by: GET BASE/nope?token=***&n=1 returned 404 Not Found: {\"error\": \"no such thing\"}\n  \
         help: check the base URL and path; if the resource may be missing, ignore it with a response action",
    );
    check(
        r#""users", {"name": "posts", "endpoint": "users/{resources.users.id}/nope"}"#,
        "error: resource `posts` failed\n  caused by: parent row {\"id\":1,\"name\":\"ada\"}\n  \
         caused by: GET BASE/users/1/nope returned 404 Not Found: {\"error\": \"no such thing\"}\n  \
         help: check the base URL and path; if the resource may be missing, ignore it with a response action",
    );
    let closed_port = r#"{"client": {"base_url": "http://127.0.0.1:9"}, "resources": ["a"]}"#;
    let output = Run::new(&dataset, closed_port).command().env("RUNTIME__REQUEST_MAX_ATTEMPTS", "1").output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stderr).trim_end(),
        "error: resource `a` failed\n  caused by: GET http://127.0.0.1:9/a failed: connection refused: nothing listens on 127.0.0.1:9\n  \
         help: check the host and port of the base URL, and that the service is running"
    );
    assert!(!dataset.file().exists());
}

#[test]
fn config_explain_shows_all_settings_and_redacts_secrets() {
    let dataset = Dataset::new();
    let spec = r#"{"name": "x", "pipeline": {"dataset_name": "d"},
        "client": {"base_url": "http://x", "auth": {"type": "http_basic", "username": "${env:API_USER}"},
        "headers": {"X-Api-Key": "s3cret", "Accept": "text/plain"}},
        "resources": [{"name": "a", "endpoint": {"params": {"token": "${secret:sources.x.token}", "n": "${secret:sources.n}"}}}]}"#;
    std::fs::create_dir(dataset.dir().join(".catchment")).unwrap();
    for (file, text) in [
        ("p.json", spec),
        (".catchment/secrets.toml", "[sources.x]\ntokne = 's3cret'\n[p.sources]\nn = '<configure me>'"),
        (
            ".catchment/config.toml",
            "[normalize]\nworkers = 4\nwrokers = 4\n[sources.rest_api]\npassword = 's3cret'\n\
             [load]\nraise_on_failed_jobs = 'perhaps'\n[runtime]\ndlthub_telemetry = true\n[pipelines.p]\ndataset_name = 'c'\n[other]\nn = 1\n[other.source]\napi_key = 's3cret'",
        ),
    ] {
        std::fs::write(dataset.dir().join(file), text).unwrap();
    }
    let mut command = Command::new(binary());
    command.args(["config", "explain", "p.json"]).current_dir(dataset.dir());
    command.env("API_USER", "me-s3cret").env("SOURCES__REST_API__PASSWORD", "pw-s3cret").env("NORMALIZE__WORKERS", "2");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let (said, wrong) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(!format!("{said}{wrong}").contains("s3cret"), "{said}{wrong}");
    // the rest depends on whether root runs the tests
    let (said, _) = said.split_once("\nConfiguration sources\n").unwrap();
    insta::assert_snapshot!(said, @r#"
    pipeline p, source x

    Logging
      runtime.log_level = "WARNING" (default)

    Pipeline
      pipelines.p.dataset_name = "d"
        from p.json
        overrides "c" in pipelines.p.dataset_name (config.toml: ./.catchment/config.toml:11)
      pipelines.p.progress = "auto" (default)

    Requests
      runtime.request_max_attempts = 5 (default)
      runtime.request_backoff_factor = 1.0 (default)
      runtime.request_max_retry_delay = 300.0 (default)
      runtime.request_timeout = 60.0 (default)
      runtime.response_max_bytes = 369098752 (default)

    Extract
      extract.workers = 5 (default)
      extract.max_parallel_items = 20 (default)

    Normalize
      normalize.workers = "2"
        from NORMALIZE__WORKERS (environment)
        overrides 4 in normalize.workers (config.toml: ./.catchment/config.toml:2)
      normalize.buffer_max_bytes = 33554432 (default)
      normalize.numeric_widening = true (default)
      normalize.exact_digits = false (default)
      normalize.null_only_columns = "drop" (default)
      normalize.transliterate = true (default)

    Load
      load.raise_on_failed_jobs = "perhaps"
        from load.raise_on_failed_jobs (config.toml: ./.catchment/config.toml:7)

    DuckDB
      destination.duckdb.memory_limit = "auto" (default)
      destination.duckdb.wait = 600.0 (default)

    PostgreSQL
      destination.postgres.lock_timeout = 600.0 (default)

    Vaults
      providers.enable_google_secrets = false (default)
      providers.enable_aws_secrets = false (default)
      providers.enable_hashicorp_secrets = false (default)

    Secrets of p.json
      client.headers.X-Api-Key = ***
        WARNING: literal secret in the spec; replace it with ${env:NAME} or ${secret:sources.name.key}
      client.auth.username = ***
        from API_USER (environment)
        referenced as ${env:API_USER}
      client.auth.password = ***
        from SOURCES__REST_API__PASSWORD (environment)
        overrides *** in sources.rest_api.password (config.toml: ./.catchment/config.toml:5)
        WARNING: secrets are not allowed in this file; move it to secrets.toml
      resources[0].endpoint.params.token: MISSING
        referenced as ${secret:sources.x.token}
      resources[0].endpoint.params.n = ***
        from p.sources.n (secrets.toml: ./.catchment/secrets.toml:4)
        WARNING: still holds the placeholder `<configure me>`; set a value
        referenced as ${secret:sources.n}

    Unused keys
      sources.x.tokne (secrets.toml: ./.catchment/secrets.toml:2): did you mean `sources.x.token`?
      normalize.wrokers (config.toml: ./.catchment/config.toml:3): did you mean `normalize.workers`?
      runtime.dlthub_telemetry (config.toml: ./.catchment/config.toml:9)
      other.n (config.toml: ./.catchment/config.toml:13)
      other.source.api_key (config.toml: ./.catchment/config.toml:15)
        WARNING: the name suggests a secret; move it to secrets.toml
    "#);
    let (wrong, _) = wrong.split_once("\nsecrets.toml: read").unwrap();
    insta::assert_snapshot!(wrong, @r#"
    error: the configuration is invalid, a run would fail
      caused by: `raise_on_failed_jobs` must be true or false (or yes, no, 1, 0), but load.raise_on_failed_jobs (config.toml: ./.catchment/config.toml:7) holds the string "perhaps"
    a setting is missing: `token` (a string, secret)
    looked for `token` in this order:
      P__SOURCES__X__TOKEN (environment)
      P__SOURCES__TOKEN (environment)
      P__TOKEN (environment)
      p.sources.x.token (secrets.toml)
      p.sources.token (secrets.toml)
      p.token (secrets.toml)
      SOURCES__X__TOKEN (environment)
      SOURCES__TOKEN (environment)
      TOKEN (environment)
      sources.x.token (secrets.toml)
      sources.token (secrets.toml)
      token (secrets.toml)
    sources.x.tokne (secrets.toml: ./.catchment/secrets.toml:2): did you mean `token`?
    "#);
}

#[test]
fn a_missing_secret_exits_with_2_and_lists_the_lookup_locations() {
    let dataset = Dataset::new();
    let (code, said) =
        Run::new(&dataset, r#"{"client": {"base_url": "http://x", "auth": "bearer"}, "resources": ["a"]}"#).says(&[]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("client.auth.token: a setting is missing: `token`"), "{said}");
    assert!(said.contains("SOURCES__REST_API__REST_API__CREDENTIALS__TOKEN (environment)"), "{said}");
}

#[test]
fn nested_hints_are_applied_and_unknown_hints_are_stored() {
    let server = ScriptedServer::start(|_| {
        ScriptedResponse::json(
            200,
            r#"[{"id": 1, "orders": [{"sku": "a", "qty": 1}, {"sku": "a", "qty": 2}], "lines": [{"n": 1}], "own": [{"k": 7, "in": [1]}]}]"#,
        )
    });
    let dataset = Dataset::new();
    let spec = spec(
        &server,
        r#"{"name": "things", "primary_key": "id", "write_disposition": "merge", "file_format": "parquet",
            "references": [{"columns": ["id"], "referenced_table": "x", "referenced_columns": ["y"]}],
            "nested_hints": {"orders": {"columns": {"qty": {"data_type": "text"}, "extra": {"data_type": "bigint"}}},
                "own": {"primary_key": "k", "write_disposition": "merge"}, "never": {"columns": {"n": {"data_type": "text"}}}}}"#,
    );
    for _ in 0..2 {
        let (code, said) = Run::new(&dataset, &spec).says(&[]);
        assert_eq!(code, Some(0), "{said}");
    }
    assert_eq!(dataset.query("SELECT sku, qty || '!', extra FROM things__orders ORDER BY qty"), "a 1! -; a 2! -");
    // a child table with a key is merged separately, with its child tables
    assert_eq!(dataset.query("SELECT k FROM things__own"), "7");
    assert_eq!(dataset.query("SELECT value FROM things__own__in"), "1");
    let columns = "SELECT string_agg(column_name, ' ' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_name = 'things__own'";
    assert_eq!(dataset.query(columns), "k _dlt_load_id _dlt_id");
    assert_eq!(dataset.query("SELECT count(*) FROM information_schema.tables WHERE table_name = 'things__never'"), "0");
    let stored = "SELECT schema FROM _dlt_version ORDER BY version DESC LIMIT 1";
    let stored = dataset.query(stored);
    assert!(stored.contains(r#""file_format":"parquet""#) && stored.contains(r#""referenced_table":"x""#), "{stored}");
}
