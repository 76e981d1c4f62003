//! Requests to vaults.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use catchment_settings::{ScopedSettings, Secret, SettingValue};

use crate::{Config, Environment, Vault, VaultEntry, VaultError, VaultOptions};

/// A vault with entries by name. Records its requests.
#[derive(Debug, Clone, Default)]
struct RecordingVault {
    entries: BTreeMap<&'static str, &'static str>,
    requests: Arc<Mutex<Vec<String>>>,
    /// Whether the entries have fields, and their names slashes.
    fields: bool,
}

impl Vault for RecordingVault {
    fn name(&self) -> &str {
        "vault"
    }

    fn entry_name(&self, path: &[&str]) -> String {
        path.join(if self.fields { "/" } else { "-" })
    }

    fn value_entry_name(&self, path: &[&str]) -> String {
        let end = if self.fields { path.len() - 1 } else { path.len() };
        self.entry_name(&path[..end])
    }

    fn fetch(&self, entry: &str) -> Result<Option<VaultEntry>, VaultError> {
        self.requests.lock().unwrap().push(entry.to_owned());
        match self.entries.get(entry) {
            Some(&"denied") => Err(VaultError::Denied("no role".to_owned())),
            Some(&"broken") => Err(VaultError::failed("connection refused")),
            Some(text) if self.fields => {
                let fields = text.split_once('=').map(|(name, value)| (name.to_owned(), SettingValue::from(value)));
                Ok(Some(VaultEntry::Fields(fields.into_iter().collect())))
            }
            Some(text) => Ok(Some(VaultEntry::Text(Secret::from(*text)))),
            None => Ok(None),
        }
    }

    fn list(&self) -> Result<BTreeSet<String>, VaultError> {
        self.requests.lock().unwrap().push("LIST".to_owned());
        Ok(self.entries.keys().map(|name| (*name).to_owned()).collect())
    }
}

fn vault(entries: &[(&'static str, &'static str)]) -> RecordingVault {
    RecordingVault { entries: entries.iter().copied().collect(), ..RecordingVault::default() }
}

fn config(vault: &RecordingVault, options: VaultOptions) -> Config {
    Config::from_environment(Environment::default()).with_vault(vault.clone(), options).with_pipeline("p")
}

const EXACT: VaultOptions = VaultOptions { only_secrets: true, only_toml_fragments: false, list_secrets: false };

/// Checks the value of `sources.github.api_key` and the requests to the vault.
fn check(vault: &RecordingVault, options: VaultOptions, expected: Option<&str>, requests: &[&str]) {
    let config = config(vault, options);
    // look up twice: each entry must be fetched only once
    for _ in 0..2 {
        let found = ScopedSettings::new(&config).section(["sources", "github"]).get::<Secret>("api_key").unwrap();
        assert_eq!(found, expected.map(Secret::from));
    }
    assert_eq!(*vault.requests.lock().unwrap(), requests);
}

#[test]
fn entries_with_several_settings() {
    let requests = ["dlt_secrets_toml", "p-dlt_secrets_toml", "sources", "sources-github", "p-sources", "p-sources-github"];
    let key = "[sources.github]\napi_key = 'x'";
    check(&vault(&[]), VaultOptions::default(), None, &requests);
    check(&vault(&[("sources-github", key)]), VaultOptions::default(), Some("x"), &requests);
    check(&vault(&[("p-sources-github", key)]), VaultOptions::default(), Some("x"), &requests);
    check(&vault(&[("sources", "sources: {github: {api_key: x}}")]), VaultOptions::default(), Some("x"), &requests);
    check(&vault(&[("dlt_secrets_toml", "[p]\napi_key = 'x'")]), VaultOptions::default(), Some("x"), &requests);
    // the most specific entry takes precedence, and entries of the pipeline over all others
    let (first, second) = ("[sources.github]\napi_key = 'first'", "[sources.github]\napi_key = 'second'");
    check(&vault(&[("sources", first), ("sources-github", second)]), VaultOptions::default(), Some("second"), &requests);
    check(&vault(&[("sources-github", first), ("p-sources", second)]), VaultOptions::default(), Some("second"), &requests);
    // an entry without read access counts as missing
    check(&vault(&[("sources", "denied"), ("sources-github", key)]), VaultOptions::default(), Some("x"), &requests);
}

