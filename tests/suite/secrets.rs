//! Secrets of all providers are neither printed nor stored, whatever fails.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use catchment::rest_api::{RestApi, Spec, SpecFormat};
use catchment::rest_client::{RestClient, RetryPolicy};
use catchment_config::{Config, Environment, SettingsDirs};
use catchment_rest_client::testing::{ReceivedRequest, ScriptedResponse, ScriptedServer};
use catchment_settings::ScopedSettings;

use crate::command::binary;
use crate::dataset::Dataset;

// The secrets in the providers. They contain characters that are encoded in URLs or JSON.
const VARIABLE: &str = "s3cret/of=variable\"1";
const FILE: &str = "s3cret/of=secrets.toml 2";
const GLOBAL: &str = "s3cret/of=global 3";
const VAULT: &str = "s3cret/of=vault+4";
const VAULT_TOKEN: &str = "s3cret-token-of-vault-5";
const LITERAL: &str = "s3cret/of=spec&6";
const IN_URL: &str = "s3cret/of=url%7";
const MISPLACED: &str = "s3cret/of=config.toml 8";
const SECRETS: [&str; 8] = [VARIABLE, FILE, GLOBAL, VAULT, VAULT_TOKEN, LITERAL, IN_URL, MISPLACED];

/// A project whose spec refers to a secret of each provider.
struct Project {
    dataset: Dataset,
    api: ScriptedServer,
    vault: ScriptedServer,
}

/// The outcome of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Case {
    Success,
    BadSettings,
    WrongSetting,
    MissingSecret,
    MisplacedSecret,
    VaultFails,
    WrongSpec,
    Refused,
    ServerFails,
    BadJson,
    BadRow,
    BadDatabase,
}

