//! Tests of AWS Secrets Manager against moto, a mock server of AWS services.
//!
//! The environment variable `CATCHMENT_PYTHON` is the path of a Python with moto; `.ci/run` creates one.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use catchment_settings::Secret;

use super::{api_key, config};

/// A moto server, which is stopped on drop.
struct Moto {
    process: Child,
    url: String,
}

impl Moto {
    /// Starts a server. Without a Python with moto, returns `None`, so that the test is skipped; fails in CI.
    fn start() -> Option<Moto> {
        let Some(python) = std::env::var_os("CATCHMENT_PYTHON").filter(|path| !path.is_empty()) else {
            let message = "CATCHMENT_PYTHON is not set to a Python that has moto[server,secretsmanager]";
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{message}");
            eprintln!("SKIPPED: {message}");
            return None;
        };
        let serve = "from moto.server import ThreadedMotoServer as Server\n\
                     server = Server(ip_address='127.0.0.1', port=0, verbose=False)\n\
                     server.start()\n\
                     print(server.get_host_and_port()[1], flush=True)\n\
                     input()";
        let mut process = Command::new(python)
            .args(["-c", serve])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Some(Moto { process, url: format!("http://127.0.0.1:{}", port.trim()) })
    }

    fn variables<'v>(&'v self, more: &[(&'v str, &'v str)]) -> Vec<(&'v str, &'v str)> {
        let ours = [
            ("PROVIDERS__ENABLE_AWS_SECRETS", "true"),
            ("PROVIDERS__AWS_SECRETS__CREDENTIALS__AWS_ACCESS_KEY_ID", "id"),
            ("PROVIDERS__AWS_SECRETS__CREDENTIALS__AWS_SECRET_ACCESS_KEY", "s3cret"),
            ("PROVIDERS__AWS_SECRETS__CREDENTIALS__REGION_NAME", "eu-central-1"),
            ("PROVIDERS__AWS_SECRETS__CREDENTIALS__ENDPOINT_URL", self.url.as_str()),
        ];
        ours.into_iter().chain(more.iter().copied()).collect()
    }

    /// Creates a secret.
    fn put(&self, name: &str, text: &str) {
        let credentials = aws_sdk_secretsmanager::config::Credentials::new("id", "s3cret", None, None, "test");
        let (url, name, text) = (self.url.clone(), name.to_owned(), text.to_owned());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let config = aws_config::defaults(aws_config::BehaviorVersion::latest())
                .credentials_provider(credentials)
                .region(aws_config::Region::new("eu-central-1"))
                .endpoint_url(url);
            let client = aws_sdk_secretsmanager::Client::new(&config.load().await);
            client.create_secret().name(name).secret_string(text).send().await.unwrap();
        });
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It may have exited already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn entries_with_settings_and_entries_with_one_value() {
    let Some(moto) = Moto::start() else { return };
    let check = |more: &[(&str, &str)], expected: Option<&str>| {
        let config = config(&moto.variables(more));
        assert_eq!(api_key(&config), expected.map(Secret::from));
        let shown = format!("{config:?}");
        assert!(!shown.contains("hunter2") && !shown.contains("s3cret"), "{shown}");
    };
    let exact = ("PROVIDERS__AWS_SECRETS__ONLY_TOML_FRAGMENTS", "false");
    let listed = ("PROVIDERS__AWS_SECRETS__LIST_SECRETS", "true");
    check(&[exact], None);
    moto.put("dlt/sources/github/api_key", "hunter2 of one value");
    check(&[], None);
    check(&[exact], Some("hunter2 of one value"));
    check(&[exact, listed], Some("hunter2 of one value"));
    moto.put("mine/sources/github", "[sources.github]\napi_key = 'hunter2 of mine'");
    check(&[("PROVIDERS__AWS_SECRETS__SECRET_NAME_PREFIX", "mine/")], Some("hunter2 of mine"));
    moto.put("dlt_secrets_toml", r#"{"sources": {"github": {"api_key": "hunter2 of JSON"}}}"#);
    check(&[("PROVIDERS__AWS_SECRETS__SECRET_NAME_PREFIX", "")], Some("hunter2 of JSON"));
    check(&[("PROVIDERS__AWS_SECRETS__SECRET_NAME_PREFIX", ""), listed], Some("hunter2 of JSON"));
}