#[test]
fn entries_with_one_value() {
    let found = vault(&[("p-sources-github-api_key", "a: b")]);
    let requests = [
        "dlt_secrets_toml",
        "p-dlt_secrets_toml",
        "sources",
        "sources-github",
        "p-sources",
        "p-sources-github",
        "p-sources-github-api_key",
    ];
    check(&found, EXACT, Some("a: b"), &requests);
    assert_eq!(config(&vault(&[("p-sources-github-api_key", "x")]), VaultOptions::default()).unused_keys(&[]), []);
}

#[test]
fn entries_with_fields() {
    let found = RecordingVault { fields: true, ..vault(&[("sources/github", "api_key=x")]) };
    let requests = ["dlt_secrets_toml", "p/dlt_secrets_toml", "sources", "sources/github", "p/sources", "p/sources/github"];
    check(&found, VaultOptions::default(), Some("x"), &requests);
    // with full names, entries at deeper sections are read too
    let found = RecordingVault { fields: true, ..vault(&[("p/sources/github", "api_key=y")]) };
    check(&found, EXACT, Some("y"), &requests);
}

#[test]
fn listing_avoids_requests() {
    let options = VaultOptions { list_secrets: true, ..EXACT };
    check(&vault(&[("sources-github-api_key", "x")]), options, Some("x"), &["LIST", "sources-github-api_key"]);
}

#[test]
fn plain_settings_are_not_requested() {
    let vault = vault(&[("dlt_secrets_toml", "[sources]\nowner = 'ada'"), ("sources", "[sources]\nrepo = 'x'")]);
    let config = config(&vault, EXACT);
    let settings = ScopedSettings::new(&config).section(["sources"]);
    assert_eq!(settings.get::<String>("owner").unwrap().as_deref(), Some("ada"));
    assert_eq!(settings.get::<String>("repo").unwrap(), None);
    assert_eq!(*vault.requests.lock().unwrap(), ["dlt_secrets_toml"]);
}

#[test]
fn a_failing_vault_is_requested_once_and_named() {
    let vault = vault(&[("sources", "broken")]);
    let config = config(&vault, VaultOptions::default());
    for _ in 0..2 {
        let error = ScopedSettings::new(&config).section(["sources"]).get::<Secret>("api_key").unwrap_err();
        assert_eq!(error.to_string(), "failed to read `api_key` from sources (vault)");
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        assert_eq!(cause.as_deref(), Some("connection refused"));
    }
    assert_eq!(vault.requests.lock().unwrap().len(), 3);
}

#[test]
fn an_unparsable_entry_is_an_error_without_its_content() {
    let config = config(&vault(&[("sources", "hunter2")]), VaultOptions::default());
    let error = ScopedSettings::new(&config).section(["sources"]).get::<Secret>("api_key").unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("the entry is not TOML, YAML or JSON"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_missing_setting_lists_the_requested_entries() {
    let config = config(&vault(&[("sources", "denied"), ("sources-github", "a = 1")]), VaultOptions::default());
    let settings = ScopedSettings::new(&config).section(["sources", "github"]);
    assert_eq!(settings.get::<Secret>("api_key").unwrap(), None);
    let text = settings.require::<Secret>("api_key").unwrap_err().to_string();
    let expected = "vault: read sources-github; no entry dlt_secrets_toml, p-dlt_secrets_toml, p-sources, p-sources-github; \
                    access to sources is denied: no role";
    assert!(text.contains(expected), "{text}");
}
