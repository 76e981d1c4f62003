//! Configuration of runs: profiles, pipeline defaults, and vaults with application default credentials.

use std::process::Command;

use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};

use crate::command::binary;
use crate::dataset::Dataset;

/// Serves two rows to requests with the given bearer token.
fn api(token: &'static str) -> ScriptedServer {
    ScriptedServer::start(move |request| match request.header("authorization") {
        Some(sent) if sent == format!("Bearer {token}") => ScriptedResponse::json(200, r#"[{"id": 1}, {"id": 2}]"#),
        _ => ScriptedResponse::json(401, "{}"),
    })
}

fn spec(api: &ScriptedServer) -> String {
    format!(r#"{{"name": "api", "client": {{"base_url": "{}", "auth": "bearer"}}, "resources": ["items"]}}"#, api.url())
}

/// Runs `p.json` in a project with these files and returns the output.
fn run(dataset: &Dataset, files: &[(&str, &str)], variables: &[(&str, &str)], args: &[&str]) -> String {
    for (file, text) in files {
        let path = dataset.dir().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let mut command = Command::new(binary());
    command.args(["run", "p.json"]).args(args).current_dir(dataset.dir()).envs(variables.iter().copied());
    let output = command.env("RUNTIME__REQUEST_MAX_ATTEMPTS", "1").output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn profiles_have_separate_settings_pipelines_and_files() {
    let (dataset, api) = (Dataset::new(), api("prod-token"));
    let files = [
        (".catchment/.workspace", ""),
        (".catchment/secrets.toml", "[sources]\ntoken = 'base-token'\n[sources.rest_api]\ntoken = 'base-token'"),
        (".catchment/prod.secrets.toml", "[sources.rest_api]\ntoken = 'prod-token'"),
        ("p.json", &spec(&api)),
    ];
    let said = run(&dataset, &files, &[("WORKSPACE__PROFILE", "prod")], &[]);
    assert!(said.contains("items: 2 rows"), "{said}");
    assert!(dataset.dir().join(".catchment/data/prod/p.duckdb").is_file());
    assert!(dataset.dir().join(".catchment/state/prod/pipelines/p").is_dir());
    // the pinned profile
    run(&dataset, &[(".catchment/profile-name", "prod")], &[], &[]);
    assert!(!dataset.dir().join(".catchment/data/dev").exists());
}

#[test]
fn specs_and_flags_take_precedence_over_pipeline_defaults() {
    let (dataset, api) = (Dataset::new(), api("t"));
    let check = |args: &[&str], expected: &str| {
        let files = [
            (".catchment/config.toml", "[pipelines.p]\ndataset_name = 'configured'\nprogress = 'json'\npipelines_dir = 'work'"),
            ("p.json", &spec(&api)),
        ];
        let file = dataset.file();
        let variables = [("SOURCES__REST_API__TOKEN", "t"), ("DESTINATION__DUCKDB__CREDENTIALS", file.to_str().unwrap())];
        let said = run(&dataset, &files, &variables, args);
        assert!(said.contains(expected), "{said}");
        assert!(dataset.dir().join("work/p").is_dir());
    };
    check(&[], r#""dataset_name":"configured""#);
    check(&["--dataset-name", "flag"], r#""dataset_name":"flag""#);
    check(&["--progress", "off"], "into dataset configured of");
}

#[test]
fn the_pipeline_command_uses_the_folder_of_the_pipeline() {
    let (dataset, api) = (Dataset::new(), api("t"));
    let spec = spec(&api);
    let config = "[sources.api]\n[pipelines.p]\npipelines_dir = \"elsewhere\"";
    let files = [
        ("p.json", spec.as_str()),
        (".catchment/config.toml", config),
        (".catchment/secrets.toml", "[sources.api]\ntoken = \"t\""),
    ];
    run(&dataset, &files, &[], &[]);
    let check = |name: &str, expected: &str| {
        let mut command = Command::new(binary());
        let output = command
            .args(["pipeline", name])
            .current_dir(dataset.dir())
            .env("HOME", dataset.dir())
            .env("CATCHMENT_DATA_DIR", dataset.dir())
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(said.contains(expected), "{said}");
    };
    check("p", "pipeline p in elsewhere/p");
    check("q", "pipeline \"q\" does not exist in");
    check("q", "; there are no pipelines");
}

#[test]
fn google_secret_manager_with_application_default_credentials() {
    let (dataset, api) = (Dataset::new(), api("hunter2"));
    let google = ScriptedServer::start(|request| {
        let is_signed = request.header("authorization").is_some_and(|value| value.starts_with("Bearer ey"));
        // { sources: { rest_api: { token: hunter2 } } }, in base64
        let data = "eyBzb3VyY2VzOiB7IHJlc3RfYXBpOiB7IHRva2VuOiBodW50ZXIyIH0gfSB9";
        match request.path.as_str() {
            "/v1/projects/shop/secrets/sources/versions/latest:access" if is_signed => {
                ScriptedResponse::json(200, format!(r#"{{"payload": {{"data": "{data}"}}}}"#))
            }
            _ => ScriptedResponse::json(404, "{}"),
        }
    });
    let key = catchment_json::Value::object(
        [
            ("type", "service_account"),
            ("project_id", "shop"),
            ("private_key_id", "1"),
            ("private_key", include_str!("../../crates/vault/src/tests/service_account.pem")),
            ("client_email", "catchment@shop.iam.gserviceaccount.com"),
            ("token_uri", "https://oauth2.googleapis.com/token"),
        ]
        .map(|(name, value)| (name, catchment_json::Value::from(value))),
    );
    let files = [
        ("key.json", key.to_string()),
        ("p.json", spec(&api)),
        (
            ".catchment/config.toml",
            format!("[providers]\nenable_google_secrets = true\n[providers.google_secrets]\nendpoint_url = '{}'", google.url()),
        ),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(file, text)| (*file, text.as_str())).collect();
    let variables = [("GOOGLE_APPLICATION_CREDENTIALS", "key.json"), ("GOOGLE_CLOUD_PROJECT", "shop")];
    let said = run(&dataset, &files, &variables, &["--pipelines-dir", "pipelines"]);
    assert!(said.contains("items: 2 rows"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn a_template_placeholder_is_reported() {
    let (dataset, api) = (Dataset::new(), api("<configure me>"));
    let files = [(".dlt/secrets.toml", "[sources.rest_api]\ntoken = '<configure me>'"), ("p.json", &spec(&api))];
    let said = run(&dataset, &files, &[], &[]);
    assert!(
        said.contains("sources.rest_api.token (secrets.toml: ./.dlt/secrets.toml:2) still contains the template placeholder"),
        "{said}"
    );
    assert_eq!(said.matches("configure me").count(), 1, "{said}");
}