impl Project {
    fn new(case: Case) -> Project {
        let api = ScriptedServer::start(move |request| respond(case, request));
        let vault = ScriptedServer::start(move |request| match request.path.as_str() {
            _ if case == Case::VaultFails => ScriptedResponse::json(500, format!(r#"{{"errors": ["{VAULT_TOKEN} {VAULT}"]}}"#)),
            "/v1/secret/data/catchment/sources" => ScriptedResponse::json(
                200,
                format!(r#"{{"data": {{"data": {{"vault_key": "{VAULT}"}}, "metadata": {{"version": 1}}}}}}"#),
            ),
            _ => ScriptedResponse::json(404, r#"{"errors": []}"#),
        });
        let dataset = Dataset::new();
        let project = Project { dataset, api, vault };
        project.write(".catchment/secrets.toml", &format!("[sources]\nfile_key = '{FILE}'\n{}", project.more(case)));
        project.write("home/.catchment/secrets.toml", &format!("[sources]\nglobal_key = '{GLOBAL}'\n"));
        let misplaced = format!("[sources]\nmisplaced_key = '{MISPLACED}'\n");
        project.write(".catchment/config.toml", &format!("{misplaced}[providers]\nenable_hashicorp_secrets = true\n"));
        project.write("p.json", &project.spec(case));
        if case == Case::BadDatabase {
            project.write("data.duckdb", "no database");
        }
        project
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.dataset.dir().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn more(&self, case: Case) -> String {
        match case {
            Case::BadSettings => format!("other = {FILE}"),
            Case::WrongSetting => format!("[normalize]\nworkers = '{FILE}'"),
            _ => String::new(),
        }
    }

    fn spec(&self, case: Case) -> String {
        let base = self.api.url();
        let literal = LITERAL;
        let key = match case {
            Case::MissingSecret => "${secret:sources.no_key}",
            Case::MisplacedSecret => "${secret:sources.misplaced_key}",
            _ => "${secret:sources.file_key}",
        };
        let wrong = if case == Case::WrongSpec { format!(r#"}}, "haeders": {{"X-Api-Key": "{literal}""#) } else { String::new() };
        let contract = if case == Case::BadRow { r#", "schema_contract": {"data_type": "freeze"}"# } else { "" };
        format!(
            r#"{{"name": "api", "client": {{"base_url": "{base}/${{env:IN_URL}}/", "auth": {{"type": "bearer"}},
                "headers": {{"X-File": "{key}", "X-Global": "${{secret:sources.global_key}}", "X-Api-Key": "{literal}"{wrong}}}}},
                "resources": [{{"name": "items", "columns": {{"id": {{"data_type": "bigint"}}}}{contract}, "endpoint": {{
                    "path": "items", "paginator": "header_link", "params": {{"key": "${{secret:sources.vault_key}}"}}}}}}]}}"#
        )
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(args).current_dir(self.dataset.dir()).env_clear();
        command
            .env("HOME", self.dataset.dir().join("home"))
            .env("DESTINATION__DUCKDB__CREDENTIALS", self.dataset.file())
            .env("RUNTIME__LOG_LEVEL", "TRACE")
            .env("RUNTIME__REQUEST_BACKOFF_FACTOR", "0")
            .env("SOURCES__REST_API__API__CREDENTIALS__TOKEN", VARIABLE)
            .env("IN_URL", IN_URL)
            .env("VAULT_ADDR", self.vault.url())
            .env("VAULT_TOKEN", VAULT_TOKEN);
        // root has a fixed global folder, which tests must not change
        if rustix::process::geteuid().is_root() {
            command.env("SOURCES__GLOBAL_KEY", GLOBAL);
        }
        command
    }

    /// Runs the command and returns its exit code and output.
    fn says(&self, args: &[&str]) -> (Option<i32>, String) {
        let output = self.command(args).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    }

    fn run(&self) -> (Option<i32>, String) {
        self.says(&["run", "p.json", "--dataset-name", "d", "--pipelines-dir", "pipelines", "--progress", "log"])
    }
}

/// Returns the response of the API, which repeats the request in its errors, as some APIs do.
fn respond(case: Case, request: &ReceivedRequest) -> ScriptedResponse {
    let headers = ["authorization", "x-file", "x-global", "x-api-key"].map(|name| request.header(name).unwrap_or_default());
    let sent = format!("{} {} {}", headers.join(" "), request.path, request.param("key").unwrap_or_default());
    let repeated = catchment_json::Value::object([("message", catchment_json::Value::from(sent.as_str()))]).to_string();
    match case {
        Case::Refused => ScriptedResponse::json(401, repeated),
        Case::ServerFails => ScriptedResponse::json(500, repeated),
        Case::BadJson => ScriptedResponse::json(200, format!("[{{\"id\": 1}}, {sent}")),
        Case::BadRow => ScriptedResponse::json(200, r#"[{"id": 1}, {"id": "x"}]"#),
        // the next link contains the key
        _ if request.param("page").is_none() => {
            let next = format!("<?key={}&page=2>; rel=\"next\"", percent(VAULT, ""));
            ScriptedResponse::json(200, r#"[{"id": 1, "tags": ["a"]}]"#).header("Link", next)
        }
        _ => ScriptedResponse::json(200, r#"[{"id": 2}]"#),
    }
}

/// Returns all files below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// Percent-encodes all characters except ASCII letters, digits and those in `plain`.
pub(crate) fn percent(secret: &str, plain: &str) -> String {
    let encoded = |byte: u8| match char::from(byte) {
        c if c.is_ascii_alphanumeric() || plain.contains(c) => c.to_string(),
        _ => format!("%{byte:02X}"),
    };
    secret.bytes().map(encoded).collect()
}

/// Returns a secret and its common encodings.
fn spellings(secret: &str) -> Vec<String> {
    let json = catchment_json::Value::from(secret).to_string();
    vec![
        secret.to_owned(),
        percent(secret, "-._~"),
        percent(secret, "-._~/="),
        percent(secret, "-._~").replace("%20", "+"),
        json.trim_matches('"').to_owned(),
        format!("{secret:?}").trim_matches('"').to_owned(),
        // the prefix of all secrets
        "s3cret".to_owned(),
    ]
}

fn check_no_secret(text: &[u8], location: &str) {
    for spelling in SECRETS.iter().flat_map(|secret| spellings(secret)) {
        let found = text.windows(spelling.len()).any(|window| window == spelling.as_bytes());
        assert!(!found, "{location} contains {spelling}: {}", String::from_utf8_lossy(text));
    }
}

/// Runs the case and checks the output of all commands and all files. The output of the run must contain `expected`.
fn check(case: Case, code: i32, expected: &str) {
    let project = Project::new(case);
    let (exit, said) = project.run();
    assert_eq!(exit, Some(code), "{case:?}: {said}");
    assert!(said.contains(expected), "{case:?}: {said}");
    check_no_secret(said.as_bytes(), &format!("{case:?}"));
    let others: [&[&str]; 6] = [
        &["config", "explain", "p.json"],
        &["run", "p.json", "--dry-run", "--pipelines-dir", "pipelines"],
        &["pipeline", "p", "info", "-v", "--pipelines-dir", "pipelines"],
        &["pipeline", "p", "schema", "--pipelines-dir", "pipelines"],
        &["pipeline", "p", "failed-jobs", "--pipelines-dir", "pipelines"],
        &["pipeline", "p", "load-package", "--pipelines-dir", "pipelines"],
    ];
    for args in others {
        check_no_secret(project.says(args).1.as_bytes(), &format!("{case:?} {args:?}"));
    }
    let ours = ["p.json", "secrets.toml", "config.toml"];
    for file in files(project.dataset.dir()) {
        if !ours.iter().any(|name| file.ends_with(name)) {
            check_no_secret(&std::fs::read(&file).unwrap(), &format!("{case:?} {}", file.display()));
        }
    }
    if case == Case::Success {
        assert_eq!(project.dataset.query("SELECT count(*) FROM items"), "2");
        let sent = project.api.requests();
        let first = sent.first().unwrap();
        let bearer = format!("Bearer {VARIABLE}");
        assert_eq!(
            ["authorization", "x-file", "x-global", "x-api-key"].map(|name| first.header(name)),
            [Some(bearer.as_str()), Some(FILE), Some(GLOBAL), Some(LITERAL)]
        );
        assert_eq!(first.param("key"), Some(VAULT));
        // each command requests each entry of the vault at most once
        let mut requested: Vec<String> = project.vault.requests().into_iter().map(|request| request.path).collect();
        requested.dedup();
        let count = requested.len();
        requested.sort();
        requested.dedup();
        let per_command = requested.len();
        assert!(count <= 3 * per_command, "{count} requests of {per_command} entries by three commands");
    }
}

#[test]
fn no_secret_is_printed_or_stored() {
    check(Case::Success, 0, "2 rows");
    check(Case::BadSettings, 2, "is not valid TOML at line 3, column");
    check(Case::WrongSetting, 2, "`workers` must be an integer from 1 to 1024");
    check(Case::MissingSecret, 2, "a setting is missing: `no_key`");
    check(Case::MisplacedSecret, 2, "`misplaced_key` is a secret and must not be in sources.misplaced_key");
    check(Case::VaultFails, 2, "the vault returned 500 Internal Server Error (attempts: 3): check that it is available");
    check(Case::WrongSpec, 2, "client.haeders");
    check(Case::Refused, 1, "returned 401 Unauthorized");
    check(Case::ServerFails, 1, "returned 500 Internal Server Error");
    check(Case::BadJson, 1, "resource `items` failed");
    check(Case::BadRow, 1, "id");
    check(Case::BadDatabase, 1, "data.duckdb");
}

/// Captures the log of all crates at all levels.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Project {
    /// Loads the configuration, with the token in a mounted file.
    fn config(&self) -> Config {
        self.write("run/secrets/sources--rest-api--api--credentials--token", &format!("{VARIABLE}\n"));
        let folders = SettingsDirs {
            global: self.dataset.dir().join("home/.catchment"),
            mounted_secrets_dir: self.dataset.dir().join("run/secrets"),
            ..SettingsDirs::for_project(self.dataset.dir().join(".catchment"))
        };
        let vault = self.vault.url();
        let variables = [("IN_URL", IN_URL), ("VAULT_ADDR", vault.as_str()), ("VAULT_TOKEN", VAULT_TOKEN)];
        let config = Config::load_from(folders, Environment::from_iter(variables)).unwrap();
        catchment_vault::add_enabled_vaults(config).unwrap()
    }
}

#[test]
fn no_secret_is_in_logs_of_other_crates_or_debug_output() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).init();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for case in [Case::Success, Case::Refused, Case::ServerFails, Case::BadJson, Case::BadRow, Case::BadDatabase] {
        let project = Project::new(case);
        let config = project.config();
        let settings = ScopedSettings::new(&config);
        let spec = Spec::parse(&project.spec(case), SpecFormat::Json).unwrap();
        let retry = RetryPolicy { max_attempts: 2, backoff_factor: 0.0, ..RetryPolicy::default() };
        let client = RestClient::builder().retry(retry);
        let api = RestApi::new(&spec).client(client.clone()).settings(settings.clone());
        let source = api.source().unwrap();
        let mut texts = vec![format!("{config:?} {settings:?} {spec:?} {client:?} {api:?} {source:?}")];
        texts.extend(
            spec.secrets(&settings).iter().map(|secret| format!("{secret:?} {:?}", secret.resolve_candidates(&spec, &settings))),
        );
        let pipeline = project.dataset.pipeline();
        let result = runtime.block_on(pipeline.run(source));
        assert_eq!(result.is_ok(), case == Case::Success, "{case:?}: {result:?}");
        texts.push(format!("{result:?} {:?}", pipeline.last_trace()));
        if let Err(error) = &result {
            texts.extend(
                std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source()).map(ToString::to_string),
            );
        }
        for text in texts {
            check_no_secret(text.as_bytes(), &format!("{case:?}"));
        }
        // with an invalid database, the run fails before it sends a request
        for request in project.api.requests() {
            assert_eq!(request.header("authorization"), Some(format!("Bearer {VARIABLE}").as_str()));
        }
    }
    let log = log.0.lock().unwrap();
    assert!(!log.is_empty());
    check_no_secret(&log, "the log");
}
